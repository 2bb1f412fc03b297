/**
 * A snapshot: the owner's state after all records before a position, so that older records can go.
 *
 * | offset | bytes | content                                                        |
 * | ------ | ----- | -------------------------------------------------------------- |
 * | 0      | 8     | `SYMSNAP1`                                                     |
 * | 8      | 8     | position of the first record that the snapshot does not cover  |
 * | 16     | 8     | length of the state                                            |
 * | 24     | 4     | CRC-32 of the state                                            |
 * | 28     | 4     | CRC-32 of bytes 0 to 28                                        |
 * | 32     | …     | the state                                                      |
 *
 * Written under a draft name, synced, renamed, and the directory synced: there is always a whole newest snapshot.
 */
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { FileSystem } from './file-system.ts'
import { corrupt } from './segment.ts'

export const SNAPSHOT_DRAFT_NAME = 'snapshot.draft'
const MAGIC = Buffer.from('SYMSNAP1', 'latin1')
const HEADER_BYTES = 32

export interface Snapshot {
  /** Continue with `entries(position)`. */
  position: number
  bytes: Buffer
}

const nameOf = (position: number): string => `${position.toString(16).padStart(16, '0')}.snapshot`
const isSnapshotName = (name: string): boolean => /^[0-9a-f]{16}\.snapshot$/.test(name)

/** Position of the newest snapshot in the directory, by its name. */
export function newestSnapshotPosition(fileSystem: FileSystem, directory: string): number | undefined {
  const newest = fileSystem.listSync(directory).filter(isSnapshotName).sort().at(-1)
  return newest === undefined ? undefined : Number.parseInt(newest, 16)
}

/** Throws JOURNAL_CORRUPT: a damaged snapshot is never passed over for an older one, whose records may be gone. */
export function readSnapshot(fileSystem: FileSystem, directory: string, position: number): Snapshot {
  const path = join(directory, nameOf(position))
  const file = fileSystem.openSync(path, 'read')
  try {
    const all = Buffer.allocUnsafeSlow(file.sizeSync())
    const bytes = all.subarray(HEADER_BYTES, file.readSync(all, 0))
    const intact =
      all.length >= HEADER_BYTES &&
      all.subarray(0, 8).equals(MAGIC) &&
      all.readUInt32LE(28) === crc32(all.subarray(0, 28)) &&
      all.readBigUInt64LE(8) === BigInt(position) &&
      all.readBigUInt64LE(16) === BigInt(bytes.length) &&
      all.readUInt32LE(24) === crc32(bytes)
    if (!intact) throw corrupt(path, 0, 'the snapshot does not match its checksums')
    return { position, bytes }
  } finally {
    file.closeSync()
  }
}

export function writeSnapshot(
  fileSystem: FileSystem,
  directory: string,
  position: number,
  state: Uint8Array,
): void {
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header.writeBigUInt64LE(BigInt(position), 8)
  header.writeBigUInt64LE(BigInt(state.length), 16)
  header.writeUInt32LE(crc32(state), 24)
  header.writeUInt32LE(crc32(header.subarray(0, 28)), 28)

  const draft = join(directory, SNAPSHOT_DRAFT_NAME)
  const file = fileSystem.openSync(draft, 'create')
  try {
    file.writeSync(header, 0)
    file.writeSync(state, HEADER_BYTES)
    file.datasyncSync()
  } finally {
    file.closeSync()
  }
  fileSystem.renameSync(draft, join(directory, nameOf(position)))
  fileSystem.syncDirectorySync(directory)

  // Only now is the new one sure to survive, and only now may the old ones go.
  for (const name of fileSystem.listSync(directory))
    if (isSnapshotName(name) && name !== nameOf(position)) fileSystem.removeSync(join(directory, name))
  fileSystem.syncDirectorySync(directory)
}
