/**
 * The decision on one intent, in one synchronous step: what it costs is computed from the thing to be signed, judged, taken
 * from the budget and written down. Whatever is thrown, nothing was taken.
 */
import { type Address, domainDigest, equalBytes, type Hash } from '@symbolon/primitives'
import { channelId, channelStateDigest, openingState, transactionId } from '@symbolon/protocol'
import {
  type Authorization,
  type Budget,
  type Demand,
  flowOf,
  type Moment,
  mandateDigest,
} from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import type { Decision } from './decision.ts'
import { type Intent, MESSAGE_DOMAINS, ownIntent, type Purpose } from './intent.ts'
import { type Judge, summary } from './judge.ts'
import { partyOf, type Spender, transactionCharge } from './transaction-charge.ts'

export interface DeciderOptions {
  frame: Hash
  budget: Budget
  judge: Judge
  spender: Spender
  defaultMandate: () => Hash
  now: () => Moment
  /** Writes down that an intent is allowed. */
  allowed: (of: Omit<Decision, 'verdict'>) => void
}

/** An intent after the take: what to sign, with which key. */
export interface Prepared {
  digest: Hash
  key: 'account' | 'channel'
  /** Nothing but time can stop the signature now; absent for messages, which have no mandate. */
  mandate?: Hash
  task?: string | undefined
  windsDown?: boolean | undefined
}

export class Decider {
  readonly #options: DeciderOptions
  /** What the running decision is about, for the log. Decisions are synchronous, so there is one at a time. */
  #subject: Pick<Decision, 'digest' | 'mandate'> = {}

  constructor(options: DeciderOptions) {
    this.#options = options
  }

  /** What the last decision was about, as far as it got. */
  get subject(): Pick<Decision, 'digest' | 'mandate'> {
    return this.#subject
  }

  /** What to sign, with which key. Errors: those that name a malformed intent, then the reason of the denial. */
  decide(given: Intent): Prepared {
    this.#subject = {}
    const intent = ownIntent(given)
    switch (intent.kind) {
      case 'channelOpening':
        return this.#decideOpening(intent)
      case 'channelState':
        return this.#decideState(intent)
      case 'transaction':
        return this.#decideTransaction(intent)
      case 'delegation':
        return this.#decideDelegation(intent)
      case 'message':
        return this.#decideMessage(intent)
    }
  }

  #decideOpening({ terms, purpose }: Intent & { kind: 'channelOpening' }): Prepared {
    const mandate = this.#payer(purpose)
    const party = partyOf(terms, this.#options.spender)
    const now = this.#options.now()
    this.#options.budget.checkScope(
      mandate,
      { payments: [], fee: 0n, peer: terms.parties[1 - party], task: purpose?.task },
      now,
    )
    this.#options.budget.openChannel(terms, party, mandate, now)
    const digest = this.#about(
      channelStateDigest(this.#options.frame, openingState(this.#options.frame, terms)),
      mandate,
    )
    this.#options.allowed({ intent: 'channelOpening', digest, mandate, flow: 0n })
    return { digest, key: 'channel', mandate, task: purpose?.task }
  }

  #decideState(intent: Intent & { kind: 'channelState' }): Prepared {
    const { frame, state, purpose, counterSignature } = intent
    this.#requireFrame(frame)
    const mandate = this.#payer(purpose)
    const digest = this.#about(channelStateDigest(frame, state), mandate)
    const advance = { state, mandate, task: purpose?.task, resource: purpose?.resource }
    const prepared: Prepared = { digest, key: 'channel', mandate, task: purpose?.task }
    const newest = this.#options.budget.pot(state.channel)?.newestDigest
    const now = this.#options.now()
    if (newest !== undefined && equalBytes(newest, digest)) {
      this.#options.allowed({ intent: intent.kind, digest, mandate, flow: 0n })
      return prepared
    }
    const demand = this.#options.budget.demandOfAdvance(advance)
    prepared.windsDown = demand.windsDown
    const judged = this.#options.judge.judge(intent, mandate, demand, digest, now)
    this.#options.budget.advance(advance, now, judged.unchecked.length > 0)
    this.#options.allowed({ intent: intent.kind, digest, mandate, ...summary(judged) })
    if (counterSignature !== undefined) this.#options.budget.countersign(state.channel, counterSignature, now)
    return prepared
  }

  #decideTransaction(intent: Intent & { kind: 'transaction' }): Prepared {
    const { body, purpose } = intent
    this.#requireFrame(body.frame)
    const mandate = this.#payer(purpose)
    const now = this.#options.now()
    const digest = this.#about(transactionId(body), mandate)
    const charge = transactionCharge(body, this.#options.spender)
    const prepared: Prepared = { digest, key: 'account', mandate, task: purpose?.task }
    if (this.#options.budget.holds(digest)) {
      this.#options.allowed({ intent: intent.kind, digest, mandate, flow: 0n })
      return prepared
    }
    const of: Authorization = {
      intent: digest,
      mandate,
      payments: charge.payments,
      fee: charge.fee,
      locked: charge.locked,
      lockedUntilHeight: body.validUntil,
      signed: true,
      ...(charge.windsDown === true ? { windsDown: true } : {}),
      ...labelsOf(purpose),
    }
    let peer: Address | undefined
    if (charge.opens !== undefined) {
      const { terms, party } = charge.opens
      peer = terms.parties[1 - party]
      const channel = channelId(body.frame, terms)
      if (this.#options.budget.pot(channel)?.funded && terms.deposits[party] !== 0n)
        throw new MandatesError(
          'INTENT_REUSED',
          'an opening transaction of this channel is signed already: send that one again',
        )
      of.deposit = { channel, amount: terms.deposits[party] ?? 0n }
    }
    if (charge.deposits !== undefined) {
      const { channel, party, amount } = charge.deposits
      const pot = this.#options.budget.pot(channel)
      if (pot === undefined || pot.party !== party || !pot.funded)
        throw new MandatesError(
          'CHANNEL_UNKNOWN',
          'the deposit is not into our side of a channel opened through this interceptor',
        )
      peer = pot.counterparty
      of.deposit = { channel, amount }
    }
    prepared.windsDown = charge.windsDown
    const demand: Demand = {
      payments: of.payments,
      fee: of.fee,
      peer,
      windsDown: charge.windsDown,
      ...labelsOf(purpose),
    }
    const judged = this.#options.judge.judge(intent, mandate, demand, digest, now)
    const taken = flowOf(demand) + charge.locked + (of.deposit?.amount ?? 0n)
    this.#options.budget.checkCounters(mandate, demand, taken, now)
    // Last, because it records: a channel is registered only for an intent that will be allowed.
    if (charge.opens !== undefined)
      this.#options.budget.openChannel(charge.opens.terms, charge.opens.party, mandate, now)
    this.#options.budget.authorize(of, now, judged.unchecked.length > 0)
    this.#options.allowed({ intent: intent.kind, digest, mandate, ...summary(judged) })
    return prepared
  }

  #decideDelegation({ kind, mandate: child }: Intent & { kind: 'delegation' }): Prepared {
    this.#requireFrame(child.frame)
    const now = this.#options.now()
    const parent = this.#payer(child.parent === undefined ? {} : { mandate: child.parent })
    const digest = this.#about(mandateDigest(child), parent)
    this.#options.budget.checkPlace(child)
    // For our own address only this interceptor can use it, and the tree counts it; anybody else takes its total along.
    if (!equalBytes(child.delegate, this.#options.spender.address))
      this.#options.budget.authorize(
        {
          intent: digest,
          mandate: parent,
          payments: [],
          fee: 0n,
          locked: child.caps.total,
          signed: true,
          ...labelsOf(child),
          ...(child.expiresAt === undefined ? {} : { lockedUntil: Number(child.expiresAt) }),
          ...(child.expiresAtHeight === undefined ? {} : { lockedUntilHeight: child.expiresAtHeight }),
        },
        now,
      )
    else this.#options.budget.checkScope(parent, { payments: [], fee: 0n, task: child.task }, now)
    this.#options.allowed({ intent: kind, digest, mandate: parent, flow: 0n })
    return { digest, key: 'account', mandate: parent, task: child.task }
  }

  #decideMessage({ kind, domain, frame, body }: Intent & { kind: 'message' }): Prepared {
    if (!MESSAGE_DOMAINS.has(domain))
      throw new MandatesError(
        'INTENT_KIND_REFUSED',
        `${domain} is not signed as a message: use its own kind of intent`,
      )
    this.#requireFrame(frame)
    const digest = this.#about(domainDigest(domain, frame, body))
    this.#options.allowed({ intent: kind, digest })
    // The channel key speaks for a channel and nothing else; every other record is the account's.
    return { digest, key: domain === 'channel-hello' ? 'channel' : 'account' }
  }

  #payer(purpose: Purpose | undefined): Hash {
    const digest = purpose?.mandate ?? this.#options.defaultMandate()
    if (!equalBytes(this.#options.budget.allowance(digest).mandate.delegate, this.#options.spender.address))
      throw new MandatesError('MANDATE_DELEGATE', 'this mandate delegates to another agent')
    return digest
  }

  #requireFrame(frame: Hash): void {
    if (!equalBytes(frame, this.#options.frame))
      throw new MandatesError('INTENT_FRAME', 'the intent is for another frame than the mandate')
  }

  #about(digest: Hash, mandate?: Hash): Hash {
    this.#subject = { digest, ...(mandate === undefined ? {} : { mandate }) }
    return digest
  }
}

function labelsOf({ task, resource }: { task?: string | undefined; resource?: string | undefined } = {}): {
  task?: string
  resource?: string
} {
  return { ...(task === undefined ? {} : { task }), ...(resource === undefined ? {} : { resource }) }
}
