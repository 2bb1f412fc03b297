import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairnessGoodness } from '../../src/signed/fairness-goodness.ts'
import { degree } from '../../src/signed/rating-graph.ts'
import { anyEdges, edgesFrom, graphFrom, ratingsFrom } from './networks.ts'

/** The equations of the paper over plain lists, iterated far past convergence. */
function reference(edges: { from: string; to: string; rating: number }[]): Map<string, [number, number]> {
  const names = [...new Set(edges.flatMap(({ from, to }) => [from, to]))]
  let scores = new Map(names.map((name): [string, [number, number]] => [name, [1, 0]]))
  const mean = (values: number[], otherwise: number): number =>
    values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length
  for (let step = 0; step < 200; step++) {
    const goodness = new Map(
      names.map((name) => [
        name,
        mean(
          edges.filter(({ to }) => to === name).map(({ from, rating }) => scores.get(from)![0] * rating),
          0,
        ),
      ]),
    )
    scores = new Map(
      names.map((name) => [
        name,
        [
          mean(
            edges
              .filter(({ from }) => from === name)
              .map(({ to, rating }) => 1 - Math.abs(rating - goodness.get(to)!) / 2),
            1,
          ),
          goodness.get(name)!,
        ],
      ]),
    )
  }
  return scores
}

describe('fairness and goodness', () => {
  it('solves two raters who disagree: g = f(a)/2, f(a) = (1 + g)/2, so g = 1/3', () => {
    const { fairness, goodness, converged } = fairnessGoodness(graphFrom(edgesFrom('a v 1\nb v 0')))
    expect(converged).toBe(true)
    expect(goodness[2]).toBeCloseTo(1 / 3, 6)
    expect(fairness[0]).toBeCloseTo(2 / 3, 6)
    expect(fairness[1]).toBeCloseTo(5 / 6, 6)
  })

  it('calls nobody good whom equally fair raters contradict', () => {
    const { fairness, goodness } = fairnessGoodness(graphFrom(edgesFrom('a v 5\nb v -5')))
    expect(goodness[2]).toBe(0)
    expect(fairness.slice(0, 2)).toEqual(Float64Array.of(0.5, 0.5))
  })

  it('holds a rater without ratings for fair, and a node without ratings for neither good nor bad', () => {
    const { fairness, goodness } = fairnessGoodness(graphFrom(edgesFrom('a v -1')))
    expect([goodness[0], fairness[1]]).toEqual([0, 1])
    expect([fairness[0], goodness[1]]).toEqual([1, -1])
  })

  it('axiom of goodness: same raters, no rating lower, one higher: better', () => {
    const { goodness } = fairnessGoodness(
      graphFrom(edgesFrom('a x 6\nb x 4\nc x 2\na y 6\nb y 4\nc y 5\nc z 10')),
    )
    expect(goodness[4]!).toBeGreaterThan(goodness[3]!)
  })

  it('axiom of fairness: who rates the same nodes nearer to their goodness is fairer', () => {
    const { fairness } = fairnessGoodness(
      graphFrom(edgesFrom('a x 8\nb x 8\nc x 8\nd x -8\na y -6\nb y -6\nc y -6\nd y 6')),
    )
    expect(fairness[0]!).toBeGreaterThan(fairness[3]!)
  })

  it('agrees with the equations over plain lists', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const rows = ratingsFrom(edges)
        const names = [
          ...new Set(edges.filter(({ from, to }) => from !== to).flatMap((e) => [e.from, e.to])),
        ].sort()
        const plain = Array.from(rows.from, (from, row) => ({
          from: names[from]!,
          to: names[rows.to[row]!]!,
          rating: rows.rating[row]!,
        }))
        const expected = reference(plain)
        const { fairness, goodness } = fairnessGoodness(graphFrom(edges))
        for (const [place, name] of names.entries()) {
          expect(fairness[place]!).toBeCloseTo(expected.get(name)![0], 5)
          expect(goodness[place]!).toBeCloseTo(expected.get(name)![1], 5)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('converges as fast as the paper proves, and stays within its ranges', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const graph = graphFrom(edges)
        const { fairness, goodness, steps, converged } = fairnessGoodness(graph)
        expect(converged).toBe(true)
        // The change is below 2 · 2⁻ᵗ after t steps, and 2 · 2⁻²² < 10⁻⁶.
        expect(steps).toBeLessThanOrEqual(22)
        for (let i = 0; i < graph.nodes; i++) {
          expect(fairness[i]! >= 0 && fairness[i]! <= 1).toBe(true)
          expect(Math.abs(goodness[i]!)).toBeLessThanOrEqual(1)
          if (degree(graph.received, i) === 0) expect(goodness[i]).toBe(0)
        }
      }),
    )
  })

  it('turns goodness around, and leaves fairness, when every rating is turned around', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const there = fairnessGoodness(graphFrom(edges))
        const back = fairnessGoodness(graphFrom(edges.map((edge) => ({ ...edge, rating: -edge.rating }))))
        for (let i = 0; i < there.goodness.length; i++) {
          expect(back.goodness[i]!).toBeCloseTo(-there.goodness[i]!, 12)
          expect(back.fairness[i]!).toBeCloseTo(there.fairness[i]!, 12)
        }
      }),
    )
  })
})
