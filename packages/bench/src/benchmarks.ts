/** Every benchmark, in the order of the table. */
import { channelUpdates } from './channel-updates.ts'
import { credentialCheck } from './credential-check.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { ledgerBatches } from './ledger-batches.ts'
import { ledgerRelational } from './ledger-relational.ts'
import { ledgerTransfers } from './ledger-transfers.ts'
import { procurement } from './procurement.ts'
import { streamSocket } from './stream-socket.ts'
import { streamTicks } from './stream-ticks.ts'
import { trustRank } from './trust-rank.ts'

export const BENCHMARKS: readonly Benchmark[] = [
  streamTicks,
  streamSocket,
  channelUpdates,
  ledgerTransfers,
  ledgerBatches,
  ledgerRelational,
  credentialCheck,
  procurement,
  trustRank,
]

/** Names that `only` accepts. */
export const BENCHMARK_NAMES: readonly string[] = BENCHMARKS.flatMap(({ names }) => names)
