/** The six of TRU-031: attacks that are a shape of the graph. Their agents look honest to nobody but themselves. */
import { SimulatorError } from '../errors.ts'
import type { AttackSite } from './site.ts'

/** Each pays the next; bridges enter at the first agents. */
export function ring(site: AttackSite): void {
  const agents = site.recruit(site.options.size)
  for (const [k, agent] of agents.entries()) site.pay(agent, agents[(k + 1) % agents.length] as number)
  settleIn(site, agents)
}

/** Leaves pay a hub, which takes the bridges. `closed`: it pays them back. */
export function star(site: AttackSite, closed: boolean): void {
  const [hub, ...leaves] = site.recruit(site.options.size) as [number, ...number[]]
  for (const leaf of leaves) closed ? site.mutual(leaf, hub) : site.pay(leaf, hub)
  settleIn(site, [hub])
}

/** Value laundered along a path, each hop later than the one before (TRU-030). */
export function chain(site: AttackSite): void {
  const agents = site.recruit(site.options.size)
  const hops = Math.max(1, agents.length - 1)
  for (let k = 0; k + 1 < agents.length; k++) {
    const days = Array.from({ length: site.options.tradesPerPair }, () =>
      site.day(0.2 + (0.8 * k) / hops, 0.8 / hops),
    )
    site.pay(
      agents[k] as number,
      agents[k + 1] as number,
      days.sort((a, b) => a - b),
    )
  }
  settleIn(site, agents.slice(0, Math.max(1, Math.ceil(agents.length / 4))))
  const last = agents.at(-1) as number
  site.purchase(last, site.honest[site.random.below(site.honest.length)] as number)
}

/** Share of the victims' honest edges that disappear behind the attackers. */
const ECLIPSED = 0.9

/**
 * Attackers become the only neighbours of their victims. Victims stay honest: flagging one is a false positive. Returns the
 * victims.
 */
export function eclipse(site: AttackSite): number[] {
  const { options, random, honest, world } = site
  const agents = site.recruit(options.size)
  const free = honest.filter((place) => !world.anchors.has(place))
  const victimCount = Math.min(Math.max(1, Math.floor(options.size / 2)), Math.floor(free.length / 4))
  if (victimCount < 1)
    throw new SimulatorError('WORLD_TOO_SMALL', 'an eclipse needs four honest agents: use a larger world')
  const victims = random.shuffle([...free]).slice(0, victimCount)
  const ids = new Set(victims.map((place) => site.id(place)))
  site.edges = site.edges.filter(({ from, to }) => ids.has(from) === ids.has(to) || random.next() >= ECLIPSED)
  // What a victim trades with its only neighbours is real: bridges without a price beside the trade itself.
  for (const [k, victim] of victims.entries())
    for (let j = 0; j < Math.min(4, agents.length); j++)
      site.bridge(agents[(k * 4 + j) % agents.length] as number, victim, true)
  for (const [k, agent] of agents.entries()) site.pay(agent, agents[(k + 1) % agents.length] as number)
  settleIn(site, agents)
  return victims
}

/** Pairs that trade large sums back and forth. */
export function washTrading(site: AttackSite): void {
  const agents = site.recruit(site.options.size)
  for (let k = 0; k < agents.length; k += 2) {
    const partner = agents[k + 1] ?? agents[0]
    if (partner !== undefined && partner !== agents[k]) site.mutual(agents[k] as number, partner)
  }
  settleIn(site, agents)
}

/** Pairs that praise each other; the first of each pair wins an honest follow-back. */
export function reciprocal(site: AttackSite): void {
  const agents = site.recruit(site.options.size)
  for (let k = 0; k + 1 < agents.length; k += 2) site.mutual(agents[k] as number, agents[k + 1] as number)
  settleIn(
    site,
    agents.filter((_, k) => k % 2 === 0),
  )
}

/** Bridges and purchases, as the options say. */
export function settleIn(site: AttackSite, entrances: readonly number[]): void {
  const { options, honest, random } = site
  site.buyBridges(options.bridges, entrances)
  for (const agent of site.attackers)
    for (let k = 0; k < options.purchases; k++)
      site.purchase(agent, honest[random.below(honest.length)] as number)
}

/** Mutual trade among the attacker's agents in the small-world shape of an honest neighbourhood, `reach` to each side. */
export function neighbourhood(site: AttackSite, agents: readonly number[], reach: number): void {
  for (const [k, agent] of agents.entries())
    for (let step = 1; step <= Math.min(reach, Math.floor((agents.length - 1) / 2)); step++) {
      const far = site.random.next() < 0.2 ? site.random.below(agents.length) : (k + step) % agents.length
      const peer = agents[far] as number
      if (peer !== agent) site.mutual(agent, peer)
    }
}
