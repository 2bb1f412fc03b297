/** The numbered examples of the requirements catalogue: exact fractions, worked out there by hand. */
import { describe, expect, it } from 'vitest'
import {
  absorbing,
  anchorsByLevel,
  chainRuns,
  eigenTrust,
  fiedler,
  hits,
  pageRank,
  personalisedPageRank,
  sybilRank,
} from '../../src/index.ts'
import { type Arc, anchorsAt, graphOf, sumOf, undirected } from './graphs.ts'

const TRIANGLE: Arc[] = [
  [0, 1],
  [0, 2],
  [1, 2],
  [2, 0],
]

function close(actual: ArrayLike<number>, expected: readonly number[], digits = 10): void {
  expect(actual.length).toBe(expected.length)
  for (const [i, value] of expected.entries()) expect(actual[i], `node ${i}`).toBeCloseTo(value, digits)
}

const over = (denominator: number, ...numerators: number[]): number[] =>
  numerators.map((value) => value / denominator)

describe('PageRank', () => {
  it.each([
    [0.5, over(39, 14, 10, 15)],
    [0.85, over(1769, 686, 380, 703)],
    [0.614, over(2703747, 995498, 653500, 1054749)],
  ])('example 1 at damping %f', (damping, expected) => {
    close(pageRank(graphOf(TRIANGLE), { damping }).scores, expected)
  })

  it('example 2: the mass of a node without edges out goes to the teleport vector', () => {
    const graph = graphOf([...TRIANGLE, [2, 3]])
    close(pageRank(graph).scores, over(6107, 1429, 1140, 2109, 1429))
    close(personalisedPageRank(graph, anchorsAt(0)).scores, over(81453, 32000, 13600, 25160, 10693))
  })

  it('example 3: an isolated pair holds its share of PageRank and nothing of the personalised one', () => {
    const graph = graphOf([...TRIANGLE, ...undirected([[3, 4]])])
    const global = pageRank(graph).scores
    expect(global[3]).toBeCloseTo(0.2, 10)
    expect(global[4]).toBeCloseTo(0.2, 10)
    const anchored = personalisedPageRank(graph, anchorsAt(0)).scores
    expect([anchored[3], anchored[4]]).toEqual([0, 0])
    close(anchored.slice(0, 3), [0.452233, 0.192199, 0.355568], 6)
  })

  it.each([
    [8, 0.85, 1.17],
    [8, 0.614, 2.282],
  ])(
    'a hub of %i leaves at damping %f has %f times the mean, if it gives nothing back',
    (leaves, damping, factor) => {
      // The closed form holds where the hub's own mass does not return to it: let it endorse a separate sink cycle.
      const arcs: Arc[] = [
        ...Array.from({ length: leaves }, (_, k): Arc => [k + 3, 0]),
        [0, 1],
        [1, 2],
        [2, 1],
      ]
      const graph = graphOf(arcs)
      expect((pageRank(graph, { damping }).scores[0] as number) * graph.nodes.size).toBeCloseTo(factor, 3)
    },
  )

  it.each([
    [0.85, 4.216],
    [0.614, 3.663],
  ])('a hub that feeds its 8 leaves has, at damping %f, %f times the mean', (damping, factor) => {
    const star = graphOf(undirected(Array.from({ length: 8 }, (_, k): Arc => [k + 1, 0])))
    expect((pageRank(star, { damping }).scores[0] as number) * 9).toBeCloseTo(factor, 3)
  })

  it.each([0.3, 0.614, 0.85])('a closed set of k nodes holds k/n at damping %f', (damping) => {
    const ring = Array.from({ length: 7 }, (_, k): Arc => [3 + k, 3 + ((k + 1) % 7)])
    const { scores } = pageRank(graphOf([...TRIANGLE, ...ring]), { damping })
    expect(sumOf(scores.slice(3))).toBeCloseTo(0.7, 10)
  })
})

describe('EigenTrust', () => {
  it('example 4: trust is net of distrust and never negative', () => {
    const arcs: Arc[] = [
      [0, 1, 4],
      [0, 2, -2],
      [1, 0, 1],
      [1, 2, 3],
      [2, 0, 5],
    ]
    close(eigenTrust(graphOf(arcs), anchorsAt(0)).scores, over(3827, 1600, 1360, 867))
    const wrong = arcs.map(([i, j, weight = 1]): Arc => [i, j, Math.abs(weight)])
    close(eigenTrust(graphOf(wrong), anchorsAt(0)).scores, [0.452233, 0.256265, 0.291502], 6)
  })

  it('distrust of part of the support leaves the difference', () => {
    const net = graphOf([
      [0, 1, 5],
      [0, 1, -2],
      [0, 2, 1],
      [1, 0],
      [2, 0],
    ])
    const plain = graphOf([
      [0, 1, 3],
      [0, 2, 1],
      [1, 0],
      [2, 0],
    ])
    expect(eigenTrust(net, anchorsAt(0)).scores).toEqual(eigenTrust(plain, anchorsAt(0)).scores)
  })

  it('equals personalised PageRank where nobody distrusts anybody and d = 1 − a', () => {
    const graph = graphOf([...TRIANGLE, [2, 3]])
    expect(eigenTrust(graph, anchorsAt(0, 1)).scores).toEqual(
      personalisedPageRank(graph, anchorsAt(0, 1), { damping: 0.85 }).scores,
    )
  })

  it("agrees with the example of Karma3Labs' go-eigentrust, which stops at about 1e-4", () => {
    const [ek, sd, vm] = [0, 1, 2]
    const local = graphOf([
      [ek, sd, 100],
      [vm, sd, 100],
      [ek, vm, 75],
    ])
    const { scores } = eigenTrust(local, Float64Array.of(50, 0, 100), { teleport: 0.5 })
    close(scores, [0.21705427907166472, 0.3025433103218, 0.4806201780180134], 3)
  })

  it('a uniform prior gives every fake the score of an average honest agent (TPR-129)', () => {
    const fakes = Array.from({ length: 6 }, (_, k): Arc => [3 + k, 3 + ((k + 1) % 6)])
    const graph = graphOf([...TRIANGLE, ...fakes])
    expect(sumOf(eigenTrust(graph, 'uniform').scores.slice(3))).toBeCloseTo(6 / 9, 10)
    expect(sumOf(eigenTrust(graph, anchorsAt(0)).scores.slice(3))).toBe(0)
  })
})

describe('HITS', () => {
  it('example 5', () => {
    const { authority, hub } = hits(
      graphOf([
        [0, 2],
        [0, 3],
        [1, 2],
      ]),
    )
    close(authority, [0, 0, 0.618034, 0.381966], 6)
    close(hub, [0.618034, 0.381966, 0, 0], 6)
  })
})

describe('SybilRank', () => {
  it('example 6: a clique, one attack edge and a triangle of Sybils', () => {
    const graph = graphOf(
      undirected([
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
        [3, 4],
        [4, 5],
        [4, 6],
        [5, 6],
      ]),
    )
    const { scores, trust, convergence } = sybilRank(graph, anchorsAt(0), { parity: 'none' })
    expect(convergence.steps).toBe(3)
    close(trust, [5 / 27, 2 / 9, 2 / 9, 7 / 27, 1 / 18, 1 / 36, 1 / 36])
    close(scores, [5 / 81, 2 / 27, 2 / 27, 7 / 108, 1 / 54, 1 / 72, 1 / 72])
    for (const parity of ['average', 'lazy'] as const) {
      const { scores: mixed } = sybilRank(graph, anchorsAt(0), { parity })
      expect(Math.min(...mixed.slice(0, 4))).toBeGreaterThan(Math.max(...mixed.slice(4)))
    }
  })

  it('example 7: on a bipartite path the last two steps are averaged', () => {
    const path = graphOf(
      undirected([
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
    )
    close(sybilRank(path, anchorsAt(0), { steps: 2, parity: 'none' }).trust, [0.5, 0, 0.5, 0])
    close(sybilRank(path, anchorsAt(0), { steps: 2 }).trust, [0.25, 0.5, 0.25, 0])
  })
})

describe('Fiedler vector', () => {
  it('example 8: the path of four', () => {
    const path = graphOf(
      undirected([
        [0, 1],
        [1, 2],
        [2, 3],
      ]),
    )
    const { vector, components } = fiedler(path)
    expect(components[0]?.lambda2).toBeCloseTo(0.5, 10)
    close(vector, [1, 0.5, -0.5, -1], 9)
    expect(fiedler(path, anchorsAt(3)).vector[3], 'the anchor side is positive').toBeCloseTo(1, 9)
  })

  it('example 8: two triangles joined by one edge', () => {
    const graph = graphOf(
      undirected([
        [0, 1],
        [0, 2],
        [1, 2],
        [2, 3],
        [3, 4],
        [3, 5],
        [4, 5],
      ]),
    )
    const { scores, components } = fiedler(graph, anchorsAt(0))
    const component = components[0] as (typeof components)[number]
    expect(component.lambda2).toBeCloseTo(0.204666, 6)
    close(scores, [1, 1, 0.590667, -0.590667, -1, -1], 6)
    expect(component.conductance).toBeCloseTo(1 / 7, 12)
    expect(component.signConductance).toBeCloseTo(1 / 7, 12)
    expect(component.lambda2 / 2).toBeLessThanOrEqual(component.conductance)
    expect(component.conductance).toBeLessThanOrEqual(Math.sqrt(2 * component.lambda2))
  })

  it('example 8: the threefold eigenvalue of a clique of four publishes nothing', () => {
    const clique = graphOf(
      undirected([
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
      ]),
    )
    const { vector, components } = fiedler(clique, anchorsAt(0))
    expect([...vector]).toEqual([0, 0, 0, 0])
    expect(components[0]).toMatchObject({ published: false, usable: false })
    expect(components[0]?.lambda2).toBeCloseTo(4 / 3, 10)
    expect(components[0]?.lambda3).toBeCloseTo(4 / 3, 10)
  })
})

describe('absorbing walks', () => {
  it('example 9: backwards over in-edges, with a chance to die', () => {
    const arcs: Arc[] = [
      [0, 1],
      [3, 1],
      [1, 2],
      [2, 1],
    ]
    const { scores } = absorbing(graphOf(arcs), anchorsAt(0), { walk: 'backward' })
    close(scores, [1, 340 / 911, 289 / 911, 0])
    const immortal = absorbing(graphOf(arcs.filter(([from]) => from !== 3)), anchorsAt(0), {
      walk: 'backward',
      survival: 1,
      tolerance: 1e-14,
    })
    close(immortal.scores, [1, 1, 1], 9)
  })

  it.each([
    [0, 0.85],
    [1, 0.425],
    [9, 0.085],
    [99, 0.0085],
  ])(
    'example 10: %i worthless endorsements leave %f over all edges, 0.85 on consented ones',
    (strangers, expected) => {
      const arcs: Arc[] = [[0, 1], [1, 0], ...Array.from({ length: strangers }, (_, k): Arc => [2 + k, 1])]
      const graph = graphOf(arcs)
      expect(absorbing(graph, anchorsAt(0), { walk: 'backward' }).scores[1]).toBeCloseTo(expected, 12)
      expect(absorbing(graph, anchorsAt(0)).scores[1]).toBeCloseTo(0.85, 12)
    },
  )

  it('example 11: it decays by the survival probability with each hop from an anchor', () => {
    const chain = graphOf([0, 1, 2, 3].map((i): Arc => [i, i + 1]))
    close(
      absorbing(chain, anchorsAt(0), { walk: 'backward' }).scores,
      [1, 0.85, 0.7225, 0.614125, 0.52200625],
    )
    expect([...chainRuns(chain)]).toEqual([0, 3, 3, 3, 0])
  })
})

it('example 26: seeds teleport by level, the unverified not at all', () => {
  const seeds = anchorsByLevel([
    ['a', 'UNVERIFIED'],
    ['b', 'BASIC'],
    ['c', 'ENHANCED'],
    ['d', 'PREMIUM'],
  ])
  expect(Object.fromEntries(seeds)).toEqual({ a: 0, b: 2000, c: 3000, d: 4000 })
})
