/** The evaluation as a Markdown table, for a terminal or a page. */
import type { Interval } from '../evaluation/index.ts'
import type { LabelEvaluation, LabelMethod } from './evaluate-labels.ts'

const NAMES: Record<LabelMethod, string> = {
  labelAware: 'label-aware',
  labelPropagation: 'label propagation',
  labelSpreading: 'label spreading',
  sybilRank: 'SybilRank',
}

function shown({ value, low, high }: Interval, digits = 3): string {
  if (Number.isNaN(value)) return '–'
  return Number.isNaN(low)
    ? value.toFixed(digits)
    : `${value.toFixed(digits)} (${low.toFixed(digits)} … ${high.toFixed(digits)})`
}

export function labelEvaluationTable({ draws, falsePositiveRate, sizes, rows }: LabelEvaluation): string {
  const percent = (share: number): string => `${Number((100 * share).toPrecision(6))} %`
  const lines = [
    `Mean of ${draws} draw${draws === 1 ? '' : 's'} of seeds (95 % interval of the mean). Every method sees the same seeds and is judged on the same nodes.`,
    '',
    `| split | seeds | test nodes | method | AUC | label-aware ahead by | found at ≤ ${percent(falsePositiveRate)} false positives | average precision |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ]
  for (const row of rows) {
    const size = sizes.find((one) => one.protocol === row.protocol && one.fraction === row.fraction)!
    const test = size.test[row.population]
    const whole = (count: number): string => Math.round(count).toLocaleString('en-GB')
    lines.push(
      `| ${[
        `by ${row.protocol}`,
        `${percent(row.fraction)}: ${whole(size.seeds.sybil)} Sybil, ${whole(size.seeds.honest)} honest`,
        `${row.population}: ${whole(test.sybil)} Sybil, ${whole(test.honest)} honest`,
        NAMES[row.method],
        shown(row.auc),
        row.method === 'labelAware' ? '' : shown(row.behind),
        shown(row.detection),
        shown(row.averagePrecision),
      ].join(' | ')} |`,
    )
  }
  return lines.join('\n')
}
