/** What the shapes are known for, beyond their definitions; bounds from the papers, wide enough for one draw. */
import { seeded } from '@symbolon/reputation'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Pair, TOPOLOGIES, type TopologyName } from '../../src/index.ts'

function neighboursOf(pairs: readonly Pair[], size: number): Set<number>[] {
  const sets = Array.from({ length: size }, () => new Set<number>())
  for (const [a, b] of pairs) {
    sets[a]?.add(b)
    sets[b]?.add(a)
  }
  return sets
}

/** Mean share of an agent's acquaintances who know each other (Watts and Strogatz 1998). */
function clustering(pairs: readonly Pair[], size: number): number {
  const sets = neighboursOf(pairs, size)
  const local = sets
    .filter((set) => set.size > 1)
    .map((set) => {
      const list = [...set]
      let closed = 0
      for (const [k, a] of list.entries()) for (const b of list.slice(k + 1)) if (sets[a]?.has(b)) closed++
      return closed / ((list.length * (list.length - 1)) / 2)
    })
  return local.reduce((sum, value) => sum + value, 0) / local.length
}

const draw = (name: TopologyName, size: number, meanDegree: number, seed = 1) =>
  TOPOLOGIES[name]({ size, meanDegree }, seeded(seed))

describe('statistics', () => {
  it('small worlds cluster, random graphs do not', () => {
    // A lattice of reach 5 has 0.667; a tenth rewired leaves about 0.667 · 0.9³ = 0.49. A random graph has degree/n = 0.017.
    expect(clustering(draw('watts-strogatz', 600, 10), 600)).toBeGreaterThan(0.4)
    expect(clustering(draw('erdos-renyi', 600, 10), 600)).toBeLessThan(0.05)
  })

  it('preferential attachment has a heavy tail: the tenth with the most holds far more than a tenth of all ends', () => {
    const share = (name: TopologyName): number => {
      const degrees = neighboursOf(draw(name, 1_000, 6), 1_000)
        .map((set) => set.size)
        .sort((a, b) => b - a)
      const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
      return sum(degrees.slice(0, 100)) / sum(degrees)
    }
    expect(share('barabasi-albert')).toBeGreaterThan(0.3)
    expect(share('erdos-renyi')).toBeLessThan(0.22)
  })

  it('bipartite networks, trees and star forests have no triangle', () => {
    for (const name of ['bipartite', 'tree'] as const) expect(clustering(draw(name, 300, 8), 300)).toBe(0)
  })

  it('the mean degree is what was asked for where the shape leaves it open', () => {
    for (const name of ['erdos-renyi', 'barabasi-albert', 'watts-strogatz'] as const) {
      const pairs = draw(name, 800, 10)
      expect((2 * pairs.length) / 800).toBeGreaterThan(9)
      expect((2 * pairs.length) / 800).toBeLessThanOrEqual(10)
    }
  })

  it('any size and degree gives a valid list of pairs', () => {
    const names = Object.keys(TOPOLOGIES) as TopologyName[]
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 20, max: 150 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(1_000),
        (name, size, meanDegree, seed) => {
          const pairs = draw(name, size, meanDegree, seed)
          let before = -1
          for (const [a, b] of pairs) {
            expect(a).toBeLessThan(b)
            expect(b).toBeLessThan(size)
            // Ascending: the list is one with the set.
            expect(a * size + b).toBeGreaterThan(before)
            before = a * size + b
          }
        },
      ),
      { numRuns: 80 },
    )
  })
})
