import { reliabilityDiagram } from '../charts/reliability.ts'
import type { ReportData } from '../data.ts'
import { figure, percent } from '../figures.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { table, tableBehind } from '../table.ts'

export function calibrationSection({ calibration }: ReportData): Section | undefined {
  if (calibration === undefined || calibration.bins.length === 0) return undefined
  const { bins, brier, ece } = calibration
  const measures = [
    brier === undefined ? '' : `Brier score ${figure(brier)}`,
    ece === undefined ? '' : `expected calibration error ${figure(ece)}`,
  ].filter((text) => text !== '')
  const content = html`${measures.length === 0 ? '' : html`<p>${measures.join(', ')}.</p>`}
${figureOf(
  reliabilityDiagram(
    bins,
    'Reliability diagram: observed share of Sybils against predicted probability; the table below holds it.',
  ),
  'Reliability: of the nodes given a probability, how many were Sybils. A calibrated model stands on the diagonal; thin lines are the gaps; larger points are larger bins.',
)}
${tableBehind(
  'The reliability table',
  table(
    'Reliability',
    [
      { head: 'predicted', numeric: true },
      { head: 'observed', numeric: true },
      { head: 'nodes', numeric: true },
    ],
    bins.map(({ predicted, observed, count }) => [percent(predicted), percent(observed), figure(count)]),
  ),
)}`
  return { id: 'calibration', title: 'Calibration', content }
}
