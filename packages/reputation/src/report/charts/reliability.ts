/** Predicted against observed: a calibrated model stands on the diagonal. The area of a point grows with its bin. */
import { REPORT_ROWS_MAX } from '../../limits.ts'
import type { ReportReliability } from '../data.ts'
import { figure, percent, place } from '../figures.ts'
import { html, type Markup } from '../markup.ts'
import { area, picture } from './frame.ts'

const SIDE = 320
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1]
const RADIUS_MAX = 11
const RADIUS_MIN = 3

export function reliabilityDiagram(bins: readonly ReportReliability[], alternative: string): Markup {
  const filled = bins
    .slice(0, REPORT_ROWS_MAX)
    .filter(
      ({ count, predicted, observed }) => count > 0 && !Number.isNaN(predicted) && !Number.isNaN(observed),
    )
  const largest = Math.max(1, ...filled.map(({ count }) => count))
  const grid = TICKS.map(
    (tick) =>
      html`<line class="grid" x1="0" x2="100%" y1="${place(1 - tick)}" y2="${place(1 - tick)}"/><text class="tick" x="-6" y="${place(1 - tick)}" dy="0.32em" text-anchor="end">${figure(tick)}</text><text class="tick" x="${place(tick)}" y="${SIDE + 18}" text-anchor="middle">${figure(tick)}</text>`,
  )
  const points = filled.map(({ predicted, observed, count }) => {
    const radius = Math.max(RADIUS_MIN, RADIUS_MAX * Math.sqrt(count / largest))
    return html`<g><title>${`predicted ${percent(predicted)}, observed ${percent(observed)}, ${figure(count)} nodes`}</title><line class="gap" x1="${place(predicted)}" x2="${place(predicted)}" y1="${place(1 - predicted)}" y2="${place(1 - observed)}"/><circle class="point" cx="${place(predicted)}" cy="${place(1 - observed)}" r="${radius.toFixed(1)}"/></g>`
  })
  return picture(
    SIDE + 60,
    alternative,
    area(12, 14, 85, SIDE, [
      grid,
      html`<line class="diagonal" x1="0" y1="100%" x2="100%" y2="0"/>`,
      points,
      html`<text class="tick" x="50%" y="${SIDE + 38}" text-anchor="middle">predicted P(Sybil), observed share upwards</text>`,
    ]),
  )
}
