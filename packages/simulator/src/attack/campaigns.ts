/** TRU-042: attacks that are a plan over time, or that buy what the shapes cannot fake. */

import { ATTESTATIONS_MAX, anchorStakeFor } from '../economy/economy.ts'
import type { World } from '../world/world.ts'
import { neighbourhood, settleIn } from './shapes.ts'
import type { AttackSite } from './site.ts'

/** Bridges spread over a cluster that imitates an honest neighbourhood: the hardest to see, the dearest to build. */
export function bridgeBuying(site: AttackSite): void {
  const agents = site.recruit(site.options.size)
  neighbourhood(site, agents, 2)
  settleIn(site, agents)
}

/** Each agent trades honestly with honest agents from the start. Returns the world on the day before all of them defect. */
export function sleeper(site: AttackSite): World {
  const { options, honest, random } = site
  const agents = site.recruit(options.size)
  const partners = new Map<number, number[]>()
  // A partner who is paid and pays back has accepted: bought with real trade. `bridges` is spread over all agents.
  const perAgent = Math.max(2, Math.ceil(options.bridges / options.size))
  for (const agent of agents) {
    const known = Array.from(
      { length: 1 + random.below(2 * perAgent - 1) },
      () => honest[random.below(honest.length)] as number,
    )
    for (const partner of known) site.bridge(agent, partner, true)
    for (let k = 0; k < options.purchases; k++)
      site.purchase(agent, honest[random.below(honest.length)] as number)
    partners.set(agent, known)
  }
  const before = site.snapshot()
  for (const [agent, known] of partners)
    for (const partner of known) site.denounce(partner, agent, site.world.days)
  return before
}

/**
 * Half of the agents earn trust, cheat and are denounced; the other half are the same controllers again, under new
 * identifiers, with new bonds. Returns the world before the first half cheats.
 */
export function whitewashing(site: AttackSite): World {
  const { options, honest, random } = site
  const firstCount = Math.max(1, Math.floor(options.size / 2))
  const first = site.recruit(firstCount)
  neighbourhood(site, first, 1)
  site.buyBridges(Math.ceil(options.bridges / 2), first)
  const before = site.snapshot()
  for (const agent of first)
    for (let k = 0; k < 3; k++)
      site.denounce(honest[random.below(honest.length)] as number, agent, site.day(0.6, 0.1))
  const second = site.recruit(Math.max(1, options.size - firstCount), site.day(0.7, 0.05))
  neighbourhood(site, second, 1)
  site.buyBridges(Math.floor(options.bridges / 2), second)
  return before
}

/** Bad ratings and unwanted endorsements (dilution, TRU-020) against honest agents. Returns the targets. */
export function slander(site: AttackSite): number[] {
  const { options, honest, random } = site
  const agents = site.recruit(options.size)
  neighbourhood(site, agents, 1)
  settleIn(site, agents)
  const targets = random.shuffle([...honest]).slice(0, Math.min(options.size, Math.floor(honest.length / 4)))
  for (const target of targets)
    for (let k = 0; k < Math.min(5, agents.length); k++) {
      const agent = agents[random.below(agents.length)] as number
      site.rate(agent, target)
      site.purchase(agent, target)
    }
  return targets
}

/** One honest anchor is paid to vouch for the attacker's agents; it stays in the anchor set. */
export function bribedAnchor(site: AttackSite): number {
  const { options, random, world, economy } = site
  const anchors = [...world.anchors.keys()].sort((a, b) => a - b)
  const anchor = anchors[random.below(anchors.length)] as number
  const { role: _, ...rest } = site.agents[anchor] as (typeof site.agents)[number]
  site.agents[anchor] = { ...rest, role: 'corrupt' }
  site.spend('bribe', economy.anchorBribe, anchor)
  const agents = site.recruit(options.size)
  for (const agent of agents.slice(0, ATTESTATIONS_MAX)) site.attest(anchor, agent)
  neighbourhood(site, agents, 1)
  settleIn(site, agents)
  return anchor
}

/** Teleport weight of an anchor verified at level BASIC (TRU-083). */
const SEAT_WEIGHT = 2_000

/** The first agent buys a seat among the anchors and vouches for the others: no bribe, but a stake that can be slashed. */
export function ownAnchor(site: AttackSite): number {
  const { options, world, economy } = site
  const [seat, ...agents] = site.recruit(options.size) as [number, ...number[]]
  const vouched = agents.slice(0, ATTESTATIONS_MAX)
  const lockedDays = world.days - options.start + economy.unbondingDays
  site.spend('stake', anchorStakeFor(vouched.length, economy), seat, lockedDays)
  site.anchors.set(seat, SEAT_WEIGHT)
  for (const agent of vouched) site.attest(seat, agent)
  if (agents.length > 2) neighbourhood(site, agents, 1)
  settleIn(site, agents.length > 0 ? agents : [seat])
  return seat
}
