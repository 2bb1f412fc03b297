/**
 * The measured table of label-aware scores on the airdrop graph (../shared/data/sybil beside the repository):
 *
 *   node packages/reputation/bench/labels.bench.ts [--draws 5] [--seeds 0.01,0.05,0.2] [--seed 1] [--split group|node]
 */
import { parseArgs } from 'node:util'
import { evaluateLabels, labelEvaluationTable, surroundingsOf } from '../src/index.ts'
import { AIRDROP_PRESENT, airdrop } from '../test/labels/airdrop-data.ts'

const { values } = parseArgs({
  options: {
    draws: { type: 'string', default: '5' },
    seeds: { type: 'string', default: '0.01,0.05,0.2' },
    seed: { type: 'string', default: '1' },
    split: { type: 'string' },
  },
})

if (!AIRDROP_PRESENT) {
  process.stderr.write('nothing measured: ../shared/data/sybil is not beside the repository\n')
  process.exit(1)
}
const { split } = values
if (split !== undefined && split !== 'group' && split !== 'node')
  throw new Error('--split must be group or node')
const { graph, labels, groups } = airdrop()
const began = process.cpuUsage()
const clock = performance.now()
surroundingsOf(graph)
const prepared = performance.now()
const evaluation = evaluateLabels(graph, labels, groups, {
  fractions: values.seeds.split(',').map(Number),
  draws: Number(values.draws),
  seed: Number(values.seed),
  ...(split === undefined ? {} : { protocols: [split] }),
})
const used = process.cpuUsage(began)
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
process.stdout.write(`${labelEvaluationTable(evaluation)}

${graph.nodes.size.toLocaleString('en-GB')} nodes, ${graph.support.columns.length.toLocaleString('en-GB')} directed pairs; structure once ${seconds(prepared - clock)};
evaluation ${seconds(performance.now() - prepared)} (${seconds((used.user + used.system) / 1000)} of processor time in all).
`)
