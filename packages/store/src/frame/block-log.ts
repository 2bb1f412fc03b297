/** The block log: the journal whose record at position `h` is the block of height `h`. It is the truth; all else follows. */
import { type FileSystem, Journal } from '@symbolon/journal'
import { StoredBlock as Stored, type StoredBlock } from './block-record.ts'
import { ByteCache } from './byte-cache.ts'
import { StoreError } from './errors.ts'
import { STORE_LIMITS } from './limits.ts'

export interface BlockLogOptions {
  directory: string
  fileSystem?: FileSystem
  /** `all` checks every record at open, about 1 GB/s; `last` only the newest segment. */
  verify?: 'all' | 'last'
  segmentBytesMax?: number
}

export class BlockLog {
  readonly #journal: Journal
  readonly #recent = new ByteCache<bigint, StoredBlock>(STORE_LIMITS.blockCacheBytes)

  /** Throws as Journal.open does. */
  constructor({ directory, fileSystem, verify = 'last', segmentBytesMax }: BlockLogOptions) {
    this.#journal = Journal.open({
      directory,
      verify,
      ...(fileSystem === undefined ? {} : { fileSystem }),
      recordBytesMax: STORE_LIMITS.recordBytesMax,
      pendingBytesMax: 2 * STORE_LIMITS.recordBytesMax,
      segmentBytesMax: segmentBytesMax ?? STORE_LIMITS.logSegmentBytesMax,
    })
  }

  get tornBytes(): number {
    return this.#journal.recovery.tornBytes
  }

  /** Of the newest durable block; −1 while there is none. */
  get height(): bigint {
    return BigInt(this.#journal.durableEndPosition) - 1n
  }

  /** Takes `record`, which must not change any more. Resolves when it is durable. Rejects with the errors of the journal. */
  async append(height: bigint, record: Uint8Array): Promise<void> {
    await this.#journal.appendDurable(record)
    this.#recent.set(height, new Stored(record), record.length)
  }

  /** Undefined above the newest. Throws JOURNAL_CORRUPT, STORE_VERSION, STORE_CORRUPT. */
  read(height: bigint): StoredBlock | undefined {
    const recent = this.#recent.get(height)
    if (recent !== undefined) return recent
    if (height < 0n || height > this.height) return undefined
    const stored = new Stored(this.#journal.read(Number(height)))
    if (stored.height !== height)
      throw new StoreError(
        'STORE_CORRUPT',
        `The log holds block ${stored.height} where block ${height} belongs. Restore the log from a copy or a peer.`,
        { details: { height, found: stored.height } },
      )
    this.#recent.set(height, stored, stored.recordBytes)
    return stored
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}
