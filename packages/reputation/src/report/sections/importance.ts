import { axis } from '../charts/axis.ts'
import { barChart } from '../charts/rows.ts'
import type { ReportData } from '../data.ts'
import { figure } from '../figures.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { table, tableBehind } from '../table.ts'

export function importanceSection({ importance, importanceMeasure }: ReportData): Section | undefined {
  if (importance === undefined || importance.length === 0) return undefined
  const order = (value: number): number => (Number.isNaN(value) ? -Infinity : value)
  const sorted = [...importance].sort((a, b) => order(b.importance) - order(a.importance) || 0)
  const values = sorted.map((row) => row.importance).filter((value) => Number.isFinite(value))
  const content = html`${figureOf(
    barChart({
      alternative: 'Importance of features, largest first; the table below holds the figures.',
      axis: axis(Math.min(0, ...values), Math.max(0, ...values), 4),
      tick: (value) => figure(value),
      rows: sorted.map((row) => ({
        label: row.feature,
        reading: figure(row.importance),
        value: row.importance,
        from: 0,
      })),
    }),
    `Importance of features${importanceMeasure === undefined ? '' : `: ${importanceMeasure}`}. Features that copy each other share their credit.`,
  )}
${tableBehind(
  'Importance as a table',
  table(
    'Importance',
    [{ head: 'feature' }, { head: 'importance', numeric: true }],
    sorted.map((row) => [row.feature, figure(row.importance)]),
  ),
)}`
  return { id: 'importance', title: 'What the classifier looks at', content }
}
