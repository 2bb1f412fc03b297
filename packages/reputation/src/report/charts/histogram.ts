/** Counts in bins of equal width; the flagged part of each bin stands on the axis, striped. */
import { figure, place } from '../figures.ts'
import { html, type Markup } from '../markup.ts'
import { axis, shareOf } from './axis.ts'
import { area, picture, stripes } from './frame.ts'

export interface Bins {
  readonly low: number
  readonly width: number
  /** All nodes, and those of them that are flagged. */
  readonly counts: readonly number[]
  readonly flagged: readonly number[]
  /** Nodes without a value. */
  readonly missing: number
}

/** Bins are closed below and open above; the last one is closed, so that nobody falls out. */
export function binned(
  values: ArrayLike<number>,
  flagged: ArrayLike<number> | undefined,
  low: number,
  high: number,
  bins: number,
): Bins {
  const counts: number[] = new Array(bins).fill(0)
  const marked: number[] = new Array(bins).fill(0)
  let missing = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (Number.isNaN(value)) {
      missing++
      continue
    }
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((value - low) * bins) / (high - low))))
    counts[bin] = (counts[bin] as number) + 1
    if (flagged?.[i]) marked[bin] = (marked[bin] as number) + 1
  }
  return { low, width: (high - low) / bins, counts, flagged: marked, missing }
}

const HEIGHT = 220
const LEFT = 11

export function histogram(
  bins: Bins,
  id: string,
  alternative: string,
  name: string,
  mark?: { readonly value: number; readonly label: string },
): Markup {
  const { low, width, counts, flagged } = bins
  const upright = axis(0, Math.max(1, ...counts), 4)
  const across = axis(low, low + width * counts.length)
  const grid = upright.ticks.map((tick) => {
    const y = place(1 - shareOf(upright, tick))
    return html`<line class="grid" x1="0" x2="100%" y1="${y}" y2="${y}"/><text class="tick" x="-6" y="${y}" dy="0.32em" text-anchor="end">${figure(tick)}</text>`
  })
  const ticks = across.ticks.map((tick, i) => {
    const anchor = i === across.ticks.length - 1 ? 'end' : 'middle'
    return html`<text class="tick" x="${place(shareOf(across, tick))}" y="${HEIGHT + 18}" text-anchor="${anchor}">${figure(tick)}</text>`
  })
  const bars = counts.map((count, i) => {
    const x = place((i + 0.06) / counts.length)
    const wide = place(0.88 / counts.length)
    const tall = shareOf(upright, count)
    const part = shareOf(upright, flagged[i] as number)
    const range = `${figure(low + i * width)} to ${figure(low + (i + 1) * width)}: ${figure(count)}, flagged ${figure(flagged[i])}`
    return html`<g><title>${range}</title><rect class="bar" x="${x}" width="${wide}" y="${place(1 - tall)}" height="${place(tall)}"/>${
      part > 0
        ? html`<rect class="flagged-part" fill="url(#${id})" x="${x}" width="${wide}" y="${place(1 - part)}" height="${place(part)}"/>`
        : ''
    }</g>`
  })
  const at = mark === undefined ? undefined : place(shareOf(across, mark.value))
  return picture(
    HEIGHT + 58,
    alternative,
    html`${stripes(id)}${area(LEFT, 18, 100 - LEFT - 1, HEIGHT, [
      grid,
      bars,
      ticks,
      html`<line class="base" x1="0" x2="100%" y1="100%" y2="100%"/><text class="tick" x="50%" y="${HEIGHT + 36}" text-anchor="middle">${name}</text>`,
      at === undefined
        ? undefined
        : html`<line class="mark" x1="${at}" x2="${at}" y1="-4" y2="100%"/><text class="mark-label" x="${at}" y="-8" text-anchor="middle">${mark?.label}</text>`,
    ])}`,
  )
}
