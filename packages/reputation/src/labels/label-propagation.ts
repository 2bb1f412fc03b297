/** Two classic ways in which known labels spread over a graph; the baselines of label-aware scoring. */
import type { Csr } from '../graph/index.ts'
import { SYBIL, UNLABELLED } from '../model/labelled-graph.ts'
import { strengths } from './neighbourhood.ts'
import { countSeeds, type NodeLabels, rateOf } from './seeds.ts'

export interface SpreadOptions {
  /** Sweeps at most; default 100. */
  readonly sweeps?: number
  /** Stop when no value moves by more; default 10⁻⁶. */
  readonly tolerance?: number
}

/**
 * Label propagation (Zhu and Ghahramani 2002; Zhu, Ghahramani and Lafferty 2003): the harmonic function that is fixed at
 * the seeds and elsewhere the weighted mean of its neighbours, by Gauss–Seidel in the order of the nodes. A part of the
 * graph without seeds keeps `rate` (default: the share of Sybils among the seeds). Result: 0 honest … 1 Sybil.
 */
export function labelPropagation(
  of: Csr,
  seeds: NodeLabels,
  {
    sweeps = 100,
    tolerance = 1e-6,
    rate = rateOf(countSeeds(seeds)),
  }: SpreadOptions & { readonly rate?: number } = {},
): Float64Array {
  const values = new Float64Array(of.size).fill(rate)
  const free: number[] = []
  for (let node = 0; node < of.size; node++)
    if (seeds[node] !== UNLABELLED) values[node] = seeds[node] === SYBIL ? 1 : 0
    else if (of.offsets[node + 1]! > of.offsets[node]!) free.push(node)
  const total = strengths(of)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = 0
    for (const node of free) {
      let sum = 0
      for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++)
        sum += of.weights[k]! * values[of.columns[k]!]!
      const value = sum / total[node]!
      moved = Math.max(moved, Math.abs(value - values[node]!))
      values[node] = value
    }
    if (moved <= tolerance) break
  }
  return values
}

/**
 * Label spreading (Zhou and others, NIPS 2003): F ← α S F + (1 − α) Y with S = D^-1/2 W D^-1/2, once for each kind of
 * seed; the score is the Sybils' share F₁ / (F₀ + F₁), the share among the seeds where neither reaches.
 */
export function labelSpreading(
  of: Csr,
  seeds: NodeLabels,
  { alpha = 0.9, sweeps = 100, tolerance = 1e-9 }: SpreadOptions & { readonly alpha?: number } = {},
): Float64Array {
  const root = strengths(of).map((sum) => (sum > 0 ? 1 / Math.sqrt(sum) : 0))
  // Both kinds in one pass, side by side: the walk over the edges is what costs.
  const start = new Float64Array(2 * of.size)
  for (let node = 0; node < of.size; node++)
    if (seeds[node] !== UNLABELLED) start[2 * node + seeds[node]!] = 1 - alpha
  let values = start.slice()
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const next = start.slice()
    let moved = 0
    for (let node = 0; node < of.size; node++) {
      let honest = 0
      let sybil = 0
      for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++) {
        const other = of.columns[k]!
        const weight = of.weights[k]! * root[other]!
        honest += weight * values[2 * other]!
        sybil += weight * values[2 * other + 1]!
      }
      next[2 * node] = next[2 * node]! + alpha * root[node]! * honest
      next[2 * node + 1] = next[2 * node + 1]! + alpha * root[node]! * sybil
      moved = Math.max(
        moved,
        Math.abs(next[2 * node]! - values[2 * node]!),
        Math.abs(next[2 * node + 1]! - values[2 * node + 1]!),
      )
    }
    values = next
    if (moved <= tolerance) break
  }
  const rate = rateOf(countSeeds(seeds))
  return Float64Array.from(seeds, (_, node) => {
    const both = values[2 * node]! + values[2 * node + 1]!
    return both > 0 ? values[2 * node + 1]! / both : rate
  })
}
