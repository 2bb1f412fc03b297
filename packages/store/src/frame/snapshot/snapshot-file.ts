/**
 * A snapshot (CON-068): the whole state after one block, with the checkpoint that certifies it.
 *
 * ```
 * `symbolon snapshot 1\n` | u32 checkpoint bytes | checkpoint
 * for each namespace, in the order of NAMESPACES:
 *   (u16 key bytes, at least 1 | u32 value bytes | key | value)* in ascending order of the keys, then u16 0
 * SHA-256 of everything before
 * ```
 *
 * All numbers big-endian. The digest finds damage; that the entries are the state that the validators attested is known only
 * when the tries built from them have the state root of the checkpoint, which is the reader's business.
 */
import { createHash } from 'node:crypto'
import type { FileSystem, JournalFile } from '@symbolon/journal'
import { compareBytes, decode, encode, equalBytes, SymbolonError, utf8 } from '@symbolon/primitives'
import {
  type Checkpoint,
  checkpoint as checkpointSchema,
  NAMESPACES,
  type Namespace,
} from '@symbolon/protocol'
import { StoreError } from '../errors.ts'
import { STORE_LIMITS } from '../limits.ts'

export type SnapshotEntry = readonly [key: Uint8Array, value: Uint8Array]

/** A snapshot in memory. */
export interface Snapshot {
  readonly checkpoint: Checkpoint
  readonly entries: Readonly<Record<Namespace, readonly SnapshotEntry[]>>
}

const MAGIC = utf8('symbolon snapshot 1\n')
const DIGEST_BYTES = 32
const ENTRY_HEAD_BYTES = 6

/**
 * Writes the file in parts of STORE_LIMITS.snapshotPartBytes, giving way to the event loop after each, and syncs it. Resolves to
 * false if `isWanted` said no in between: the file is then unfinished.
 */
export async function writeSnapshot(
  file: JournalFile,
  checkpoint: Checkpoint,
  entriesOf: (
    namespace: Namespace,
  ) => AsyncIterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>,
  isWanted: () => boolean,
): Promise<boolean> {
  const digest = createHash('sha256')
  const certified = encode(checkpointSchema, checkpoint)
  let part = Buffer.allocUnsafe(2 * STORE_LIMITS.snapshotPartBytes)
  let used = 0
  let offset = 0
  const room = (bytes: number): number => {
    if (used + bytes > part.length) part = Buffer.concat([part.subarray(0, used)], used + bytes + part.length)
    const at = used
    used += bytes
    return at
  }
  const flush = (): void => {
    const full = part.subarray(0, used)
    digest.update(full)
    file.writeSync(full, offset)
    offset += used
    used = 0
  }
  part.set(MAGIC, room(MAGIC.length))
  part.writeUInt32BE(certified.length, room(4))
  part.set(certified, room(certified.length))
  for (const namespace of NAMESPACES) {
    for await (const { key, value } of entriesOf(namespace)) {
      const at = room(ENTRY_HEAD_BYTES + key.length + value.length)
      part.writeUInt16BE(key.length, at)
      part.writeUInt32BE(value.length, at + 2)
      part.set(key, at + ENTRY_HEAD_BYTES)
      part.set(value, at + ENTRY_HEAD_BYTES + key.length)
      if (used < STORE_LIMITS.snapshotPartBytes) continue
      if (!isWanted()) return false
      flush()
      await new Promise((resolve) => setImmediate(resolve))
    }
    part.writeUInt16BE(0, room(2))
  }
  flush()
  file.writeSync(digest.digest(), offset)
  await file.datasync()
  return isWanted()
}

/** Reads a whole snapshot into memory. Throws STORE_CORRUPT for a file that is not exactly one; the errors of the file system. */
export function readSnapshot(fileSystem: FileSystem, path: string): Snapshot {
  const file = fileSystem.openSync(path, 'read')
  try {
    const reader = new PartReader(file)
    if (!equalBytes(reader.take(MAGIC.length), MAGIC)) throw corrupt('it does not begin as one')
    const certified = reader.take(reader.take(4).readUInt32BE(0))
    const checkpoint = decode(checkpointSchema, Uint8Array.from(certified), certified.length)
    const entries = {} as Record<Namespace, SnapshotEntry[]>
    for (const namespace of NAMESPACES) {
      const list: SnapshotEntry[] = []
      let last: Uint8Array | undefined
      for (
        let keyBytes = reader.take(2).readUInt16BE(0);
        keyBytes > 0;
        keyBytes = reader.take(2).readUInt16BE(0)
      ) {
        const valueBytes = reader.take(4).readUInt32BE(0)
        const key = Uint8Array.from(reader.take(keyBytes))
        if (last !== undefined && compareBytes(last, key) >= 0) throw corrupt('its keys are out of order')
        list.push([key, Uint8Array.from(reader.take(valueBytes))])
        last = key
      }
      entries[namespace] = list
    }
    reader.finish()
    return { checkpoint, entries }
  } catch (cause) {
    if (!(cause instanceof SymbolonError) || cause instanceof StoreError) throw cause
    throw corrupt(cause.message, cause)
  } finally {
    file.closeSync()
  }
}

/** Reads a file from its start to the digest at its end, in parts. */
class PartReader {
  readonly #file: JournalFile
  readonly #digest = createHash('sha256')
  readonly #end: number
  /** Where in the file the next part begins. */
  #next = 0
  #part: Buffer<ArrayBufferLike> = Buffer.alloc(0)
  #at = 0

  constructor(file: JournalFile) {
    this.#file = file
    this.#end = file.sizeSync() - DIGEST_BYTES
  }

  /** A view that the next call may overwrite. */
  take(bytes: number): Buffer {
    if (this.#at + bytes > this.#part.length) this.#fill(bytes)
    const at = this.#at
    this.#at += bytes
    return this.#part.subarray(at, at + bytes)
  }

  /** Throws STORE_CORRUPT unless everything was read and has the digest. */
  finish(): void {
    if (this.#at !== this.#part.length || this.#next !== this.#end) throw corrupt('something follows it')
    const digest = new Uint8Array(DIGEST_BYTES)
    this.#file.readSync(digest, this.#end)
    if (!equalBytes(digest, this.#digest.digest())) throw corrupt('its digest is another')
  }

  #fill(bytes: number): void {
    const left = this.#part.subarray(this.#at)
    const missing = bytes - left.length
    if (missing > this.#end - this.#next) throw corrupt('it ends too early')
    const size = Math.min(this.#end - this.#next, Math.max(missing, STORE_LIMITS.snapshotPartBytes))
    const part = Buffer.allocUnsafe(left.length + size)
    part.set(left)
    const fresh = part.subarray(left.length)
    if (this.#file.readSync(fresh, this.#next) !== size) throw corrupt('it ends too early')
    this.#digest.update(fresh)
    this.#next += size
    this.#part = part
    this.#at = 0
  }
}

function corrupt(what: string, cause?: unknown): StoreError {
  return new StoreError(
    'STORE_CORRUPT',
    `The snapshot is damaged: ${what}. Delete it: the log is the truth, and the next interval makes another.`,
    { cause },
  )
}
