/**
 * Opening: where is the state database, is that a place on this log, and what must be executed again to reach its end.
 *
 * The genesis block is a function of the genesis alone, so it is written when the folder is created, before any record of
 * the log; every other block reaches the state only after its record was durable.
 */
import { Ledger } from '@symbolon/ledger'
import { equalBytes, type Hash } from '@symbolon/primitives'
import { blockHash, type Genesis, type Header } from '@symbolon/protocol'
import type { KeyValueEngine, Operation } from '../engine/index.ts'
import type { BlockIndex } from './block-index.ts'
import type { BlockLog } from './block-log.ts'
import { StoreError } from './errors.ts'
import type { FrameStoreOptions } from './frame-store.ts'
import { MARKER_KEY } from './keys.ts'
import { decodeMarker, encodeMarker, type Marker } from './marker.ts'
import { clear, newestSnapshot, restore } from './snapshot/restore.ts'
import type { Snapshots } from './snapshot/snapshots.ts'
import type { StateWriter } from './state-writer.ts'
import { addStateOperations, type StoredState } from './stored-state.ts'

export interface OpenStateInput {
  readonly genesis: Genesis
  readonly log: BlockLog
  readonly engine: KeyValueEngine
  readonly state: StoredState
  readonly index: BlockIndex
  readonly snapshots: Snapshots
  readonly options: Pick<FrameStoreOptions, 'executor' | 'verifier'>
}

/**
 * The ledger at the block that the state database is at, its tries rebuilt and held against that block's state root; first
 * brought to a snapshot, if that is ahead of it. Errors in order: STORE_VERSION, STORE_AHEAD_OF_LOG, STORE_STATE_MISMATCH.
 */
export async function openState(input: OpenStateInput): Promise<{ ledger: Ledger; snapshot?: bigint }> {
  const { genesis, log, engine, state, options } = input
  const genesisBlock = Ledger.create({ genesis }).genesisBlock
  const stored = log.height < 0n ? undefined : log.read(0n)?.checkpoint.header
  if (stored !== undefined && !equalBytes(blockHash(stored), genesisBlock.hash))
    throw new StoreError(
      'STORE_FRAME_MISMATCH',
      'The block log begins with the genesis block of another frame. Restore the log or the genesis file that belongs here.',
    )
  const encoded = engine.get(MARKER_KEY)
  const found = encoded === undefined ? undefined : decodeMarker(encoded)
  const snapshot = newestSnapshot(input, found?.height ?? 0n)
  const marker =
    snapshot === undefined ? (found ?? (await writeGenesisState(input))) : await restore(input, snapshot)
  const head = marker.height === 0n ? genesisBlock.header : headerAt(log, marker.height)
  const { executor, verifier } = options
  if (!equalBytes(blockHash(head), marker.hash)) throw stateMismatch(marker.height)
  await state.load()
  try {
    const ledger = Ledger.create({
      genesis,
      state,
      head,
      ...(executor === undefined ? {} : { executor }),
      ...(verifier === undefined ? {} : { verifier }),
    })
    return { ledger, ...(snapshot === undefined ? {} : { snapshot: marker.height }) }
  } catch (cause) {
    throw stateMismatch(marker.height, cause)
  } finally {
    state.unload()
  }
}

/** Executes what the log holds beyond the ledger; each block must yield its own header again. Returns how many. */
export async function replay(
  ledger: Ledger,
  log: BlockLog,
  makeWriter: (onFailure: (error: unknown) => void) => StateWriter,
): Promise<number> {
  const writer = makeWriter(() => {})
  let replayed = 0
  while (ledger.height < log.height) {
    const stored = log.read(ledger.height + 1n)
    if (stored === undefined) break
    await writer.room()
    const executed = await ledger.apply(stored.block)
    ledger.commit(executed)
    writer.add(executed, stored.recordBytes)
    replayed += 1
  }
  await writer.drain()
  return replayed
}

async function writeGenesisState({ genesis, engine, index }: OpenStateInput): Promise<Marker> {
  // What a crash in the middle of restoring a snapshot has left.
  await clear(engine)
  const { genesisBlock } = Ledger.create({ genesis })
  const marker = { height: 0n, hash: genesisBlock.hash as Hash }
  const operations: Operation[] = []
  addStateOperations(genesisBlock.changes, operations)
  index.add(genesisBlock)
  index.takeOperations(operations)
  operations.push({ type: 'put', key: MARKER_KEY, value: encodeMarker(marker) })
  await engine.batch(operations, { sync: true })
  index.written()
  return marker
}

function headerAt(log: BlockLog, height: bigint): Header {
  const stored = log.read(height)
  if (stored !== undefined) return stored.checkpoint.header
  throw new StoreError(
    'STORE_AHEAD_OF_LOG',
    `The state database is at block ${height}, the block log ends at ${log.height}: blocks that were acknowledged are gone. ` +
      'Restore the folder `blocks` from a copy or a peer; do not produce blocks from here.',
    { details: { state: height, log: log.height } },
  )
}

function stateMismatch(height: bigint, cause?: unknown): StoreError {
  return new StoreError(
    'STORE_STATE_MISMATCH',
    `The state database is not the state of block ${height} of this log. Delete the folder \`state\`: it is rebuilt from the log.`,
    { cause, details: { height } },
  )
}
