/**
 * One attack against one scorer under one policy: what was seen, what it cost, what it brought (TRU-060, TRU-069).
 *
 *   benefit   credit drawn and not repaid + goods taken in gated markets (only if the attacker defects)
 *             + fee discounts + anchor fees + income of honest agents that lost their access
 *   cost      everything sunk (fees net of own validators, bridges, purchases, identities, histories, bribes, time value)
 *             + if he defects: the bonds of admitted agents, the slashed share of an anchor's stake of his own, and the
 *             liability of a corrupt anchor for what was not repaid
 *             Identities are bought last: only for agents that the score would admit, as a careful attacker does
 *   ROI       (benefit − cost) / cost, of the better of defecting and staying: the attacker chooses after seeing the scores
 */
import type { Attack } from '../attack/attack.ts'
import type { Economy } from '../economy/economy.ts'
import { type SpendingKind, type SpendingSummary, summariseSpending } from '../economy/spending.ts'
import type { Access } from '../policy/access-policy.ts'
import type { Baseline, Judged, Observed } from './judged.ts'

export interface Benefit {
  readonly credit: number
  readonly market: number
  readonly discounts: number
  readonly anchorFees: number
  readonly displaced: number
  readonly total: number
}

export interface AttackOutcome {
  readonly attack: string
  readonly scorer: string
  readonly policy: string
  readonly attackers: number
  /** Share of attacking agents that are flagged. */
  readonly detected: number
  /** Share of attacking agents that pass the gate. */
  readonly admitted: number
  /** Share of honest agents that are flagged, with the attack present. */
  readonly falsePositives: number
  /** The same before the attack. */
  readonly falsePositivesBefore: number
  /** Share of honest agents with an accepted identity that pass the gate, with the attack present. */
  readonly honestAdmitted: number
  /** Mean credit without collateral of the honest agents: what the policy leaves to those whom it protects, USDC. */
  readonly honestCredit: number
  /** Mean rmt of the attacking agents, before the cap of identity. */
  readonly rmtMean: number
  readonly spending: SpendingSummary
  readonly benefit: Benefit
  readonly defects: boolean
  readonly cost: number
  readonly roi: number
  /** USDC for one point of rmt above that of a newcomer without edges, over all agents; null if no point was won. */
  readonly costPerPoint: number | null
  readonly gainPerPoint: number | null
}

/** `clean` is the world before the attack; both seen by the same scorer under the same policy. */
export function outcomeOf(observed: Observed, clean: Baseline, economy: Economy): AttackOutcome {
  const { attack, after, before } = observed
  const places = attack.attackers
  // Who existed on the eve of the defection is judged by what the scorer saw then.
  const seen = places.map((place) => (before !== undefined && place < before.access.length ? before : after))
  const doors = places.map((place, k) => (seen[k] as Judged).access[place] as Access)
  const nodes = places.map((place, k) => (seen[k] as Judged).view.nodeOf[place] as number)
  const admitted = doors.filter((door) => door.admitted)
  const bought = new Set(places.filter((_, k) => (doors[k] as Access).admitted))
  const spending = summariseSpending(
    attack.spending.filter(({ kind, agent }) => !IDENTITY_KINDS.has(kind) || bought.has(agent)),
    economy,
  )

  const corrupt = attack.corrupted !== undefined
  const discounts = doors.reduce((sum, door) => {
    const saved = (economy.businessVolume * (economy.settlementFeeBp - door.feeBp)) / 10_000
    return sum + Math.min(saved, door.discountMax)
  }, 0)
  const vouching = corrupt || attack.seat !== undefined
  const anchorFees = vouching ? (admitted.length * economy.businessVolume * economy.anchorFeeBp) / 10_000 : 0
  const displaced = displacedAgents(attack, clean, after) * economy.displacedIncome
  const credit = admitted.reduce((sum, door) => sum + door.unsecured, 0)
  const market = admitted.length * economy.marketExposure
  const kept = discounts + anchorFees + displaced
  const forfeited =
    admitted.length * economy.registrationBond +
    (corrupt ? credit * economy.anchorLiability : 0) +
    spending.stakesLocked * economy.anchorSlash
  const stay = returnOn(kept, spending.sunk)
  const defect = returnOn(kept + credit + market, spending.sunk + forfeited)
  const defects = admitted.length > 0 && defect > stay
  const benefit: Benefit = {
    credit: defects ? credit : 0,
    market: defects ? market : 0,
    discounts,
    anchorFees,
    displaced,
    total: kept + (defects ? credit + market : 0),
  }
  const cost = spending.sunk + (defects ? forfeited : 0)

  const honest = honestPlaces(clean)
  const points = nodes.reduce((sum, node, k) => {
    const rmt = (seen[k] as Judged).verdicts.rmt[node] as number
    return sum + Math.max(0, rmt - clean.newcomer)
  }, 0)
  return {
    attack: attack.kind,
    scorer: after.scorer,
    policy: after.policy,
    attackers: places.length,
    detected: share(nodes, (node, k) => (seen[k] as Judged).verdicts.flagged[node] === 1),
    admitted: admitted.length / places.length,
    falsePositives: share(honest, (place) => flaggedIn(after, place)),
    falsePositivesBefore: share(honest, (place) => flaggedIn(clean, place)),
    honestAdmitted: share(
      honest.filter((place) => clean.view.world.agents[place]?.identity !== 'unverified'),
      (place) => (after.access[place] as Access).admitted,
    ),
    honestCredit:
      honest.reduce((sum, place) => sum + (after.access[place] as Access).unsecured, 0) / honest.length,
    rmtMean:
      nodes.reduce((sum, node, k) => sum + ((seen[k] as Judged).verdicts.rmt[node] as number), 0) /
      nodes.length,
    spending,
    benefit,
    defects,
    cost,
    roi: defects ? defect : stay,
    costPerPoint: points > 0 ? cost / points : null,
    gainPerPoint: points > 0 ? benefit.total / points : null,
  }
}

const IDENTITY_KINDS: ReadonlySet<SpendingKind> = new Set(['identity', 'history'])

/** −1 for nothing gained; an attack that costs nothing and brings something has no bound. */
function returnOn(benefit: number, cost: number): number {
  if (cost > 0) return (benefit - cost) / cost
  return benefit > 0 ? Number.POSITIVE_INFINITY : -1
}

function share(places: readonly number[], test: (place: number, k: number) => boolean): number {
  return places.length === 0 ? 0 : places.filter(test).length / places.length
}

function honestPlaces({ view }: Judged): number[] {
  return view.world.agents.flatMap(({ role }, place) => (role === 'honest' ? [place] : []))
}

function flaggedIn({ view, verdicts }: Judged, place: number): boolean {
  return verdicts.flagged[view.nodeOf[place] as number] === 1
}

/**
 * Honest agents that lost access: every one of them if it was aimed at; of the others the losses that exceed the gains,
 * because a rival who gains access takes away as much as one who loses it gives.
 */
function displacedAgents(attack: Attack, clean: Judged, after: Judged): number {
  const aimed = new Set(attack.targets)
  let targets = 0
  let others = 0
  for (const place of honestPlaces(clean)) {
    const change =
      Number((clean.access[place] as Access).admitted) - Number((after.access[place] as Access).admitted)
    if (aimed.has(place)) targets += Math.max(0, change)
    else others += change
  }
  return targets + Math.max(0, others)
}
