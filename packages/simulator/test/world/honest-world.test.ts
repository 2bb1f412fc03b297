import { describe, expect, it } from 'vitest'
import { honestWorld, labelled, TOPOLOGIES, type TopologyName, tradeWeight } from '../../src/index.ts'
import { agentId } from '../../src/world/agent.ts'
import { evidenceOf } from '../../src/world/evidence.ts'

const OPTIONS = { seed: 11, topology: 'barabasi-albert', size: 150 } as const

describe('honest world', () => {
  it('is the same for the same options and differs for another seed', () => {
    expect(honestWorld(OPTIONS)).toEqual(honestWorld(OPTIONS))
    expect(honestWorld({ ...OPTIONS, seed: 12 }).edges).not.toEqual(honestWorld(OPTIONS).edges)
  })

  it.each(Object.keys(TOPOLOGIES) as TopologyName[])(
    '%s: trades happen between the joining of both and today',
    (topology) => {
      const { agents, edges, days } = honestWorld({ ...OPTIONS, topology })
      const joined = new Map(agents.map((agent) => [agent.id, agent.joined]))
      expect(edges.length).toBeGreaterThan(0)
      for (const { from, to, time = -1, weight } of edges) {
        expect(time).toBeGreaterThanOrEqual(Math.max(joined.get(from) as number, joined.get(to) as number))
        expect(time).toBeLessThanOrEqual(days)
        expect(weight).toBeGreaterThan(0)
      }
    },
  )

  it('every honest agent is a node and labelled honest, traders or not', () => {
    const world = honestWorld({ ...OPTIONS, topology: 'tree' })
    const view = labelled(world, 'tree')
    expect(view.graph.nodes.size).toBe(150)
    expect([...view.labels].every((label) => label === 0)).toBe(true)
    expect(new Set(view.nodeOf).size).toBe(150)
  })

  it('fees burned are ten basis points of what was paid', () => {
    const { feesBurned, edges } = honestWorld(OPTIONS)
    const burned = feesBurned.reduce((sum, fee) => sum + fee, 0)
    // Counted evidence leaves out refused deliveries and what exceeds the epoch's count: the fees were paid all the same.
    const settled = edges.reduce((sum, edge) => sum + (edge.value ?? 0), 0)
    expect(burned).toBeGreaterThanOrEqual(settled * 0.001)
    expect(burned).toBeLessThan(settled * 0.001 * 1.6)
  })

  it('quality pays: agents of high quality are supported more than agents of low quality', () => {
    const { agents, edges } = honestWorld({ ...OPTIONS, topology: 'erdos-renyi', size: 600 })
    const received = new Map<string, number>()
    for (const { to, sign } of edges) if (sign !== -1) received.set(to, (received.get(to) ?? 0) + 1)
    const mean = (chosen: typeof agents): number =>
      chosen.reduce((sum, { id }) => sum + (received.get(id) ?? 0), 0) / chosen.length
    expect(mean(agents.filter(({ quality }) => quality > 0.85))).toBeGreaterThan(
      mean(agents.filter(({ quality }) => quality < 0.5)),
    )
  })

  it('most acquaintances pay each other, as in the rating networks', () => {
    const { graph } = labelled(honestWorld({ ...OPTIONS, size: 400, topology: 'erdos-renyi' }), 'mutual')
    const share = graph.consented.columns.length / graph.support.columns.length
    expect(share).toBeGreaterThan(0.5)
    expect(share).toBeLessThanOrEqual(1.5)
  })

  it.each([[{ size: 19 }], [{ size: 1.5 }], [{ days: 13 }], [{ anchors: 0 }], [{ anchors: 151 }]])(
    'refuses %o',
    (wrong) => {
      expect(() => honestWorld({ ...OPTIONS, ...wrong })).toThrowError(
        expect.objectContaining({ code: 'SIMULATION_INVALID' }),
      )
    },
  )
})

describe('anchors', () => {
  it('are among the oldest quarter, as many as asked', () => {
    const { agents, anchors } = honestWorld({ ...OPTIONS, anchors: 10 })
    expect(anchors.size).toBe(10)
    const ages = agents.map(({ joined }) => joined).sort((a, b) => a - b)
    for (const place of anchors.keys())
      expect(agents[place]?.joined).toBeLessThanOrEqual(ages[Math.ceil(150 / 4)] as number)
  })

  it('concentrated: two of 21 hold 85 % of the weight (TRU-061, TRU-113)', () => {
    const { anchors } = honestWorld({ ...OPTIONS, anchors: 21, placement: 'concentrated' })
    const weights = [...anchors.values()].sort((a, b) => b - a)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    expect(((weights[0] as number) + (weights[1] as number)) / total).toBeCloseTo(0.85, 1)
  })
})

describe('attestations', () => {
  it('count from their thirtieth day (worked example 28)', () => {
    const world = honestWorld(OPTIONS)
    const [anchor] = world.anchors.keys()
    const strangers = ['day-29', 'day-30']
    const attestation = (to: string, age: number) => ({
      from: world.agents[anchor as number]?.id as string,
      to,
      weight: 10,
      time: world.days - age,
      kind: 'attestation' as const,
      accepted: true,
    })
    const view = labelled(
      {
        ...world,
        agents: [
          ...world.agents,
          ...strangers.map((id) => ({ ...(world.agents[0] as (typeof world.agents)[number]), id })),
        ],
        edges: [...world.edges, attestation('day-29', 29), attestation('day-30', 30)],
      },
      'attested',
    )
    const received = strangers.map((id) => {
      const node = view.graph.nodes.indexOf(id)
      return view.graph.support.columns.filter((column) => column === node).length
    })
    expect(received).toEqual([0, 1])
  })
})

describe('evidence', () => {
  it('grows with the logarithm of value up to its cap', () => {
    expect(tradeWeight(0)).toBe(0)
    expect(tradeWeight(1)).toBe(1)
    expect(tradeWeight(1_023)).toBe(10)
    expect(tradeWeight(1e9)).toBe(10)
  })

  it('counts three settlements of a pair in an epoch and starts again in the next (TRU-037)', () => {
    const trade = (day: number) => ({ payer: 'a', payee: 'b', value: 1, day })
    const edges = evidenceOf([0, 1, 2, 3, 4, 7].map(trade), false)
    expect(edges.reduce((sum, { weight }) => sum + weight, 0)).toBe(4)
    expect(edges.map(({ time }) => time)).toEqual([0, 7])
  })

  it('keeps the two directions of a pair apart', () => {
    const edges = evidenceOf(
      [
        { payer: 'a', payee: 'b', value: 1, day: 0 },
        { payer: 'b', payee: 'a', value: 3, day: 1 },
      ],
      true,
    )
    expect(edges.map(({ from, weight, accepted }) => [from, weight, accepted])).toEqual([
      ['a', 1, true],
      ['b', 2, true],
    ])
  })
})

describe('identifiers', () => {
  it('are distinct and in another order than their places: order says nothing about roles', () => {
    const ids = Array.from({ length: 5_000 }, (_, place) => agentId(place, 3))
    expect(new Set(ids).size).toBe(5_000)
    const sorted = [...ids].sort()
    const kept = ids.filter((id, place) => sorted[place] === id).length
    expect(kept).toBeLessThan(20)
  })
})
