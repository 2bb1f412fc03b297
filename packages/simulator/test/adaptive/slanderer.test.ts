import { describe, expect, it } from 'vitest'
import {
  anchoredScorer,
  baselineOf,
  blindScorer,
  DEFAULT_ECONOMY,
  EXPOSURE_POLICY,
  honestWorld,
  type Scorer,
  slanderWays,
} from '../../src/index.ts'

const WORLD = honestWorld({ seed: 41, topology: 'erdos-renyi', size: 80 })
const IDS = new Set(WORLD.agents.map(({ id }) => id))
const run = (scorer: Scorer, targets = 20) =>
  slanderWays(WORLD, scorer, {
    seed: 1,
    targets,
    clean: baselineOf(WORLD, scorer, EXPOSURE_POLICY, DEFAULT_ECONOMY),
  })

/** Flags whoever is named by at least `votes` strangers, in the layer that it listens to. */
function gullible(layer: 'support' | 'distrust', votes: number): Scorer {
  return {
    ...blindScorer,
    name: 'gullible',
    score: (graph, anchors) => {
      const verdicts = blindScorer.score(graph, anchors)
      const heard = new Map<number, number>()
      const { offsets, columns, size } = graph[layer]
      for (let from = 0; from < size; from++)
        if (!IDS.has(graph.nodes.idOf(from)))
          for (let k = offsets[from] as number; k < (offsets[from + 1] as number); k++) {
            const node = columns[k] as number
            heard.set(node, (heard.get(node) ?? 0) + 1)
          }
      for (const [node, count] of heard)
        if (count >= votes) {
          verdicts.flagged[node] = 1
          verdicts.rmt[node] = 0
        }
      return verdicts
    },
  }
}

describe('adaptive slanderer', () => {
  it('tries ratings and purchases by one to three identities, none of them verified', () => {
    const ways = run(blindScorer)
    expect(ways.map(({ method, identities }) => [method, identities])).toEqual([
      ['rating', 1],
      ['rating', 2],
      ['rating', 3],
      ['purchase', 1],
      ['purchase', 2],
      ['purchase', 3],
    ])
    for (const { outcome } of ways) expect(outcome.spending.identities).toBe(0)
  })

  it('finds nothing against scorers that do not listen to strangers, and then spends on identities alone', () => {
    for (const scorer of [blindScorer, anchoredScorer])
      for (const { outcome, observed } of run(scorer)) {
        expect(observed.attack.targets).toEqual([])
        expect(outcome.benefit.displaced).toBe(0)
        expect(outcome.roi).toBe(-1)
        expect(outcome.spending.purchases).toBe(0)
      }
  })

  it('is found out to be profitable where one bad rating suffices', () => {
    const [rating] = run(gullible('distrust', 1))
    expect(rating?.observed.attack.targets).toHaveLength(20)
    expect(rating?.outcome.benefit.displaced).toBe(20 * 20)
    expect(rating?.outcome.roi).toBeGreaterThan(10)
  })

  it('needs as many identities as the scorer wants voices', () => {
    const fallen = run(gullible('support', 3), 5).map(({ observed }) => observed.attack.targets.length)
    expect(fallen).toEqual([0, 0, 0, 0, 0, 5])
  })

  it('gains nothing by a flag alone: it starts a review and puts nobody out', () => {
    const flagging = gullible('distrust', 1)
    const mild: Scorer = {
      ...flagging,
      score: (graph, anchors) => ({
        ...flagging.score(graph, anchors),
        rmt: new Float64Array(graph.nodes.size).fill(650),
      }),
    }
    // Everybody was admitted before; 650 and a flag is what the slanderer brings him down to.
    const clean = baselineOf(WORLD, blindScorer, EXPOSURE_POLICY, DEFAULT_ECONOMY)
    for (const { outcome } of slanderWays(WORLD, mild, { seed: 1, clean }))
      expect(outcome.benefit.displaced).toBe(0)
  })

  it('never aims at anchors', () => {
    for (const { observed } of run(gullible('distrust', 1), 80))
      for (const place of observed.attack.targets) expect(WORLD.anchors.has(place)).toBe(false)
  })
})
