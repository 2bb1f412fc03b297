import { REPORT_COLUMNS_MAX } from '../../limits.ts'
import { axis } from '../charts/axis.ts'
import { barChart } from '../charts/rows.ts'
import type { ReportData } from '../data.ts'
import { ABSENT, figure } from '../figures.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { table } from '../table.ts'

export function evaluationSection({ evaluation }: ReportData): Section | undefined {
  if (evaluation === undefined || evaluation.length === 0) return undefined
  const names = [...new Set(evaluation.flatMap(({ figures }) => Object.keys(figures ?? {})))].slice(
    0,
    REPORT_COLUMNS_MAX,
  )
  const values = evaluation
    .flatMap(({ auc, interval }) => [auc, ...(interval ?? [])])
    .filter((value) => value >= 0)
  const content = html`${figureOf(
    barChart({
      alternative:
        'Area under the curve of each method with its interval; the table below holds the figures.',
      axis: axis(Math.min(0.5, ...values), 1),
      tick: (value) => figure(value),
      mark: { value: 0.5, label: 'chance' },
      rows: evaluation.map(({ method, protocol, auc, interval }) => ({
        label: protocol === undefined ? method : `${method}, ${protocol}`,
        reading: figure(auc),
        value: auc,
        interval: interval ?? [auc, auc],
      })),
    }),
    'Area under the receiver operating characteristic: the share of (Sybil, honest) pairs that the method puts in the right order. Whiskers: 95 % intervals, where given.',
  )}
${table(
  'Evaluation against labels',
  [
    { head: 'method' },
    { head: 'protocol' },
    { head: 'AUC', numeric: true },
    { head: '95 % interval', numeric: true },
    ...names.map((head) => ({ head, numeric: true })),
  ],
  evaluation.map(({ method, protocol, auc, interval, figures }) => [
    method,
    protocol ?? ABSENT,
    figure(auc),
    interval === undefined ? ABSENT : `${figure(interval[0])} to ${figure(interval[1])}`,
    ...names.map((name) =>
      figure(figures !== undefined && Object.hasOwn(figures, name) ? figures[name] : undefined),
    ),
  ]),
)}`
  return { id: 'evaluation', title: 'Evaluation against labels', content }
}
