/** Every benchmark, in the order of the table. */
import { credentialCheck } from './credential-check.ts'
import type { Benchmark } from './harness/benchmark.ts'
import { ledgerTransfers } from './ledger-transfers.ts'
import { streamTicks } from './stream-ticks.ts'

export const BENCHMARKS: readonly Benchmark[] = [streamTicks, ledgerTransfers, credentialCheck]

/** Names that `only` accepts. */
export const BENCHMARK_NAMES: readonly string[] = BENCHMARKS.flatMap(({ names }) => names)
