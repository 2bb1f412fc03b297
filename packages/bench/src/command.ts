/** The command line of the suite: arguments in, text and exit code out. */
import { parseArgs } from 'node:util'
import { SymbolonError } from '@symbolon/primitives'
import { BENCHMARK_NAMES } from './benchmarks.ts'
import type { Row } from './harness/benchmark.ts'
import { renderTable } from './harness/table.ts'
import { runBenchmarks } from './run.ts'

export const USAGE = `Measures Symbolon against its peers and against this machine's own limits, in one run.

  node packages/bench/src/main.ts [--json] [--smoke] [--only NAME] [--directory FOLDER]

  --json        an array of {name, value, unit, ceiling, peer, ratio, bar, met, ...}
  --smoke       every benchmark for a moment; the figures mean nothing
  --only        one row: ${BENCHMARK_NAMES.join(', ')}
  --directory   where the working folders go: choose the disk of a node (default: the system's temporary folder)
`

export interface CommandResult {
  /** 0 also when a bar is missed: a benchmark informs. 2 for arguments that are not understood. */
  readonly exitCode: 0 | 2
  readonly output: string
}

export async function runCommand(
  args: readonly string[],
  progress: (line: string) => void,
): Promise<CommandResult> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        only: { type: 'string' },
        directory: { type: 'string' },
      },
    })
    if (values.help) return { exitCode: 0, output: USAGE }
    const rows = await runBenchmarks({
      smoke: values.smoke,
      onStart: (names) => progress(`measuring ${names.join(', ')} …`),
      ...(values.only === undefined ? {} : { only: values.only }),
      ...(values.directory === undefined ? {} : { directory: values.directory }),
    })
    return { exitCode: 0, output: values.json ? renderJson(rows) : renderTable(rows) }
  } catch (error) {
    const isArgument = error instanceof TypeError && 'code' in error
    const isUnknown = error instanceof SymbolonError && error.code === 'BENCHMARK_UNKNOWN'
    if (!isArgument && !isUnknown) throw error
    return { exitCode: 2, output: `${error.message}\n\n${USAGE}` }
  }
}

/** Rows as they are: numbers as measured, null where there is none. */
export function renderJson(rows: readonly Row[]): string {
  return JSON.stringify(rows, undefined, 2)
}
