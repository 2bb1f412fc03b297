import { axis } from '../charts/axis.ts'
import { stripes } from '../charts/frame.ts'
import { barChart } from '../charts/rows.ts'
import type { ReportData } from '../data.ts'
import { figure, percent } from '../figures.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { table } from '../table.ts'
import { verdictMark } from '../verdict.ts'

/** What an attacker must lose at least (TRU-060). */
const ROI_BAR = -0.1
/** Beyond a return of 200 % bars end at the edge; the reading beside them does not. */
const ROI_SHOWN_MAX = 2

export function attacksSection({ attacks, unit }: ReportData): Section | undefined {
  if (attacks === undefined || attacks.length === 0) return undefined
  const returns = attacks.map(({ roi }) => roi).filter((roi) => !Number.isNaN(roi))
  const scale = axis(
    Math.max(-ROI_SHOWN_MAX, Math.min(-1, ...returns)),
    Math.min(ROI_SHOWN_MAX, Math.max(0.2, ...returns)),
    4,
  )
  const passed = attacks.filter(({ verdict }) => verdict === 'pass').length
  const money = unit === undefined ? '' : ` (${unit})`
  const content = html`<p>${figure(passed)} of ${figure(attacks.length)} attacks were made unprofitable enough. An attack must lose at least a tenth of what it costs: a return on investment of ${percent(ROI_BAR)} or less, with credit, discounts and access counted as benefit.</p>
${figureOf(
  barChart({
    alternative: `Return on each attack, against the bar of ${percent(ROI_BAR)}; the table below holds the figures.`,
    axis: scale,
    tick: percent,
    mark: { value: ROI_BAR, label: `bar: ${percent(ROI_BAR)}` },
    definitions: stripes('stripes-attacks'),
    rows: attacks.map(({ attack, roi, verdict }) => ({
      label: attack,
      reading: `${percent(roi)}, ${verdict}`,
      value: roi,
      from: 0,
      fill: verdict,
    })),
  }),
  'Return on investment of the attacker, (benefit − cost) ÷ cost. Left of the dashed line the attack loses enough.',
)}
${table(
  'Attack outcomes',
  [
    { head: 'attack' },
    { head: 'detected', numeric: true },
    { head: 'false positives', numeric: true },
    { head: `cost per point${money}`, numeric: true },
    { head: `gain per point${money}`, numeric: true },
    { head: 'return', numeric: true },
    { head: 'verdict' },
    { head: 'note' },
  ],
  attacks.map((row) => [
    row.attack,
    percent(row.detection),
    percent(row.falsePositives),
    figure(row.costPerPoint),
    figure(row.gainPerPoint),
    percent(row.roi),
    verdictMark(row.verdict),
    row.note,
  ]),
)}`
  return { id: 'attacks', title: 'Attacks and what they return', content }
}
