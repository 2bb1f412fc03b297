/**
 * The Fiedler vector (Fiedler 1973; Shi and Malik 2000; TRU-019): u of the second smallest eigenvalue of
 * L_sym = I − D^-½ M D^-½, f = D^-½ u with max |f| = 1; its sign splits a component where it is most weakly tied.
 *
 * What it may say is limited, in this order:
 *   no anchor in the component      f = −1, `unsupported`: no accusation, new agents land here too
 *   λ3 − λ2 ≤ 1e-6                  the vector is not unique (rings, cliques, symmetry): f = 0
 *   conductance of the cut > 0.20   every graph has a best cut, this one is no bottleneck: `usable` is false, scores are 0
 *   otherwise                       the sign is chosen so that the anchors' weighted mean is positive
 */
import type { Csr } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import { LEAN_NODES_MIN, RENUMBERED_NODES_MIN } from '../limits.ts'
import { seeded } from '../random.ts'
import { type Anchors, anchorPrior, uniformPrior } from './anchors.ts'
import { connectedComponents, restricted } from './components.ts'
import { conductance, sweepConductance } from './conductance.ts'
import { gather, reciprocals, rowSums } from './gather.ts'
import {
  dot,
  type Eigenpair,
  type LanczosOptions,
  largestEigenpair,
  scale,
  valueWithin,
  vectorWithin,
} from './lanczos.ts'
import { leanEigenpair } from './lean-lanczos.ts'
import { byPopularity } from './popularity-order.ts'
import type { Convergence } from './scores.ts'

export const SPECTRAL_GAP_MIN = 1e-6
export const CONDUCTANCE_MAX = 0.2

export interface FiedlerOptions extends Pick<LanczosOptions, 'stepsMax'> {
  /** Error of the vector of length 1; 1e-9 unless told. */
  readonly tolerance?: number
  /** Of the start vector. */
  readonly seed?: number
  /** A symmetric matrix instead of the consented layer, for comparison only. */
  readonly layer?: Csr
}

/** A component of at least two nodes that holds an anchor (any such component if no anchors were given). */
export interface SpectralComponent {
  /** Ascending. */
  readonly nodes: Uint32Array
  readonly lambda2: number
  /**
   * +∞ in a component of two nodes. From LEAN_NODES_MIN nodes on no more than what shows that it is not λ2: the true value may be
   * smaller, by as much as half of the distance to λ2.
   */
  readonly lambda3: number
  /** Of the best cut along f, by Cheeger in λ2/2 … sqrt(2·λ2); 1 if f is not unique. */
  readonly conductance: number
  /** Of the cut at the sign change of f. */
  readonly signConductance: number
  /** f is unique. */
  readonly published: boolean
  /** f is unique and its sign marks a sparse cut. */
  readonly usable: boolean
  readonly convergence: Convergence
}

export interface Spectral {
  /** f where published, 0 where not, −1 where unsupported: the vector before the conductance gate. */
  readonly vector: Float64Array
  /** f where usable, 0 where not, −1 where unsupported: the raw score. */
  readonly scores: Float64Array
  /** 1 for nodes of components without an anchor. */
  readonly unsupported: Uint8Array
  /** By first node. */
  readonly components: readonly SpectralComponent[]
  /** Of the component that took longest, or of any that failed. */
  readonly convergence: Convergence
}

const SEED = 0x5eed

interface Pair {
  readonly f: Float64Array
  readonly second: Eigenpair
  readonly third: Eigenpair | undefined
}

/** D^-½ · layer · D^-½, and the roots of the degrees. Weights are replaced in place. */
function normaliseInPlace(layer: Csr): Float64Array {
  const { size, offsets, columns, weights } = layer
  const roots = rowSums(layer).map(Math.sqrt)
  const inverse = reciprocals(roots)
  for (let i = 0; i < size; i++) {
    const own = inverse[i] as number
    for (let k = offsets[i] as number; k < (offsets[i + 1] as number); k++)
      weights[k] = (weights[k] as number) * own * (inverse[columns[k] as number] as number)
  }
  return roots
}

/** λ2 and λ3 by two runs, because a single Krylov space shows one copy of a repeated eigenvalue. */
function secondAndThird(layer: Csr, options: FiedlerOptions): Pair {
  const { size } = layer
  const isLarge = size >= LEAN_NODES_MIN
  const { matrix, order } =
    size >= RENUMBERED_NODES_MIN
      ? byPopularity(layer)
      : { matrix: { ...layer, weights: layer.weights.slice() }, order: undefined }
  const roots = normaliseInPlace(matrix)
  const inverse = reciprocals(roots)
  const apply = (source: Float64Array, target: Float64Array): void => gather(matrix, source, target)
  const random = seeded(options.seed ?? SEED)
  const bounds = options.stepsMax === undefined ? {} : { stepsMax: options.stepsMax }
  scale(roots, 1 / Math.sqrt(dot(roots, roots)))
  const eigenpair = isLarge ? leanEigenpair : largestEigenpair
  const second = eigenpair(apply, size, {
    start: random,
    locked: [roots],
    accept: vectorWithin(options.tolerance ?? 1e-9),
    ...bounds,
  }) as Eigenpair
  const exactly = valueWithin(SPECTRAL_GAP_MIN / 20)
  // Of λ3 only the value is wanted, an order finer than the gap that is asked of it. In a large component less will do: that it is
  // further away than that gap, twice its residual taken off.
  const apart = (residual: number, value: number): boolean =>
    isLarge && second.converged && second.value - value - 2 * residual > SPECTRAL_GAP_MIN
  const third = eigenpair(apply, size, {
    wantsVector: false,
    start: random,
    locked: [roots, second.vector],
    accept: (residual, gap, value) => exactly(residual, gap, value) || apart(residual, value),
    ...bounds,
  })
  const f = new Float64Array(size)
  for (let i = 0; i < size; i++)
    f[order === undefined ? i : (order[i] as number)] = (second.vector[i] as number) * (inverse[i] as number)
  return { f, second, third }
}

/** Scales to max |f| = 1, positive on the anchors' side; where they balance, the first node that is not at 0 decides. */
function orient(f: Float64Array, anchors: Float64Array | undefined): void {
  let largest = 0
  for (const value of f) largest = Math.max(largest, Math.abs(value))
  scale(f, 1 / largest)
  let mean = 0
  if (anchors) {
    let total = 0
    for (const [i, weight] of anchors.entries()) {
      mean += weight * (f[i] as number)
      total += weight
    }
    mean /= total
  }
  const decisive = Math.abs(mean) > 1e-9 ? mean : (f.find((value) => Math.abs(value) > 1e-9) ?? 1)
  if (decisive < 0) scale(f, -1)
}

function analyse(
  layer: Csr,
  nodes: Uint32Array,
  prior: Float64Array | undefined,
  options: FiedlerOptions,
): { component: SpectralComponent; f: Float64Array } {
  const part = restricted(layer, nodes)
  const { f, second, third } = secondAndThird(part, options)
  orient(f, prior && Float64Array.from(nodes, (node) => prior[node] as number))
  const lambda2 = 1 - second.value
  const lambda3 = third === undefined ? Number.POSITIVE_INFINITY : 1 - third.value
  const converged = second.converged && (third?.converged ?? true)
  const published = converged && lambda3 - lambda2 > SPECTRAL_GAP_MIN
  const signConductance = published
    ? conductance(
        part,
        f.map((value) => (value < 0 ? 1 : 0)),
      )
    : 1
  const component = {
    nodes,
    lambda2,
    lambda3,
    conductance: published ? sweepConductance(part, f) : 1,
    signConductance,
    published,
    usable: published && signConductance <= CONDUCTANCE_MAX,
    convergence: { steps: second.steps + (third?.steps ?? 0), residual: second.residual, converged },
  }
  return { component, f }
}

/**
 * Runs on the consented layer, per component. Without anchors every component is analysed and none is unsupported.
 * Errors: GRAPH_EMPTY, ANCHORS_INVALID, ANCHOR_UNKNOWN, ANCHORS_MISSING.
 */
export function fiedler(graph: TrustGraph, anchors?: Anchors, options: FiedlerOptions = {}): Spectral {
  const layer = options.layer ?? graph.consented
  const { length } = uniformPrior(graph)
  const prior = anchors && anchorPrior(graph, anchors)
  const { count, members, starts } = connectedComponents(layer)
  const vector = new Float64Array(length)
  const scores = new Float64Array(length)
  const unsupported = new Uint8Array(length)
  const components: SpectralComponent[] = []
  let convergence: Convergence = { steps: 0, residual: 0, converged: true }
  for (let c = 0; c < count; c++) {
    const nodes = members.subarray(starts[c] as number, starts[c + 1] as number)
    if (prior && !nodes.some((node) => (prior[node] as number) > 0)) {
      for (const node of nodes) {
        vector[node] = -1
        scores[node] = -1
        unsupported[node] = 1
      }
      continue
    }
    if (nodes.length < 2) continue
    const { component, f } = analyse(layer, nodes, prior, options)
    components.push(component)
    for (const [i, node] of nodes.entries()) {
      if (component.published) vector[node] = f[i] as number
      if (component.usable) scores[node] = f[i] as number
    }
    const { converged, steps } = component.convergence
    if (
      (convergence.converged && !converged) ||
      (convergence.converged === converged && steps > convergence.steps)
    )
      convergence = component.convergence
  }
  return { vector, scores, unsupported, components, convergence }
}
