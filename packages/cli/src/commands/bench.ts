/** `symbolon bench`: measures this machine. */
import type { Declare } from '../command.ts'
import { plainJson } from '../output/output.ts'

interface BenchOptions {
  readonly only?: string
  readonly smoke?: boolean
  readonly directory?: string
}

export const declareBench: Declare = (program, bind) => {
  program
    .command('bench')
    .summary('measure this machine')
    .description(
      'Measures Symbolon against its peers and against the limits of this machine, in one run. Takes minutes; run it on an idle machine.',
    )
    .option('--only <row>', 'one figure')
    .option('--smoke', 'everything for a moment; the figures mean nothing')
    .option('--directory <folder>', 'where the working folders go: choose the disk of a node')
    .action(
      bind<BenchOptions>(async ({ output }, _, { only, smoke = false, directory }) => {
        // Loaded here: no other command needs the peers that it measures.
        const { renderTable, runBenchmarks } = await import('@symbolon/bench')
        const rows = await runBenchmarks({
          smoke,
          onStart: (names) => output.note(`measuring ${names.join(', ')} …`),
          ...(only === undefined ? {} : { only }),
          ...(directory === undefined ? {} : { directory }),
        })
        output.result(plainJson(rows), () => renderTable(rows))
      }),
    )
}
