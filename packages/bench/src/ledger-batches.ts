/**
 * Transfers per second of one durable node when 100 of them stand under one signature, against one each. The same path as
 * ledger-transfers; the two kinds take turns on one frame.
 */
import { openBenchFrame } from './frame/bench-frame.ts'
import { signBatches, signTransfers, submitAll } from './frame/load.ts'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { rateRow } from './harness/row.ts'
import { counted, takeTurns } from './harness/turns.ts'
import { TRANSFERS_PER_BATCH, TRANSFERS_PER_TURN } from './ledger-transfers.ts'

/** Ten times the transfers of the other turn, if the bar is met as long. */
const BATCHES_PER_TURN = (TRANSFERS_PER_TURN * 10) / 128

export const ledgerBatches: Benchmark = { names: ['ledger-batches'], run }

async function run({ effort: { rounds, scale }, directory }: BenchmarkContext): Promise<Row[]> {
  const frame = await openBenchFrame(directory)
  try {
    const singles = Math.ceil(TRANSFERS_PER_TURN * scale)
    const batches = Math.ceil(BATCHES_PER_TURN * scale)
    const rates = await takeTurns(
      {
        batches: () => {
          const transactions = signBatches(frame, batches, TRANSFERS_PER_BATCH)
          return counted(batches * TRANSFERS_PER_BATCH, () => submitAll(frame, transactions))
        },
        singles: () => {
          const transactions = signTransfers(frame, singles)
          return counted(singles, () => submitAll(frame, transactions))
        },
      },
      rounds,
    )
    return [
      rateRow({
        name: 'ledger-batches',
        title: `durable transfers of one node, ${TRANSFERS_PER_BATCH} under one signature`,
        rates: rates.batches,
        peer: rates.singles,
        against: 'one transfer per signature',
        bar: 10,
        note: `${batches} batches a turn`,
      }),
    ]
  } finally {
    await frame.close()
  }
}
