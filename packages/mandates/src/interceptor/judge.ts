/**
 * Judgement of an intent before its money is taken: scope, predicates, failure mode, supervision. The counters come with
 * the take. What it keeps, the regime of each mandate, is in the log before it counts.
 */
import { type Address, type Amount, decode, encode, type Hash, hashKey } from '@symbolon/primitives'
import { type Budget, type Demand, type KeyCheck, type Moment, mandateDigest } from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import { type Decision, escalation } from './decision.ts'
import type { Intent } from './intent.ts'
import { evaluateAll, orderPredicates, type Predicate } from './predicate.ts'
import { checkApproval, nextRegime, type Regime } from './regime.ts'

export interface JudgeOptions {
  budget: Budget
  predicates?: (() => readonly Predicate[]) | undefined
  /** Whose approval supervision asks for. */
  principalTrust: () => { frame: Hash; principal: Address; mayKeySign: KeyCheck }
  /** Gets the canonical bytes of each escalation before it counts. */
  recordRegime: (body: Uint8Array) => void
}

export interface Judgement {
  flow: Amount
  unchecked: readonly string[]
  regime: Regime
}

/** The part of a decision that a judgement gives. */
export function summary({
  flow,
  unchecked,
  regime,
}: Judgement): Pick<Decision, 'flow' | 'regime' | 'unchecked'> {
  return { flow, regime, ...(unchecked.length === 0 ? {} : { unchecked: unchecked.join(' ').slice(0, 256) }) }
}

export class Judge {
  readonly #options: JudgeOptions
  readonly #regimes = new Map<string, Regime>()
  #predicates: { from: readonly Predicate[]; ordered: readonly Predicate[] } = { from: [], ordered: [] }

  constructor(options: JudgeOptions) {
    this.#options = options
  }

  /** A recorded escalation, again. */
  replay(body: Uint8Array): void {
    const { mandate, to } = decode(escalation, body)
    this.#regimes.set(hashKey(mandate), to)
  }

  /** Scope, predicates, failure mode, supervision; the counters come with the take. */
  judge(intent: Intent, mandate: Hash, demand: Demand, digest: Hash, now: Moment): Judgement {
    this.#options.budget.checkScope(mandate, demand, now)
    const payer = this.#options.budget.allowance(mandate)
    const flow = demand.payments.reduce((sum, { amount }) => sum + amount, demand.fee)
    const { available, committed, spent } = payer
    const unchecked = evaluateAll(this.#orderedPredicates(), {
      intent,
      demand,
      flow,
      mandate: payer.mandate,
      balance: { available, committed, spent },
      now,
    })
    if (unchecked.length > 0) this.#checkBackstop(mandate, flow, unchecked)
    return { flow, unchecked, regime: this.#supervise(intent, mandate, flow, digest) }
  }

  #checkBackstop(mandate: Hash, flow: Amount, unchecked: readonly string[]): void {
    for (const node of this.#options.budget.allowance(mandate).path()) {
      const { backstop } = node.mandate
      if (backstop === undefined)
        throw new MandatesError(
          'PREDICATE_UNAVAILABLE',
          `fail-closed: ${unchecked.join(', ')} cannot be evaluated`,
        )
      if (node.unchecked + flow > backstop)
        throw new MandatesError(
          'BACKSTOP_REACHED',
          `fail-open ends at ${backstop} base units: repair ${unchecked.join(', ')}`,
        )
    }
  }

  /** Every mandate of the path has its own regime; the strictest one tags the spend. */
  #supervise(intent: Intent, mandate: Hash, flow: Amount, digest: Hash): Regime {
    let strictest: Regime = 'post-hoc'
    for (const node of this.#options.budget.allowance(mandate).path()) {
      const name = mandateDigest(node.mandate)
      const from = this.#regimes.get(hashKey(name)) ?? 'post-hoc'
      const to = nextRegime(from, node.mandate, node.flowed, flow)
      if (to !== from) {
        this.#regimes.set(hashKey(name), to)
        this.#options.recordRegime(encode(escalation, { mandate: name, from, to, digest }))
      }
      if (to === 'supervised' || strictest === 'post-hoc') strictest = to
    }
    if (strictest === 'supervised' && flow > 0n)
      checkApproval(
        'purpose' in intent ? intent.purpose?.approval : undefined,
        digest,
        this.#options.principalTrust(),
      )
    return strictest
  }

  /** Ordered once per list, not per intent. */
  #orderedPredicates(): readonly Predicate[] {
    const from = this.#options.predicates?.() ?? this.#predicates.from
    if (from !== this.#predicates.from) this.#predicates = { from, ordered: orderPredicates(from) }
    return this.#predicates.ordered
  }
}
