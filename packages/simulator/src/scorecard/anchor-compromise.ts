/**
 * S3 (TRU-061): the share of honest agents whose access stays as it was after the worst anchor has turned, then the worst two.
 * An anchor that turns withdraws what it said of honest agents and vouches for as many Sybils as its cap allows (TRU-074); it
 * still is an anchor, because nobody knows yet.
 */
import { seeded } from '@symbolon/reputation'
import { attackDefaults } from '../attack/options.ts'
import { AttackSite } from '../attack/site.ts'
import { ATTESTATIONS_MAX, type Economy } from '../economy/economy.ts'
import { type Judged, judge } from '../outcome/judged.ts'
import { EXPOSURE_POLICY } from '../policy/access-policy.ts'
import type { Scorer } from '../scoring/scorer.ts'
import { labelled, type World } from '../world/world.ts'

export interface Compromise {
  /** Share of decisions retained, 0 … 1. */
  readonly worstOne: number
  readonly worstTwo: number
}

export function anchorCompromise(world: World, scorer: Scorer, economy: Economy, seed: number): Compromise {
  const clean = judge(labelled(world, 'clean'), scorer, EXPOSURE_POLICY, economy)
  const retainedAfter = (turned: readonly number[]): number => {
    const view = labelled(withTurned(world, turned, economy, seed), `turned-${turned.join('-')}`)
    return retained(clean, judge(view, scorer, EXPOSURE_POLICY, economy, clean), new Set(turned))
  }
  const anchors = [...world.anchors.keys()].sort((a, b) => a - b)
  const single = anchors.map((anchor) => ({ anchor, kept: retainedAfter([anchor]) }))
  const worst = single.reduce((held, next) => (next.kept < held.kept ? next : held))
  const pairs = anchors
    .filter((anchor) => anchor !== worst.anchor)
    .map((anchor) => retainedAfter([worst.anchor, anchor]))
  return { worstOne: worst.kept, worstTwo: Math.min(worst.kept, ...pairs) }
}

function withTurned(world: World, turned: readonly number[], economy: Economy, seed: number): World {
  const options = { ...attackDefaults('bribed-anchor', world.days), seed, bridges: 0, purchases: 0 }
  const site = new AttackSite(world, options, economy, seeded(seed))
  const ids = new Set(turned.map((place) => site.id(place)))
  site.edges = site.edges.filter(({ from }) => !ids.has(from))
  for (const anchor of turned) {
    const agents = site.recruit(ATTESTATIONS_MAX)
    for (const [k, agent] of agents.entries()) {
      site.attest(anchor, agent)
      site.mutual(agent, agents[(k + 1) % agents.length] as number)
    }
  }
  return site.snapshot()
}

function retained(clean: Judged, after: Judged, turned: ReadonlySet<number>): number {
  let honest = 0
  let same = 0
  for (const [place, access] of clean.access.entries()) {
    if (turned.has(place)) continue
    honest++
    if (access.admitted === after.access[place]?.admitted) same++
  }
  return honest === 0 ? 1 : same / honest
}
