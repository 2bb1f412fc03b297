/**
 * Ledger transfers per second of one durable node, one transfer and one signature per transaction: bytes → decoding, identifier,
 * signatures on two threads → mempool → block production → execution → block log on disk (fdatasync) → state database. A
 * transfer counts when the checkpoint that holds it is durable. 4,096 senders, all accounts recipients.
 *
 * Ceiling: the same transactions, decoded before, through the same pool of threads, and nothing else.
 *
 * Not measured: making and signing the transactions, HTTP (ledger-transfers-http shows it, for information), subscribers, a
 * second validator.
 */
import { TransactionCandidate } from '@symbolon/ledger'
import { openBenchFrame, signaturePool } from './frame/bench-frame.ts'
import { signTransfers, submitAll } from './frame/load.ts'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { rateRow } from './harness/row.ts'
import { counted, takeTurns } from './harness/turns.ts'

/** Transfers under one signature where they are batched. */
export const TRANSFERS_PER_BATCH = 100
/** Transactions of a turn: about a second of work. */
export const TRANSFERS_PER_TURN = 16_384

export const ledgerTransfers: Benchmark = { names: ['ledger-transfers'], run }

async function run({ effort: { rounds, scale }, directory }: BenchmarkContext): Promise<Row[]> {
  const frame = await openBenchFrame(directory)
  const pool = signaturePool()
  try {
    const count = Math.ceil(TRANSFERS_PER_TURN * scale)
    let transactions: Uint8Array[] = []
    const rates = await takeTurns(
      {
        node: () => {
          transactions = signTransfers(frame, count)
          return counted(count, () => submitAll(frame, transactions))
        },
        verification: () => {
          const candidates = transactions.map((bytes) => TransactionCandidate.decode(bytes))
          return counted(candidates.length, () => pool.verify(candidates))
        },
      },
      rounds,
    )
    return [
      rateRow({
        name: 'ledger-transfers',
        title: 'durable transfers of one node, one signature each',
        rates: rates.node,
        ceiling: rates.verification,
        against: 'verifying the same signatures on the same two threads',
        bar: 0.7,
        note: `${count} transfers a turn`,
      }),
    ]
  } finally {
    await pool.close()
    await frame.close()
  }
}
