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
  Ed25519KeyPair,
  encode,
  equalBytes,
  type Hash,
  hash,
  hmacSha256,
  isSymbolonError,
  utf8,
} from '@symbolon/primitives'
import {
  isGenesisKey,
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
  Budget,
  type BudgetReport,
  budgetOperation,
  type HoldReport,
  type KeyCheck,
  type Moment,
  type SignedMandate,
  signedMandate,
} from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import { Decider, type Prepared } from './decider.ts'
import { encodeDecision } from './decision.ts'
import { type Approval, type Intent, ownCopy } from './intent.ts'
import { Judge } from './judge.ts'
import {
  channelPayouts,
  type LedgerTrust,
  transactionReceipt,
  verifyNeverIncluded,
} from './ledger-evidence.ts'
import type { Predicate } from './predicate.ts'
import { checkPrincipalWord } from './principal-word.ts'
import type { Spender } from './transaction-charge.ts'

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

/** Hides nothing by convention: keys and state are in #private fields and closures, out of reach of any property path. */
export class Interceptor {
  readonly address: Address
  readonly publicKey: Uint8Array
  readonly channelKey: Uint8Array
  readonly #options: InterceptorOptions
  readonly #spender: Spender
  readonly #sign: { account: (digest: Uint8Array) => Uint8Array; channel: (digest: Uint8Array) => Uint8Array }
  readonly #budget: Budget
  readonly #judge: Judge
  readonly #decider: Decider
  #log: AuditLog
  #defaultMandate: Hash
  /** Newest time and height seen: a clock that is set back brings no expired mandate to life. */
  #seconds = 0
  #height: bigint | undefined
  #closed = false

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
    this.#judge = new Judge({
      budget: this.#budget,
      predicates: options.predicates,
      principalTrust: () => this.#principalTrust(),
      recordRegime: (body) => void this.#log.append('regime', this.#seconds, body),
    })
    this.#decider = new Decider({
      frame: options.frame,
      budget: this.#budget,
      judge: this.#judge,
      spender: this.#spender,
      defaultMandate: () => this.#defaultMandate,
      now: () => this.#now(),
      allowed: (of) =>
        void this.#log.append('decision', this.#seconds, encodeDecision({ verdict: 'allow', ...of })),
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
    try {
      prepared = this.#decider.decide(intent)
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

  #recordDenial(intent: Intent, error: unknown): void {
    const known = isSymbolonError(error)
    const deferred = known && error.details['retryAfterSeconds'] !== undefined
    this.#log.append(
      'decision',
      this.#seconds,
      encodeDecision({
        verdict: deferred ? 'defer' : 'deny',
        intent: String(intent?.kind).slice(0, 16),
        ...this.#decider.subject,
        code: known ? error.code.slice(0, 64) : 'INTENT_MALFORMED',
      }),
    )
  }

  #recover(entries: readonly OpenedEntry[]): void {
    const operations = entries.filter(({ entry }) => entry.type === 'budget')
    this.#budget.replay(operations.map(({ body }) => decode(budgetOperation, body)))
    for (const { entry, body } of entries) if (entry.type === 'regime') this.#judge.replay(body)
  }
}
