import type { Bind, CliCommand } from '../../command.ts'
import type { ExplainCommand } from '../../reputation/explain.ts'
import { scoringOptions } from './scoring-options.ts'

export function declareExplain(reputation: CliCommand, bind: Bind): void {
  scoringOptions(reputation.command('explain <node>'))
    .summary('say why one node has its score')
    .description(
      'Which facts moved the score of a node and by how much, which edges carried them, and what would change the verdict. Edges and changes are not guessed: the graph is scored again with the change made.',
    )
    .option('--neighbours <count>', 'edges that are named', '5')
    .withExamples('symbolon reputation explain agent-24bbb87c --edges edges.csv --anchors anchors.csv')
    .action(
      bind<ExplainCommand>(async (context, [id = ''], options) => {
        const { explain } = await import('../../reputation/explain.ts')
        await explain(context, id, options)
      }),
    )
}
