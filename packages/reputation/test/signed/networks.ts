import fc from 'fast-check'
import { seeded } from '../../src/random.ts'
import { type RatingGraph, ratingGraph } from '../../src/signed/rating-graph.ts'
import { onePerPair, type Ratings, ratingEvents } from '../../src/signed/ratings.ts'
import type { SignedEdge } from '../../src/signed/signed-edge.ts'

/** `from to rating` triples, a line each. */
export const edgesFrom = (text: string): SignedEdge[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [from, to, rating, time] = line.trim().split(/\s+/)
      return {
        from: from as string,
        to: to as string,
        rating: Number(rating),
        ...(time === undefined ? {} : { time: Number(time) }),
      }
    })

export const ratingsFrom = (edges: readonly SignedEdge[], scale?: number): Ratings =>
  onePerPair(ratingEvents(edges, scale))

export const graphFrom = (edges: readonly SignedEdge[], scale?: number): RatingGraph =>
  ratingGraph(ratingsFrom(edges, scale))

/**
 * A market whose law is known: a trader has a standing, a rater a leniency, some traders are crooks whom honest raters find out and
 * who praise each other. Ratings are whole numbers of −10 … 10, times ascend.
 */
export function market(seed: number, { nodes = 120, ratings = 1500, scale = 10 } = {}): SignedEdge[] {
  const random = seeded(seed)
  const crook = Array.from({ length: nodes }, () => random.next() < 0.15)
  const standing = crook.map((bad) => (bad ? -6 : 3) + 1.5 * random.normal())
  const leniency = crook.map(() => 1.5 * random.normal())
  const activity = Array.from({ length: nodes }, () => random.next() ** 3)
  const total = activity.reduce((sum, value) => sum + value, 0)
  const draw = (): number => {
    let left = random.next() * total
    for (let node = 0; node < nodes; node++) {
      left -= activity[node] as number
      if (left < 0) return node
    }
    return nodes - 1
  }
  const rated = new Set<number>()
  const edges: SignedEdge[] = []
  while (edges.length < ratings) {
    const u = draw()
    const v = draw()
    if (u === v || rated.has(u * nodes + v)) continue
    rated.add(u * nodes + v)
    const honest = (standing[v] as number) + (leniency[u] as number) + random.normal()
    const value = crook[u] && crook[v] ? 9 : Math.round(honest)
    const rating = (Math.max(-10, Math.min(10, value)) / 10) * scale
    edges.push({ from: `n${u}`, to: `n${v}`, rating, time: 1000 + edges.length * 7 })
  }
  return edges
}

/** Small graphs of every shape: self-edges and repeated pairs occur. */
export const anyEdges = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 7 }).map(String),
      to: fc.integer({ min: 0, max: 7 }).map(String),
      rating: fc.integer({ min: -10, max: 10 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .filter((edges) => edges.some(({ from, to, rating }) => from !== to && rating !== 0))

export const sorted = <T>(values: Iterable<T>): T[] => [...values].sort((a, b) => (a < b ? -1 : 1))
