import { auc, scoreGraph } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import {
  anchoredScorer,
  attack,
  blindScorer,
  classifierScorer,
  EXPOSURE_POLICY,
  honestWorld,
  type Scorer,
  simulate,
} from '../../src/index.ts'

const WORLD = honestWorld({ seed: 61, topology: 'barabasi-albert', size: 150 })
const BUILT = attack(WORLD, { kind: 'ring', seed: 4, size: 15, bridges: 3 })
const { graph, anchors, labels } = BUILT.after

/** Separation of attackers from everybody else. */
function separation(scorer: Scorer): number {
  const truth = labels.map((label) => (label === 1 ? 1 : 0))
  return auc(scorer.score(graph, anchors).probability, truth)
}

describe.each([classifierScorer(), anchoredScorer, blindScorer])('$name', (scorer) => {
  const verdicts = scorer.score(graph, anchors)

  it('answers for every node, in range', () => {
    for (const values of [verdicts.probability, verdicts.flagged, verdicts.rmt, verdicts.citation])
      expect(values).toHaveLength(165)
    expect(verdicts.probability.every((p) => p >= 0 && p <= 1)).toBe(true)
    expect(verdicts.rmt.every((rmt) => Number.isInteger(rmt) && rmt >= 0 && rmt <= 1_000)).toBe(true)
    expect(verdicts.flagged.every((flag) => flag === 0 || flag === 1)).toBe(true)
  })

  it('says the same twice', () => {
    expect(scorer.score(graph, anchors)).toEqual(verdicts)
  })
})

describe('classifier', () => {
  it('is what the library says, node by node', () => {
    const direct = scoreGraph(graph, { anchors })
    const verdicts = classifierScorer().score(graph, anchors)
    expect(verdicts.probability).toEqual(direct.probability)
    expect(verdicts.margin).toEqual(direct.margin)
    expect([...verdicts.rmt]).toEqual([...direct.rmt])
    expect(verdicts.citation).toEqual(direct.raw.personalisedPageRank)
  })

  it('passes options on: a lower threshold flags at least as many', () => {
    const flags = (threshold: number): number =>
      classifierScorer({ threshold })
        .score(graph, anchors)
        .flagged.reduce((sum, flag) => sum + flag, 0)
    expect(flags(0)).toBe(165)
    expect(flags(0.3)).toBeGreaterThanOrEqual(flags(0.6))
  })

  it('separates a ring with few bridges from honest agents; believing everybody separates nobody', () => {
    expect(separation(classifierScorer())).toBeGreaterThan(0.8)
    expect(separation(blindScorer)).toBe(0.5)
  })

  it('under the deployed policy no attack on a small world pays', () => {
    const rows = simulate({ scorer: classifierScorer(), smoke: true, policies: [EXPOSURE_POLICY] })
    expect(rows.filter(({ holds }) => !holds).map(({ attack: kind }) => kind)).toEqual([])
  })
})
