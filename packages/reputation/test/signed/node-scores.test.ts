import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { additive } from '../../src/signed/additive.ts'
import { biasDeserve } from '../../src/signed/bias-deserve.ts'
import { flow } from '../../src/signed/flow.ts'
import { signedHits } from '../../src/signed/signed-hits.ts'
import { anyEdges, edgesFrom, graphFrom, ratingsFrom } from './networks.ts'

describe('bias and deserve', () => {
  it('solves a network of three by hand', () => {
    // d(3) = −1. b(1) = (1 − d(2))/2 and d(2) = ((1 − b(1)) + 0.6)/2, as 3 leans low: d(2) = 11/15, b(1) = 2/15.
    // b(3) = (−0.8 − d(1) + 0.6 − d(2))/4 and d(1) = −0.8 (1 + b(3))/2: b(3) = −4/27, d(1) = −46/135. b(2) = −d(1)/4.
    const graph = graphFrom(edgesFrom('1 2 1\n2 1 0\n2 3 -1\n3 1 -0.8\n3 2 0.6'))
    const { bias, deserve, converged } = biasDeserve(graph)
    expect(converged).toBe(true)
    for (const [i, value] of [2 / 15, 46 / 540, -4 / 27].entries()) expect(bias[i]!).toBeCloseTo(value, 6)
    for (const [i, value] of [-46 / 135, 11 / 15, -1].entries()) expect(deserve[i]!).toBeCloseTo(value, 6)
  })

  it('discounts praise by those who praise too much, not their blame', () => {
    const { deserve, bias } = biasDeserve(
      graphFrom(edgesFrom('a x 10\na y 10\nb x -10\nb y -10\na z 10\na w -10')),
    )
    expect(bias[0]!).toBeGreaterThan(0)
    expect(deserve[5]!).toBeLessThan(1)
    expect(deserve[2]).toBe(-1)
  })
})

describe('signed HITS', () => {
  it('is the leading singular pair: A a = σ h and Aᵀ h = σ a', () => {
    const rows = ratingsFrom(edgesFrom('a x 1\na y 0.5\nb x 0.8\nb y -0.3\nc y 0.2\nc x 0.9'))
    const { hub, authority, converged } = signedHits(
      graphFrom(edgesFrom('a x 1\na y 0.5\nb x 0.8\nb y -0.3\nc y 0.2\nc x 0.9')),
    )
    expect(converged).toBe(true)
    const forward = new Float64Array(5)
    const backward = new Float64Array(5)
    for (let k = 0; k < rows.from.length; k++) {
      forward[rows.from[k]!]! += rows.rating[k]! * authority[rows.to[k]!]!
      backward[rows.to[k]!]! += rows.rating[k]! * hub[rows.from[k]!]!
    }
    const sigma = Math.hypot(...forward)
    for (let i = 0; i < 5; i++) {
      expect(forward[i]!).toBeCloseTo(sigma * hub[i]!, 6)
      expect(backward[i]!).toBeCloseTo(sigma * authority[i]!, 6)
    }
  })
})

describe('the additive model', () => {
  it('solves one rating by hand: half of it to each side, shrunk by three', () => {
    // One rating r at mean r: nothing is left to explain.
    const { mean, leniency, standing } = additive(graphFrom(edgesFrom('a v 4')))
    expect([mean, leniency[0], standing[1]]).toEqual([1, 0, 0])
  })

  it('is at the minimum of its ridge regression', () => {
    fc.assert(
      fc.property(anyEdges, (edges) => {
        const rows = ratingsFrom(edges)
        const { mean, leniency, standing } = additive(graphFrom(edges))
        const loss = (b: Float64Array, d: Float64Array): number => {
          let sum = 0
          for (let k = 0; k < rows.from.length; k++)
            sum += (rows.rating[k]! - mean - b[rows.from[k]!]! - d[rows.to[k]!]!) ** 2
          return sum + 3 * [...b, ...d].reduce((total, value) => total + value * value, 0)
        }
        const least = loss(leniency, standing)
        for (let i = 0; i < leniency.length; i++)
          for (const by of [-1e-3, 1e-3]) {
            const b = leniency.slice()
            const d = standing.slice()
            b[i]! += by
            d[i]! -= by / 2
            expect(loss(b, d)).toBeGreaterThan(least)
          }
      }),
      { numRuns: 50 },
    )
  })

  it('tells a lenient rater from a good trader', () => {
    const edges = edgesFrom(
      'soft a 9\nsoft b 9\nsoft c 9\nhard a 2\nhard b 2\nhard c 2\nhard d 2\nsoft d 9\nhard e 2\nsoft f 9',
    )
    const { leniency, standing } = additive(graphFrom(edges))
    const [e, f, hard, soft] = [4, 5, 6, 7]
    expect(leniency[soft]!).toBeGreaterThan(leniency[hard]!)
    // e has a 2 from the hard one and f a 9 from the soft one: most of the difference is the raters'.
    expect(Math.abs(standing[f]! - standing[e]!)).toBeLessThan(
      0.5 * Math.abs(leniency[soft]! - leniency[hard]!),
    )
  })
})

describe('flow along ratings of one sign', () => {
  it('solves a chain by hand: 1, 1.85, 1 + 0.85 · 1.85', () => {
    const x = flow(graphFrom(edgesFrom('a b 1\nb c 1')), 1)
    expect(Math.exp(x[1]!)).toBeCloseTo(1.85, 12)
    expect(Math.exp(x[2]!)).toBeCloseTo(1 + 0.85 * 1.85, 12)
  })

  it('follows praise alone, or blame alone', () => {
    const graph = graphFrom(edgesFrom('a b 1\na c -1'))
    expect(Math.exp(flow(graph, 1)[1]!)).toBeCloseTo(1.85, 12)
    expect(flow(graph, 1)[2]).toBe(0)
    expect(Math.exp(flow(graph, -1)[2]!)).toBeCloseTo(1.85, 12)
  })

  it('does not change when strangers join elsewhere', () => {
    const few = flow(graphFrom(edgesFrom('a b 1\nb c 1')), 1)
    const more = flow(graphFrom(edgesFrom('a b 1\nb c 1\nx y 1\ny x 1\nz x 1')), 1)
    expect(more.slice(0, 3)).toEqual(few)
  })
})
