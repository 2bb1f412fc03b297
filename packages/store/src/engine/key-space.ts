/**
 * A named part of one engine: every key gets the space's prefix, so that several maps share one atomic batch.
 *
 * ```ts
 * const accounts = new KeySpace(engine, 'accounts')
 * const meta = new KeySpace(engine, 'meta')
 * await engine.batch([accounts.put(id, bytes), meta.put(HEIGHT, heightKey(42))], { sync: true })
 * ```
 *
 * The prefix is the length of the name (one byte) and the name: no space's keys can fall into another's.
 */
import { EngineError } from './errors.ts'
import type { KeyValueEntry, KeyValueReader, Operation, RangeOptions } from './key-value-engine.ts'

const NAME_BYTES_MAX = 64

export class KeySpace {
  readonly prefix: Uint8Array
  readonly #reader: KeyValueReader

  /** `reader`: an engine, or a snapshot of one. `name`: 1 to 64 bytes of UTF-8. */
  constructor(reader: KeyValueReader, name: string) {
    const bytes = Buffer.from(name)
    if (bytes.length === 0 || bytes.length > NAME_BYTES_MAX)
      throw new EngineError(
        'ENGINE_KEY_OUT_OF_BOUNDS',
        `A key space's name has 1 to ${NAME_BYTES_MAX} bytes.`,
        {
          details: { name, nameBytesMax: NAME_BYTES_MAX },
        },
      )
    this.prefix = Uint8Array.of(bytes.length, ...bytes)
    this.#reader = reader
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.get(this.#full(key))
  }

  has(key: Uint8Array): boolean {
    return this.#reader.has(this.#full(key))
  }

  /** Keys come without the prefix; an empty key is allowed here. */
  async *range(options: RangeOptions = {}): AsyncGenerator<KeyValueEntry, void, undefined> {
    const { gte, lt, ...rest } = options
    const whole = prefixRange(this.prefix)
    const end = lt === undefined ? whole.lt : this.#full(lt)
    const bounds = {
      gte: gte === undefined ? whole.gte : this.#full(gte),
      ...(end === undefined ? {} : { lt: end }),
    }
    for await (const { key, value } of this.#reader.range({ ...rest, ...bounds }))
      yield { key: key.subarray(this.prefix.length), value }
  }

  /** An operation for the engine's `batch`. */
  put(key: Uint8Array, value: Uint8Array): Operation {
    return { type: 'put', key: this.#full(key), value }
  }

  delete(key: Uint8Array): Operation {
    return { type: 'delete', key: this.#full(key) }
  }

  #full(key: Uint8Array): Uint8Array {
    const full = new Uint8Array(this.prefix.length + key.length)
    full.set(this.prefix)
    full.set(key, this.prefix.length)
    return full
  }
}

/** The range of all keys that start with `prefix`. */
export function prefixRange(prefix: Uint8Array): { gte: Uint8Array; lt?: Uint8Array } {
  // The first key after them is the prefix with its last byte that is not 0xff raised by one, cut there.
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length -= 1
  if (length === 0) return { gte: prefix }
  const lt = prefix.slice(0, length)
  lt[length - 1] = (lt[length - 1] as number) + 1
  return { gte: prefix, lt }
}

/** Eight bytes, big-endian: heights in key order are heights in number order. 0 to 2^53 - 1. */
export function heightKey(height: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(height))
  return new Uint8Array(bytes)
}

export function heightOf(key: Uint8Array): number {
  return Number(Buffer.from(key).readBigUInt64BE(0))
}
