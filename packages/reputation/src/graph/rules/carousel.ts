/**
 * TRU-008. Edges of closed rings keep 3.9 %. Cycles alone prove nothing: in the 30 honest nodes of F30 every second edge lies on a
 * triangle. A ring is a strongly connected set of at least three nodes without an anchor that is *closed*: what arrives from outside
 * weighs at most a fifth of what circulates inside, and, where times are known, all of it appeared within a short burst. Only edges
 * on a cycle of 3 … 8 nodes inside it are penalised, or all of them if the set is one single cycle of any length.
 *
 * With scores in the context, sets are sought among nodes below the floor: a ring cannot hide by endorsing honest agents (F30 T1b).
 * Without, among all nodes; then a set with an anchor is no ring, nor, if there are no anchors either, one of more than half of
 * all nodes: a graph is always closed.
 */
import { CAROUSEL_CYCLE_MAX, CAROUSEL_SEARCH_MAX } from '../../limits.ts'
import type { Csr } from '../csr.ts'
import { floorOf, type GraphRule, type RuleInput } from './graph-rule.ts'
import { NO_COMPONENT, type StrongComponents, strongComponents } from './strong-components.ts'

export interface CarouselOptions {
  /** 0.039 unless told. */
  readonly factor?: number
  /** Weight from outside by weight inside, at most; 0.2 unless told. */
  readonly openness?: number
  /** Between the first and the last new edge of a ring, in the unit of times; 7 days in seconds unless told. */
  readonly burst?: number
}

export function carouselRule(options: CarouselOptions = {}): GraphRule {
  const { factor = 0.039, openness = 0.2, burst = 604_800 } = options
  return (input) => {
    const { graph, multiply, find } = input
    const components = strongComponents(graph.support, candidates(input))
    const { of } = components
    const rings = ringsOf(input, components, openness, burst)
    const search = new CycleSearch(graph.support, of)
    const { support } = graph
    const findings = new Map<number, number>()
    for (let i = 0; i < support.size; i++) {
      const ring = of[i] === NO_COMPONENT ? undefined : rings.get(of[i]!)
      if (ring === undefined) continue
      for (let k = support.offsets[i]!; k < support.offsets[i + 1]!; k++) {
        const j = support.columns[k]!
        if (of[j] !== of[i] || !(ring.isSingleCycle || search.onCycle(i, j))) continue
        if (!findings.has(of[i]!))
          findings.set(
            of[i]!,
            find({
              rule: 'carousel',
              why: `closed ring of ${ring.nodes.length}: weight ${ring.outside} from outside, ${ring.inside} inside, at most ${openness} of it allowed: × ${factor}`,
              nodes: ring.nodes.map((node) => graph.nodes.idOf(node)),
            }),
          )
        multiply(k, factor, findings.get(of[i]!)!)
      }
    }
  }
}

function candidates({ graph, context, isAnchor }: RuleInput): Uint8Array {
  const { scores } = context
  const included = new Uint8Array(graph.nodes.size).fill(1)
  if (scores === undefined) return included
  const floor = floorOf(context)
  for (let i = 0; i < included.length; i++) included[i] = scores[i]! < floor && isAnchor[i] === 0 ? 1 : 0
  return included
}

interface Ring {
  readonly nodes: number[]
  inside: number
  outside: number
  edges: number
  /** Times of the first evidence of its edges. */
  earliest: number
  latest: number
  hasAnchor: boolean
  isSingleCycle: boolean
}

/** By component: those that are closed, new enough and not the graph itself. */
function ringsOf(
  { graph, context, isAnchor }: RuleInput,
  { of, count }: StrongComponents,
  openness: number,
  burst: number,
): Map<number, Ring> {
  const { support, times } = graph
  const sizes = new Uint32Array(count)
  for (const component of of) if (component !== NO_COMPONENT) sizes[component] = sizes[component]! + 1
  const rings = new Map<number, Ring>()
  for (let i = 0; i < of.length; i++) {
    if (of[i] === NO_COMPONENT || sizes[of[i]!]! < 3) continue
    const ring = rings.get(of[i]!) ?? {
      nodes: [],
      inside: 0,
      outside: 0,
      edges: 0,
      earliest: Number.POSITIVE_INFINITY,
      latest: Number.NEGATIVE_INFINITY,
      hasAnchor: false,
      isSingleCycle: false,
    }
    ring.nodes.push(i)
    ring.hasAnchor ||= isAnchor[i] === 1
    rings.set(of[i]!, ring)
  }
  for (let i = 0; i < support.size; i++)
    for (let k = support.offsets[i]!; k < support.offsets[i + 1]!; k++) {
      const target = of[support.columns[k]!]!
      const ring = target === NO_COMPONENT ? undefined : rings.get(target)
      if (ring === undefined) continue
      if (of[i] !== target) {
        ring.outside += support.weights[k]!
        continue
      }
      ring.inside += support.weights[k]!
      ring.edges++
      const time = times?.first[k] ?? Number.NaN
      if (time < ring.earliest) ring.earliest = time
      if (time > ring.latest) ring.latest = time
    }
  const hasAnchors = isAnchor.includes(1)
  for (const [component, ring] of rings) {
    const size = ring.nodes.length
    const isWhole = context.scores === undefined && !hasAnchors && size * 2 > of.length
    const isOpen = ring.outside > openness * ring.inside
    if (ring.hasAnchor || isWhole || isOpen || ring.latest - ring.earliest > burst) rings.delete(component)
    // Strongly connected with as many edges as nodes: each has one way in and one out.
    ring.isSingleCycle = ring.edges === size
  }
  return rings
}

/** Breadth-first from the head of an edge back to its tail, never leaving the component. */
class CycleSearch {
  readonly #support: Csr
  readonly #of: Uint32Array
  readonly #seen: Uint32Array
  readonly #queue: Uint32Array
  #round = 0
  #left = CAROUSEL_SEARCH_MAX

  constructor(support: Csr, of: Uint32Array) {
    this.#support = support
    this.#of = of
    this.#seen = new Uint32Array(support.size)
    this.#queue = new Uint32Array(support.size)
  }

  /** Whether i → j lies on a cycle of 3 … CAROUSEL_CYCLE_MAX nodes; false once the work for one graph is used up. */
  onCycle(i: number, j: number): boolean {
    const { offsets, columns } = this.#support
    const round = ++this.#round
    const queue = this.#queue
    queue[0] = j
    this.#seen[j] = round
    let [head, tail] = [0, 1]
    for (let length = 1; length < CAROUSEL_CYCLE_MAX && head < tail; length++) {
      for (const end = tail; head < end; head++) {
        const node = queue[head]!
        for (let k = offsets[node]!; k < offsets[node + 1]!; k++) {
          if (--this.#left < 0) return false
          const next = columns[k]!
          // The pair i ⇄ j is no ring: its way back is not taken.
          if (next === i && length > 1) return true
          if (next === i || this.#of[next] !== this.#of[i] || this.#seen[next] === round) continue
          this.#seen[next] = round
          queue[tail++] = next
        }
      }
    }
    return false
  }
}
