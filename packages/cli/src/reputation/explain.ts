/** `symbolon reputation explain`: why one node has its score. */
import { explainNode, SCORE_CAVEAT } from '@symbolon/reputation'
import type { Context } from '../context.ts'
import { plainJson } from '../output/output.ts'
import { nodeNamed } from './graph-input.ts'
import { parseWhole } from './numbers.ts'
import { type ScoringOptions, scoreInput } from './score.ts'

export interface ExplainCommand extends ScoringOptions {
  readonly neighbours: string
}

export async function explain(context: Context, id: string, options: ExplainCommand): Promise<void> {
  const edges = parseWhole(options.neighbours, '--neighbours', 0, 1_000)
  const { input, scores, scoring } = await scoreInput(context, options)
  const explanation = explainNode(input.graph, scores, nodeNamed(input.graph, id), { ...scoring, edges })
  context.output.result(
    plainJson({ input: { file: input.file, digest: input.digest }, ...explanation }),
    `${explanation.text}\n\n${SCORE_CAVEAT}`,
  )
}
