import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { degree, ratingBetween } from '../../src/signed/rating-graph.ts'
import { onePerPair, ratingEvents } from '../../src/signed/ratings.ts'
import { anyEdges, edgesFrom, graphFrom, ratingsFrom } from './networks.ts'

describe('ratings', () => {
  it('are divided by the largest magnitude of the file, whatever the scale', () => {
    for (const scale of [1, 5, 10, 100, 0.25]) {
      const { rating, scale: unit } = ratingEvents([
        { from: 'a', to: 'b', rating: -scale },
        { from: 'b', to: 'c', rating: scale / 2 },
      ])
      expect([unit, ...rating]).toEqual([scale, -1, 0.5])
    }
  })

  it('are divided by the scale of the form where it is given', () => {
    expect(ratingEvents(edgesFrom('a b 4'), 10).rating[0]).toBe(0.4)
    expect(() => ratingEvents(edgesFrom('a b 4'), 3)).toThrowError(
      expect.objectContaining({
        code: 'RATING_INVALID',
        message: expect.stringContaining('scale 3 is smaller'),
      }),
    )
  })

  it('number nodes by the bytes of their names', () => {
    // U+FF5E is after U+1F600 in UTF-16 and before it in UTF-8.
    const { ids } = ratingEvents(edgesFrom('10 9 1\n～ 😀 1\nZ a 1'))
    expect(ids).toEqual(['10', '9', 'Z', 'a', '～', '😀'])
  })

  it('leave out edges of a node to itself, and say how many', () => {
    const { from, selfEdges } = ratingEvents(edgesFrom('a a 5\na b 1\nb b 1'))
    expect([from.length, selfEdges]).toEqual([1, 2])
  })

  it.each([
    ['not a number', [{ from: 'a', to: 'b', rating: Number.NaN }]],
    ['infinite', [{ from: 'a', to: 'b', rating: Number.POSITIVE_INFINITY }]],
    ['at an infinite time', [{ from: 'a', to: 'b', rating: 1, time: Number.NEGATIVE_INFINITY }]],
  ])('are refused when %s', (_, edges) => {
    expect(() => ratingEvents(edges)).toThrowError(expect.objectContaining({ code: 'RATING_INVALID' }))
  })

  it('are refused when all are zero: there is no scale', () => {
    expect(() => ratingEvents(edgesFrom('a b 0\nb c 0'))).toThrowError(
      expect.objectContaining({ code: 'SIGNED_TOO_SMALL' }),
    )
  })

  it('have times only if every edge has one', () => {
    const { time, untimed } = ratingEvents(edgesFrom('a b 1 5\nb c 1'))
    expect([time, untimed]).toEqual([undefined, 1])
    expect(ratingEvents(edgesFrom('a b 1 5\nb c 1 7')).time).toEqual(Float64Array.of(5, 7))
  })
})

describe('several ratings of one pair', () => {
  it('count by the latest', () => {
    const rows = ratingsFrom(edgesFrom('a b 4 30\na b -10 10\na b 2 20'))
    expect([...rows.rating]).toEqual([0.4])
  })

  it('count by the first, if asked', () => {
    const events = ratingEvents(edgesFrom('a b 4 30\na b -10 10\na b 2 20'))
    expect([...onePerPair(events, 'earliest').rating]).toEqual([-1])
  })

  it('are averaged at one time, and without times', () => {
    expect([...ratingsFrom(edgesFrom('a b 4 30\na b -10 30\na b 9 20')).rating]).toEqual([-0.3])
    expect([...ratingsFrom(edgesFrom('a b 10\na b -10')).rating]).toEqual([0])
  })

  it('do not depend on the order of the file', () => {
    fc.assert(
      fc.property(anyEdges, fc.integer(), (edges, turn) => {
        const by = Math.abs(turn) % edges.length
        expect(ratingsFrom([...edges.slice(by), ...edges.slice(0, by)].reverse())).toEqual(ratingsFrom(edges))
      }),
    )
  })
})

describe('the rating graph', () => {
  it('finds every rating from both ends, and no other', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const rows = ratingsFrom(edges)
        const graph = graphFrom(edges)
        const known = new Map(Array.from(rows.from, (from, k) => [`${from} ${rows.to[k]}`, rows.rating[k]!]))
        for (let u = 0; u < graph.nodes; u++)
          for (let v = 0; v < graph.nodes; v++) {
            const expected = known.get(`${u} ${v}`) ?? Number.NaN
            expect(ratingBetween(graph.given, u, v)).toBe(expected)
            expect(ratingBetween(graph.received, v, u)).toBe(expected)
          }
        const degrees = Array.from({ length: graph.nodes }, (_, i) => degree(graph.given, i))
        expect(degrees.reduce((sum, value) => sum + value, 0)).toBe(rows.from.length)
      }),
    )
  })
})
