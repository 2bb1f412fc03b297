/**
 * Ledger transfers per second of one durable node, one transfer and one signature per transaction: bytes → decoding, identifier,
 * signatures on two threads → mempool → block production → execution → block log on disk (fdatasync) → state database. A
 * transfer counts when the checkpoint that holds it is durable. 4,096 senders, all accounts recipients.
 *
 * Ceiling: the same transactions, decoded before, through the same pool of threads, and nothing else.
 *
 * Not measured: making and signing the transactions, HTTP (`ledger-transfers-http` shows it, for information), subscribers, a
 * second validator.
 */
import { openBenchFrame, signaturePool } from './frame/bench-frame.ts'
import { CALLS_PER_REQUEST, postAll, requestsOf } from './frame/http-load.ts'
import { signTransfers, submitAll, verificationRate } from './frame/load.ts'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { rateRow } from './harness/row.ts'
import { median } from './harness/statistics.ts'
import { formatFigure } from './harness/table.ts'
import { counted, takeTurns } from './harness/turns.ts'

/** Transfers under one signature where they are batched. */
export const TRANSFERS_PER_BATCH = 100
/** Transactions of a turn: about a second of work. */
export const TRANSFERS_PER_TURN = 32_768

const NAMES = ['ledger-transfers', 'ledger-transfers-http']

export const ledgerTransfers: Benchmark = { names: NAMES, run }

async function run({ effort: { rounds, scale }, directory }: BenchmarkContext): Promise<Row[]> {
  const frame = await openBenchFrame(directory)
  const pool = signaturePool()
  try {
    const count = Math.ceil(TRANSFERS_PER_TURN * scale)
    const overHttp = Math.ceil(count / 4)
    let transactions: Uint8Array[] = []
    const processorTimes = { node: [] as number[], verification: [] as number[] }
    const rates = await takeTurns(
      {
        node: () => {
          transactions = signTransfers(frame, count)
          return counted(count, () => submitAll(frame, transactions), processorTimes.node)
        },
        verification: () => verificationRate(pool, transactions, processorTimes.verification),
        http: () => {
          const bodies = requestsOf(signTransfers(frame, overHttp))
          return counted(overHttp, () => postAll(frame, bodies, overHttp))
        },
      },
      rounds,
    )
    const spent = median(processorTimes.node)
    const least = median(processorTimes.verification)
    const against = 'verifying the same signatures on the same two threads'
    return [
      rateRow({
        name: 'ledger-transfers',
        title: 'durable transfers of one node, one signature each',
        rates: rates.node,
        ceiling: rates.verification,
        against,
        bar: 0.7,
        note: `${count} transfers a turn; processor time ${formatFigure(spent)} µs each, verification ${formatFigure(least)} µs: ${formatFigure(least / spent)} ×`,
      }),
      rateRow({
        name: 'ledger-transfers-http',
        title: `the same over JSON-RPC in batches of ${CALLS_PER_REQUEST}, the client in the same process`,
        rates: rates.http,
        ceiling: rates.verification,
        against,
        note: `${overHttp} transfers a turn`,
      }),
    ]
  } finally {
    await pool.close()
    await frame.close()
  }
}
