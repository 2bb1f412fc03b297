/**
 * The ledger against PostgreSQL, the same double-entry transfer at the same durability: an answer means that it is on the disk.
 *
 * `relational-transfers`: our single-transfer transactions, signatures verified, against the better of two variants of one
 * transaction per transfer on PostgreSQL, six statements or one call of a server-side function, through npm `pg` with 32
 * connections, so that its commits share syncs. PostgreSQL verifies no signature, so the ceiling shown (verifying ours on two
 * threads) divided by the peer is the most that the ratio can be on this machine.
 * `relational-batches`: 100 transfers in one transaction on both sides.
 *
 * Not measured: larger-than-memory states, PostgreSQL on another machine or with a client in another language.
 */
import { join } from 'node:path'
import type { SignatureVerifier } from '@symbolon/ledger'
import { type BenchFrame, openBenchFrame, signaturePool } from './frame/bench-frame.ts'
import { signBatches, signTransfers, submitAll, verificationRate } from './frame/load.ts'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { rateRow, skippedRow } from './harness/row.ts'
import { median } from './harness/statistics.ts'
import { counted, takeTurns } from './harness/turns.ts'
import { TRANSFERS_PER_BATCH, TRANSFERS_PER_TURN } from './ledger-transfers.ts'
import { RelationalLedger } from './postgres/ledger.ts'
import { PostgresUnavailable, startPostgres } from './postgres/server.ts'

const CONNECTIONS = 32
/** About a second of work of the peer. */
const RELATIONAL_TRANSFERS_PER_TURN = 2_048

const NAMES = ['relational-transfers', 'relational-batches'] as const
const TITLES = {
  'relational-transfers': 'durable transfers, one transaction each',
  'relational-batches': `durable transfers, ${TRANSFERS_PER_BATCH} in a transaction`,
}

export const ledgerRelational: Benchmark = { names: NAMES, run }

async function run(context: BenchmarkContext): Promise<Row[]> {
  const closers: (() => Promise<void>)[] = []
  try {
    const server = await startPostgres(join(context.directory, 'postgres'))
    closers.push(() => server.stop())
    const peer = await RelationalLedger.open(server, CONNECTIONS)
    closers.push(() => peer.close())
    const frame = await openBenchFrame(join(context.directory, 'frame'))
    closers.push(() => frame.close())
    const pool = signaturePool()
    closers.push(() => pool.close())
    return await measure(context, { frame, pool, peer, version: server.version })
  } catch (error) {
    if (!(error instanceof PostgresUnavailable)) throw error
    return NAMES.map((name) => skippedRow(name, TITLES[name], error.message))
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

interface Subjects {
  readonly frame: BenchFrame
  readonly pool: SignatureVerifier
  readonly peer: RelationalLedger
  /** Of the PostgreSQL server. */
  readonly version: string
}

async function measure(
  { effort: { rounds, scale } }: BenchmarkContext,
  { frame, pool, peer, version }: Subjects,
): Promise<Row[]> {
  const ours = Math.ceil(TRANSFERS_PER_TURN * scale)
  const theirs = Math.ceil(RELATIONAL_TRANSFERS_PER_TURN * scale)
  const batches = Math.ceil((TRANSFERS_PER_TURN / 32) * scale)
  const relationalBatches = Math.ceil((RELATIONAL_TRANSFERS_PER_TURN / 16) * scale)
  const before = await peer.audit()
  let transactions: Uint8Array[] = []
  const rates = await takeTurns(
    {
      frame: () => {
        transactions = signTransfers(frame, ours)
        return counted(ours, () => submitAll(frame, transactions))
      },
      verification: () => verificationRate(pool, transactions),
      statements: () => counted(theirs, () => peer.transfer('statements', theirs)),
      function: () => counted(theirs, () => peer.transfer('function', theirs)),
      frameBatches: () => {
        const transactions = signBatches(frame, batches, TRANSFERS_PER_BATCH)
        return counted(batches * TRANSFERS_PER_BATCH, () => submitAll(frame, transactions))
      },
      relationalBatches: () =>
        counted(relationalBatches * TRANSFERS_PER_BATCH, () =>
          peer.transferBatches(relationalBatches, TRANSFERS_PER_BATCH),
        ),
    },
    rounds,
  )
  const after = await peer.audit()
  if (after.total !== before.total || after.entries < before.entries + 2 * theirs * (rounds + 1))
    throw new Error('PostgreSQL did not make the transfers that were counted')
  const best = median(rates.statements) > median(rates.function) ? 'statements' : 'function'
  return [
    rateRow({
      name: 'relational-transfers',
      title: TITLES['relational-transfers'],
      rates: rates.frame,
      ceiling: rates.verification,
      peer: rates[best],
      against: `PostgreSQL ${version}, ${CONNECTIONS} connections, ${best === 'function' ? 'one function call' : 'six statements'} per transfer`,
      bar: 10,
      note: `PostgreSQL by statements ${Math.round(median(rates.statements))}/s, by function ${Math.round(median(rates.function))}/s`,
    }),
    rateRow({
      name: 'relational-batches',
      title: TITLES['relational-batches'],
      rates: rates.frameBatches,
      peer: rates.relationalBatches,
      against: `PostgreSQL ${version}, one function call per batch`,
    }),
  ]
}
