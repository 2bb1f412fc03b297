/** A1 … A4 (TRU-063 … 066), E1 (TRU-067) and D2 (TRU-071), measured on generated worlds. */
import { pearson, spearman } from '@symbolon/reputation'
import { type AttackKind, attack } from '../attack/index.ts'
import type { Economy } from '../economy/economy.ts'
import { type Judged, judge } from '../outcome/judged.ts'
import { standingsOf } from '../outcome/standings.ts'
import { EXPOSURE_POLICY } from '../policy/access-policy.ts'
import { creditScore } from '../policy/credit-score.ts'
import type { Scorer } from '../scoring/scorer.ts'
import { EPOCH_DAYS } from '../world/evidence.ts'
import { labelled, type World } from '../world/world.ts'

/** Spearman of rmt and of observed satisfaction against the quality that generated the deliveries, over honest agents. */
export function rankingQuality(clean: Judged): { rmt: number; satisfaction: number } {
  const { world, graph, nodeOf } = clean.view
  const quality = world.agents.map((agent) => agent.quality)
  const rmt = world.agents.map((_, place) => clean.verdicts.rmt[nodeOf[place] as number] as number)
  const good = new Float64Array(graph.nodes.size)
  const bad = new Float64Array(graph.nodes.size)
  for (const column of graph.support.columns) good[column] = (good[column] as number) + 1
  for (const column of graph.distrust.columns) bad[column] = (bad[column] as number) + 1
  const satisfaction = world.agents.map((_, place) => {
    const node = nodeOf[place] as number
    const [up, down] = [good[node] as number, bad[node] as number]
    // Laplace: nobody is certain after one trade.
    return (up + 1) / (up + down + 2)
  })
  return { rmt: orZero(spearman(rmt, quality)), satisfaction: orZero(spearman(satisfaction, quality)) }
}

/**
 * A batch arrives (a tenth of all edges, and fresh attestations for as many agents); then nothing. Epochs until no score moves by
 * more than a thousandth of the scale; attestations that wait for their thirty days keep moving it.
 */
export function convergenceEpochs(world: World, scorer: Scorer, epochsMax: number): number {
  const batch = Math.ceil(world.edges.length / 10)
  const anchors = [...world.anchors.keys()].map((place) => world.agents[place]?.id as string)
  const fresh = world.agents.slice(0, Math.ceil(world.agents.length / 10)).map((agent, k) => ({
    from: anchors[k % anchors.length] as string,
    to: agent.id,
    weight: 10,
    time: world.days,
    kind: 'attestation' as const,
    accepted: true,
  }))
  const scoresAt = (epoch: number): Float64Array => {
    const edges = epoch < 0 ? world.edges.slice(batch) : [...world.edges, ...fresh]
    const view = labelled(
      { ...world, edges, days: world.days + Math.max(0, epoch) * EPOCH_DAYS },
      `epoch-${epoch}`,
    )
    return scorer.score(view.graph, view.anchors).rmt
  }
  let previous = scoresAt(-1)
  let last = 0
  for (let epoch = 0; epoch < epochsMax; epoch++) {
    const scores = scoresAt(epoch)
    if (scores.some((score, node) => Math.abs(score - (previous[node] as number)) >= 1)) last = epoch + 1
    previous = scores
  }
  return last
}

/** Attacks whose detection is compared between topologies and sizes: one naive, one reciprocal, one that buys its way. */
const PROBES: readonly AttackKind[] = ['ring', 'reciprocal', 'bridge-buying']

/** Mean of detection and of what is left in peace, over the probes. */
export function balancedAccuracy(world: World, scorer: Scorer, economy: Economy, seed: number): number {
  const values = PROBES.map((kind) => {
    const size = Math.max(5, Math.round(world.agents.length / 15))
    const built = attack(world, { kind, seed, size, bridges: Math.round(size / 2) }, economy)
    const after = judge(built.after, scorer, EXPOSURE_POLICY, economy)
    return (rate(after, 'attacker', true) + rate(after, 'honest', false)) / 2
  })
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function rate({ view, verdicts }: Judged, role: 'attacker' | 'honest', flagged: boolean): number {
  const places = view.world.agents.flatMap((agent, place) => (agent.role === role ? [place] : []))
  return (
    places.filter((place) => (verdicts.flagged[view.nodeOf[place] as number] === 1) === flagged).length /
    places.length
  )
}

/** Pearson's correlation with wealth of rmt and of the credit score, over honest agents. */
export function wealthCorrelation(clean: Judged, economy: Economy): { rmt: number; scs: number } {
  const { view, verdicts } = clean
  const wealth = view.world.agents.map((agent) => agent.wealth)
  const rmt = view.world.agents.map((_, place) => verdicts.rmt[view.nodeOf[place] as number] as number)
  const scs = standingsOf(view, verdicts, economy).map(({ file }) => creditScore(file))
  return { rmt: orZero(pearson(rmt, wealth)), scs: orZero(pearson(scs, wealth)) }
}

/** A score that is the same for everybody orders nobody. */
function orZero(correlation: number): number {
  return Number.isNaN(correlation) ? 0 : correlation
}

export function falsePositiveRate(clean: Judged): number {
  return 1 - rate(clean, 'honest', false)
}

export function judgeClean(world: World, scorer: Scorer, economy: Economy): Judged {
  return judge(labelled(world, 'clean'), scorer, EXPOSURE_POLICY, economy)
}
