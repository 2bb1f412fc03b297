import { describe, expect, it } from 'vitest'
import {
  anchoredScorer,
  blindScorer,
  DEFAULT_ECONOMY,
  GATES,
  honestWorld,
  type Scorer,
  scorecard,
  sumsOf,
} from '../../src/index.ts'
import {
  balancedAccuracy,
  convergenceEpochs,
  judgeClean,
  rankingQuality,
  wealthCorrelation,
} from '../../src/scorecard/accuracy.ts'
import { anchorCompromise } from '../../src/scorecard/anchor-compromise.ts'
import { coldStartExploits } from '../../src/scorecard/cold-start.ts'
import { measured, pending } from '../../src/scorecard/gate.ts'

const NETWORK = {
  name: 'lattice',
  csv: Array.from({ length: 120 }, (_, k) => `${k},${(k + 1) % 120}\n${k},${(k + 2) % 120}`).join('\n'),
}

describe('scorecard', () => {
  const card = scorecard({ scorer: anchoredScorer, smoke: true, recordedNetwork: NETWORK })

  it('has the eighteen gates in order (TRU-057)', () => {
    expect(card.rows.map(({ gate }) => gate)).toEqual(Object.keys(GATES))
    expect(card.rows).toHaveLength(18)
  })

  it('sums are counted from the rows, and one that is not passed forbids release (TRU-058)', () => {
    const { pass, fail, pending: open, total } = card.sums
    expect(pass + fail + open).toBe(total)
    expect(pass).toBe(card.rows.filter(({ verdict }) => verdict === 'pass').length)
    expect(card.releasable).toBe(false)
    const passed = card.rows.map((row) => ({ ...row, verdict: 'pass' as const }))
    expect(sumsOf(passed)).toEqual({ sums: { pass: 18, fail: 0, pending: 0, total: 18 }, releasable: true })
    expect(sumsOf([]).releasable).toBe(false)
  })

  it('worked example 22: eleven and seven make eighteen', () => {
    const rows = Object.keys(GATES).map((gate, k) =>
      k < 11 ? measured(gate as 'S1', '', 1, true, '') : pending(gate as 'S1', '', ''),
    )
    expect(sumsOf(rows).sums).toEqual({ pass: 11, fail: 0, pending: 7, total: 18 })
  })

  it('pending says why, and measures nothing it does not know', () => {
    for (const row of card.rows.filter(({ verdict }) => verdict === 'pending'))
      expect(row.note.length).toBeGreaterThan(20)
    for (const gate of ['S1', 'G1', 'G2', 'G3', 'G4', 'D1', 'D3', 'E2'])
      expect(card.rows.find((row) => row.gate === gate)?.verdict).toBe('pending')
  })

  it('without a recorded network A4 stays pending; with figures from real data S1 is judged on both', () => {
    const bare = scorecard({
      scorer: anchoredScorer,
      smoke: true,
      simulation: [rowOf(-0.5)],
      realData: { detected: 0.99, falsePositives: 0.02, source: 'test' },
    })
    expect(bare.rows.find(({ gate }) => gate === 'A4')?.verdict).toBe('pending')
    expect(bare.rows.find(({ gate }) => gate === 'S1')).toMatchObject({ verdict: 'fail', measured: 0.99 })
    const good = scorecard({
      scorer: anchoredScorer,
      smoke: true,
      simulation: [rowOf(-0.5)],
      realData: { detected: 0.95, falsePositives: 0.01, source: 'test' },
    })
    expect(good.rows.find(({ gate }) => gate === 'S1')?.verdict).toBe('pass')
  })

  it('S2 fails as soon as one attack loses less than a tenth', () => {
    const verdict = (roi: number) =>
      scorecard({ scorer: blindScorer, smoke: true, simulation: [rowOf(-0.9), rowOf(roi)] }).rows.find(
        ({ gate }) => gate === 'S2',
      )
    expect(verdict(-0.1)).toMatchObject({ verdict: 'pass', measured: -0.1 })
    expect(verdict(-0.09)).toMatchObject({ verdict: 'fail', measured: -0.09 })
  })
})

function rowOf(roiWorst: number) {
  return {
    attack: 'ring',
    scorer: 'test',
    policy: 'exposure',
    worlds: 1,
    detected: 1,
    admitted: 0,
    falsePositives: 0,
    falsePositivesBefore: 0,
    honestAdmitted: 1,
    honestCredit: 0,
    rmt: 0,
    cost: 100,
    benefit: 100 * (1 + roiWorst),
    costPerPoint: null,
    gainPerPoint: null,
    roi: roiWorst,
    roiWorst,
    holds: roiWorst <= -0.1,
  }
}

describe('measures', () => {
  const world = honestWorld({ seed: 8, topology: 'erdos-renyi', size: 80 })

  it('A1: a scorer that knows the quality ranks perfectly, one that believes everybody not at all', () => {
    const quality = new Map(world.agents.map((agent) => [agent.id, agent.quality]))
    const knowing: Scorer = {
      ...blindScorer,
      score: (graph, anchors) => ({
        ...blindScorer.score(graph, anchors),
        rmt: Float64Array.from(
          { length: graph.nodes.size },
          (_, node) => quality.get(graph.nodes.idOf(node)) ?? 0,
        ),
      }),
    }
    expect(rankingQuality(judgeClean(world, knowing, DEFAULT_ECONOMY)).rmt).toBeCloseTo(1, 12)
    expect(rankingQuality(judgeClean(world, blindScorer, DEFAULT_ECONOMY)).rmt).toBe(0)
  })

  it('A3: what does not move has converged at once; waiting attestations take five epochs of seven days', () => {
    expect(convergenceEpochs(world, blindScorer, 8)).toBe(0)
    // Thirty days have passed at the fifth epoch after the batch: 5 · 7 ≥ 30.
    expect(convergenceEpochs(world, anchoredScorer, 12)).toBe(6)
  })

  it('E1: a score that is wealth is found out', () => {
    const wealth = new Map(world.agents.map((agent) => [agent.id, agent.wealth]))
    const bought: Scorer = {
      ...blindScorer,
      score: (graph, anchors) => ({
        ...blindScorer.score(graph, anchors),
        rmt: Float64Array.from(
          { length: graph.nodes.size },
          (_, node) => wealth.get(graph.nodes.idOf(node)) ?? 0,
        ),
      }),
    }
    expect(wealthCorrelation(judgeClean(world, bought, DEFAULT_ECONOMY), DEFAULT_ECONOMY).rmt).toBeCloseTo(
      1,
      12,
    )
  })

  it('A4, D2: a scorer that believes everybody is right about half', () => {
    expect(balancedAccuracy(world, blindScorer, DEFAULT_ECONOMY, 1)).toBe(0.5)
  })

  it('S3: nothing an anchor does moves a scorer that does not listen; two anchors are never better than one', () => {
    expect(anchorCompromise(world, blindScorer, DEFAULT_ECONOMY, 1)).toEqual({ worstOne: 1, worstTwo: 1 })
    const { worstOne, worstTwo } = anchorCompromise(world, anchoredScorer, DEFAULT_ECONOMY, 1)
    expect(worstTwo).toBeLessThanOrEqual(worstOne)
    expect(worstOne).toBeLessThan(1)
  })

  it('S4: exploits that only a scorer can stop pass one that believes everybody', () => {
    const open = (scorer: Scorer) =>
      coldStartExploits(world, scorer, DEFAULT_ECONOMY, 1)
        .filter(({ blocked }) => !blocked)
        .map(({ name }) => name)
    expect(open(anchoredScorer)).toEqual([])
    expect(open(blindScorer)).toEqual(['mass registration', 'whitewashing', 'flash attestation'])
  })
})
