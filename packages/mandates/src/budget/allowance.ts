/**
 * One node of the budget tree: a mandate and where its base units are. Every unit of the total is in exactly one of
 * `available`, `committed` and `spent` (BT-9); the three are kept apart, so that the check of their sum can fail.
 */
import { type Address, type Amount, hashKey } from '@symbolon/primitives'
import { MandatesError } from '../errors.ts'
import { TALLIES_MAX } from '../limits.ts'
import type { Mandate } from './mandate.ts'
import type { Payment } from './operation.ts'
import { SlidingWindow } from './rate-window.ts'
import { isWithin } from './resource.ts'

/** What the clock and the ledger show. Never earlier than in a call before: the caller keeps it monotone. */
export interface Moment {
  /** Unix seconds. */
  seconds: number
  /** Newest finalised height; undefined if the ledger cannot be reached. */
  height?: bigint | undefined
}

/** What an intent asks of a mandate. */
export interface Demand {
  payments: readonly Payment[]
  fee: Amount
  /** Channel peers that get collateral locked with them: they must be allowed like payees. */
  peer?: Address | undefined
  /** Pays nobody and only brings money home: allowed after expiry, or expiry would strand the principal's money. */
  windsDown?: boolean | undefined
  task?: string | undefined
  resource?: string | undefined
}

export type Bucket = 'available' | 'committed' | 'spent'

export class Allowance {
  readonly mandate: Mandate
  readonly parent: Allowance | undefined
  available: Amount
  committed: Amount = 0n
  spent: Amount = 0n
  /** Moved while a predicate could not be evaluated: what the backstop bounds. Never reset (KS-3). */
  unchecked: Amount = 0n
  /** Promised so far, settled or not: what escalates supervision (SR-3). */
  flowed: Amount = 0n
  marginReleased = false
  readonly #providers: Set<string> | undefined
  readonly #windows: readonly SlidingWindow[]
  readonly #byTask = new Map<string, Amount>()
  readonly #byProvider = new Map<string, Amount>()

  constructor(mandate: Mandate, parent: Allowance | undefined) {
    this.mandate = mandate
    this.parent = parent
    this.available = mandate.caps.total
    this.#providers = mandate.providers && new Set(mandate.providers.map(hashKey))
    this.#windows = mandate.windows.map((one) => new SlidingWindow(one))
  }

  /** This mandate and all above it, nearest first. At most DEPTH_MAX. */
  *path(): Generator<Allowance> {
    for (let node: Allowance | undefined = this; node !== undefined; node = node.parent) yield node
  }

  isWithin(other: Allowance): boolean {
    for (const node of this.path()) if (node === other) return true
    return false
  }

  /** Base units that CG-8's margin keeps back. */
  get margin(): Amount {
    return this.marginReleased ? 0n : (this.mandate.caps.total * BigInt(this.mandate.margin)) / 10_000n
  }

  /** The checks that need no counters, most rejecting first (PI-5): recipients, expiry, scope, size of one payment. */
  checkScope(demand: Demand, { seconds, height }: Moment): void {
    const { mandate } = this
    for (const { provider } of demand.payments) this.#checkProvider(provider)
    if (demand.peer !== undefined) this.#checkProvider(demand.peer)
    if (demand.windsDown !== true) this.#checkExpiry(seconds, height)
    const { resource } = demand
    if (mandate.resources !== undefined && demand.payments.length > 0)
      if (resource === undefined || !mandate.resources.some((prefix) => isWithin(resource, prefix)))
        throw refusal(
          'RESOURCE_NOT_ALLOWED',
          `the mandate does not cover ${resource ?? 'a payment without a resource'}`,
        )
    if (mandate.task !== undefined && demand.task !== mandate.task)
      throw refusal('TASK_NOT_ALLOWED', `the mandate is for the task ${mandate.task} alone`)
    if (mandate.caps.perTask !== undefined && demand.task === undefined && flowOf(demand) > 0n)
      throw refusal('TASK_NOT_ALLOWED', 'the mandate has a cap per task: say which task this is for')
    const { perCall } = mandate.caps
    for (const { amount } of demand.payments)
      if (perCall !== undefined && amount > perCall)
        throw refusal('CAP_PER_CALL', `${amount} base units is over the cap of ${perCall} for one payment`, {
          cap: perCall,
        })
  }

  /** The checks against counters. `taken`: what would leave `available`, deposits included. */
  checkCounters(demand: Demand, taken: Amount, { seconds }: Moment): void {
    const { perTask, perProvider } = this.mandate.caps
    const flow = flowOf(demand)
    if (perTask !== undefined) checkTally(this.#byTask, demand.task ?? '', flow, perTask, 'CAP_PER_TASK')
    if (perProvider !== undefined)
      for (const [provider, amount] of sumByProvider(demand.payments))
        checkTally(this.#byProvider, provider, amount, perProvider, 'CAP_PER_PROVIDER')
    for (const window of this.#windows) {
      const sum = window.sum(seconds)
      if (sum + flow <= window.limit) continue
      const retryAt = window.fitsAt(seconds, flow)
      throw refusal('RATE_WINDOW', `${sum} of ${window.limit} base units have flowed in this window`, {
        limit: window.limit,
        ...(retryAt === undefined ? {} : { retryAfterSeconds: retryAt - seconds }),
      })
    }
    if (taken > this.available)
      throw refusal('CAP_TOTAL', `${this.available} base units are available, ${taken} are asked for`, {
        available: this.available,
      })
    if (taken > 0n && this.available - taken < this.margin)
      throw refusal(
        'CAP_MARGIN',
        `the last ${this.margin} base units are kept back: the issuer can release them`,
      )
  }

  /** Counts a flow at once when it is promised, not when it settles (CG-4, PL-2). */
  count(demand: Demand, at: number): void {
    const flow = flowOf(demand)
    for (const window of this.#windows) window.add(at, flow)
    this.flowed += flow
    this.#tally(demand, 1n)
  }

  /** Takes back what was counted at `at` and did not flow. */
  uncount(demand: Demand, at: number): void {
    const flow = flowOf(demand)
    for (const window of this.#windows) window.credit(at, flow)
    this.flowed -= flow
    this.#tally(demand, -1n)
  }

  move(from: Bucket, to: Bucket, amount: Amount): void {
    this[from] -= amount
    this[to] += amount
    // A programmer error if it ever fires; money must not move on after it, so it stays on in production.
    if (
      amount < 0n ||
      this[from] < 0n ||
      this.available + this.committed + this.spent !== this.mandate.caps.total
    )
      throw new MandatesError(
        'BUDGET_INVARIANT',
        `moving ${amount} from ${from} to ${to} breaks the budget: stop and audit`,
      )
  }

  #checkExpiry(seconds: number, height: bigint | undefined): void {
    const { mandate } = this
    if (mandate.expiresAt !== undefined && BigInt(seconds) > mandate.expiresAt)
      throw refusal(
        'MANDATE_EXPIRED',
        `the mandate expired at ${mandate.expiresAt}: ask its issuer for a new one`,
      )
    if (mandate.expiresAtHeight !== undefined) {
      if (height === undefined)
        throw refusal(
          'HEIGHT_UNKNOWN',
          'the mandate expires by ledger height, which is unknown: connect to the frame',
        )
      if (height > mandate.expiresAtHeight)
        throw refusal(
          'MANDATE_EXPIRED',
          `the mandate expired at height ${mandate.expiresAtHeight}: ask its issuer for a new one`,
        )
    }
  }

  #checkProvider(provider: Address | undefined): void {
    if (this.#providers === undefined) return
    if (provider === undefined || !this.#providers.has(hashKey(provider)))
      throw refusal('PROVIDER_NOT_ALLOWED', 'the mandate does not list this provider')
  }

  #tally(demand: Demand, sign: bigint): void {
    const { perTask, perProvider } = this.mandate.caps
    if (perTask !== undefined) addTo(this.#byTask, demand.task ?? '', sign * flowOf(demand))
    if (perProvider !== undefined)
      for (const [provider, amount] of sumByProvider(demand.payments))
        addTo(this.#byProvider, provider, sign * amount)
  }
}

export function flowOf({ payments, fee }: Demand): Amount {
  let flow = fee
  for (const { amount } of payments) flow += amount
  return flow
}

/** Without a provider there is nothing to tally, and a mandate with a list of providers has refused it before. */
function sumByProvider(payments: readonly Payment[]): Map<string, Amount> {
  const sums = new Map<string, Amount>()
  for (const { provider, amount } of payments)
    addTo(sums, provider === undefined ? '' : hashKey(provider), amount)
  return sums
}

function addTo(tallies: Map<string, Amount>, key: string, amount: Amount): void {
  const sum = (tallies.get(key) ?? 0n) + amount
  if (sum === 0n) tallies.delete(key)
  else tallies.set(key, sum)
}

function checkTally(
  tallies: Map<string, Amount>,
  key: string,
  amount: Amount,
  cap: Amount,
  code: 'CAP_PER_TASK' | 'CAP_PER_PROVIDER',
): void {
  const before = tallies.get(key) ?? 0n
  if (before + amount > cap)
    throw refusal(code, `${before} base units are used of a cap of ${cap}; ${amount} more do not fit`, {
      cap,
      used: before,
    })
  if (amount > 0n && !tallies.has(key) && tallies.size >= TALLIES_MAX)
    throw new MandatesError(
      'BUDGET_BOUND',
      `TALLIES_MAX (${TALLIES_MAX}) tasks or providers have a tally: use a new mandate`,
    )
}

function refusal(
  code: MandatesError['code'],
  message: string,
  details: Record<string, unknown> = {},
): MandatesError {
  return new MandatesError(code, message, { details })
}
