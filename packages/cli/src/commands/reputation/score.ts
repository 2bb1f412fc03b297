import type { Bind, CliCommand } from '../../command.ts'
import { LIST_LENGTH_DEFAULT } from '../../limits.ts'
import { SCORE_NAMES } from '../../reputation/names.ts'
import type { ScoreCommand } from '../../reputation/score.ts'
import { scoringOptions } from './scoring-options.ts'

export function declareScore(reputation: CliCommand, bind: Bind): void {
  scoringOptions(reputation.command('score'))
    .summary('score every node of a graph')
    .description(
      'Ranks the graph by seven algorithms, derives nine signals, and gives each node a calibrated probability of being a Sybil, a reputation of 0 … 1000, a flag and a rank.',
    )
    .option('--algorithm <name>', `order by one of ${SCORE_NAMES.join(', ')} instead of the probability`)
    .option('--out <file>', 'all rows, as CSV, or NDJSON by the name')
    .option('--limit <count>', 'rows shown, first and last', String(LIST_LENGTH_DEFAULT))
    .withExamples(
      'symbolon reputation score --edges edges.csv --anchors anchors.csv --out scores.csv',
      'symbolon reputation score --edges soc-sign-bitcoinalpha.csv --algorithm personalisedPageRank',
    )
    .action(
      bind<ScoreCommand>(async (context, _, options) => {
        const { score } = await import('../../reputation/score.ts')
        await score(context, options)
      }),
    )
}
