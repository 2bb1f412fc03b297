/** A world seen through a scorer and a policy. */
import type { Attack } from '../attack/attack.ts'
import type { Economy } from '../economy/economy.ts'
import { type Access, type AccessPolicy, accessOf } from '../policy/access-policy.ts'
import type { Scorer, Verdicts } from '../scoring/scorer.ts'
import type { Agent } from '../world/agent.ts'
import { type LabelledWorld, labelled, type World } from '../world/world.ts'
import { standingsOf } from './standings.ts'

export interface Judged {
  readonly scorer: string
  readonly policy: string
  readonly view: LabelledWorld
  readonly verdicts: Verdicts
  /** By place in `view.world.agents`. */
  readonly access: readonly Access[]
}

/** The world before an attack. */
export interface Baseline extends Judged {
  /** rmt of an agent without any edge: what a registration alone buys. */
  readonly newcomer: number
}

/** `clean`: the world before, seen under the same policy; who was admitted in it is an incumbent. */
export function judge(
  view: LabelledWorld,
  scorer: Scorer,
  policy: AccessPolicy,
  economy: Economy,
  clean?: Judged,
): Judged {
  return judgedBy(view, scorer.name, scorer.score(view.graph, view.anchors), policy, economy, clean)
}

/** From verdicts that are there already. */
export function judgedBy(
  view: LabelledWorld,
  scorer: string,
  verdicts: Verdicts,
  policy: AccessPolicy,
  economy: Economy,
  clean?: Judged,
): Judged {
  const incumbents = new Set(clean?.access.flatMap(({ admitted }, place) => (admitted ? [place] : [])))
  const access = standingsOf(view, verdicts, economy, incumbents).map((standing) =>
    accessOf(standing, policy),
  )
  return { scorer, policy: policy.name, view, verdicts, access }
}

/** A baseline under another policy, without scoring again. */
export function withPolicy(clean: Baseline, policy: AccessPolicy, economy: Economy): Baseline {
  return { ...clean, ...judgedBy(clean.view, clean.scorer, clean.verdicts, policy, economy) }
}

/** An attack seen through a scorer: once at the end, and on the eve of a defection if it has one. */
export interface Observed {
  readonly attack: Attack
  readonly after: Judged
  readonly before?: Judged
}

export function observe(
  attack: Attack,
  scorer: Scorer,
  clean: Judged,
  policy: AccessPolicy,
  economy: Economy,
): Observed {
  const see = (view: LabelledWorld): Judged => judge(view, scorer, policy, economy, clean)
  return {
    attack,
    after: see(attack.after),
    ...(attack.before === undefined ? {} : { before: see(attack.before) }),
  }
}

/** The same under another policy, without scoring again; `clean` under that policy as well. */
export function observedUnder(
  { attack, after, before }: Observed,
  clean: Judged,
  policy: AccessPolicy,
  economy: Economy,
): Observed {
  const see = ({ view, scorer, verdicts }: Judged): Judged =>
    judgedBy(view, scorer, verdicts, policy, economy, clean)
  return { attack, after: see(after), ...(before === undefined ? {} : { before: see(before) }) }
}

export function baselineOf(world: World, scorer: Scorer, policy: AccessPolicy, economy: Economy): Baseline {
  const stranger = { ...(world.agents[0] as Agent), id: 'agent-newcomer' }
  const joined = labelled({ ...world, agents: [...world.agents, stranger] }, 'newcomer')
  const node = joined.nodeOf[world.agents.length] as number
  return {
    ...judge(labelled(world, 'clean'), scorer, policy, economy),
    newcomer: scorer.score(joined.graph, joined.anchors).rmt[node] as number,
  }
}
