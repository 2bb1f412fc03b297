/**
 * Starting from a snapshot, when the state database is lost or older: its entries become the state, and the indexes are filled
 * again from the receipts and events in the log, about 10 µs per transfer where executing costs 60.
 *
 * The newest snapshot that holds wins: its checkpoint must be that of the log's block, and the tries built from it must have the
 * state root of that header. One that does not hold is passed over, as if it were not there.
 */
import { type FlatState, Ledger } from '@symbolon/ledger'
import { equalBytes, type Hash, SymbolonError } from '@symbolon/primitives'
import { blockHash, type Genesis, NAMESPACES } from '@symbolon/protocol'
import type { KeyValueEngine, Operation } from '../../engine/index.ts'
import type { BlockIndex } from '../block-index.ts'
import type { BlockLog } from '../block-log.ts'
import { MARKER_KEY, stateKey } from '../keys.ts'
import { STORE_LIMITS } from '../limits.ts'
import { encodeMarker, type Marker } from '../marker.ts'
import type { Snapshot } from './snapshot-file.ts'
import type { Snapshots } from './snapshots.ts'

export interface RestoreInput {
  readonly genesis: Genesis
  readonly log: BlockLog
  readonly engine: KeyValueEngine
  readonly index: BlockIndex
  readonly snapshots: Snapshots
}

/** The newest snapshot above `height` that holds, or undefined. Builds its tries: about 2 µs per entry. */
export function newestSnapshot(
  input: Omit<RestoreInput, 'engine' | 'index'>,
  height: bigint,
): Snapshot | undefined {
  const { genesis, log, snapshots } = input
  for (const at of snapshots.heights.reverse()) {
    if (at <= height || at > log.height) continue
    try {
      const snapshot = snapshots.read(at)
      const { header } = snapshot.checkpoint
      const logged = log.read(at)?.checkpoint.header
      if (logged === undefined || !equalBytes(blockHash(logged), blockHash(header))) continue
      const state: FlatState = { get: () => undefined, entries: (namespace) => snapshot.entries[namespace] }
      Ledger.create({ genesis, state, head: header })
      return snapshot
    } catch (error) {
      // Damaged, or not the state that was attested: the log is the truth.
      if (!(error instanceof SymbolonError)) throw error
    }
  }
  return undefined
}

/**
 * Replaces all that the state database holds. The marker goes first and comes last, so a crash in between leaves a database
 * without one, which is restored again.
 */
export async function restore({ log, engine, index }: RestoreInput, snapshot: Snapshot): Promise<Marker> {
  await clear(engine)
  const batch = new Batches(engine)
  for (const namespace of NAMESPACES)
    for (const [key, value] of snapshot.entries[namespace])
      await batch.add({ type: 'put', key: stateKey(namespace, key), value })
  const { header } = snapshot.checkpoint
  for (let height = 0n; height <= header.height; height++) {
    const stored = log.read(height)
    if (stored === undefined) throw new TypeError(`the log ends before block ${height}`)
    index.add({ header: { height }, receipts: stored.receipts, events: stored.events })
    const operations: Operation[] = []
    if (height % BigInt(STORE_LIMITS.stateBatchBlocks) !== 0n && height !== header.height) continue
    index.takeOperations(operations)
    for (const operation of operations) await batch.add(operation)
    await batch.write()
    index.written()
  }
  await batch.write()
  const marker = { height: header.height, hash: blockHash(header) as Hash }
  await engine.batch([{ type: 'put', key: MARKER_KEY, value: encodeMarker(marker) }], { sync: true })
  return marker
}

/** Removes everything, the marker first and durably. */
export async function clear(engine: KeyValueEngine): Promise<void> {
  await engine.batch([{ type: 'delete', key: MARKER_KEY }], { sync: true })
  const batch = new Batches(engine)
  for await (const { key } of engine.range()) await batch.add({ type: 'delete', key })
  await batch.write()
}

/** Operations in batches of bounded size. */
class Batches {
  readonly #engine: KeyValueEngine
  #operations: Operation[] = []

  constructor(engine: KeyValueEngine) {
    this.#engine = engine
  }

  async add(operation: Operation): Promise<void> {
    this.#operations.push(operation)
    if (this.#operations.length >= STORE_LIMITS.restoreBatchOperations) await this.write()
  }

  async write(): Promise<void> {
    if (this.#operations.length === 0) return
    const operations = this.#operations
    this.#operations = []
    await this.#engine.batch(operations, { sync: false })
  }
}
