/**
 * A block in the log: one journal record that holds everything a reader may ask of it, so that serving a receipt or an
 * event needs no execution, and one receipt of a thousand needs no decoding of the others.
 *
 * ```
 * u32 version = 1 | u32 checkpoint bytes | u32 attestor bytes | u32 transactions | u32 receipts | u32 events
 * u32 end of each transaction, receipt and event, counted from the start of the content
 * content: checkpoint | attestors | transactions | receipts | events
 * ```
 *
 * All numbers big-endian; every part is the canonical bytes of its schema. The header is the checkpoint's. About 12 bytes
 * per transaction over the bare parts; encoding is one copy of them.
 */
import { decode, encode, SymbolonError } from '@symbolon/primitives'
import {
  type Block,
  type Checkpoint,
  checkpoint as checkpointSchema,
  event as eventSchema,
  type LedgerEvent,
  type Receipt,
  receipt as receiptSchema,
} from '@symbolon/protocol'
import { StoreError } from './errors.ts'

const VERSION = 1
const FIXED_BYTES = 24

/** What of an executed block is stored. */
export interface RecordedBlock {
  readonly block: Block
  readonly receiptBytes: readonly Uint8Array[]
  readonly eventBytes: readonly Uint8Array[]
}

export function encodeBlockRecord(of: RecordedBlock, checkpoint: Checkpoint): Uint8Array {
  const { transactions, attestors } = of.block
  const certified = encode(checkpointSchema, checkpoint)
  const lists = [transactions, of.receiptBytes, of.eventBytes]
  let count = 0
  let contentBytes = certified.length + (attestors?.length ?? 0)
  for (const list of lists) {
    count += list.length
    for (let i = 0; i < list.length; i++) contentBytes += (list[i] as Uint8Array).length
  }
  const contentStart = FIXED_BYTES + 4 * count
  const bytes = Buffer.allocUnsafe(contentStart + contentBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  view.setUint32(0, VERSION)
  view.setUint32(4, certified.length)
  view.setUint32(8, attestors?.length ?? 0)
  let field = 12
  for (const list of lists) {
    view.setUint32(field, list.length)
    field += 4
  }
  let offset = contentStart
  const add = (part: Uint8Array): void => {
    bytes.set(part, offset)
    offset += part.length
  }
  add(certified)
  if (attestors !== undefined) add(attestors)
  for (const list of lists)
    for (let i = 0; i < list.length; i++) {
      add(list[i] as Uint8Array)
      view.setUint32(field, offset - contentStart)
      field += 4
    }
  return bytes
}

/** A stored block. Each part is decoded when it is first asked for. */
export class StoredBlock {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #contentStart: number
  readonly #checkpointBytes: number
  readonly #attestorBytes: number
  readonly #counts: readonly [transactions: number, receipts: number, events: number]
  #checkpoint: Checkpoint | undefined
  #block: Block | undefined
  #receiptBytes: readonly Uint8Array[] | undefined
  #eventBytes: readonly Uint8Array[] | undefined
  #receipts: readonly Receipt[] | undefined
  #events: readonly LedgerEvent[] | undefined

  /** Keeps `record`. Throws STORE_VERSION, STORE_CORRUPT. */
  constructor(record: Uint8Array) {
    this.#bytes = record
    this.#view = new DataView(record.buffer, record.byteOffset, record.length)
    if (record.length < FIXED_BYTES) throw corrupt('shorter than its head')
    const version = this.#view.getUint32(0)
    if (version !== VERSION)
      throw new StoreError(
        'STORE_VERSION',
        `The block log has format ${version}, this program reads ${VERSION}. Open it with the version that wrote it.`,
        { details: { found: version, supported: VERSION } },
      )
    this.#checkpointBytes = this.#view.getUint32(4)
    this.#attestorBytes = this.#view.getUint32(8)
    this.#counts = [this.#view.getUint32(12), this.#view.getUint32(16), this.#view.getUint32(20)]
    const count = this.#counts[0] + this.#counts[1] + this.#counts[2]
    this.#contentStart = FIXED_BYTES + 4 * count
    if (this.#contentStart > record.length || this.#contentStart + this.#end(count) !== record.length)
      throw corrupt('its parts do not add up')
  }

  get recordBytes(): number {
    return this.#bytes.length
  }

  get height(): bigint {
    return this.checkpoint.header.height
  }

  get checkpoint(): Checkpoint {
    this.#checkpoint ??= decoded(() =>
      decode(checkpointSchema, this.#content(0, this.#checkpointBytes), this.#checkpointBytes),
    )
    return this.#checkpoint
  }

  get block(): Block {
    if (this.#block === undefined) {
      const start = this.#checkpointBytes
      const attestors = this.#content(start, start + this.#attestorBytes)
      this.#block = {
        header: this.checkpoint.header,
        transactions: this.#list(0, this.transactionCount),
        ...(this.#attestorBytes === 0 ? {} : { attestors }),
      }
    }
    return this.#block
  }

  get transactionCount(): number {
    return this.#counts[0]
  }

  get eventCount(): number {
    return this.#counts[2]
  }

  get receiptBytes(): readonly Uint8Array[] {
    this.#receiptBytes ??= this.#list(this.#counts[0], this.#counts[1])
    return this.#receiptBytes
  }

  get eventBytes(): readonly Uint8Array[] {
    this.#eventBytes ??= this.#list(this.#counts[0] + this.#counts[1], this.#counts[2])
    return this.#eventBytes
  }

  /** All, decoded: about 4 µs each. For one, `receipt`. */
  get receipts(): readonly Receipt[] {
    this.#receipts ??= this.receiptBytes.map((bytes) =>
      decoded(() => decode(receiptSchema, bytes, bytes.length)),
    )
    return this.#receipts
  }

  get events(): readonly LedgerEvent[] {
    this.#events ??= this.eventBytes.map((bytes) => decoded(() => decode(eventSchema, bytes, bytes.length)))
    return this.#events
  }

  receipt(index: number): Receipt | undefined {
    if (this.#receipts !== undefined) return this.#receipts[index]
    const bytes = this.receiptBytes[index]
    return bytes === undefined ? undefined : decoded(() => decode(receiptSchema, bytes, bytes.length))
  }

  event(index: number): LedgerEvent | undefined {
    if (this.#events !== undefined) return this.#events[index]
    const bytes = this.eventBytes[index]
    return bytes === undefined ? undefined : decoded(() => decode(eventSchema, bytes, bytes.length))
  }

  /**
   * The first event from number `from` on whose bytes hold `part`, or `eventCount`. One search over the raw bytes, about 1 GB/s:
   * finding the two events of a subject among thousands must not decode the others.
   */
  findEvent(part: Uint8Array, from: number): number {
    const first = this.#counts[0] + this.#counts[1]
    const count = this.eventCount
    if (from >= count) return count
    const start = this.#end(first + from)
    const { buffer, byteOffset, length } = this.#content(start, this.#end(first + count))
    const found = Buffer.from(buffer, byteOffset, length).indexOf(part)
    if (found < 0) return count
    // The event whose end is the first beyond where the part begins; a match across two events is for the caller to refuse.
    let low = from
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#end(first + middle + 1) > start + found) high = middle
      else low = middle + 1
    }
    return low
  }

  /** End of part `count` − 1, from the start of the content; that of the attestors for 0. */
  #end(count: number): number {
    return count === 0
      ? this.#checkpointBytes + this.#attestorBytes
      : this.#view.getUint32(FIXED_BYTES + 4 * (count - 1))
  }

  #list(first: number, count: number): Uint8Array[] {
    const parts: Uint8Array[] = new Array(count)
    let start = this.#end(first)
    for (let i = 0; i < count; i++) {
      const end = this.#end(first + i + 1)
      parts[i] = this.#content(start, end)
      start = end
    }
    return parts
  }

  #content(start: number, end: number): Uint8Array {
    if (end < start || this.#contentStart + end > this.#bytes.length) throw corrupt('a part is out of place')
    const { buffer, byteOffset } = this.#bytes
    return new Uint8Array(buffer, byteOffset + this.#contentStart + start, end - start)
  }
}

function decoded<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof SymbolonError)) throw cause
    throw corrupt(cause.message, cause)
  }
}

function corrupt(what: string, cause?: unknown): StoreError {
  return new StoreError(
    'STORE_CORRUPT',
    `A block of the log is damaged although its checksum is right: ${what}. Restore the log from a copy or a peer.`,
    { cause },
  )
}
