/** Horizontal bars, one under the other, each under its own label: readable at any width. */
import { REPORT_BARS_MAX } from '../../limits.ts'
import { figure, place } from '../figures.ts'
import { html, type Insertable, type Markup } from '../markup.ts'
import { shortened } from '../shown-text.ts'
import { type Axis, shareOf } from './axis.ts'
import { area, picture } from './frame.ts'

export interface BarRow {
  readonly label: string
  /** Right of the label. */
  readonly reading: string
  /** NaN draws nothing. */
  readonly value: number
  /** Drawn from here to the value; the axis' low end if absent. */
  readonly from?: number
  readonly fill?: string
  /** 95 % interval, drawn as whiskers; the value is then a point instead of a bar. */
  readonly interval?: readonly [low: number, high: number]
}

export interface BarChart {
  readonly alternative: string
  readonly axis: Axis
  readonly tick: (value: number) => string
  readonly rows: readonly BarRow[]
  /** A vertical line through all rows. */
  readonly mark?: { readonly value: number; readonly label: string }
  readonly definitions?: Markup
}

const ROW = 40
const TOP = 24
const LABEL_MAX = 48

function bar(row: BarRow, scale: Axis): Insertable {
  if (Number.isNaN(row.value)) return undefined
  const at = shareOf(scale, row.value)
  if (row.interval !== undefined) {
    const [low, high] = row.interval
    return html`<line class="whisker" x1="${place(shareOf(scale, low))}" x2="${place(shareOf(scale, high))}" y1="25" y2="25"/><circle class="point" cx="${place(at)}" cy="25" r="4.5"/>`
  }
  const from = shareOf(scale, row.from ?? scale.low)
  const left = Math.min(from, at)
  return html`<rect class="bar ${row.fill ?? ''}" x="${place(left)}" y="19" width="${place(Math.max(from, at) - left)}" height="12"/>`
}

export function barChart(chart: BarChart): Markup {
  const rows = chart.rows.slice(0, REPORT_BARS_MAX)
  const height = rows.length * ROW
  const { axis: scale, mark } = chart
  const grid = scale.ticks.map((tick, i) => {
    const anchor = i === 0 ? 'start' : i === scale.ticks.length - 1 ? 'end' : 'middle'
    const at = place(shareOf(scale, tick))
    return html`<line class="grid" x1="${at}" x2="${at}" y1="0" y2="${height}"/><text class="tick" x="${at}" y="${height + 16}" text-anchor="${anchor}">${chart.tick(tick)}</text>`
  })
  const at = mark === undefined ? '' : place(shareOf(scale, mark.value))
  const more = chart.rows.length - rows.length
  return html`${picture(
    TOP + height + 24,
    chart.alternative,
    html`${chart.definitions ?? ''}${area(0, TOP, 100, height, [
      grid,
      mark === undefined
        ? undefined
        : html`<line class="mark" x1="${at}" x2="${at}" y1="-6" y2="${height}"/><text class="mark-label" x="${at}" y="-10" text-anchor="${shareOf(scale, mark.value) > 0.5 ? 'end' : 'start'}">${mark.label}</text>`,
      rows.map(
        (row, i) =>
          html`${area(0, i * ROW, 100, ROW, [
            html`<text class="label" x="0" y="14">${shortened(row.label, LABEL_MAX)}</text><text class="reading" x="100%" y="14" text-anchor="end">${row.reading}</text>`,
            bar(row, scale),
          ])}`,
      ),
    ])}`,
  )}${more > 0 ? html`<p class="more">and ${figure(more)} more in the table</p>` : ''}`
}
