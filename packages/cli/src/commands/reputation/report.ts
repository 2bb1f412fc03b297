import type { Bind, CliCommand } from '../../command.ts'
import type { ReportOptions } from '../../reputation/report.ts'
import { scoringOptions } from './scoring-options.ts'

export function declareReport(reputation: CliCommand, bind: Bind): void {
  scoringOptions(reputation.command('report'))
    .summary('scores with pictures, in one HTML file')
    .description(
      'Writes one HTML file that works offline: the graph coloured by score, the distribution of scores, what was computed and how it converged, and, if asked, attacks with the scorecard.',
    )
    .requiredOption('--out <file>', 'the page')
    .option('--labels <file>', 'known truth, for figures of quality')
    .option('--title <text>', 'of the page')
    .option('--attacks', 'also attack the scorer and measure the scorecard; takes minutes')
    .option('--smoke', 'with --attacks: small worlds; the figures mean nothing')
    .withExamples('symbolon reputation report --edges edges.csv --anchors anchors.csv --out report.html')
    .action(
      bind<ReportOptions>(async (context, _, options) => {
        const { report } = await import('../../reputation/report.ts')
        await report(context, options)
      }),
    )
}
