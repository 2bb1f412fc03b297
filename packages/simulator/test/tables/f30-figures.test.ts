/** Worked examples 12 … 16 and the figures of TRU-029 … TRU-040 on F30. */
import {
  absorbing,
  anyDirection,
  eigenTrust,
  fiedler,
  hits,
  pageRank,
  personalisedPageRank,
} from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { f30 } from '../../src/fixtures/f30.ts'

const total = (values: ArrayLike<number>, nodes: readonly number[]): number =>
  nodes.reduce((sum, node) => sum + (values[node] as number), 0)
const mean = (values: ArrayLike<number>, nodes: readonly number[]): number =>
  total(values, nodes) / nodes.length

describe('example 12: the clean graph', () => {
  const { graph, anchors, edges, honest } = f30('clean')
  const agents = [...Array(30).keys()]

  it('has 180 edges, 60 directed 3-cycles and 120 edges on one', () => {
    expect(edges).toHaveLength(180)
    const has = new Set(edges.map(({ from, to }) => `${from}>${to}`))
    const ids = agents.map((i) => String(i).padStart(2, '0'))
    let cycles = 0
    const onCycle = new Set<string>()
    for (const a of ids)
      for (const b of ids)
        for (const c of ids)
          if (has.has(`${a}>${b}`) && has.has(`${b}>${c}`) && has.has(`${c}>${a}`)) {
            cycles++
            onCycle.add(`${a}>${b}`)
          }
    expect([cycles / 3, onCycle.size]).toEqual([60, 120])
  })

  it('PageRank, authority and hub are 1/30 everywhere', () => {
    const { authority, hub } = hits(graph)
    for (const values of [pageRank(graph).scores, authority, hub])
      for (const value of values) expect(value).toBeCloseTo(1 / 30, 10)
  })

  it('EigenTrust and absorbing walks', () => {
    const trust = eigenTrust(graph, anchors).scores
    for (const anchor of [0, 10, 20]) expect(trust[anchor]).toBeCloseTo(0.077454, 6)
    expect(trust[1]).toBeCloseTo(0.037613, 6)
    expect(trust[5]).toBeCloseTo(0.021656, 6)
    const walk = absorbing(graph, anchors, { walk: 'backward' }).scores
    expect(walk[1]).toBeCloseTo(0.485619, 6)
    expect(walk[5]).toBeCloseTo(0.279604, 6)
    expect(mean(absorbing(graph, anchors).scores, honest)).toBeCloseTo(0.34806, 5)
  })

  it('λ2 is repeated, on M and over all edges, so the spectral score is 0 for all', () => {
    const onM = fiedler(graph, anchors)
    expect(onM.components[0]?.lambda2).toBeCloseTo(0.0542, 4)
    expect(onM.components[0]?.lambda3).toBeCloseTo(0.0542, 4)
    expect([...onM.scores]).toEqual(agents.map(() => 0))
    const any = fiedler(graph, anchors, { layer: anyDirection(graph.support) })
    expect(any.components[0]?.lambda2).toBeCloseTo(0.5955, 4)
    expect(any.components[0]?.lambda3).toBeCloseTo(0.5955, 4)
  })
})

describe('examples 13 and 16: T1, one honest edge into a ring', () => {
  const { graph, anchors, attackers } = f30('T1')

  it.each([
    [0.85, 0.028669, 0.02585, 0.02459],
    [0.614, 0.027191, 0.025027, 0.02495],
  ])('at damping %f the ring outranks every honest agent', (damping, first, last, honestMax) => {
    const { scores } = pageRank(graph, { damping })
    expect(scores[30]).toBeCloseTo(first, 6)
    expect(scores[39]).toBeCloseTo(last, 6)
    expect(Math.max(...scores.slice(0, 30))).toBeCloseTo(honestMax, 5)
    expect(Math.min(...scores.slice(30))).toBeGreaterThan(Math.max(...scores.slice(0, 30)))
  })

  it('anchored scores stay small', () => {
    expect(eigenTrust(graph, anchors).scores[30]).toBeCloseTo(0.003178, 6)
    expect(personalisedPageRank(graph, anchors, { damping: 0.614 }).scores[30]).toBeCloseTo(0.000852, 6)
    const walk = absorbing(graph, anchors, { walk: 'backward' }).scores
    expect(walk[30]).toBeCloseTo(0.131806, 6)
    // h(entry) = (βh/2)/(1 − βᵏ/2) for a ring of k entered once (TRU-035).
    expect(walk[30]).toBeCloseTo((((0.85 / 2) * 1) / (1 - 0.85 ** 10 / 2)) * (walk[5] as number), 10)
  })

  it('the ring holds k/n plus d/(1 − d) of the flow that enters', () => {
    const { scores } = pageRank(graph)
    expect(scores[5]).toBeCloseTo(0.024267, 6)
    expect(total(scores, attackers)).toBeCloseTo(10 / 40 + ((0.85 / 0.15) * (scores[5] as number)) / 7, 9)
    expect(total(scores, attackers)).toBeCloseTo(0.2696, 4)
  })

  it('the best cut over all edges has conductance 1/21', () => {
    const { components } = fiedler(graph, anchors, { layer: anyDirection(graph.support) })
    expect(components[0]?.conductance).toBeCloseTo(1 / 21, 10)
  })
})

describe('example 14: stars', () => {
  it.each([
    ['T4', 0.85, 0.03],
    ['T4', 0.614, 0.0585],
    ['T4b', 0.85, 0.1081],
    ['T4b', 0.614, 0.0939],
  ] as const)(
    '%s at damping %f: the hub has PageRank %f and nothing anchored',
    (variant, damping, expected) => {
      const { graph, anchors } = f30(variant)
      expect(pageRank(graph, { damping }).scores[30]).toBeCloseTo(expected, 4)
      expect(personalisedPageRank(graph, anchors).scores[30]).toBe(0)
      expect(eigenTrust(graph, anchors).scores[30]).toBe(0)
    },
  )
})

describe('eclipse (TRU-036)', () => {
  const { graph, anchors, attackers, honest } = f30('T2')

  it('attackers look like authorities, 4.6 times the honest mean, with 0.70 of the PageRank', () => {
    // The honest mean leaves the victims out.
    const others = [...Array(30).keys()].filter((i) => i < 12 || i > 15)
    const { authority } = hits(graph)
    expect(mean(authority, attackers) / mean(authority, honest)).toBeCloseTo(4.6, 1)
    expect(mean(pageRank(graph).scores, attackers) / mean(pageRank(graph).scores, others)).toBeCloseTo(0.7, 1)
  })

  it('the cut of attackers and victims has conductance 0.074 over all edges, 0.046 on M', () => {
    const any = fiedler(graph, anchors, { layer: anyDirection(graph.support) })
    expect(any.components[0]?.signConductance).toBeCloseTo(0.074, 3)
    expect(fiedler(graph, anchors).components[0]?.signConductance).toBeCloseTo(0.046, 3)
  })
})

describe('chain (TRU-039)', () => {
  it('anchored scores decay geometrically, PageRank tends to the mean from below', () => {
    const { graph, anchors } = f30('T5')
    const anchored = personalisedPageRank(graph, anchors, { damping: 0.614 }).scores
    expect(anchored[30]).toBeCloseTo(0.00085, 5)
    expect(anchored[37]).toBeCloseTo(0.00003, 5)
    const global = pageRank(graph).scores
    expect((global[30] as number) * 38).toBeCloseTo(0.28, 2)
    expect((global[37] as number) * 38).toBeCloseTo(0.77, 2)
  })
})

it('T1b (TRU-020): forward walks reward attackers who cite anchors, 0.567 against 0.372', () => {
  const { graph, anchors, attackers, honest } = f30('T1b')
  const forward = absorbing(graph, anchors, { walk: 'forward' }).scores
  expect(mean(forward, attackers)).toBeCloseTo(0.567, 3)
  expect(mean(forward, honest)).toBeCloseTo(0.372, 3)
})
