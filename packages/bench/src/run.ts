/** Runs benchmarks one after another, each in a folder of its own. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SymbolonError } from '@symbolon/primitives'
import { BENCHMARK_NAMES, BENCHMARKS } from './benchmarks.ts'
import { type Benchmark, EFFORTS, type Row } from './harness/benchmark.ts'

export interface RunOptions {
  /** Runs everything for a moment, to see that it works. */
  readonly smoke?: boolean
  /** Name of a row; the benchmark that reports it runs, and only that row is reported. */
  readonly only?: string
  /** Parent of the working folders; it should be on the disk that a node would use. The system's temporary folder by default. */
  readonly directory?: string
  /** Called before each benchmark with the names of its rows. */
  readonly onStart?: (names: readonly string[]) => void
}

export class BenchmarkError extends SymbolonError {
  declare readonly code: 'BENCHMARK_UNKNOWN'
}

/** Throws BENCHMARK_UNKNOWN, and whatever a benchmark fails with: a figure of a run that went wrong is no figure. */
export async function runBenchmarks(options: RunOptions = {}): Promise<Row[]> {
  const { smoke = false, only, directory = tmpdir(), onStart } = options
  const effort = EFFORTS[smoke ? 'smoke' : 'full']
  const rows: Row[] = []
  for (const benchmark of select(only)) {
    onStart?.(benchmark.names)
    const folder = mkdtempSync(join(directory, 'symbolon-bench-'))
    // Passable, not readable, for a peer that runs under another account.
    chmodSync(folder, 0o711)
    try {
      rows.push(...(await benchmark.run({ effort, directory: folder })))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return only === undefined ? rows : rows.filter(({ name }) => name === only)
}

function select(only: string | undefined): readonly Benchmark[] {
  if (only === undefined) return BENCHMARKS
  const found = BENCHMARKS.filter(({ names }) => names.includes(only))
  if (found.length === 0)
    throw new BenchmarkError(
      'BENCHMARK_UNKNOWN',
      `there is no benchmark ${only}; choose one of ${BENCHMARK_NAMES.join(', ')}`,
    )
  return found
}
