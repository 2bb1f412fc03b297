/**
 * A buyer: runs the procurement loop (loop-state.ts) against the registry and the sellers that it finds. Every step that cannot be
 * repeated for free is durable before the next (progress.ts); providers are a cursor that only moves on (FR-5); once
 * something is paid, the loop resumes with the same provider and never starts over with another.
 */
import { join } from 'node:path'
import type { Channel } from '@symbolon/channels'
import {
  Commitment,
  decodeCommitment,
  decodeSigned,
  descriptorDigest,
  descriptorForm,
  encodeSigned,
  fundingTerms,
  quoteForm,
  verifyQuote,
} from '@symbolon/market'
import { type Address, type Amount, equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import type { FrameClient } from '../client/frame-client.ts'
import { SdkError } from '../errors.ts'
import { Agent, type AgentOptions } from '../wallet/agent.ts'
import type { AgentKeys } from '../wallet/keys.ts'
import { decodeStreamMessage } from '../wire/stream-message.ts'
import { agreeWith } from './agreement.ts'
import { carryOut } from './carry-out.ts'
import { discover, type FoundProvider, resourceName } from './discovery.ts'
import { COLD_BUDGET, PhaseClock, WARM_BUDGET } from './phase-clock.ts'
import { PurchaseJournal, type PurchaseProgress } from './progress.ts'
import type { Purchase, PurchaseOrder } from './purchase.ts'
import type { Reception } from './reception.ts'
import { Run } from './run.ts'
import { SellerClient } from './seller-client.ts'

export interface BuyerOptions {
  readonly client: FrameClient
  readonly keys: AgentKeys
  readonly directory: string
  readonly fetch?: typeof fetch
  /** Unix milliseconds. */
  readonly clock?: () => number
  /** Base units that are left to spend, for ranking and solvency; default: the account's balance. */
  readonly remaining?: () => Promise<Amount> | Amount
  readonly anchor?: AgentOptions['anchor']
  readonly onFinal?: AgentOptions['onFinal']
  readonly sync?: 'fdatasync' | 'none'
  /** Check every answer of the node against the validator set; default true. */
  readonly verifyFrame?: boolean
}

export class Buyer {
  readonly agent: Agent
  readonly purchases: PurchaseJournal
  readonly #options: BuyerOptions
  /** Deliveries under way, by quote. */
  readonly receptions = new Map<string, { channel: Hash; reception: Reception }>()
  /** Purchases that are bound to a channel and not yet under way in it, one after the other: a channel is bound to one quote. */
  readonly #bindings = new Map<string, Promise<unknown>>()

  readonly #closers: (() => Promise<void>)[] = []

  private constructor(options: BuyerOptions, agent: Agent, purchases: PurchaseJournal) {
    this.#options = options
    this.agent = agent
    this.purchases = purchases
  }

  static async open(options: BuyerOptions): Promise<Buyer> {
    const purchases = PurchaseJournal.open(join(options.directory, 'purchases'), options.sync)
    let buyer: Buyer | undefined
    const { client, keys, directory, anchor, onFinal, sync } = options
    const agent = await Agent.open({
      client,
      keys,
      directory,
      ...(anchor === undefined ? {} : { anchor }),
      ...(onFinal === undefined ? {} : { onFinal }),
      ...(sync === undefined ? {} : { sync }),
      // A seller may take what it is owed and give back; it may not open streams towards us or change what we agreed.
      consent: (operation) => {
        if (['openStream', 'agreeQuote', 'addHtlc'].includes(operation.kind))
          throw new SdkError('CONSENT_REFUSED', `a buyer accepts no ${operation.kind} from a seller`)
      },
      application: (bytes, _, channel) => buyer?.receive(bytes, channel),
    })
    buyer = new Buyer(options, agent, purchases)
    return buyer
  }

  get address(): Address {
    return this.agent.keys.address
  }

  /** The buyer's clock, Unix seconds. */
  get seconds(): bigint {
    return BigInt(Math.floor((this.#options.clock ?? Date.now)() / 1_000))
  }

  /** True if every answer of the node is checked against the validator set. */
  get verifiesFrame(): boolean {
    return this.#options.verifyFrame ?? true
  }

  get fetch(): typeof fetch {
    return this.#options.fetch ?? fetch
  }

  /** Base units that are left to spend. */
  remaining(): Promise<Amount> | Amount {
    return this.#options.remaining?.() ?? this.agent.client.balance(this.address)
  }

  /** Finds the best provider and buys from it; on a failure before anything is paid, from the next (FR-5). */
  async buy(order: PurchaseOrder): Promise<Purchase> {
    const clock = new PhaseClock(order.warmBudget ?? WARM_BUDGET, undefined, (decision) =>
      order.onEvent?.({ kind: 'phase', decision }),
    )
    order.onEvent?.({ kind: 'state', state: 'Idle', atMs: 0 })
    const remaining = await this.remaining()
    const { ranking, found, dropped } = await clock.run('discovery', (signal) =>
      discover(
        this.agent.client,
        {
          capability: order.capability,
          ...(order.domain === undefined ? {} : { domain: order.domain }),
          ...(order.resource === undefined ? {} : { resource: order.resource }),
          reputationMin: order.reputationMin ?? 0,
          ...(order.trustMin === undefined ? {} : { trustMin: order.trustMin }),
          ...(order.trustDimension === undefined ? {} : { trustDimension: order.trustDimension }),
          quantity: order.quantity,
          gates: {
            latencyCeilingMs: 60_000,
            taskCostMax: order.totalMax,
            reputationMinPpm: order.reputationMin ?? 0,
          },
          runway: { remaining, initial: remaining, tasksRemaining: 1n, deadlinePressurePpm: 0 },
          now: this.seconds,
          verify: this.verifiesFrame,
        },
        this.fetch,
        signal,
      ),
    )
    order.onEvent?.({
      kind: 'candidates',
      ranked: ranking.ranked.length,
      dropped: dropped.length,
      eliminated: ranking.eliminated.length,
    })
    let last: unknown
    for (const { candidate } of ranking.ranked) {
      const provider = found.get(hashKey(candidate.provider))
      if (provider === undefined) continue
      try {
        return await this.#buyFrom(provider, order, clock)
      } catch (error) {
        last = error
        if (error instanceof SdkError && error.details['paid'] === true) throw error
        const { code = 'ERROR', message } = error as { code?: string; message: string }
        order.onEvent?.({ kind: 'retry', provider: candidate.provider, code, message })
      }
    }
    throw new SdkError(
      'PROCUREMENT_ABORTED',
      `no provider could be bought from; the last one: ${last instanceof Error ? last.message : last}`,
      { cause: last },
    )
  }

  async #buyFrom(provider: FoundProvider, order: PurchaseOrder, clock: PhaseClock): Promise<Purchase> {
    const { descriptor, client: seller } = provider
    const resource = resourceName(descriptor.body)
    order.onEvent?.({
      kind: 'provider',
      provider: provider.provider,
      reputation: provider.reputation,
      resource,
    })
    const { quote, commitment } = await agreeWith(this, provider, order, clock)
    const progress: PurchaseProgress = {
      id: quote.digest,
      provider: provider.provider,
      url: seller.url,
      channelUrl: provider.channelUrl,
      descriptor: encodeSigned(descriptorForm, descriptor),
      quote: encodeSigned(quoteForm, quote.signed),
      commitment: commitment.bytes,
    }
    // SLA-3: both have the doubly signed record on disk before the funding transaction is even built.
    const funding = await fundingTerms(commitment, () => this.purchases.save(progress))
    const run = new Run({ buyer: this, quote, order, clock, seller, progress, isResumed: false })
    run.advance({ kind: 'quoted', quote, commitment })
    return carryOut(run, funding.deposits[0])
  }

  /** Goes on with a purchase that a crash interrupted. `verified`: units that the sink holds safely from before. */
  async resume(
    id: Hash,
    order: Pick<PurchaseOrder, 'sink' | 'onEvent' | 'task' | 'signal' | 'stallMs' | 'coldBudget'>,
    verified: bigint,
  ): Promise<Purchase> {
    const progress = this.purchases.get(id)
    if (progress === undefined || progress.settled !== undefined || progress.abandoned !== undefined)
      throw new SdkError('PURCHASE_UNKNOWN', 'no such purchase is unfinished')
    const signed = decodeSigned(quoteForm, progress.quote)
    const descriptor = decodeSigned(descriptorForm, progress.descriptor)
    const { body } = signed
    const quote = verifyQuote(signed, {
      frame: this.agent.client.frame,
      descriptor: descriptor.body,
      descriptorDigest: descriptorDigest(descriptor.body),
      buyer: this.address,
      resource: body.resource,
      quantity: body.quantity,
      unitPriceMax: body.unitPrice,
      totalMax: body.total,
      creditWindowMax: body.creditWindow,
      goodsRequired: false,
      now: body.issued,
    })
    const record = decodeCommitment(progress.commitment)
    const commitment = Commitment.verify(record, quote, {
      frame: this.agent.client.frame,
      now: record.terms.proposed,
    })
    const clock = new PhaseClock(order.coldBudget ?? COLD_BUDGET)
    const full: PurchaseOrder = {
      ...order,
      capability: descriptor.body.capability,
      quantity: body.quantity,
      unitPriceMax: body.unitPrice,
      totalMax: body.total,
    }
    const seller = new SellerClient(progress.url, this.fetch)
    const run = new Run({ buyer: this, quote, order: full, clock, seller, progress, isResumed: true })
    run.advance({ kind: 'quoted', quote, commitment })
    return carryOut(run, record.terms.negotiated.collateral, verified)
  }

  /** Waits for its turn: until the purchase before it has presented its credential, the channel is bound to that one's quote. */
  async takeBinding(channel: Hash): Promise<() => void> {
    const key = hashKey(channel)
    const before = this.#bindings.get(key)
    let release = (): void => {}
    const mine = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#bindings.set(key, mine)
    await before
    return () => {
      if (this.#bindings.get(key) === mine) this.#bindings.delete(key)
      release()
    }
  }

  /** Application messages of sellers: they belong to the purchase whose quote they name, or to nothing. */
  receive(bytes: Uint8Array, channel: Channel): Promise<void> | undefined {
    const message = decodeStreamMessage(bytes)
    const under = this.receptions.get(hashKey(message.body.quote))
    // Quotes are no secrets: that of a purchase from another seller, said in this channel, means nothing.
    return under !== undefined && equalBytes(under.channel, channel.id)
      ? under.reception.take(message)
      : undefined
  }

  get sync(): 'fdatasync' | 'none' {
    return this.#options.sync ?? 'fdatasync'
  }

  /** What was opened beside this buyer and ends with it. */
  onClose(closer: () => Promise<void>): void {
    this.#closers.push(closer)
  }

  async close(): Promise<void> {
    await this.agent.close()
    await this.purchases.close()
    for (const closer of this.#closers) await closer()
  }
}
