import { HONEST, SYBIL, UNLABELLED } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import {
  ATTACK_KINDS,
  type Attack,
  type AttackKind,
  attack,
  DEFAULT_ECONOMY,
  honestWorld,
  summariseSpending,
} from '../../src/index.ts'

const WORLD = honestWorld({ seed: 4, topology: 'erdos-renyi', size: 120 })
const IDS = new Set(WORLD.agents.map(({ id }) => id))
const run = (kind: AttackKind, more: object = {}): Attack =>
  attack(WORLD, { kind, seed: 9, size: 12, bridges: 8, purchases: 1, ...more })

/** Entries of a layer between attackers and honest agents, by direction. */
function crossing({ after }: Attack, layer: 'support' | 'consented'): { inward: number; outward: number } {
  const { offsets, columns, size } = after.graph[layer]
  let inward = 0
  let outward = 0
  for (let i = 0; i < size; i++)
    for (let k = offsets[i] as number; k < (offsets[i + 1] as number); k++) {
      const [from, to] = [after.labels[i], after.labels[columns[k] as number]]
      if (from === HONEST && to === SYBIL) inward++
      if (from === SYBIL && to === HONEST) outward++
    }
  return { inward, outward }
}

/** Victims accept four each (six of them); a sleeper has one to three partners. The others buy what the options say. */
const BOUGHT: Partial<Record<AttackKind, readonly [number, number]>> = {
  eclipse: [8 + 6 * 4, 8 + 6 * 4],
  sleeper: [12, 12 * 3],
}

describe.each(ATTACK_KINDS)('%s', (kind) => {
  const built = run(kind)

  it('is the same for the same seed', () => {
    expect(run(kind)).toEqual(built)
  })

  it('adds exactly its agents and labels them alone', () => {
    expect(built.attackers).toHaveLength(12)
    const { labels, nodeOf, graph, world } = built.after
    expect(graph.nodes.size).toBe(132)
    expect([...labels].filter((label) => label === SYBIL)).toHaveLength(12)
    for (const place of built.attackers) expect(labels[nodeOf[place] as number]).toBe(SYBIL)
    const corrupt = world.agents.filter(({ role }) => role === 'corrupt').length
    expect([...labels].filter((label) => label === UNLABELLED)).toHaveLength(corrupt)
    expect(corrupt).toBe(kind === 'bribed-anchor' ? 1 : 0)
  })

  it('pays one bond and one identity for each agent, and the price of every bridge', () => {
    const of = (wanted: string) => built.spending.filter((line) => line.kind === wanted)
    expect(of('bond')).toHaveLength(12)
    expect(of('bond').every(({ amount, lockedDays = 0 }) => amount === 50 && lockedDays >= 90)).toBe(true)
    expect(of('identity')).toHaveLength(12)
    const [least, most] = BOUGHT[kind] ?? [8, 8]
    expect(of('bridge').length).toBeGreaterThanOrEqual(least)
    expect(of('bridge').length).toBeLessThanOrEqual(most)
    expect(of('bridge').every(({ amount }) => amount === 20)).toBe(true)
    for (const { amount } of built.spending) expect(amount).toBeGreaterThanOrEqual(0)
  })

  it('sums are those of the lines', () => {
    const sums = summariseSpending(built.spending, DEFAULT_ECONOMY)
    const total = (wanted: string): number =>
      built.spending.filter((line) => line.kind === wanted).reduce((sum, { amount }) => sum + amount, 0)
    expect(sums.fees).toBeCloseTo(total('fee'), 9)
    expect(sums.bondsLocked).toBe(600)
    expect(sums.sunk).toBeCloseTo(
      0.9 * total('fee') +
        total('bridge') +
        total('purchase') +
        total('identity') +
        total('history') +
        total('bribe') +
        sums.timeValue,
      6,
    )
  })

  it('what its agents are credited with having burned was paid by them', () => {
    const credited = built.attackers.reduce(
      (sum, place) => sum + (built.after.world.feesBurned[place] as number),
      0,
    )
    const paid = built.spending
      .filter((line) => line.kind === 'fee')
      .reduce((sum, { amount }) => sum + amount, 0)
    expect(credited).toBeLessThanOrEqual(paid + 1e-9)
  })

  it('without bridges no trust enters the consented layer, except through victims, partners and bribes', () => {
    const alone = run(kind, { bridges: 0 })
    const entered = crossing(alone, 'consented').inward
    if (kind === 'eclipse' || kind === 'sleeper') expect(entered).toBeGreaterThan(0)
    else expect(entered).toBe(0)
  })

  it('keeps the anchors that were chosen before it, and adds none but its own seat', () => {
    const ids = (view: Attack['after']) =>
      [...view.anchors.keys()].map((node) => view.graph.nodes.idOf(node)).sort()
    const seat = built.seat === undefined ? [] : [built.after.world.agents[built.seat]?.id]
    expect(ids(built.after).filter((id) => !seat.includes(id))).toEqual(
      [...WORLD.anchors.keys()].map((place) => WORLD.agents[place]?.id).sort(),
    )
  })
})

describe('shapes', () => {
  const own = ({ after, attackers }: Attack) => {
    const nodes = new Set(attackers.map((place) => after.nodeOf[place] as number))
    const pairs: [number, number][] = []
    const { offsets, columns } = after.graph.support
    for (const i of nodes)
      for (let k = offsets[i] as number; k < (offsets[i + 1] as number); k++)
        if (nodes.has(columns[k] as number)) pairs.push([i, columns[k] as number])
    return pairs
  }

  it('a ring has as many edges as agents, one out of each and one into each', () => {
    const pairs = own(run('ring'))
    expect(pairs).toHaveLength(12)
    expect(new Set(pairs.map(([from]) => from)).size).toBe(12)
    expect(new Set(pairs.map(([, to]) => to)).size).toBe(12)
  })

  it('an open star points at its hub, a closed one back too', () => {
    const open = own(run('star-open'))
    expect(open).toHaveLength(11)
    expect(new Set(open.map(([, to]) => to)).size).toBe(1)
    expect(own(run('star-closed'))).toHaveLength(22)
  })

  it('a chain is a path whose hops follow each other in time', () => {
    const built = run('chain', { tradesPerPair: 1 })
    expect(own(built)).toHaveLength(11)
    const ids = built.attackers.map((place) => built.after.world.agents[place]?.id as string)
    const times = ids.slice(0, -1).map((id, k) => {
      const edge = built.after.world.edges.find(({ from, to }) => from === id && to === ids[k + 1])
      return edge?.time as number
    })
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('pairs are pairs', () => {
    expect(own(run('reciprocal'))).toHaveLength(12)
    expect(own(run('wash-trading'))).toHaveLength(12)
  })

  it('a wash trader outweighs any honest pair, at the price of its fees', () => {
    const heavy = run('wash-trading', { tradeValue: 1_000, tradesPerPair: 30 })
    const weightOf = (role: 'attacker' | 'honest'): number => {
      const ids = new Set(heavy.after.world.agents.filter((agent) => agent.role === role).map(({ id }) => id))
      return Math.max(
        ...heavy.after.world.edges
          .filter(({ from, to }) => ids.has(from) && ids.has(to))
          .map(({ weight }) => weight),
      )
    }
    expect(weightOf('attacker')).toBeGreaterThan(weightOf('honest'))
    // 12 agents pay 30 trades of 1,000 each at 10 bp.
    expect(summariseSpending(heavy.spending, DEFAULT_ECONOMY).fees).toBeGreaterThanOrEqual(12 * 30)
  })

  it('an eclipse leaves its victims few honest neighbours and keeps their label', () => {
    const built = run('eclipse')
    const honestEdges = (edges: typeof WORLD.edges): number =>
      edges.filter(({ from, to }) => IDS.has(from) && IDS.has(to)).length
    expect(honestEdges(built.after.world.edges)).toBeLessThan(honestEdges(WORLD.edges))
    expect([...built.after.labels].filter((label) => label === HONEST)).toHaveLength(120)
  })
})

describe('campaigns', () => {
  it('nobody has said anything against a sleeper on the eve, and everybody after', () => {
    const built = run('sleeper')
    const ids = new Set(built.attackers.map((place) => built.after.world.agents[place]?.id))
    const against = (view: Attack['after'] | undefined): number =>
      view?.world.edges.filter(({ to, sign }) => sign === -1 && ids.has(to)).length ?? -1
    expect(against(built.before)).toBe(0)
    expect(against(built.after)).toBeGreaterThanOrEqual(12)
  })

  it('a whitewasher pays a second bond for his second name, which nobody has denounced', () => {
    const built = run('whitewashing')
    const first = built.attackers.slice(0, 6)
    const second = built.attackers.slice(6)
    const denounced = (place: number): boolean =>
      built.after.world.edges.some(
        ({ to, sign }) => sign === -1 && to === built.after.world.agents[place]?.id,
      )
    expect(first.some(denounced)).toBe(true)
    expect(second.some(denounced)).toBe(false)
    expect(built.before?.world.agents).toHaveLength(126)
  })

  it('a bribed anchor vouches for fifteen at most (TRU-074)', () => {
    const built = run('bribed-anchor', { size: 30 })
    const attestations = built.after.world.edges.filter(({ kind }) => kind === 'attestation')
    expect(attestations).toHaveLength(15)
    expect(built.after.world.agents[built.corrupted as number]?.role).toBe('corrupt')
    expect(built.spending.filter(({ kind }) => kind === 'bribe')).toHaveLength(1)
  })

  it('an anchor of his own stakes what its attestations need, and vouches for fifteen at most (TRU-074)', () => {
    // Eleven: max(500 + 110, 11² · 10) = 1,210; fifteen: 225 times the least stake.
    expect(run('own-anchor').spending.filter(({ kind }) => kind === 'stake')).toMatchObject([
      { amount: 1_210 },
    ])
    const large = run('own-anchor', { size: 30 })
    expect(large.spending.filter(({ kind }) => kind === 'stake')).toMatchObject([{ amount: 2_250 }])
    expect(large.after.world.edges.filter(({ kind }) => kind === 'attestation')).toHaveLength(15)
    expect(large.after.anchors.get(large.after.nodeOf[large.seat as number] as number)).toBe(2_000)
  })

  it('slander hits named honest agents with negative ratings', () => {
    const built = run('slander')
    expect(built.targets.length).toBe(12)
    const targets = new Set(built.targets.map((place) => WORLD.agents[place]?.id))
    const ratings = built.after.world.edges.filter(({ sign, from }) => sign === -1 && !IDS.has(from))
    expect(ratings.length).toBeGreaterThan(0)
    for (const { to } of ratings) expect(targets.has(to)).toBe(true)
  })
})

describe('identities in reserve', () => {
  const built = run('ring', { idle: 7 })

  it('are Sybils without any edge, each with bond and identity', () => {
    expect(built.attackers).toHaveLength(19)
    expect(built.spending.filter(({ kind }) => kind === 'bond')).toHaveLength(19)
    for (const place of built.attackers.slice(12)) {
      const { id } = built.after.world.agents[place] as { id: string }
      expect(built.after.world.edges.some(({ from, to }) => from === id || to === id)).toBe(false)
      expect(built.after.labels[built.after.nodeOf[place] as number]).toBe(SYBIL)
    }
  })
})

describe('refused', () => {
  it.each([[{ size: 0 }], [{ bridges: -1 }], [{ purchases: 0.5 }], [{ tradesPerPair: 0 }], [{ start: 180 }]])(
    '%o',
    (wrong) => {
      expect(() => run('ring', wrong)).toThrowError(expect.objectContaining({ code: 'SIMULATION_INVALID' }))
    },
  )

  it('leaves the world as it was', () => {
    const before = JSON.stringify(WORLD.edges.length)
    for (const kind of ATTACK_KINDS) run(kind)
    expect(JSON.stringify(WORLD.edges.length)).toBe(before)
    expect(WORLD.agents.every(({ role }) => role === 'honest')).toBe(true)
  })
})
