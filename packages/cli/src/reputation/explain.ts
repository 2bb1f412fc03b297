/** `symbolon reputation explain`: why one node has its score. */
import { explainNode, SCORE_CAVEAT } from '@symbolon/reputation'
import type { Bind, CliCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { nodeNamed } from './graph-input.ts'
import { finite, parseWhole } from './numbers.ts'
import { type ScoringOptions, scoreInput, scoringOptions } from './score.ts'

interface ExplainCommand extends ScoringOptions {
  readonly neighbours: string
}

export function declareExplain(reputation: CliCommand, bind: Bind): void {
  scoringOptions(reputation.command('explain <node>'))
    .summary('say why one node has its score')
    .description(
      'Which facts moved the score of a node and by how much, which edges carried them, and what would change the verdict. Edges and changes are not guessed: the graph is scored again with the change made.',
    )
    .option('--neighbours <count>', 'edges that are named', '5')
    .withExamples('symbolon reputation explain agent-24bbb87c --edges edges.csv --anchors anchors.csv')
    .action(bind<ExplainCommand>((context, [id = ''], options) => explain(context, id, options)))
}

async function explain(context: Context, id: string, options: ExplainCommand): Promise<void> {
  const edges = parseWhole(options.neighbours, '--neighbours', 0, 1_000)
  const { input, scores, scoring } = await scoreInput(context, options)
  const explanation = explainNode(input.graph, scores, nodeNamed(input.graph, id), { ...scoring, edges })
  context.output.result(
    JSON.parse(
      JSON.stringify({ input: { file: input.file, digest: input.digest }, ...explanation }, (_, value) =>
        typeof value === 'number' ? finite(value) : value,
      ),
    ),
    `${explanation.text}\n\n${SCORE_CAVEAT}`,
  )
}
