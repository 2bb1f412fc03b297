/**
 * The full audit: everything the store claims, recomputed from the genesis and the log alone.
 *
 * 1. Every block is executed again and must yield its own header, hence every root, and the stored receipts and events.
 * 2. Every checkpoint is certified by a quorum of the validators (unless the caller says that it trusts them).
 * 3. The supply is recomputed from the legs of the stored events, without the ledger's books, and reconciled with the last
 *    header and with the balances that the state database holds (DESIGN §6.1).
 * 4. The state database holds the same keys and values as the execution, no more and no fewer.
 *
 * PERF: executes at the speed of a node catching up, mostly signatures, and holds the state in memory once more.
 */
import { Ledger, MemoryFlatState } from '@symbolon/ledger'
import { decode, equalBytes, toHex } from '@symbolon/primitives'
import {
  accountRecord,
  BUCKETS,
  type Bucket,
  blockHash,
  type Genesis,
  type LedgerEvent,
  NAMESPACES,
  type Supply,
  supplyDelta,
  verifyCheckpoint,
} from '@symbolon/protocol'
import type { KeyValueReader } from '../engine/index.ts'
import type { BlockLog } from './block-log.ts'
import type { StoredBlock } from './block-record.ts'
import { StoreError } from './errors.ts'
import { namespaceRange } from './keys.ts'

export interface AuditReport {
  /** Of the newest block; −1 if the log is empty. */
  readonly height: bigint
  readonly transactions: number
  readonly events: number
  readonly stateEntries: number
  readonly supply: Supply
  /** issued − destroyed − Σ buckets, recomputed from the events: zero, or the audit fails. */
  readonly supplyDelta: bigint
}

export interface AuditInput {
  readonly genesis: Genesis
  readonly log: BlockLog
  readonly engine: KeyValueReader
  readonly certificates: boolean
}

/** Throws STORE_AUDIT_FAILED, BlockError and the errors of reading; `details.height` names the block. */
export async function audit({ genesis, log, engine, certificates }: AuditInput): Promise<AuditReport> {
  const state = new MemoryFlatState()
  const ledger = Ledger.create({ genesis, state })
  const books = new AuditedBooks()
  const end = log.height
  let transactions = 0
  let events = 0
  for (let height = 0n; height <= end; height++) {
    const stored = log.read(height)
    if (stored === undefined) throw failed(height, 'is missing')
    const executed = height === 0n ? ledger.genesisBlock : await ledger.apply(stored.block)
    requireSameBytes(height, 'receipts', stored.receiptBytes, executed.receiptBytes)
    requireSameBytes(height, 'events', stored.eventBytes, executed.eventBytes)
    if (!equalBytes(blockHash(stored.checkpoint.header), executed.hash))
      throw failed(height, 'has another header')
    if (height > 0n) ledger.commit(executed)
    state.apply(executed.changes)
    ledger.flushed(height)
    if (certificates) requireCertified(height, stored, ledger)
    for (const event of stored.events) books.add(event)
    transactions += stored.transactionCount
    events += stored.eventCount
  }
  const supply = books.supply
  requireSupply(end, supply, end < 0n ? supply : ledger.supply)
  const stateEntries = end < 0n ? 0 : await requireState(end, engine, state, supply)
  return { height: end, transactions, events, stateEntries, supply, supplyDelta: supplyDelta(supply) }
}

/** Totals by bucket from the legs of events, and nothing else. */
class AuditedBooks {
  readonly #buckets = new Map<Bucket, bigint>()
  #issued = 0n
  #destroyed = 0n

  add({ type, debits, credits }: LedgerEvent): void {
    let net = 0n
    for (const { bucket, amount } of credits) {
      this.#move(bucket, amount)
      net += amount
    }
    for (const { bucket, amount } of debits) {
      this.#move(bucket, -amount)
      net -= amount
    }
    if (type.endsWith('.issued')) this.#issued += net
    else if (type.endsWith('.destroyed')) this.#destroyed -= net
  }

  get supply(): Supply {
    const buckets = BUCKETS.map((bucket) => this.#buckets.get(bucket) ?? 0n)
    return { issued: this.#issued, destroyed: this.#destroyed, buckets }
  }

  #move(bucket: Bucket, amount: bigint): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0n) + amount)
  }
}

function requireSameBytes(
  height: bigint,
  what: string,
  stored: readonly Uint8Array[],
  executed: readonly Uint8Array[],
): void {
  const differs = executed.findIndex((bytes, index) => !equalBytes(bytes, stored[index] ?? new Uint8Array(0)))
  if (differs < 0 && stored.length === executed.length) return
  throw failed(
    height,
    `has other ${what} in the log than its execution yields, from number ${Math.max(differs, 0)} on`,
  )
}

function requireCertified(height: bigint, { checkpoint }: StoredBlock, { frame, genesis }: Ledger): void {
  try {
    verifyCheckpoint(frame, checkpoint, genesis.validators)
  } catch (cause) {
    throw failed(height, 'is not certified by its validators', cause)
  }
}

function requireSupply(height: bigint, audited: Supply, claimed: Supply): void {
  const text = ({ issued, destroyed, buckets }: Supply): string => [issued, destroyed, ...buckets].join(' ')
  if (supplyDelta(audited) === 0n && text(audited) === text(claimed)) return
  throw failed(height, `claims the supply ${text(claimed)}, its events sum to ${text(audited)}`)
}

/** Number of entries. */
async function requireState(
  height: bigint,
  engine: KeyValueReader,
  executed: MemoryFlatState,
  supply: Supply,
): Promise<number> {
  let count = 0
  let liquid = 0n
  for (const namespace of NAMESPACES) {
    const expected = [...executed.entries(namespace)]
    let found = 0
    for await (const { key, value } of engine.range(namespaceRange(namespace))) {
      const [expectedKey, expectedValue] = expected[found] ?? []
      const same =
        expectedKey !== undefined &&
        expectedValue !== undefined &&
        equalBytes(expectedKey, key.subarray(1)) &&
        equalBytes(expectedValue, value)
      if (!same)
        throw failed(height, `has another state in the database at ${namespace} ${toHex(key.subarray(1))}`)
      if (namespace === 'accounts') liquid += decode(accountRecord, value).balance
      found += 1
    }
    if (found !== expected.length)
      throw failed(height, `has ${expected.length} entries in ${namespace}, the database ${found}`)
    count += found
  }
  if (liquid !== supply.buckets[BUCKETS.indexOf('liquid')])
    throw failed(height, `has balances that sum to ${liquid}, not to what the events say`)
  return count
}

function failed(height: bigint, what: string, cause?: unknown): StoreError {
  return new StoreError(
    'STORE_AUDIT_FAILED',
    `Block ${height} ${what}. Stop the node, keep the folder as evidence, and compare it with a peer's.`,
    { cause, details: { height } },
  )
}
