/** One tree, grown depth first. */
import { type BinnedMatrix, MISSING_BIN } from './bins.ts'
import type { Gradients } from './gradients.ts'
import { fillHistogram, STRIDE, subtractHistogram } from './histogram.ts'
import type { BoostingParameters } from './options.ts'
import { type Bounds, bestSplit, leafValue, type Split, type SplitRules } from './split.ts'
import type { BoostedTree } from './trees.ts'

interface Node {
  feature: number
  bin: number
  left: number
  missingLeft: boolean
  value: number
  cover: number
  gain: number
}

/** Digits of stored values: leaves and covers are rounded before they are used, so the stored model is the trained one. */
const VALUE_DIGITS = 8
const COVER_DIGITS = 6

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits))

export interface Grown {
  readonly tree: BoostedTree
  /** Adds the tree's answer to every row's margin. */
  addTo(margins: Float64Array): void
}

/** Histograms are reused from tree to tree: two per level live at once. */
export class HistogramPool {
  readonly #free: Float64Array[] = []
  readonly #length: number

  constructor(features: number) {
    this.#length = features * STRIDE
  }

  take(): Float64Array {
    return this.#free.pop() ?? new Float64Array(this.#length)
  }

  give(histogram: Float64Array): void {
    this.#free.push(histogram)
  }
}

/** Rows of one node, split in place: left ones first, both in their former order. Returns where the right ones begin. */
function partition(
  { bins, features }: BinnedMatrix,
  rows: Int32Array,
  from: number,
  to: number,
  { feature, bin, missingLeft }: Split,
  held: Int32Array,
): number {
  let left = from
  let right = 0
  for (let k = from; k < to; k++) {
    const row = rows[k] as number
    const slot = bins[row * features + feature] as number
    if (slot === MISSING_BIN ? missingLeft : slot <= bin) rows[left++] = row
    else held[right++] = row
  }
  rows.set(held.subarray(0, right), left)
  return left
}

/**
 * Cuts back, from the leaves up, splits that gain no more than γ: XGBoost's way, which lets a poor split stand when a good
 * one follows below it. `values` holds what each node would answer as a leaf.
 */
function prune(nodes: Node[], values: readonly number[], gamma: number, node: number): boolean {
  const at = nodes[node] as Node
  if (at.feature < 0) return true
  const left = prune(nodes, values, gamma, at.left)
  const right = prune(nodes, values, gamma, at.left + 1)
  if (!left || !right || at.gain > gamma) return false
  at.feature = -1
  at.gain = 0
  at.value = values[node] as number
  return true
}

/** The nodes that can be reached, numbered anew, children side by side. */
function compact(nodes: readonly Node[]): Node[] {
  const kept: Node[] = [{ ...(nodes[0] as Node) }]
  for (let place = 0; place < kept.length; place++) {
    const node = kept[place] as Node
    if (node.feature < 0) continue
    const { left } = node
    node.left = kept.length
    kept.push({ ...(nodes[left] as Node) }, { ...(nodes[left + 1] as Node) })
  }
  return kept
}

export function growTree(
  binned: BinnedMatrix,
  gradients: Gradients,
  /** Rows that this tree sees; reordered. */
  rows: Int32Array,
  parameters: BoostingParameters,
  monotone: Int8Array,
  pool: HistogramPool,
): Grown {
  const { pairs, gradientStep, curvatureStep } = gradients
  const { lambda, minChildWeight, learningRate, depth, gamma } = parameters
  const constrained = monotone.some((direction) => direction !== 0)
  const rules: SplitRules = { lambda, minChildWeight, gradientStep, curvatureStep, monotone, constrained }
  const nodes: Node[] = []
  const values: number[] = []
  const held = new Int32Array(rows.length)

  const add = (g: number, h: number, bounds: Bounds): number => {
    const raw = leafValue(g * gradientStep, h * curvatureStep, lambda, bounds)
    const value = rounded(learningRate * raw, VALUE_DIGITS)
    values.push(value)
    const cover = rounded(h * curvatureStep, COVER_DIGITS)
    return nodes.push({ feature: -1, bin: 0, left: 0, missingLeft: false, value, cover, gain: 0 }) - 1
  }

  const boundsOf = (split: Split, g: number, h: number, bounds: Bounds): [Bounds, Bounds] => {
    const direction = monotone[split.feature] as number
    if (direction === 0) return [bounds, bounds]
    const left = leafValue(split.gLeft * gradientStep, split.hLeft * curvatureStep, lambda, bounds)
    const right = leafValue(
      (g - split.gLeft) * gradientStep,
      (h - split.hLeft) * curvatureStep,
      lambda,
      bounds,
    )
    const middle = left + (right - left) / 2
    return direction > 0
      ? [
          { low: bounds.low, high: middle },
          { low: middle, high: bounds.high },
        ]
      : [
          { low: middle, high: bounds.high },
          { low: bounds.low, high: middle },
        ]
  }

  /** Consumes `histogram`. */
  const divide = (
    node: number,
    from: number,
    to: number,
    g: number,
    h: number,
    level: number,
    histogram: Float64Array,
    bounds: Bounds,
  ): void => {
    const split = bestSplit(histogram, binned.cuts, g, h, rules, bounds)
    if (split === undefined) {
      pool.give(histogram)
      return
    }
    const middle = partition(binned, rows, from, to, split, held)
    const [boundsLeft, boundsRight] = boundsOf(split, g, h, bounds)
    const left = add(split.gLeft, split.hLeft, boundsLeft)
    add(g - split.gLeft, h - split.hLeft, boundsRight)
    const at = nodes[node] as Node
    at.feature = split.feature
    at.bin = split.bin
    at.left = left
    at.missingLeft = split.missingLeft
    at.gain = split.gain
    at.value = 0
    if (level + 1 === depth) {
      pool.give(histogram)
      return
    }
    const other = pool.take()
    const leftIsSmaller = middle - from <= to - middle
    if (leftIsSmaller) fillHistogram(other, binned, rows, from, middle, pairs)
    else fillHistogram(other, binned, rows, middle, to, pairs)
    subtractHistogram(histogram, other)
    const [ofLeft, ofRight] = leftIsSmaller ? [other, histogram] : [histogram, other]
    divide(left, from, middle, split.gLeft, split.hLeft, level + 1, ofLeft, boundsLeft)
    divide(left + 1, middle, to, g - split.gLeft, h - split.hLeft, level + 1, ofRight, boundsRight)
  }

  let g = 0
  let h = 0
  for (const row of rows) {
    g += pairs[2 * row] as number
    h += pairs[2 * row + 1] as number
  }
  const free: Bounds = { low: -Infinity, high: Infinity }
  add(g, h, free)
  const histogram = pool.take()
  fillHistogram(histogram, binned, rows, 0, rows.length, pairs)
  divide(0, 0, rows.length, g, h, 0, histogram, free)
  prune(nodes, values, gamma, 0)
  const kept = compact(nodes)
  return { tree: treeOf(kept, binned), addTo: (margins) => addTo(kept, binned, margins) }
}

/** Behind the last cut everything present goes left: below the largest number there is. */
function thresholdOf({ feature, bin }: Node, cuts: readonly Float64Array[]): number {
  return (cuts[feature] as Float64Array)[bin] ?? Number.MAX_VALUE
}

function treeOf(nodes: readonly Node[], { cuts }: BinnedMatrix): BoostedTree {
  return {
    feature: nodes.map(({ feature }) => feature),
    threshold: nodes.map((node) => (node.feature < 0 ? 0 : thresholdOf(node, cuts))),
    left: nodes.map(({ feature, left }) => (feature < 0 ? 0 : left)),
    missingLeft: nodes.map(({ feature, missingLeft }) => (feature >= 0 && missingLeft ? 1 : 0)),
    value: nodes.map(({ value }) => value),
    cover: nodes.map(({ cover }) => cover),
    gain: nodes.map(({ gain }) => rounded(gain, COVER_DIGITS)),
  }
}

function addTo(nodes: readonly Node[], { bins, features }: BinnedMatrix, margins: Float64Array): void {
  const feature = Int32Array.from(nodes, (node) => node.feature)
  const bin = Uint8Array.from(nodes, (node) => node.bin)
  const left = Int32Array.from(nodes, (node) => node.left)
  const missingLeft = Uint8Array.from(nodes, (node) => (node.missingLeft ? 1 : 0))
  const value = Float64Array.from(nodes, (node) => node.value)
  for (let row = 0; row < margins.length; row++) {
    const first = row * features
    let node = 0
    for (let asked = feature[0] as number; asked >= 0; asked = feature[node] as number) {
      const slot = bins[first + asked] as number
      const goesLeft = slot === MISSING_BIN ? missingLeft[node] === 1 : slot <= (bin[node] as number)
      node = (left[node] as number) + (goesLeft ? 0 : 1)
    }
    margins[row] = (margins[row] as number) + (value[node] as number)
  }
}
