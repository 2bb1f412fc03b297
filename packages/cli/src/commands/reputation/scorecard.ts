import type { Bind, CliCommand } from '../../command.ts'
import { SCORER_NAMES } from '../../reputation/names.ts'
import type { ScorecardOptions } from '../../reputation/scorecard.ts'

export function declareScorecard(reputation: CliCommand, bind: Bind): void {
  reputation
    .command('scorecard')
    .summary('the eighteen gates, measured')
    .description(
      'Measures what can be measured of the eighteen gates of release, says of the rest why it is pending, and computes the sums. Pending counts as not passed.',
    )
    .option('--scorer <name>', `one of ${SCORER_NAMES.join(', ')}`, 'model')
    .option('--model <file>', 'with the scorer `model`: another than the one that ships')
    .option('--network <file>', 'edge list of a recorded network: the ninth topology of gate A4')
    .option('--edges <file>', 'with --labels: labelled data on which gate S1 is measured')
    .option('--labels <file>', 'with --edges: id,label')
    .option('--groups <file>', 'with --labels: nodes that belong together')
    .option('--seed <number>', 'of everything', '1')
    .option('--smoke', 'small worlds; the figures mean nothing')
    .action(
      bind<ScorecardOptions>(async (context, _, options) => {
        const { measureGates } = await import('../../reputation/scorecard.ts')
        await measureGates(context, options)
      }),
    )
}
