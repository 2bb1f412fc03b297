import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  buildGraph,
  eigenTrust,
  pageRank,
  personalisedPageRank,
  ReputationError,
  rankAll,
  seeded,
} from '../../src/index.ts'

const graphOf = (seed: number, size: number, edges: number, distrust: boolean) => {
  const random = seeded(seed)
  const ids = Array.from({ length: size }, (_, i) => `n${i}`)
  return buildGraph(
    Array.from({ length: edges }, () => ({
      from: `n${random.below(size)}`,
      to: `n${Math.floor(size * random.next() ** 2)}`,
      weight: 1 + random.next(),
      ...(distrust && random.below(4) === 0 ? { sign: -1 as const } : {}),
    })),
    ids,
  )
}

describe('three walks side by side', () => {
  it('have the bits and the steps of three walks one by one, with distrust or without', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 200 }),
        fc.boolean(),
        (seed, size, edges, distrust) => {
          const graph = graphOf(seed, size, edges, distrust)
          const anchors = new Map([
            ['n0', 3],
            [`n${size - 1}`, 1],
          ])
          const { scores, convergence } = rankAll(graph, { anchors })
          const expected = {
            pageRank: pageRank(graph),
            eigenTrust: eigenTrust(graph, anchors),
            personalisedPageRank: personalisedPageRank(graph, anchors, { damping: 0.614 }),
          }
          for (const name of ['pageRank', 'eigenTrust', 'personalisedPageRank'] as const) {
            expect(convergence[name].converged).toBe(true)
            expect(convergence[name].steps).toBe(expected[name].convergence.steps)
            // Anchors are scaled to 1 a second time in rankAll: a bit may differ in the prior.
            for (const [i, score] of expected[name].scores.entries())
              expect(Math.abs((scores[name][i] as number) - score)).toBeLessThan(1e-15)
          }
          expect(scores.pageRank).toEqual(expected.pageRank.scores)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('refuse a damping of 1 or more', () => {
    const graph = graphOf(1, 5, 9, false)
    expect(() => rankAll(graph, { anchors: new Map([['n0', 1]]), damping: 1 })).toThrow(ReputationError)
    expect(() => rankAll(graph, { anchors: new Map([['n0', 1]]), teleport: 0 })).toThrow(/damping 1/)
  })
})
