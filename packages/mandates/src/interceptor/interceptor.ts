/**
 * The interceptor: the only way to a signature (PI-4). It makes its keys inside, from seeds that it erases, and hands out
 * signatures alone. For each intent, in one synchronous step: compute what it costs from the thing to be signed, check the
 * mandate's scope, the predicates, the supervision, the counters; take the money; write it down. Then wait until that is
 * durable, look at the clock again, and sign.
 *
 * A crash between the take and the signature leaves the hold: safe, and found by `openHolds`. Cost per decision without
 * the disk: about 50 µs, most of it the signature and the digests; the sync is shared by all intents that wait for it.
 */

import type { Journal } from '@symbolon/journal'
import {
  type Address,
  type Amount,
  addressOf,
  asAddress,
  asHash,
  decode,
  domainDigest,
  Ed25519KeyPair,
  encode,
  equalBytes,
  type Hash,
  hash,
  hashKey,
  hmacSha256,
  isSymbolonError,
  utf8,
} from '@symbolon/primitives'
import {
  channelId,
  channelStateDigest,
  isGenesisKey,
  openingState,
  type StateProof,
  stateProof,
  type TransactionBody,
  type TransactionProof,
  transactionBody,
  transactionId,
  transactionProof,
  type Validator,
} from '@symbolon/protocol'
import { type AuditHead, AuditLog, type OpenedEntry } from '../audit/index.ts'
import {
  type Authorization,
  Budget,
  type BudgetReport,
  budgetOperation,
  type Demand,
  flowOf,
  type HoldReport,
  type KeyCheck,
  type Moment,
  mandateDigest,
  type SignedMandate,
  signedMandate,
} from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import { type Decision, encodeDecision, escalation } from './decision.ts'
import { type Approval, type Intent, MESSAGE_DOMAINS, ownCopy, ownIntent, type Purpose } from './intent.ts'
import {
  channelPayouts,
  type LedgerTrust,
  transactionReceipt,
  verifyNeverIncluded,
} from './ledger-evidence.ts'
import { evaluateAll, orderPredicates, type Predicate } from './predicate.ts'
import { checkPrincipalWord } from './principal-word.ts'
import { checkApproval, nextRegime, type Regime } from './regime.ts'
import { partyOf, type Spender, transactionCharge } from './transaction-charge.ts'

export interface InterceptorOptions {
  frame: Hash
  /** Whose money it is. */
  principal: Address
  /** From the principal's mandate to the one that delegates to this agent; used where an intent names no other. */
  chain: readonly SignedMandate[]
  /** 32 secret bytes each; copied, then overwritten with zeros in the caller's buffers. The two must differ. */
  seeds: { account: Uint8Array; channel: Uint8Array }
  /** Of this agent alone: it holds the audit log, from which the budget recovers. */
  journal: Journal
  /** Unix seconds. */
  clock: () => number
  /** Newest finalised height; undefined while unknown. Needed for mandates that expire by height. */
  height?: () => bigint | undefined
  /** Further predicates. Asked for at each intent, so that they can be replaced while payments run (PI-9). */
  predicates?: () => readonly Predicate[]
  /** The validator set that checkpoints are verified with. Without it, nothing is settled by evidence. */
  validators?: () => readonly Validator[]
  /** The agent's address, if its key was rotated; default: the address that the account key created. */
  address?: Address
  /** The frame's parameter `disputeBond`. */
  disputeBond: Amount
  mayKeySign?: KeyCheck
}

/** An intent after the take: what to sign, with which key. */
interface Prepared {
  digest: Hash
  key: 'account' | 'channel'
  /** Nothing but time can stop the signature now; absent for messages, which have no mandate. */
  mandate?: Hash
  task?: string | undefined
  windsDown?: boolean | undefined
}

/** Hides nothing by convention: keys and state are in #private fields and closures, out of reach of any property path. */
export class Interceptor {
  readonly address: Address
  readonly publicKey: Uint8Array
  readonly channelKey: Uint8Array
  readonly #options: InterceptorOptions
  readonly #spender: Spender
  readonly #sign: { account: (digest: Uint8Array) => Uint8Array; channel: (digest: Uint8Array) => Uint8Array }
  readonly #budget: Budget
  readonly #regimes = new Map<string, Regime>()
  #log: AuditLog
  #defaultMandate: Hash
  #predicates: { from: readonly Predicate[]; ordered: readonly Predicate[] } = { from: [], ordered: [] }
  /** Newest time and height seen: a clock that is set back brings no expired mandate to life. */
  #seconds = 0
  #height: bigint | undefined
  #closed = false
  /** What the running decision is about, for the log. Decisions are synchronous, so there is one at a time. */
  #subject: Pick<Decision, 'digest' | 'mandate'> = {}

  private constructor(options: InterceptorOptions) {
    const account = new Ed25519KeyPair(options.seeds.account)
    const channel = new Ed25519KeyPair(options.seeds.channel)
    if (equalBytes(account.publicKey, channel.publicKey))
      throw new MandatesError(
        'CHANNEL_KEY',
        'the channel key must not be the account key: it signs nothing else',
      )
    const saltKey = hmacSha256(options.seeds.account, utf8('symbolon audit salts'))
    options.seeds.account.fill(0)
    options.seeds.channel.fill(0)
    this.publicKey = account.publicKey.slice()
    this.channelKey = channel.publicKey.slice()
    this.address = options.address ?? addressOf(account.publicKey)
    this.#sign = { account: account.sign.bind(account), channel: channel.sign.bind(channel) }
    this.#options = {
      ...options,
      frame: asHash(options.frame.slice()),
      principal: asAddress(options.principal.slice()),
      seeds: { account: new Uint8Array(), channel: new Uint8Array() },
    }
    this.#spender = {
      // A copy: whoever could change the address that money to oneself is compared with could pay himself unseen.
      address: asAddress(this.address.slice()),
      channelKey: channel.publicKey.slice(),
      principal: asAddress(options.principal.slice()),
      disputeBond: options.disputeBond,
    }
    this.#budget = new Budget({
      frame: options.frame,
      principal: options.principal,
      record: (operation) =>
        void this.#log.append('budget', this.#seconds, encode(budgetOperation, operation)),
      ...(options.mayKeySign === undefined ? {} : { mayKeySign: options.mayKeySign }),
    })
    const entries: OpenedEntry[] = []
    this.#log = AuditLog.open({ journal: options.journal, frame: options.frame, saltKey }, (entry) => {
      if (entry.entry.type === 'budget' || entry.entry.type === 'regime') entries.push(entry)
    })
    this.#seconds = this.#log.time
    this.#recover(entries)
    let last: Hash | undefined
    for (const signed of options.chain) last = this.#budget.add(ownCopy(signedMandate, signed), this.#now())
    const leaf = options.chain.at(-1)?.mandate
    if (last === undefined || leaf === undefined || !equalBytes(leaf.delegate, this.#spender.address))
      throw new MandatesError(
        'MANDATE_DELEGATE',
        'the chain must end with a mandate for this agent: pass it from the principal on',
      )
    this.#defaultMandate = last
  }

  /**
   * Opens on the journal of this agent and recovers what it holds. Errors: INPUT_LENGTH (a seed), CHANNEL_KEY, those of
   * AuditLog.open, BUDGET_REPLAY, those of Budget.add, MANDATE_DELEGATE, those of Journal.flush.
   */
  static async open(options: InterceptorOptions): Promise<Interceptor> {
    const interceptor = new Interceptor(options)
    await interceptor.#log.flush()
    return interceptor
  }

  /**
   * The 64-byte signature over the digest of the intent, by the account key, or by the channel key for channel states.
   * The same intent again gives the same signature and takes nothing more. Errors: INTERCEPTOR_CLOSED; INTENT_FRAME and the
   * others that name a malformed intent; then MandatesError with the reason of the denial. A denial that time may cure has
   * `details.retryAfterSeconds`: ask again then. Whatever is thrown, no signature exists.
   */
  async sign(intent: Intent): Promise<Uint8Array> {
    this.#requireOpen()
    let prepared: Prepared
    this.#subject = {}
    try {
      prepared = this.#decide(ownIntent(intent))
    } catch (error) {
      this.#recordDenial(intent, error)
      await this.#log.flush()
      throw error
    }
    if (prepared.mandate === undefined) {
      // Nothing of value depends on it; a journal that fails is met by the next intent that moves money.
      this.#log.flush().catch(() => {})
      return this.#sign[prepared.key](prepared.digest)
    }
    await this.#log.flush()
    // Waiting took time: a mandate that ended meanwhile authorises nothing (KS-1). The hold stays, as after a crash.
    const { mandate, task, windsDown } = prepared
    this.#budget.checkScope(mandate, { payments: [], fee: 0n, task, windsDown }, this.#now())
    return this.#sign[prepared.key](prepared.digest)
  }

  /** Adds a mandate: a renewal, or a child of one that is known. Errors: those of Budget.add and Journal.flush. */
  async add(signed: SignedMandate): Promise<Hash> {
    this.#requireOpen()
    const digest = this.#budget.add(ownCopy(signedMandate, signed), this.#now())
    await this.#log.flush()
    return digest
  }

  /** Releases the margin of a mandate on its issuer's signature. Errors: those of Budget.releaseMargin and Journal.flush. */
  async releaseMargin(mandate: Hash, signature: Uint8Array): Promise<void> {
    this.#requireOpen()
    this.#budget.releaseMargin(mandate, signature, this.#now())
    await this.#log.flush()
  }

  /** The counterparty signed our newest state of the channel too. Errors: those of Budget.countersign and Journal.flush. */
  async countersigned(channel: Hash, signature: Uint8Array): Promise<void> {
    this.#requireOpen()
    this.#budget.countersign(channel, signature, this.#now())
    await this.#log.flush()
  }

  /** The ledger closed a channel: its pot is settled. Errors: EVIDENCE_INVALID, CHANNEL_UNKNOWN, those of Journal.flush. */
  async settleChannel(channel: Hash, evidence: StateProof): Promise<void> {
    this.#requireOpen()
    const payouts = channelPayouts(this.#trust(), channel, ownCopy(stateProof, evidence))
    const pot = this.#budget.pot(channel)
    this.#budget.closeChannel(channel, payouts[pot?.party ?? 0] ?? 0n, this.#now())
    await this.#log.flush()
  }

  /** The ledger included a transaction: what it cost is spent, the rest is free. Errors: EVIDENCE_INVALID, HOLD_UNKNOWN. */
  async settleTransaction(body: TransactionBody, evidence: TransactionProof): Promise<void> {
    this.#requireOpen()
    const { sender, ...rest } = ownCopy(transactionBody, body)
    const intent = transactionId({ sender, ...rest })
    const receipt = transactionReceipt(this.#trust(), intent, ownCopy(transactionProof, evidence))
    const charged = equalBytes(sender, this.#spender.address) ? receipt.feeCharged : 0n
    const { payments, locked = 0n } = this.#budget.authorization(intent)
    const succeeded = receipt.code === 'OK'
    const paid = succeeded ? payments.reduce((sum, { amount }) => sum + amount, locked) : 0n
    this.#budget.commit(intent, { paid, fee: charged, deposited: succeeded }, this.#now())
    await this.#log.flush()
  }

  /** A transaction can never be included any more: its hold is released. Errors: EVIDENCE_INVALID, HOLD_UNKNOWN. */
  async settleNeverIncluded(body: TransactionBody, evidence: StateProof): Promise<void> {
    this.#requireOpen()
    const own = ownCopy(transactionBody, body)
    verifyNeverIncluded(this.#trust(), own, ownCopy(stateProof, evidence))
    this.#budget.release(transactionId(own), this.#now())
    await this.#log.flush()
  }

  /** A provider paid back, as the principal confirms. Errors: HOLD_UNKNOWN, EVIDENCE_INVALID, HOLD_EXCEEDED. */
  async refund(intent: Hash, amount: Amount, confirmation: Approval): Promise<void> {
    this.#requireOpen()
    const own = ownCopy(hash, intent)
    const word = { fact: 'refunded' as const, intent: own, amount, before: this.#budget.refundable(own) }
    this.#budget.refund(own, checkPrincipalWord(word, confirmation, this.#principalTrust()), this.#now())
    await this.#log.flush()
  }

  /** A delegate is done: what it spent is spent, the rest is free. Errors: HOLD_UNKNOWN, EVIDENCE_INVALID, HOLD_EXCEEDED. */
  async settleDelegation(mandate: Hash, spent: Amount, confirmation: Approval): Promise<void> {
    this.#requireOpen()
    const own = ownCopy(hash, mandate)
    const { payments, locked = 0n } = this.#budget.authorization(own)
    if (payments.length > 0)
      throw new MandatesError('HOLD_UNKNOWN', 'this intent is a payment: settle it by its receipt')
    const word = { fact: 'delegate-spent' as const, intent: own, amount: spent, before: locked }
    const paid = checkPrincipalWord(word, confirmation, this.#principalTrust())
    this.#budget.commit(own, { paid, fee: 0n }, this.#now())
    await this.#log.flush()
  }

  /** AP2's query: where the money of a mandate is. Errors: MANDATE_UNKNOWN. */
  report(mandate: Hash = this.#defaultMandate): BudgetReport {
    return this.#budget.report(mandate)
  }

  /** Holds whose outcome is not known yet, with how long each may stay locked. */
  openHolds(): HoldReport[] {
    return this.#budget.openHolds(this.#now())
  }

  /** Newest audit entry: what to put into `anchor` and `auditHeads`. */
  get auditHead(): AuditHead {
    const { size, digest } = this.#log.head
    return { size, digest: asHash(digest.slice()) }
  }

  /** The durable audit entries, from the first. */
  auditEntries(): Generator<OpenedEntry> {
    return this.#log.entries()
  }

  /** Refuses everything from now on. The journal stays open: it is its opener's. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#log.flush()
  }

  /** The synchronous step. Whatever it throws, nothing was taken. */
  #decide(intent: Intent): Prepared {
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
    const party = partyOf(terms, this.#spender)
    const now = this.#now()
    this.#budget.checkScope(
      mandate,
      { payments: [], fee: 0n, peer: terms.parties[1 - party], task: purpose?.task },
      now,
    )
    this.#budget.openChannel(terms, party, mandate, now)
    const digest = this.#about(
      channelStateDigest(this.#options.frame, openingState(this.#options.frame, terms)),
      mandate,
    )
    this.#recordAllowed({ intent: 'channelOpening', digest, mandate, flow: 0n })
    return { digest, key: 'channel', mandate, task: purpose?.task }
  }

  #decideState(intent: Intent & { kind: 'channelState' }): Prepared {
    const { frame, state, purpose, counterSignature } = intent
    this.#requireFrame(frame)
    const mandate = this.#payer(purpose)
    const digest = this.#about(channelStateDigest(frame, state), mandate)
    const advance = { state, mandate, task: purpose?.task, resource: purpose?.resource }
    const prepared: Prepared = { digest, key: 'channel', mandate, task: purpose?.task }
    const newest = this.#budget.pot(state.channel)?.newestDigest
    const now = this.#now()
    if (newest !== undefined && equalBytes(newest, digest)) {
      this.#recordAllowed({ intent: intent.kind, digest, mandate, flow: 0n })
      return prepared
    }
    const demand = this.#budget.demandOfAdvance(advance)
    prepared.windsDown = demand.windsDown
    const judged = this.#judge(intent, mandate, demand, digest, now)
    this.#budget.advance(advance, now, judged.unchecked.length > 0)
    this.#recordAllowed({ intent: intent.kind, digest, mandate, ...summary(judged) })
    if (counterSignature !== undefined) this.#budget.countersign(state.channel, counterSignature, now)
    return prepared
  }

  #decideTransaction(intent: Intent & { kind: 'transaction' }): Prepared {
    const { body, purpose } = intent
    this.#requireFrame(body.frame)
    const mandate = this.#payer(purpose)
    const now = this.#now()
    const digest = this.#about(transactionId(body), mandate)
    const charge = transactionCharge(body, this.#spender)
    const prepared: Prepared = { digest, key: 'account', mandate, task: purpose?.task }
    if (this.#budget.holds(digest)) {
      this.#recordAllowed({ intent: intent.kind, digest, mandate, flow: 0n })
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
      if (this.#budget.pot(channel)?.funded && terms.deposits[party] !== 0n)
        throw new MandatesError(
          'INTENT_REUSED',
          'an opening transaction of this channel is signed already: send that one again',
        )
      of.deposit = { channel, amount: terms.deposits[party] ?? 0n }
    }
    if (charge.deposits !== undefined) {
      const { channel, party, amount } = charge.deposits
      const pot = this.#budget.pot(channel)
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
    const judged = this.#judge(intent, mandate, demand, digest, now)
    const taken = flowOf(demand) + charge.locked + (of.deposit?.amount ?? 0n)
    this.#budget.checkCounters(mandate, demand, taken, now)
    // Last, because it records: a channel is registered only for an intent that will be allowed.
    if (charge.opens !== undefined)
      this.#budget.openChannel(charge.opens.terms, charge.opens.party, mandate, now)
    this.#budget.authorize(of, now, judged.unchecked.length > 0)
    this.#recordAllowed({ intent: intent.kind, digest, mandate, ...summary(judged) })
    return prepared
  }

  #decideDelegation({ kind, mandate: child }: Intent & { kind: 'delegation' }): Prepared {
    this.#requireFrame(child.frame)
    const now = this.#now()
    const parent = this.#payer(child.parent === undefined ? {} : { mandate: child.parent })
    const digest = this.#about(mandateDigest(child), parent)
    this.#budget.checkPlace(child)
    // For our own address only this interceptor can use it, and the tree counts it; anybody else takes its total along.
    if (!equalBytes(child.delegate, this.#spender.address))
      this.#budget.authorize(
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
    else this.#budget.checkScope(parent, { payments: [], fee: 0n, task: child.task }, now)
    this.#recordAllowed({ intent: kind, digest, mandate: parent, flow: 0n })
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
    this.#recordAllowed({ intent: kind, digest })
    // The channel key speaks for a channel and nothing else; every other record is the account's.
    return { digest, key: domain === 'channel-hello' ? 'channel' : 'account' }
  }

  /** Scope, predicates, failure mode, supervision; the counters come with the take. */
  #judge(intent: Intent, mandate: Hash, demand: Demand, digest: Hash, now: Moment): Judgement {
    this.#budget.checkScope(mandate, demand, now)
    const payer = this.#budget.allowance(mandate)
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
    for (const node of this.#budget.allowance(mandate).path()) {
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
    for (const node of this.#budget.allowance(mandate).path()) {
      const name = mandateDigest(node.mandate)
      const from = this.#regimes.get(hashKey(name)) ?? 'post-hoc'
      const to = nextRegime(from, node.mandate, node.flowed, flow)
      if (to !== from) {
        this.#regimes.set(hashKey(name), to)
        this.#log.append('regime', this.#seconds, encode(escalation, { mandate: name, from, to, digest }))
      }
      if (to === 'supervised' || strictest === 'post-hoc') strictest = to
    }
    if (strictest === 'supervised' && flow > 0n)
      checkApproval(
        'purpose' in intent ? intent.purpose?.approval : undefined,
        digest,
        this.#principalTrust(),
      )
    return strictest
  }

  /** Ordered once per list, not per intent. */
  #orderedPredicates(): readonly Predicate[] {
    const from = this.#options.predicates?.() ?? this.#predicates.from
    if (from !== this.#predicates.from) this.#predicates = { from, ordered: orderPredicates(from) }
    return this.#predicates.ordered
  }

  #payer(purpose: Purpose | undefined): Hash {
    const digest = purpose?.mandate ?? this.#defaultMandate
    if (!equalBytes(this.#budget.allowance(digest).mandate.delegate, this.#spender.address))
      throw new MandatesError('MANDATE_DELEGATE', 'this mandate delegates to another agent')
    return digest
  }

  #requireFrame(frame: Hash): void {
    if (!equalBytes(frame, this.#options.frame))
      throw new MandatesError('INTENT_FRAME', 'the intent is for another frame than the mandate')
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new MandatesError('INTERCEPTOR_CLOSED', 'the interceptor is closed: open it again')
  }

  #principalTrust(): { frame: Hash; principal: Address; mayKeySign: KeyCheck } {
    const { frame, principal, mayKeySign = isGenesisKey } = this.#options
    return { frame, principal, mayKeySign }
  }

  #trust(): LedgerTrust {
    const validators = this.#options.validators?.()
    if (validators === undefined)
      throw new MandatesError(
        'EVIDENCE_INVALID',
        'no validator set is trusted: open the interceptor with one',
      )
    return { frame: this.#options.frame, validators }
  }

  #now(): Moment {
    this.#seconds = Math.max(this.#seconds, Math.floor(this.#options.clock()))
    const height = this.#options.height?.()
    if (height !== undefined && (this.#height === undefined || height > this.#height)) this.#height = height
    return { seconds: this.#seconds, height: this.#height }
  }

  #about(digest: Hash, mandate?: Hash): Hash {
    this.#subject = { digest, ...(mandate === undefined ? {} : { mandate }) }
    return digest
  }

  #recordAllowed(of: Omit<Decision, 'verdict'>): void {
    this.#log.append('decision', this.#seconds, encodeDecision({ verdict: 'allow', ...of }))
  }

  #recordDenial(intent: Intent, error: unknown): void {
    const known = isSymbolonError(error)
    const deferred = known && error.details['retryAfterSeconds'] !== undefined
    this.#log.append(
      'decision',
      this.#seconds,
      encodeDecision({
        verdict: deferred ? 'defer' : 'deny',
        intent: String(intent?.kind).slice(0, 16),
        ...this.#subject,
        code: known ? error.code.slice(0, 64) : 'INTENT_MALFORMED',
      }),
    )
  }

  #recover(entries: readonly OpenedEntry[]): void {
    const operations = entries.filter(({ entry }) => entry.type === 'budget')
    this.#budget.replay(operations.map(({ body }) => decode(budgetOperation, body)))
    for (const { entry, body } of entries) {
      if (entry.type !== 'regime') continue
      const { mandate, to } = decode(escalation, body)
      this.#regimes.set(hashKey(mandate), to)
    }
  }
}

interface Judgement {
  flow: Amount
  unchecked: readonly string[]
  regime: Regime
}

function summary({ flow, unchecked, regime }: Judgement): Pick<Decision, 'flow' | 'regime' | 'unchecked'> {
  return { flow, regime, ...(unchecked.length === 0 ? {} : { unchecked: unchecked.join(' ').slice(0, 256) }) }
}

function labelsOf({ task, resource }: { task?: string | undefined; resource?: string | undefined } = {}): {
  task?: string
  resource?: string
} {
  return { ...(task === undefined ? {} : { task }), ...(resource === undefined ? {} : { resource }) }
}
