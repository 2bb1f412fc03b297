/**
 * Where an attack is built: a world, the agents that the attacker adds, and an account book that every act writes to. There
 * is no way to add evidence here without paying for it.
 */
import type { Edge, Random } from '@symbolon/reputation'
import type { Economy } from '../economy/economy.ts'
import type { SpendingLine } from '../economy/spending.ts'
import { SimulatorError } from '../errors.ts'
import { type Agent, agentId, type Identity } from '../world/agent.ts'
import { evidenceOf, type Trade } from '../world/evidence.ts'
import type { World } from '../world/world.ts'
import type { AttackOptions } from './options.ts'

/** Endorsements that one honest agent can sell in an epoch (TRU-040). */
export const ENDORSEMENT_BUDGET = 10
/** Median of a bought endorsement's trades, USDC: what honest acquaintances pay each other. */
const BRIDGE_TRADE_VALUE = 20
/** Trades of a bridge: one to five, as honest acquaintances have. */
const BRIDGE_TRADES_MAX = 5
/** Values spread as those of honest trade do: a detector must not live on round numbers. */
const VALUE_SPREAD = 0.8

export class AttackSite {
  readonly agents: Agent[]
  edges: Edge[]
  readonly anchors: Map<number, number>
  readonly spending: SpendingLine[] = []
  /** Places of the attacker's agents, in the order of recruiting. */
  readonly attackers: number[] = []
  /** Places of the honest agents. */
  readonly honest: readonly number[]
  readonly #fees: number[]
  readonly #sold = new Map<number, number>()
  readonly world: World
  readonly options: AttackOptions
  readonly economy: Economy
  readonly random: Random

  constructor(world: World, options: AttackOptions, economy: Economy, random: Random) {
    this.world = world
    this.options = options
    this.economy = economy
    this.random = random
    this.agents = [...world.agents]
    this.edges = [...world.edges]
    this.anchors = new Map(world.anchors)
    this.honest = world.agents
      .map((_, place) => place)
      .filter((place) => world.agents[place]?.role === 'honest')
    this.#fees = [...world.feesBurned]
  }

  /** The world as it stands now; what is built later does not change it. */
  snapshot(): World {
    return {
      ...this.world,
      agents: [...this.agents],
      edges: [...this.edges],
      anchors: new Map(this.anchors),
      feesBurned: Float64Array.from(this.#fees),
    }
  }

  id(place: number): string {
    return (this.agents[place] as Agent).id
  }

  /** A day of the attack, uniformly, or in `[from, from + span)` of it as shares of its length. */
  day(from = 0, span = 1): number {
    const length = this.world.days - this.options.start
    return this.options.start + length * (from + span * this.random.next())
  }

  /** New agents with bond and identity; `joined` defaults to the first fifth of the attack. */
  recruit(count: number, joined?: number): number[] {
    const { economy, options } = this
    const places: number[] = []
    for (let k = 0; k < count; k++) {
      const place = this.agents.length
      const day = joined ?? this.day(0, 0.2)
      this.agents.push({
        id: agentId(place, this.world.seed),
        role: 'attacker',
        // Its deliveries are as good as the attacker wishes until he cheats: quality is what it is in the end.
        quality: 0,
        wealth: 0,
        joined: day,
        identity: options.identity,
      })
      this.#fees.push(0)
      this.spend('bond', economy.registrationBond, place, this.world.days - day + economy.unbondingDays)
      this.#identify(place, options.identity)
      places.push(place)
    }
    this.attackers.push(...places)
    return places
  }

  #identify(place: number, identity: Identity): void {
    if (identity === 'unverified') return
    this.spend(
      'identity',
      identity === 'attested' ? this.economy.attestationPrice : this.economy.kycPrice,
      place,
    )
    if (identity === 'verified') this.spend('history', this.economy.paymentHistoryCost, place)
  }

  spend(kind: SpendingLine['kind'], amount: number, agent: number, lockedDays?: number): void {
    this.spending.push({ kind, amount, agent, ...(lockedDays === undefined ? {} : { lockedDays }) })
  }

  /** Fees of trades that the attacker pays for; `payer` is credited with having burned them. */
  #burn(payer: number, values: readonly number[]): void {
    const { settlementFeeBp, transactionFee } = this.economy
    const fee = values.reduce((sum, value) => sum + (value * settlementFeeBp) / 10_000 + transactionFee, 0)
    this.#fees[payer] = (this.#fees[payer] as number) + fee
    this.spend('fee', fee, payer)
  }

  #values(median: number, count: number): number[] {
    return Array.from({ length: count }, () => median * Math.exp(VALUE_SPREAD * this.random.normal()))
  }

  #days(count: number, from = 0, span = 1): number[] {
    return Array.from({ length: count }, () => this.day(from, span)).sort((a, b) => a - b)
  }

  /** Payments among the attacker's own agents: the value comes back, the fee does not. */
  pay(payer: number, payee: number, days?: readonly number[]): void {
    const { tradeValue, tradesPerPair } = this.options
    const when = days ?? this.#days(tradesPerPair)
    const values = this.#values(tradeValue, when.length)
    this.#burn(payer, values)
    this.#record(payer, payee, values, when)
  }

  mutual(a: number, b: number): void {
    this.pay(a, b)
    this.pay(b, a)
  }

  /** A purchase from somebody who did not ask for it: evidence in E, not in M. */
  purchase(buyer: number, seller: number, day = this.day()): void {
    const values = this.#values(BRIDGE_TRADE_VALUE, 1)
    this.#burn(buyer, values)
    this.spend('purchase', (values[0] as number) * this.economy.purchaseLoss, buyer)
    this.#record(buyer, seller, values, [day])
  }

  /** Buys `count` edges for `buyers`, in turn, from honest agents drawn by `among` (default: all, uniformly). */
  buyBridges(count: number, buyers: readonly number[], among: readonly number[] = this.honest): void {
    if (count > 0 && (among.length === 0 || buyers.length === 0))
      throw new SimulatorError(
        'WORLD_TOO_SMALL',
        'there is nobody to buy a bridge from or for: use a larger world',
      )
    for (let k = 0; k < count; k++)
      this.bridge(
        buyers[k % buyers.length] as number,
        this.#seller(among),
        this.random.next() < this.options.mutualBridges,
      )
  }

  /** One honest endorsement of `buyer`; `mutual`: the buyer's payments enter the consented layer with it. */
  bridge(buyer: number, seller: number, mutual: boolean): void {
    this.spend('bridge', this.economy.bridgePrice, buyer)
    // The seller's endorsement is a settled payment; the attacker reimburses it and its fee.
    for (const [payer, payee] of mutual
      ? ([
          [seller, buyer],
          [buyer, seller],
        ] as const)
      : ([[seller, buyer]] as const)) {
      const days = this.#days(1 + this.random.below(BRIDGE_TRADES_MAX), 0.1, 0.9)
      const values = this.#values(BRIDGE_TRADE_VALUE, days.length)
      this.#burn(buyer, values)
      this.#record(payer, payee, values, days)
    }
  }

  #seller(among: readonly number[]): number {
    // A seller without budget left is passed over, unless everybody has sold out.
    for (let draw = 0; ; draw++) {
      const seller = among[this.random.below(among.length)] as number
      const sold = this.#sold.get(seller) ?? 0
      if (sold >= ENDORSEMENT_BUDGET && draw < 10 * among.length) continue
      this.#sold.set(seller, sold + 1)
      return seller
    }
  }

  /** Attested by an anchor with consent: weighs as much as an honest acquaintance. */
  attest(anchor: number, agent: number, day = this.day(0, 0.2)): void {
    this.edges.push({
      from: this.id(anchor),
      to: this.id(agent),
      weight: 10,
      time: day,
      kind: 'attestation',
      accepted: true,
    })
  }

  /** A negative rating; costs its transaction. */
  rate(from: number, to: number, day = this.day(0.5, 0.5)): void {
    this.spend('fee', this.economy.transactionFee, from)
    this.edges.push({ from: this.id(from), to: this.id(to), weight: 1, sign: -1, time: day, kind: 'rating' })
  }

  /** What honest partners say after a defection: nobody pays for it. */
  denounce(by: number, cheat: number, day: number): void {
    this.edges.push({
      from: this.id(by),
      to: this.id(cheat),
      weight: 1,
      sign: -1,
      time: day,
      kind: 'dispute',
    })
  }

  #record(payer: number, payee: number, values: readonly number[], days: readonly number[]): void {
    const trades: Trade[] = days.map((day, k) => ({
      payer: this.id(payer),
      payee: this.id(payee),
      value: values[k] as number,
      day,
    }))
    this.edges.push(...evidenceOf(trades, false))
  }
}
