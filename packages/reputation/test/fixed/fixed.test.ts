/** Fixed point: bit for bit what big integers give, whatever the order, with mass conserved, and near the real recurrence. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fixedAbsorbing,
  fixedEigenTrust,
  fixedPersonalisedPageRank,
  fixedPrior,
  fixedSybilRank,
  MASS,
  PPM,
  portion,
  SHARE_ONE,
  shareMatrix,
  spread,
} from '../../src/fixed/index.ts'
import { buildGraph } from '../../src/graph/build.ts'
import { seeded } from '../../src/random.ts'
import { absorbing } from '../../src/rank/absorbing.ts'
import { eigenTrust } from '../../src/rank/eigen-trust.ts'
import { personalisedPageRank } from '../../src/rank/personalised-page-rank.ts'
import { sybilRank } from '../../src/rank/sybil-rank.ts'
import { csrOf, graphs, symmetric } from './graphs.ts'
import { type ReferenceEdge, referenceAbsorbing, referenceWalk } from './reference.ts'

const sum = (of: Iterable<number>): number => [...of].reduce((a, b) => a + b, 0)
const big = (of: Iterable<number>): bigint[] => [...of].map(BigInt)

describe('portion', () => {
  it('is the exact quotient over its whole range', () => {
    void fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MASS }),
        fc.integer({ min: 0, max: SHARE_ONE }),
        (amount, share) => {
          expect(BigInt(portion(amount, share))).toBe((BigInt(amount) * BigInt(share)) / 2n ** 30n)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('holds at the corners', () => {
    for (const amount of [0, 1, 2 ** 22 - 1, 2 ** 22, 2 ** 44 - 1, MASS])
      for (const share of [0, 1, 2 ** 29, SHARE_ONE - 1, SHARE_ONE])
        expect(BigInt(portion(amount, share))).toBe((BigInt(amount) * BigInt(share)) / 2n ** 30n)
    expect(portion(MASS, SHARE_ONE)).toBe(MASS)
  })
})

describe('shares', () => {
  it('never sum to more than the factor', () => {
    void fc.assert(
      fc.property(graphs, fc.integer({ min: 0, max: PPM }), ({ size, edges }, factor) => {
        const { offsets, shares } = shareMatrix(csrOf(size, edges), factor)
        for (let row = 0; row < size; row++) {
          const given = sum(shares.subarray(offsets[row], offsets[row + 1]))
          expect(given).toBeLessThanOrEqual(Math.floor((SHARE_ONE * factor) / PPM))
        }
      }),
    )
  })

  it.each([0, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuse a weight of %s', (weight) => {
    const of = { ...csrOf(2, [{ from: 0, to: 1, weight: 1n }]), weights: Float64Array.of(weight) }
    expect(() => shareMatrix(of)).toThrow(expect.objectContaining({ code: 'FIXED_WEIGHT_INVALID' }))
  })

  it('take a row whose sum passes 2^53', () => {
    const heavy = 2n ** 53n - 1n
    const edges = [1, 2, 3, 4].map((to) => ({ from: 0, to, weight: heavy }))
    expect([...shareMatrix(csrOf(5, edges)).shares]).toEqual([1, 1, 1, 1].map(() => SHARE_ONE / 4))
  })
})

describe('the prior', () => {
  it('receives exactly what is spread', () => {
    void fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MASS }),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1 }),
        (mass, weights) => {
          const into = new Float64Array(weights.length)
          spread(mass, fixedPrior(weights), into)
          expect(sum(into)).toBe(weights.some((weight) => weight > 0n) ? mass : 0)
          for (const [node, weight] of weights.entries()) if (weight === 0n) expect(into[node]).toBe(0)
        },
      ),
    )
  })
})

describe('against big integers, bit for bit', () => {
  it('EigenTrust and personalised PageRank', () => {
    void fc.assert(
      fc.property(graphs, fc.integer({ min: 0, max: 40 }), ({ size, edges, prior }, steps) => {
        const fast = fixedEigenTrust(csrOf(size, edges), fixedPrior(prior), { steps })
        expect(big(fast)).toEqual(referenceWalk(size, edges, prior, 850_000n, steps).mass)
        expect(fixedPersonalisedPageRank(csrOf(size, edges), fixedPrior(prior), { steps })).toEqual(fast)
      }),
    )
  })

  it('SybilRank', () => {
    void fc.assert(
      fc.property(graphs, ({ size, edges, prior }) => {
        // Weights that still are below 2^53 when both directions add up.
        const both = symmetric(edges.map((edge) => ({ ...edge, weight: (edge.weight >> 2n) + 1n })))
        const { mass, degrees } = fixedSybilRank(csrOf(size, both), fixedPrior(prior))
        const steps = Math.ceil(Math.log2(Math.max(2, size)))
        const { mass: last, before } = referenceWalk(size, both, prior, 1_000_000n, steps)
        expect(big(mass)).toEqual(last.map((value, node) => value + (before[node] as bigint)))
        expect(degrees).toEqual(
          last.map((_, node) =>
            both.filter(({ from }) => from === node).reduce((d, { weight }) => d + weight, 0n),
          ),
        )
      }),
    )
  })

  it('absorbing walks', () => {
    void fc.assert(
      fc.property(graphs, fc.integer({ min: 0, max: 30 }), ({ size, edges, prior }, steps) => {
        const fast = fixedAbsorbing(csrOf(size, edges), fixedPrior(prior), { steps })
        expect(big(fast)).toEqual(referenceAbsorbing(size, edges, prior, 850_000n, steps))
      }),
    )
  })
})

describe('laws', () => {
  it('no function enters that runtimes may round differently: at powers of two a logarithm would cost a step', () => {
    for (const size of [2, 3, 4, 7, 8, 9, 1024, 1025]) {
      const edges = Array.from({ length: size - 1 }, (_, i) => ({ from: i, to: i + 1, weight: 1n }))
      const rank = (): number[] => [
        ...fixedSybilRank(
          csrOf(size, symmetric(edges)),
          fixedPrior([1n, ...new Array<bigint>(size - 1).fill(0n)]),
        ).mass,
      ]
      const exact = rank()
      const { log2 } = Math
      // One unit in the last place more: the specification of the language allows any approximation.
      Math.log2 = (of) => log2(of) * (1 + Number.EPSILON)
      try {
        expect(rank()).toEqual(exact)
      } finally {
        Math.log2 = log2
      }
    }
  })

  it('mass is conserved exactly, and stays with the anchors’ reach', () => {
    void fc.assert(
      fc.property(graphs, ({ size, edges, prior }) => {
        const mass = fixedEigenTrust(csrOf(size, edges), fixedPrior(prior))
        const anchored = prior.some((weight) => weight > 0n)
        expect(sum(mass)).toBe(anchored ? MASS : 0)
        // Nobody whom no anchor reaches holds anything (TPR-129).
        const reached = new Set(prior.flatMap((weight, node) => (weight > 0n ? [node] : [])))
        for (let grown = -1; grown !== reached.size; ) {
          grown = reached.size
          for (const { from, to } of edges) if (reached.has(from)) reached.add(to)
        }
        for (let node = 0; node < size; node++) if (!reached.has(node)) expect(mass[node]).toBe(0)
      }),
    )
  })

  it('renaming the nodes renames the scores: nothing depends on their order but the last units of the prior', () => {
    void fc.assert(
      fc.property(graphs, fc.nat(), ({ size, edges, prior }, seed) => {
        // One anchor, so that no remainder looks for the first of several.
        const anchor = prior.findIndex((weight) => weight > 0n)
        const single = prior.map((_, node) => (node === anchor ? 1n : 0n))
        const to = seeded(seed).shuffle(Array.from({ length: size }, (_, node) => node))
        const place = (node: number): number => to[node] as number
        const moved = edges.map((edge) => ({ ...edge, from: place(edge.from), to: place(edge.to) }))
        const movedPrior = single.map((_, node) => single[to.indexOf(node)] as bigint)
        const [here, there] = [
          fixedEigenTrust(csrOf(size, edges), fixedPrior(single)),
          fixedEigenTrust(csrOf(size, moved), fixedPrior(movedPrior)),
        ]
        for (let node = 0; node < size; node++) expect(there[place(node)]).toBe(here[node])
      }),
    )
  })

  it('a ring that nobody outside trusts gets nothing, one edge into it gets at most its flow (TPR-129)', () => {
    const ring = Array.from({ length: 10 }, (_, i) => ({
      from: 5 + i,
      to: 5 + ((i + 1) % 10),
      weight: 1_000n,
    }))
    const honest = [0, 1, 2, 3].flatMap((from) =>
      [0, 1, 2, 3].filter((to) => to !== from).map((to) => ({ from, to, weight: 1n })),
    )
    const prior = fixedPrior([1n, ...new Array<bigint>(14).fill(0n)])
    const ringMass = (edges: ReferenceEdge[]): number =>
      sum(fixedEigenTrust(csrOf(15, edges), prior).subarray(5))
    expect(ringMass([...honest, ...ring])).toBe(0)
    const bought = [...honest, ...ring, { from: 1, to: 5, weight: 1n }]
    const mass = fixedEigenTrust(csrOf(15, bought), prior)
    // d/(1 − d) times the flow over the one edge: 0.85 · m₁ / 4, circulating in the ring for ever.
    const flow = ((mass[1] as number) * 0.85) / 4
    expect(ringMass(bought) / (flow / 0.15)).toBeCloseTo(1, 5)
  })
})

describe('against the algorithms in floating point', () => {
  const random = seeded(7)
  const size = 400
  const edges: ReferenceEdge[] = []
  const seen = new Set<number>()
  while (edges.length < 4_000) {
    const [from, to] = [random.below(size), random.below(size)]
    if (from === to || seen.has(from * size + to)) continue
    seen.add(from * size + to)
    edges.push({ from, to, weight: BigInt(1 + random.below(1_000_000)) })
  }
  const name = (node: number): string => String(node).padStart(4, '0')
  const graph = buildGraph(
    edges.map(({ from, to, weight }) => ({
      from: name(from),
      to: name(to),
      weight: Number(weight),
      accepted: true,
    })),
    Array.from({ length: size }, (_, node) => name(node)),
  )
  const weights = Array.from({ length: size }, (_, node) => (node % 37 === 0 ? BigInt(1 + node) : 0n))
  const anchors = Float64Array.from(weights, Number)
  const prior = fixedPrior(weights)
  const distance = (fixed: Float64Array, unit: number, real: Float64Array): number =>
    sum(real.map((value, node) => Math.abs((fixed[node] as number) / unit - value)))

  it('EigenTrust and PageRank within the bound of anchored-walk.ts', () => {
    const fixed = fixedEigenTrust(csrOf(size, edges), prior)
    // (4,000 + 22) · 2⁻⁴⁴ + (25 + 11) · 2⁻³⁰, doubled, over 0.15; 0.85¹⁰⁰ for the steps that were not made.
    const bound = (2 * ((4_000 + 22) * 2 ** -44 + 36 * 2 ** -30)) / 0.15 + 2 * 0.85 ** 100
    const real = eigenTrust(graph, anchors, { tolerance: 1e-14 }).scores
    expect(distance(fixed, MASS, real)).toBeLessThan(bound)
    const ranked = personalisedPageRank(graph, anchors, { tolerance: 1e-14 }).scores
    expect(distance(fixedPersonalisedPageRank(csrOf(size, edges), prior), MASS, ranked)).toBeLessThan(bound)
  })

  it('SybilRank', () => {
    const { mass } = fixedSybilRank(csrOf(size, symmetric(edges)), prior)
    expect(distance(mass, 2 * MASS, sybilRank(graph, anchors).trust)).toBeLessThan(1e-6)
  })

  it('absorbing walks, never above the real value', () => {
    const real = absorbing(graph, anchors).scores
    const fixed = fixedAbsorbing(csrOf(size, symmetric(edges)), prior)
    for (const [node, value] of real.entries()) {
      const difference = value - (fixed[node] as number) / MASS
      expect(difference).toBeGreaterThan(-1e-12)
      expect(difference).toBeLessThan(7e-6)
    }
  })
})

describe('a hub with 100,000 edges', () => {
  const leaves = 100_000
  const size = leaves + 2
  const inwards = Array.from({ length: leaves }, (_, i) => ({ from: 2 + i, to: 1, weight: 1n }))
  const outwards = Array.from({ length: leaves }, (_, i) => ({ from: 0, to: 2 + i, weight: 1n }))
  const csr = csrOf(size, [...outwards, ...inwards])
  const prior = fixedPrior([1n, ...new Array<bigint>(size - 1).fill(0n)])

  it('gets what the anchor gives to the leaves, to the share’s precision', () => {
    const mass = fixedEigenTrust(csr, prior)
    expect(sum(mass)).toBe(MASS)
    // t₀ = 1/(1 + d + d²); the hub has d² of it. Shares of 1/100,000 of 2³⁰ are truncated to 1 in 9,000.
    const expected = 0.85 ** 2 / (1 + 0.85 + 0.85 ** 2)
    expect(Math.abs((mass[1] as number) / MASS - expected)).toBeLessThan(2e-4)
  })

  it('absorbs as the closed form says', () => {
    const both = csrOf(size, symmetric([...outwards, ...inwards]))
    const values = fixedAbsorbing(both, prior)
    // Leaf: h = β(1 + h_hub)/2; hub: h = β·h_leaf, so h_leaf = (β/2)/(1 − β²/2).
    const leaf = 0.425 / (1 - 0.85 ** 2 / 2)
    expect((values[2] as number) / MASS).toBeCloseTo(leaf, 3)
    expect(values[2]).toBe(values[size - 1])
  })
})
