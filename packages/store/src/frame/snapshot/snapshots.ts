/**
 * The folder of snapshots: when one is due, how it gets there, which ones are kept.
 *
 * A snapshot of block h is due where h is a multiple of the frame's `snapshotInterval` (256: blocks 256, 512, …). It is
 * streamed from a snapshot of the state database in the background, into a draft that is renamed when it is durable: a crash
 * leaves a whole file or none. At most one is being written; one that falls due meanwhile is left out.
 *
 * Snapshots are copies: a failure to write one is remembered (`failure`) and stops nothing.
 */
import { join } from 'node:path'
import type { FileSystem } from '@symbolon/journal'
import type { Checkpoint } from '@symbolon/protocol'
import type { KeyValueEngine } from '../../engine/index.ts'
import { namespaceRange } from '../keys.ts'
import { STORE_LIMITS } from '../limits.ts'
import { readSnapshot, type Snapshot, writeSnapshot } from './snapshot-file.ts'

const DRAFT = 'draft'
const SUFFIX = '.snapshot'
/** Heights of one width: names in the order of their heights. */
const HEIGHT_DIGITS = 20

export function isSnapshotDue(height: bigint, interval: bigint): boolean {
  return interval > 0n && height > 0n && height % interval === 0n
}

export class Snapshots {
  readonly #fileSystem: FileSystem
  readonly #directory: string
  #writing: Promise<void> | undefined
  #isClosed = false
  #failure: unknown

  constructor(fileSystem: FileSystem, directory: string) {
    fileSystem.makeDirectorySync(directory)
    this.#fileSystem = fileSystem
    this.#directory = directory
  }

  /** Why the last snapshot that was due could not be written; undefined when it could. */
  get failure(): unknown {
    return this.#failure
  }

  /** Ascending. */
  get heights(): bigint[] {
    return this.#fileSystem
      .listSync(this.#directory)
      .filter((name) => /^[0-9]{20}\.snapshot$/.test(name))
      .sort()
      .map((name) => BigInt(name.slice(0, HEIGHT_DIGITS)))
  }

  /** Throws STORE_CORRUPT and the errors of the file system. */
  read(height: bigint): Snapshot {
    return readSnapshot(this.#fileSystem, this.#path(height))
  }

  /**
   * Starts writing the state that `engine` holds now, which must be that after the block of `checkpoint`. Returns at once; does
   * nothing while another is being written, or when it is there.
   */
  begin(engine: KeyValueEngine, checkpoint: Checkpoint): void {
    if (this.#isClosed || this.#writing !== undefined) return
    // Before the first await: what is written later must not show.
    const state = engine.snapshot()
    this.#writing = this.#write(state, checkpoint)
      .then(
        () => {
          this.#failure = undefined
        },
        (error: unknown) => {
          this.#failure = error
        },
      )
      .finally(() => {
        this.#writing = undefined
        return state.close()
      })
  }

  /** Resolves when none is being written. */
  async settled(): Promise<void> {
    await this.#writing
  }

  /** Gives up the one being written. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writing
  }

  async #write(state: ReturnType<KeyValueEngine['snapshot']>, checkpoint: Checkpoint): Promise<void> {
    const { height } = checkpoint.header
    if (this.heights.includes(height)) return
    const draft = join(this.#directory, DRAFT)
    if (this.#fileSystem.listSync(this.#directory).includes(DRAFT)) this.#fileSystem.removeSync(draft)
    const file = this.#fileSystem.openSync(draft, 'create')
    let isWhole: boolean
    try {
      isWhole = await writeSnapshot(
        file,
        checkpoint,
        async function* (namespace) {
          for await (const { key, value } of state.range(namespaceRange(namespace)))
            yield { key: key.subarray(1), value }
        },
        () => !this.#isClosed,
      )
    } finally {
      file.closeSync()
    }
    if (!isWhole) return
    this.#fileSystem.renameSync(draft, this.#path(height))
    this.#fileSystem.syncDirectorySync(this.#directory)
    for (const old of this.heights.slice(0, -STORE_LIMITS.snapshotsKept))
      this.#fileSystem.removeSync(this.#path(old))
  }

  #path(height: bigint): string {
    return join(this.#directory, height.toString().padStart(HEIGHT_DIGITS, '0') + SUFFIX)
  }
}
