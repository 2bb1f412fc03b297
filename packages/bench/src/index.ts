export { BENCHMARK_NAMES } from './benchmarks.ts'
export type { Row } from './harness/benchmark.ts'
export { renderTable } from './harness/table.ts'
export { BenchmarkError, type RunOptions, runBenchmarks } from './run.ts'
