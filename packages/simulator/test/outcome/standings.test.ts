import { describe, expect, it } from 'vitest'
import {
  attack,
  baselineOf,
  blindScorer,
  DEFAULT_ECONOMY,
  EXPOSURE_POLICY,
  honestWorld,
  labelled,
  standingsOf,
} from '../../src/index.ts'

const WORLD = honestWorld({ seed: 51, topology: 'watts-strogatz', size: 80 })
const VIEW = labelled(WORLD, 'clean')
const STANDINGS = standingsOf(VIEW, blindScorer.score(VIEW.graph, VIEW.anchors), DEFAULT_ECONOMY)

describe('standings', () => {
  it('are one for each agent, in the order of the world', () => {
    expect(STANDINGS).toHaveLength(80)
    for (const [place, { identity, feesBurned }] of STANDINGS.entries()) {
      expect(identity).toBe(WORLD.agents[place]?.identity)
      expect(feesBurned).toBe(WORLD.feesBurned[place])
    }
  })

  it('a file is thin for ninety days: no obligations, no payment record, no utilisation (TRU-088, TRU-092)', () => {
    for (const [place, { file, obligations }] of STANDINGS.entries()) {
      const age = WORLD.days - (WORLD.agents[place]?.joined as number)
      expect(obligations).toBe(age >= 90 ? 6 : 0)
      expect(file.payment).toBe(age >= 90 ? 1 : 0)
      expect(file.utilisation).toBe(age >= 90 ? 0.3 : undefined)
      expect(file.days).toBe(age)
    }
  })

  it('attesters are distinct agents, however often they paid', () => {
    const payers = new Map<string, Set<string>>()
    for (const { from, to, sign } of WORLD.edges)
      if (sign !== -1) payers.set(to, (payers.get(to) ?? new Set()).add(from))
    for (const [place, { file }] of STANDINGS.entries())
      expect(file.attesters).toBe(payers.get(WORLD.agents[place]?.id as string)?.size ?? 0)
  })

  it('nobody is liable for anybody unless he says so', () => {
    expect(STANDINGS.every(({ backing }) => backing === 0)).toBe(true)
  })

  it('attackers have bought the record that the honest earn by age', () => {
    const built = attack(WORLD, { kind: 'ring', seed: 1, size: 5 })
    const standings = standingsOf(
      built.after,
      blindScorer.score(built.after.graph, built.after.anchors),
      DEFAULT_ECONOMY,
    )
    for (const place of built.attackers)
      expect(standings[place]).toMatchObject({ obligations: 6, identity: 'verified' })
    const cheap = attack(WORLD, { kind: 'ring', seed: 1, size: 5, identity: 'attested' })
    const others = standingsOf(
      cheap.after,
      blindScorer.score(cheap.after.graph, cheap.after.anchors),
      DEFAULT_ECONOMY,
    )
    for (const place of cheap.attackers)
      expect(others[place]).toMatchObject({ obligations: 0, identity: 'attested' })
  })
})

describe('baseline', () => {
  it('knows what a registration alone is worth to the scorer', () => {
    expect(baselineOf(WORLD, blindScorer, EXPOSURE_POLICY, DEFAULT_ECONOMY).newcomer).toBe(1_000)
    const strict = {
      ...blindScorer,
      // Only whoever has been paid by somebody counts.
      score: (graph: typeof VIEW.graph, anchors: typeof VIEW.anchors) => {
        const verdicts = blindScorer.score(graph, anchors)
        const paid = new Set(graph.support.columns)
        return { ...verdicts, rmt: verdicts.rmt.map((rmt, node) => (paid.has(node) ? rmt : 120)) }
      },
    }
    expect(baselineOf(WORLD, strict, EXPOSURE_POLICY, DEFAULT_ECONOMY).newcomer).toBe(120)
  })

  it('the stranger is not in the view that is judged', () => {
    const { view, access } = baselineOf(WORLD, blindScorer, EXPOSURE_POLICY, DEFAULT_ECONOMY)
    expect(view.graph.nodes.size).toBe(80)
    expect(access).toHaveLength(80)
    expect(view.graph.nodes.indexOf('agent-newcomer')).toBeUndefined()
  })
})
