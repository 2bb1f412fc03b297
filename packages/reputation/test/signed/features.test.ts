import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TRIAD_NEIGHBOURS_MAX } from '../../src/limits.ts'
import { directions } from '../../src/signed/features/direction.ts'
import { pairDescriber } from '../../src/signed/features/index.ts'
import { stride } from '../../src/signed/features/stride.ts'
import { graphScores } from '../../src/signed/graph-scores.ts'
import { ratingGraph } from '../../src/signed/rating-graph.ts'
import { onePerPair, ratingEvents } from '../../src/signed/ratings.ts'
import type { SignedEdge } from '../../src/signed/signed-edge.ts'
import { anyEdges, edgesFrom, market } from './networks.ts'

/** All features of one pair, by name. */
function describePair(edges: SignedEdge[], from: string, to: string, recency = false): Map<string, number> {
  const events = ratingEvents(edges)
  const matrix = pairDescriber(graphScores(ratingGraph(onePerPair(events))), { recency })({
    from: Uint32Array.of(events.ids.indexOf(from)),
    to: Uint32Array.of(events.ids.indexOf(to)),
  })
  return new Map(matrix.names.map((name, c) => [name, matrix.columns[c]![0]!]))
}

describe('what is said of a pair', () => {
  // u trusts w (0.8) and distrusts x (−0.5); both rate v. k rates u and v. u and v both rate m. v rates n, who rates u.
  const edges = edgesFrom(`
    u w 8
    u x -5
    w v 4
    x v 10
    k u 6
    k v 2
    u m 9
    v m 7
    v n -4
    n u 3
    v u 10`)
  const said = describePair(edges, 'u', 'v')

  it.each([
    ['reciprocal', 1],
    ['u→w→v: count', 2],
    // (0.8 · 0.4 − 0.5 · 1) / (2 + 1)
    ['u→w→v: balance', (0.32 - 0.5) / 3],
    ['u→w→v: trusted opinion', 0.4],
    ['u→w→v: distrusted opinion', 1],
    ['w→u, w→v: count', 1],
    ['w→u, w→v: rating of v', 0.2 / 2],
    ['w→u, w→v: difference', (0.2 - 0.6) / 2],
    ['u→w, v→w: count', 1],
    ['u→w, v→w: product', (0.9 * 0.7) / 2],
    ['u→w, v→w: distance', 0.2],
    ['v→w→u: count', 1],
    ['v→w→u: balance', (-0.4 * 0.3) / 2],
    ['source gave: count', Math.log1p(3)],
    ['source gave: lowest', -0.5],
    ['source gave: highest', 0.9],
    ['target got: count', Math.log1p(3)],
    ['target got: extreme share', 1 / 3],
    ['target got: lowest', 0.2],
  ])('%s', (name, value) => {
    expect(said.get(name)).toBeCloseTo(value, 12)
  })

  it('is silent where nothing is known', () => {
    const stranger = describePair([...edges, ...edgesFrom('s t 5')], 's', 'u')
    expect(stranger.get('reciprocal')).toBeNaN()
    expect(stranger.get('u→w→v: trusted opinion')).toBeNaN()
    expect(stranger.get('source got: lowest')).toBeNaN()
  })

  it('asks raters who agree with the source, and weighs them', () => {
    // a agrees with u on p, q and r; b contradicts it. a likes v, b does not.
    const like = edgesFrom(`
      u p 9
      u q -8
      u r 7
      a p 9
      a q -8
      a r 7
      b p -9
      b q 8
      b r -7
      a v 9
      b v -9`)
    const heard = describePair(like, 'u', 'v')
    expect(heard.get('similar raters: count')).toBe(2)
    expect(heard.get('similar raters: nearest rating')).toBe(1)
    // Near agreement has a alone: three common nodes of three, none of b.
    expect(heard.get('similar raters: rating')).toBe(1)
    expect(heard.get('similar raters: residual')!).toBeGreaterThan(0)
  })

  it('knows what was lately, as of the last known time', () => {
    const late = describePair(edgesFrom('u a 1 10\nu b -1 20\nc v 1 5\nd v -1 15\ne f 1 30'), 'u', 'v', true)
    expect(late.get('source gave: last rating')).toBe(-1)
    expect(late.get('target got: last rating')).toBe(-1)
    expect(late.get('source gave: recent share negative')).toBe(0.5)
  })
})

describe('triads against a search of all third nodes', () => {
  it('count and balance of each kind', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const events = ratingEvents(edges)
        const rows = onePerPair(events)
        const r = new Map(Array.from(rows.from, (from, k) => [from * 100 + rows.to[k]!, rows.rating[k]!]))
        const n = events.nodes
        const [from, to]: [number[], number[]] = [[], []]
        for (let u = 0; u < n; u++)
          for (let v = 0; v < n; v++)
            if (u !== v) {
              from.push(u)
              to.push(v)
            }
        const matrix = pairDescriber(graphScores(ratingGraph(rows)), { recency: false })({
          from: Uint32Array.from(from),
          to: Uint32Array.from(to),
        })
        const column = (name: string): Float64Array => matrix.columns[matrix.names.indexOf(name)]!
        for (const [row, u] of from.entries()) {
          const v = to[row]!
          const products = (a: (w: number) => number, b: (w: number) => number): number[] =>
            Array.from({ length: n }, (_, w) => w)
              .filter((w) => r.has(a(w)) && r.has(b(w)))
              .map((w) => r.get(a(w))! * r.get(b(w))!)
          const kinds = [
            [
              'u→w→v',
              'balance',
              products(
                (w) => u * 100 + w,
                (w) => w * 100 + v,
              ),
            ],
            [
              'u→w, v→w',
              'product',
              products(
                (w) => u * 100 + w,
                (w) => v * 100 + w,
              ),
            ],
            [
              'v→w→u',
              'balance',
              products(
                (w) => v * 100 + w,
                (w) => w * 100 + u,
              ),
            ],
          ] as const
          for (const [kind, what, found] of kinds) {
            expect(column(`${kind}: count`)[row]).toBe(found.length)
            const value = column(`${kind}: ${what}`)[row]!
            if (found.length === 0) expect(value).toBeNaN()
            else
              expect(value).toBeCloseTo(
                found.reduce((sum, product) => sum + product, 0) / (found.length + 1),
                10,
              )
          }
          expect(column('reciprocal')[row]).toBe(r.get(v * 100 + u) ?? Number.NaN)
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('features of pairs', () => {
  it('are the same in whatever order and company pairs are asked', () => {
    const events = ratingEvents(market(3, { nodes: 40, ratings: 300 }))
    const describeAll = pairDescriber(graphScores(ratingGraph(onePerPair(events))), { recency: true })
    const from = Uint32Array.of(5, 1, 5, 0, 1, 9)
    const to = Uint32Array.of(2, 3, 7, 1, 8, 5)
    const together = describeAll({ from, to })
    for (let row = from.length - 1; row >= 0; row--) {
      const alone = describeAll({ from: from.subarray(row, row + 1), to: to.subarray(row, row + 1) })
      expect(alone.columns.map((column) => column[0])).toEqual(together.columns.map((column) => column[row]))
    }
  })

  it('do not change when nodes that nobody rates and who rate nobody join', () => {
    const rows = onePerPair(ratingEvents(market(4, { nodes: 40, ratings: 300 })))
    const pairs = { from: Uint32Array.of(1, 2, 3), to: Uint32Array.of(4, 5, 6) }
    const few = pairDescriber(graphScores(ratingGraph(rows)), { recency: true })(pairs)
    const many = pairDescriber(graphScores(ratingGraph({ ...rows, nodes: rows.nodes + 500 })), {
      recency: true,
    })(pairs)
    expect(many).toEqual(few)
  })

  it('know no direction that their names do not have', () => {
    const { names } = pairDescriber(
      graphScores(ratingGraph(onePerPair(ratingEvents(market(5, { ratings: 200 }))))),
      {
        recency: true,
      },
    )({ from: Uint32Array.of(0), to: Uint32Array.of(1) })
    expect(new Set(names).size).toBe(names.length)
    const sign = new Map(directions(names).map((direction, c) => [names[c]!, direction]))
    expect(sign.get('target got: mean')).toBe(1)
    expect(sign.get('fairness × goodness')).toBe(1)
    expect(sign.get('target got: negative share')).toBe(-1)
    expect(sign.get('u→w→v: distrusted opinion')).toBe(-1)
    expect(sign.get('source gave: count')).toBe(0)
    // Every name that has a direction exists: 27 for, 5 against.
    expect(directions(names).filter((direction) => direction === 1).length).toBe(30)
    expect(directions(names).filter((direction) => direction === -1).length).toBe(5)
  })

  it('look at TRIAD_NEIGHBOURS_MAX entries of a list at most', () => {
    for (const length of [
      0,
      1,
      TRIAD_NEIGHBOURS_MAX,
      TRIAD_NEIGHBOURS_MAX + 1,
      3 * TRIAD_NEIGHBOURS_MAX + 7,
      1e6,
    ])
      expect(Math.ceil(length / stride(length))).toBeLessThanOrEqual(TRIAD_NEIGHBOURS_MAX)
    expect(stride(TRIAD_NEIGHBOURS_MAX)).toBe(1)
  })
})
