/**
 * Honest behaviour over time. Acquaintances meet on a random day after both have joined; one pays the other, mostly both
 * ways in turn; a delivery satisfies with a probability that rises with the payee's quality; a satisfied payer comes back, a
 * disappointed one rates negatively or leaves. Nothing here knows of attacks, anchors or scores.
 */
import type { Edge, Random } from '@symbolon/reputation'
import { seeded } from '@symbolon/reputation'
import { DEFAULT_ECONOMY } from '../economy/economy.ts'
import { checkWhole } from '../errors.ts'
import { DAYS_MAX, HONEST_MAX, HONEST_MIN } from '../limits.ts'
import { TOPOLOGIES, type TopologyGenerator, type TopologyName } from '../topology/index.ts'
import { type Agent, agentId, type Identity } from './agent.ts'
import { chooseAnchors } from './anchors.ts'
import { evidenceOf, type Trade } from './evidence.ts'
import type { World } from './world.ts'

export interface WorldOptions {
  readonly seed: number
  readonly topology: TopologyName | { readonly name: string; readonly generator: TopologyGenerator }
  /** Honest agents, anchors among them. */
  readonly size: number
  /** Default 8. */
  readonly meanDegree?: number
  /** Default 180. */
  readonly days?: number
  /** Default: 3 % of the agents, at least three. */
  readonly anchors?: number
  /** Default `uniform`. */
  readonly placement?: 'uniform' | 'concentrated'
  /** Share of acquaintances who pay each other; default 0.8 (79–83 % in Bitcoin OTC and Alpha, TRU-007). */
  readonly mutuality?: number
}

/** Share that is there from the first day; the others arrive uniformly. */
const FOUNDERS = 0.3
/** Value of a trade: log-normal about this median times the payer's wealth over its median, square root. USDC. */
const TRADE_MEDIAN = 20
const WEALTH_MEDIAN = 1_000
/** Trades of a pair that goes well, mean of a geometric law. */
const TRADES_MEAN = 5
/** Acceptance of an edge that the target would not return: an explicit act (TRU-040). */
const ACCEPTED = 0.3

/** Errors: SIMULATION_INVALID. The same options give the same world. */
export function honestWorld(options: WorldOptions): World {
  const { seed, size, meanDegree = 8, days = 180, placement = 'uniform', mutuality = 0.8 } = options
  checkWhole('size', size, HONEST_MIN, HONEST_MAX)
  checkWhole('days', days, EPOCHS_MIN_DAYS, DAYS_MAX)
  const anchorCount = options.anchors ?? Math.max(3, Math.round(size * 0.03))
  checkWhole('anchors', anchorCount, 1, size)
  const random = seeded(seed)
  const [name, generator] =
    typeof options.topology === 'string'
      ? [options.topology, TOPOLOGIES[options.topology]]
      : [options.topology.name, options.topology.generator]
  const agents = Array.from({ length: size }, (_, place) => honestAgent(place, seed, days, random))
  const trades: Trade[] = []
  const accepted: Trade[] = []
  const disputes: Edge[] = []
  const feesBurned = new Float64Array(size)
  for (const [a, b] of generator({ size, meanDegree }, random)) {
    const both = random.next() < mutuality
    const consent = random.next() < ACCEPTED ? accepted : trades
    const met = Math.max((agents[a] as Agent).joined, (agents[b] as Agent).joined)
    let day = met + random.next() * (days - met) * 0.8
    let turn = random.below(2)
    for (;;) {
      const [payer, payee] = turn === 0 ? [a, b] : [b, a]
      const from = agents[payer] as Agent
      const to = agents[payee] as Agent
      const value = TRADE_MEDIAN * Math.sqrt(from.wealth / WEALTH_MEDIAN) * Math.exp(0.8 * random.normal())
      feesBurned[payer] = (feesBurned[payer] as number) + (value * DEFAULT_ECONOMY.settlementFeeBp) / 10_000
      if (random.next() < 0.4 + 0.6 * to.quality) {
        consent.push({ payer: from.id, payee: to.id, value, day })
      } else {
        // Half of the disappointed say so; all of them leave.
        if (random.next() < 0.5)
          disputes.push({ from: from.id, to: to.id, weight: 1, sign: -1, time: day, kind: 'rating' })
        break
      }
      if (both) turn = 1 - turn
      day += -Math.log(1 - random.next()) * 10
      if (day > days || random.next() < 1 / TRADES_MEAN) break
    }
  }
  return {
    topology: name,
    days,
    seed,
    agents,
    edges: [...evidenceOf(trades, false), ...evidenceOf(accepted, true), ...disputes],
    anchors: chooseAnchors(agents, anchorCount, placement, random),
    feesBurned,
  }
}

/** Two epochs: less leaves no time in which anybody could come back. */
const EPOCHS_MIN_DAYS = 14

function honestAgent(place: number, seed: number, days: number, random: Random): Agent {
  const joined = random.next() < FOUNDERS ? 0 : random.next() * days * 0.95
  // Mean 0.7: most who offer something can deliver it.
  const quality = 1 - (1 - random.next()) ** 0.5 * random.next() * 0.9
  const age = days - joined
  const draw = random.next()
  const identity: Identity = age < 30 || draw < 0.1 ? 'unverified' : draw < 0.7 ? 'attested' : 'verified'
  return {
    id: agentId(place, seed),
    role: 'honest',
    quality: Math.max(0, Math.min(1, quality)),
    wealth: WEALTH_MEDIAN * Math.exp(1.2 * random.normal()),
    joined,
    identity,
  }
}
