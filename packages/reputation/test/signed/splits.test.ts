import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ratingEvents } from '../../src/signed/ratings.ts'
import { firstRatings, foldsOf, knownBefore, pairsOf, timeAt } from '../../src/signed/splits.ts'
import { edgesFrom, sorted } from './networks.ts'

const timedEdges = fc
  .array(
    fc.record({
      from: fc.constantFrom('a', 'b', 'c', 'd'),
      to: fc.constantFrom('a', 'b', 'c', 'd'),
      rating: fc.integer({ min: 1, max: 10 }),
      time: fc.integer({ min: 0, max: 12 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .filter((edges) => edges.some(({ from, to }) => from !== to))

describe('folds', () => {
  it('hold every row once, in sizes within one, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 2, max: 12 }), (rows, folds) => {
        const fold = foldsOf(rows, folds, 7)
        const sizes = Array.from({ length: folds }, (_, k) => fold.filter((value) => value === k).length)
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rows)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        expect(foldsOf(rows, folds, 7)).toEqual(fold)
      }),
    )
    expect(foldsOf(100, 10, 1)).not.toEqual(foldsOf(100, 10, 2))
  })

  it('are handed on as pairs without ratings', () => {
    const events = ratingEvents(edgesFrom('a b 1'))
    expect(Object.keys(pairsOf(events))).toEqual(['from', 'to'])
  })
})

describe('a cut in time', () => {
  const events = ratingEvents(edgesFrom('a b 1 10\na b -5 30\nb c 2 20\nc a 3 30\nd a 4 40\na c 5 50'))

  it('lies where the asked share of ratings is earlier', () => {
    expect(timeAt(events, 0.5)).toBe(30)
    expect(timeAt(events, 1)).toBe(Number.POSITIVE_INFINITY)
  })

  it('leaves what was known then: the latest rating of each pair before it', () => {
    expect([...knownBefore(events, 30).rating]).toEqual([0.2, 0.4])
    expect([...knownBefore(events, 31).rating]).toEqual([-1, 0.4, 0.6])
  })

  it('hides first ratings from it on: no pair that was rated before', () => {
    const hidden = firstRatings(events, 30, Number.POSITIVE_INFINITY)
    expect(Array.from(hidden.from, (from, k) => `${events.ids[from]}${events.ids[hidden.to[k]!]}`)).toEqual([
      'ac',
      'ca',
      'da',
    ])
  })

  it('needs times', () => {
    expect(() => timeAt(ratingEvents(edgesFrom('a b 1\nb c 1 3')), 0.5)).toThrowError(
      expect.objectContaining({
        code: 'TIMES_MISSING',
        message: expect.stringContaining('1 ratings have no time'),
      }),
    )
  })

  it('parts every pair that is ever rated into known and hidden', () => {
    fc.assert(
      fc.property(timedEdges, fc.integer({ min: 0, max: 13 }), (edges, time) => {
        const all = ratingEvents(edges)
        const key = (from: number, to: number): string => `${all.ids[from]} ${all.ids[to]}`
        const keys = (rows: { from: Uint32Array; to: Uint32Array }): string[] =>
          Array.from(rows.from, (from, k) => key(from, rows.to[k]!))
        const known = keys(knownBefore(all, time))
        const hidden = keys(firstRatings(all, time, Number.POSITIVE_INFINITY))
        const proper = edges.filter(({ from, to }) => from !== to)
        const before = new Set(proper.filter((e) => e.time < time).map(({ from, to }) => `${from} ${to}`))
        const ever = new Set(proper.map(({ from, to }) => `${from} ${to}`))
        expect(sorted(known)).toEqual(sorted(before))
        expect(sorted([...known, ...hidden])).toEqual(sorted(ever))
      }),
    )
  })
})
