/**
 * A buyer: runs the procurement loop (loop-state.ts) against the registry and the sellers that it finds. Every step that cannot be
 * repeated for free is durable before the next (progress.ts); providers are a cursor that only moves on (FR-5); once
 * something is paid, the loop resumes with the same provider and never starts over with another.
 */
import { join } from 'node:path'
import type { Channel, StreamPayer } from '@symbolon/channels'
import {
  type ChallengeBinding,
  decodeBinding,
  examineChallenge,
  formatPresentation,
  parseChallenge,
} from '@symbolon/credentials'
import {
  Commitment,
  type CommitmentTerms,
  commitmentTerms,
  decodeCommitment,
  decodeSigned,
  descriptorDigest,
  descriptorForm,
  encodeSigned,
  fundingTerms,
  proposeCommitment,
  quoteForm,
  requireSolvent,
  type VerifiedQuote,
  verifyQuote,
} from '@symbolon/market'
import {
  type Address,
  type Amount,
  domainDigest,
  ed25519,
  encode,
  equalBytes,
  formatDid,
  fromHex,
  type Hash,
  hashKey,
  isSymbolonError,
  toHex,
} from '@symbolon/primitives'
import { type SignedChannelState, STREAM_TICKS_MAX } from '@symbolon/protocol'
import type { FrameClient } from '../client/frame-client.ts'
import { SdkError } from '../errors.ts'
import { CREDIT_WINDOW_DEFAULT, DELIVERY_STALL_MS, PREPAID_UNITS_MAX, RESERVE_PPM } from '../limits.ts'
import { goodsPath } from '../seller/offer.ts'
import { Agent, type AgentOptions } from '../wallet/agent.ts'
import type { AgentKeys } from '../wallet/keys.ts'
import { parseInvoice } from '../wire/invoice.ts'
import { HEADER_CHANNEL, HEADER_PAYER, HEADER_QUOTE } from '../wire/routes.ts'
import { decodeStreamMessage, encodeStreamMessage } from '../wire/stream-message.ts'
import { keepConnected } from './connection-keeper.ts'
import { dial } from './dial.ts'
import { discover, type FoundProvider, resourceName } from './discovery.ts'
import { advanceLoop, type LoopEvent, type LoopState, type SettledState } from './loop-state.ts'
import { type Agreed, negotiate } from './negotiate.ts'
import { payChallenge } from './pay-challenge.ts'
import { COLD_BUDGET, PhaseClock, WARM_BUDGET } from './phase-clock.ts'
import { PurchaseJournal, type PurchaseProgress } from './progress.ts'
import type { Purchase, PurchaseOrder } from './purchase.ts'
import type { PurchaseEvidence, StreamEvidence } from './receipt.ts'
import { Reception } from './reception.ts'
import { problemError, SellerClient } from './seller-client.ts'
import { watchForStall } from './stall-watch.ts'

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

/** A purchase under way, with everything that the predicates and the receipt need. */
interface Run {
  state: LoopState
  progress: PurchaseProgress
  readonly quote: VerifiedQuote
  readonly order: PurchaseOrder
  readonly clock: PhaseClock
  readonly seller: SellerClient
  readonly resource: string
  /** True if an earlier life, or an earlier attempt of this one, began it. */
  readonly isResumed: boolean
  /** True once a payment may be on its way: from then on another provider would be paid a second time. */
  isCommitted: boolean
  binding?: ChallengeBinding
  streamState?: SignedChannelState
}

export class Buyer {
  readonly agent: Agent
  readonly purchases: PurchaseJournal
  readonly #options: BuyerOptions
  readonly #receptions = new Map<string, { channel: Hash; reception: Reception }>()
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
          quantity: order.quantity,
          gates: {
            latencyCeilingMs: 60_000,
            taskCostMax: order.totalMax,
            reputationMinPpm: order.reputationMin ?? 0,
          },
          runway: { remaining, initial: remaining, tasksRemaining: 1n, deadlinePressurePpm: 0 },
          now: this.seconds,
          verify: this.#options.verifyFrame ?? true,
        },
        this.#options.fetch ?? fetch,
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
    const { descriptor, digest, client: seller } = provider
    const resource = resourceName(descriptor.body)
    order.onEvent?.({
      kind: 'provider',
      provider: provider.provider,
      reputation: provider.reputation,
      resource,
    })
    const agreed = await this.#negotiate(provider, resource, order, clock)
    const quote = await clock.run('quote', async (signal) => {
      const signed = await seller.quote(
        {
          buyer: this.address,
          descriptor: digest,
          resource,
          quantity: order.quantity,
          ...(order.first === undefined ? {} : { first: order.first }),
          ...(agreed === undefined ? {} : { negotiation: agreed.negotiation }),
        },
        signal,
      )
      return verifyQuote(signed, {
        frame: this.agent.client.frame,
        descriptor: descriptor.body,
        descriptorDigest: digest,
        buyer: this.address,
        resource,
        quantity: order.quantity,
        unitPriceMax: order.unitPriceMax,
        totalMax: order.totalMax,
        creditWindowMax: CREDIT_WINDOW_DEFAULT * 32,
        goodsRequired: descriptor.body.resource.kind === 'data',
        now: this.seconds,
      })
    })
    const prepaidMax = order.prepaidUnitsMax ?? PREPAID_UNITS_MAX
    if (quote.quote.unitsMin > prepaidMax)
      throw new SdkError(
        'QUOTE_PREPAYMENT',
        `the seller wants ${quote.quote.unitsMin} units paid before the first; prepaidUnitsMax is ${prepaidMax}`,
      )
    const commitment = await clock.run('commitment', (signal) =>
      this.#commit(quote, provider, order, agreed, signal),
    )
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
    const run: Run = {
      state: { name: 'Idle' },
      progress,
      quote,
      order,
      clock,
      seller,
      resource,
      isResumed: false,
      isCommitted: false,
    }
    this.#advance(run, { kind: 'quoted', quote, commitment })
    return this.#carryOut(run, funding.deposits[0])
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
    const run: Run = {
      state: { name: 'Idle' },
      progress,
      quote,
      order: full,
      clock,
      seller: new SellerClient(progress.url, this.#options.fetch ?? fetch),
      resource: body.resource,
      isResumed: true,
      isCommitted: progress.preimage !== undefined,
    }
    this.#advance(run, { kind: 'quoted', quote, commitment })
    return this.#carryOut(run, record.terms.negotiated.collateral, verified)
  }

  async #negotiate(
    provider: FoundProvider,
    resource: string,
    order: PurchaseOrder,
    clock: PhaseClock,
  ): Promise<Agreed | undefined> {
    const { negotiate: terms } = order
    if (terms === undefined) return undefined
    const { serviceLevel, credentialTypes } = provider.descriptor.body
    const hard = {
      descriptor: provider.digest,
      resource,
      quantity: order.quantity,
      latencyCeilingMs: serviceLevel.latencyCeilingMs,
      throughputFloorOps: serviceLevel.throughputFloorOps,
      credentialType: credentialTypes[0] ?? 'l402',
    }
    const parties = { frame: this.agent.client.frame, provider: provider.provider, now: this.seconds }
    return clock.run('negotiation', (signal) =>
      negotiate(provider.client, this.agent.keys, parties, hard, terms, signal),
    )
  }

  async #commit(
    quote: VerifiedQuote,
    provider: FoundProvider,
    order: PurchaseOrder,
    agreed: Agreed | undefined,
    signal: AbortSignal,
  ): Promise<Commitment> {
    const { frame, genesis } = this.agent.client
    const { total, unitPrice, creditWindow } = quote.quote
    const collateral = order.collateral ?? total + (total * RESERVE_PPM) / 1_000_000n + 1n
    const terms: CommitmentTerms = {
      frame,
      buyer: this.address,
      provider: provider.provider,
      quote: quote.digest,
      serviceLevel: provider.descriptor.body.serviceLevel,
      ...(agreed === undefined ? {} : { negotiation: agreed.negotiation }),
      negotiated: agreed?.soft ?? {
        priceCapPerUnit: unitPrice,
        collateral,
        challengePeriod: genesis.parameters.challengePeriod,
        creditWindow: BigInt(creditWindow),
      },
      budget: total,
      disputes: 'channel-state',
      nonce: crypto.getRandomValues(new Uint8Array(16)),
      proposed: this.seconds,
      validity: 60n,
    }
    const { keys } = this.agent
    const signer = {
      publicKey: keys.publicKey,
      sign: () => keys.signMessage('commitment', frame, encode(commitmentTerms, terms)),
    }
    const accepted = await provider.client.commit(
      quote.digest,
      await proposeCommitment(terms, quote, signer),
      signal,
    )
    return Commitment.verify(accepted, quote, { frame, now: this.seconds })
  }

  #advance(run: Run, event: LoopEvent): void {
    run.state = advanceLoop(run.state, event)
    run.order.onEvent?.({ kind: 'state', state: run.state.name, atMs: run.clock.elapsedMs })
  }

  async #save(run: Run, more: Partial<PurchaseProgress>): Promise<void> {
    run.progress = { ...run.progress, ...more }
    await this.purchases.save(run.progress)
  }

  /** From the agreement to the settlement: what is done already is not done again. */
  async #carryOut(run: Run, collateral: Amount, verified = 0n): Promise<Purchase> {
    const { keys } = this.agent
    const { task } = run.order
    keys.purpose({ resource: run.resource, ...(task === undefined ? {} : { task }) })
    try {
      const channel = await this.#readyChannel(run, collateral)
      const release = await this.takeBinding(channel.id)
      try {
        await this.#bind(run, channel)
        await run.clock.run('authentication', (signal) => this.#authenticate(run, channel, signal))
      } finally {
        release()
      }
      return await this.#receiveAndSettle(run, channel, verified)
    } catch (cause) {
      // After the first payment the same purchase is resumed; another provider would be paid a second time.
      if (run.progress.preimage === undefined && !run.isCommitted) {
        if (!run.isResumed) await this.#save(run, { abandoned: 1 })
        throw cause
      }
      const { code = 'ERROR', message } = cause as { code?: string; message: string }
      throw new SdkError(code, `${message} (paid already: resume purchase ${toHex(run.progress.id)})`, {
        cause,
        details: { paid: true, purchase: toHex(run.progress.id) },
      })
    } finally {
      keys.purpose(undefined)
    }
  }

  async #readyChannel(run: Run, collateral: Amount): Promise<Channel> {
    const { quote, progress, order, clock } = run
    const { total } = quote.quote
    const known =
      progress.channel === undefined
        ? this.#channelOfQuote(quote.digest)
        : this.agent.host.get(progress.channel)
    if (known === undefined && progress.channel !== undefined)
      throw new SdkError(
        'PURCHASE_CHANNEL_CLOSED',
        'the channel of this purchase is closed and settled on the ledger; buy what is missing anew',
      )
    const warm = known ?? this.agent.findChannel(progress.provider, total)
    if (warm === undefined) {
      clock.use(order.coldBudget ?? COLD_BUDGET)
      requireSolvent(
        { remaining: await this.remaining(), cost: total, checkedAtMs: performance.now() },
        performance.now(),
      )
    }
    return clock.run('channel', async () => {
      let channel: Channel
      if (warm === undefined) {
        const nonce = await this.agent.ledger.nextNonce()
        const { challengePeriod } = this.agent.client.genesis.parameters
        channel = await this.agent.host.open(await dial(progress.channelUrl), {
          deposits: [collateral, 0n],
          reserve: (collateral * RESERVE_PPM) / (1_000_000n + RESERVE_PPM),
          challengePeriod,
          nonce,
          quote: quote.digest,
        })
      } else {
        channel = warm
        // Agreed before a crash, and perhaps not on the ledger: the same terms are the same channel, however often they are sent.
        if (channel.phase === 'opening') await this.agent.host.submitOpen(channel)
        await isOpen(channel)
        if (!channel.isOnline) await channel.connect(await dial(progress.channelUrl))
      }
      const wasOpened =
        progress.channel === undefined ? warm === undefined || isOwn(channel, quote.digest) : false
      const isWarm = progress.warm === undefined ? !wasOpened : progress.warm === 1
      await this.#save(run, { channel: channel.id, warm: isWarm ? 1 : 0 })
      return channel
    })
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

  /**
   * The channel's newest co-signed state names the quote. A purchase that goes on binds it in any case: the update comes after
   * whatever an earlier life proposed, so that nothing is proposed a second time because its answer is not known yet.
   */
  async #bind(run: Run, channel: Channel): Promise<void> {
    const { digest } = run.quote
    if (run.isResumed || !equalBytes(boundQuote(channel) ?? new Uint8Array(0), digest))
      await run.clock.run('channel', () => channel.update([{ kind: 'agreeQuote', body: { quote: digest } }]))
    this.#advance(run, {
      kind: 'channel',
      channel: channel.id,
      warm: run.progress.warm === 1,
      bound: boundQuote(channel),
    })
  }

  #channelOfQuote(quote: Hash): Channel | undefined {
    for (const channel of this.agent.host.channels.values())
      if (
        (channel.phase === 'open' || channel.phase === 'opening') &&
        (isOwn(channel, quote) || equalBytes(boundQuote(channel) ?? new Uint8Array(0), quote))
      )
        return channel
    return undefined
  }

  /** 402, payment, presentation. Every part can be repeated after a crash without paying twice. */
  async #authenticate(run: Run, channel: Channel, signal: AbortSignal): Promise<void> {
    const path = goodsPath(run.resource)
    const bound = {
      [HEADER_PAYER]: formatDid(this.address),
      [HEADER_CHANNEL]: toHex(channel.id),
      [HEADER_QUOTE]: toHex(run.quote.digest),
    }
    if (run.progress.preimage === undefined) {
      const isFromBefore = run.progress.challenge !== undefined
      try {
        await this.#payOnce(run, channel, path, bound, signal)
      } catch (error) {
        // The seller has forgotten the challenge and gave its payment back: a new one may be asked for.
        if (!isFromBefore || !isSymbolonError(error, 'PAYMENT_REFUSED')) throw error
        await this.#save(run, { challenge: undefined })
        await this.#payOnce(run, channel, path, bound, signal)
      }
    }
    const { preimage, challenge: header } = run.progress
    const challenge = parseChallenge(header ?? '')
    run.binding = decodeBinding(challenge.binding?.bytes ?? new Uint8Array(0))
    this.#advance(run, {
      kind: 'authenticated',
      binding: run.binding,
      preimage: preimage ?? new Uint8Array(32),
    })
    // The seller has written down that this purchase is paid: the credential may have expired since.
    if (run.progress.authenticated !== undefined) return
    const authorization = formatPresentation({
      macaroon: challenge.macaroon,
      preimage: preimage ?? new Uint8Array(32),
    })
    const granted = await run.seller.request('GET', path, { ...bound, authorization }, signal)
    if (granted.status !== 200) throw problemError(readProblem(granted.body), granted.status)
    await this.#save(run, { authenticated: 1 })
  }

  /** Leaves challenge and preimage in the progress, both durable. Errors: those of the checks, and of `payChallenge`. */
  async #payOnce(
    run: Run,
    channel: Channel,
    path: string,
    bound: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { seller, quote, resource } = run
    const { frame } = this.agent.client
    const known = run.progress.challenge
    const isPaidFor = known !== undefined && isUnderWay(channel, known)
    if (known === undefined || (!isPaidFor && this.#isStale(known))) {
      const answer = await seller.request('GET', path, bound, signal)
      const header = answer.headers.get('www-authenticate')
      if (answer.status !== 402 || header === null)
        throw problemError(readProblem(answer.body), answer.status)
      await this.#save(run, { challenge: header })
    }
    const challenge = parseChallenge(run.progress.challenge ?? '')
    const providerKey = quote.signed.publicKey
    const prepaid = quote.quote.unitPrice * quote.quote.unitsMin
    const purchase = await examineChallenge(challenge, {
      // What was examined in time and paid does not expire while its answer is awaited.
      now: isPaidFor ? 0 : Number(this.seconds),
      amountMax: prepaid,
      decodeInvoice: parseInvoice,
      binding: {
        expected: {
          frame: toHex(frame),
          channel: toHex(channel.id),
          quote: toHex(quote.digest),
          price: prepaid,
          resource,
          payee: formatDid(quote.quote.provider),
          payer: formatDid(this.address),
        },
        verify: (bytes, signature) =>
          ed25519.verify(signature, domainDigest('challenge', frame, bytes), providerKey),
      },
    })
    const bindingBytes = challenge.binding?.bytes ?? new Uint8Array(0)
    run.isCommitted = true
    try {
      const preimage = await payChallenge(
        channel,
        {
          paymentHash: purchase.paymentHash as Hash,
          amount: purchase.amount,
          binding: domainDigest('challenge', frame, bindingBytes),
        },
        this.agent.ledger.height(),
        signal,
      )
      await this.#save(run, { preimage })
    } catch (error) {
      run.isCommitted =
        isUnderWay(channel, run.progress.challenge ?? '') || !isSymbolonError(error, 'PAYMENT_REFUSED')
      throw error
    }
  }

  #isStale(header: string): boolean {
    const { binding } = parseChallenge(header)
    return binding === undefined || decodeBinding(binding.bytes).expiresAt <= Number(this.seconds)
  }

  async #receiveAndSettle(run: Run, channel: Channel, verified: bigint): Promise<Purchase> {
    const { quote, order, clock } = run
    if (run.progress.streamed !== undefined && this.#streamOf(run, channel) === undefined)
      return this.#finish(run, channel, verified, run.progress.streamed, undefined, 0, 0)
    const payer = await clock.run('stream', () =>
      this.#whileConnected(run, channel, () => this.#openStream(run, channel)),
    )
    this.#advance(run, {
      kind: 'streaming',
      stream:
        payer === undefined ? undefined : { run: payer.run, quote: payer.quote, tickValue: payer.tickValue },
    })
    const evidence = this.#watchStream(run, channel, payer)
    const reception = new Reception({
      quote: quote.quote,
      payer,
      sink: order.sink,
      verified,
      onProgress: (units) =>
        order.onEvent?.({
          kind: 'progress',
          units,
          quantity: quote.quote.quantity,
          paid: units * quote.quote.unitPrice,
        }),
    })
    const streamBegan = performance.now()
    await clock.measure('stream', () => this.#deliver(run, channel, payer, reception))
    const streamMs = performance.now() - streamBegan
    const firstUnitMs = clock.elapsedMs - (performance.now() - (reception.firstUnitAt ?? performance.now()))
    const stream = evidence.take()
    const streamed = payer?.paidUnits ?? 0n
    if (payer !== undefined) {
      await this.#save(run, { streamed })
      await clock.measure('settlement', () => this.#whileConnected(run, channel, () => payer.close()))
    }
    evidence.stop()
    return this.#finish(run, channel, reception.verified, streamed, stream, firstUnitMs, streamMs)
  }

  async #finish(
    run: Run,
    channel: Channel,
    units: bigint,
    streamed: bigint,
    stream: StreamEvidence | undefined,
    firstUnitMs: number,
    streamMs: number,
  ): Promise<Purchase> {
    const { quote } = run.quote
    if (run.state.name === 'Authenticated')
      this.#advance(run, {
        kind: 'streaming',
        stream: { run: run.progress.run ?? 0n, quote: run.quote.digest, tickValue: quote.unitPrice },
      })
    const paid = (quote.unitsMin + streamed) * quote.unitPrice
    this.#advance(run, { kind: 'settled', units, paid, sequence: channel.signed.state.sequence })
    await this.#save(run, { settled: units })
    return {
      settled: run.state as SettledState,
      provider: quote.provider,
      resource: run.resource,
      channel: channel.id,
      warm: run.progress.warm === 1,
      units,
      paid,
      phasesMs: { ...run.clock.took },
      totalMs: run.clock.elapsedMs,
      firstUnitMs,
      streamMs,
      evidence: this.#evidenceOf(run, channel, stream, units),
    }
  }

  #streamOf(run: Run, channel: Channel): StreamPayer | undefined {
    for (const payer of channel.streams.payers.values())
      if (equalBytes(payer.quote, run.quote.digest) && !payer.isClosed) return payer
    return undefined
  }

  /**
   * Does work that needs the seller's signature, over as many connections as it takes: an update waits while nobody is
   * connected. Errors: DELIVERY_INTERRUPTED, those of the work.
   */
  async #whileConnected<T>(run: Run, channel: Channel, work: () => Promise<T>): Promise<T> {
    let stop = (): void => {}
    const lost = new Promise<never>((_, reject) => {
      stop = keepConnected({
        channel,
        url: run.progress.channelUrl,
        progress: () => channel.signed.state.sequence,
        onConnected: () => {},
        onFailed: reject,
      })
    })
    try {
      return await Promise.race([work(), lost])
    } finally {
      stop()
    }
  }

  /** The stream of this purchase: opened now, or the one that an earlier life opened. */
  async #openStream(run: Run, channel: Channel): Promise<StreamPayer | undefined> {
    const { quantity, unitsMin, unitPrice } = run.quote.quote
    const units = quantity - unitsMin
    if (units === 0n) return undefined
    const open = this.#streamOf(run, channel)
    if (open !== undefined) {
      open.limitTo(units)
      if (run.progress.run === undefined) await this.#save(run, { run: open.run })
      return open
    }
    if (run.progress.run !== undefined)
      throw new SdkError(
        'STREAM_CLOSED',
        'the seller closed the stream of this purchase before its end; what was delivered is paid, buy the rest anew',
      )
    const length = units < BigInt(STREAM_TICKS_MAX) ? Number(units) : STREAM_TICKS_MAX
    const payer = await channel.openStream({
      tickValue: unitPrice,
      quote: run.quote.digest,
      length,
      unitsMax: units,
    })
    await this.#save(run, { run: payer.run })
    return payer
  }

  /** Keeps what proves the stream: the state that opened it now, its deepest preimage before it is closed. */
  #watchStream(
    run: Run,
    channel: Channel,
    payer: StreamPayer | undefined,
  ): { take(): StreamEvidence | undefined; stop(): void } {
    run.streamState = channel.signed
    return {
      take: () => {
        const chain = payer?.chains[0]
        const state = run.streamState
        if (chain === undefined || state === undefined || chain.index === 0) return undefined
        return { state, id: chain.stream, ticks: chain.index, preimage: chain.chain.preimage(chain.index) }
      },
      stop: () => {},
    }
  }

  /** Delivers over as many connections as it takes; what is verified is never asked for again. */
  async #deliver(
    run: Run,
    channel: Channel,
    payer: StreamPayer | undefined,
    reception: Reception,
  ): Promise<void> {
    const key = hashKey(run.quote.digest)
    this.#receptions.set(key, { channel: channel.id, reception })
    const begin = (): void =>
      reception.restart((from) => {
        if (!channel.isOnline) return
        const body = { quote: run.quote.digest, run: payer?.run ?? 0n, from }
        channel.sendApplication(encodeStreamMessage({ kind: 'begin', body }))
      })
    const stopKeeping = keepConnected({
      channel,
      url: run.progress.channelUrl,
      progress: () => reception.verified,
      onConnected: begin,
      onFailed: (error) => reception.fail(error),
    })
    const stallMs = run.order.stallMs ?? DELIVERY_STALL_MS
    const stopWatching = watchForStall(reception, stallMs, () =>
      reception.fail(
        new SdkError(
          'DELIVERY_STALLED',
          `the seller sent no unit for ${stallMs} ms; resume, or buy elsewhere`,
        ),
      ),
    )
    const aborted = (): void =>
      reception.fail(new SdkError('PURCHASE_ABORTED', 'the caller ended the purchase'))
    run.order.signal?.addEventListener('abort', aborted, { once: true })
    try {
      await Promise.race([reception.payDue(), reception.complete])
      if (!reception.isComplete) begin()
      await reception.complete
    } finally {
      stopKeeping()
      stopWatching()
      run.order.signal?.removeEventListener('abort', aborted)
      this.#receptions.delete(key)
    }
  }

  #evidenceOf(
    run: Run,
    channel: Channel,
    stream: StreamEvidence | undefined,
    verified: bigint,
  ): PurchaseEvidence {
    const { progress, quote } = run
    const challenge = parseChallenge(progress.challenge ?? '')
    return {
      frame: this.agent.client.frame,
      channel: channel.id,
      descriptor: progress.descriptor,
      quote: progress.quote,
      commitment: progress.commitment,
      challenge: challenge.binding ?? { bytes: new Uint8Array(0), signature: new Uint8Array(0) },
      credential: {
        identifier: challenge.macaroon.identifier,
        caveats: challenge.macaroon.caveats.map((caveat) => caveat.identifier),
        preimage: progress.preimage ?? new Uint8Array(32),
      },
      stream,
      goods: quote.quote.goods === undefined ? undefined : { root: quote.quote.goods.root, verified },
    }
  }

  /** Application messages of sellers: they belong to the purchase whose quote they name, or to nothing. */
  receive(bytes: Uint8Array, channel: Channel): Promise<void> | undefined {
    const message = decodeStreamMessage(bytes)
    const under = this.#receptions.get(hashKey(message.body.quote))
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

/** The quote that a channel is bound to: agreed in its newest state, or named by its terms. */
function boundQuote(channel: Channel): Hash | undefined {
  return channel.signed.state.quote ?? channel.terms.quote
}

/** Opened for this purchase, and not found. */
function isOwn(channel: Channel, quote: Hash): boolean {
  return channel.terms.quote !== undefined && equalBytes(channel.terms.quote, quote)
}

/** The payment of a challenge waits for its answer in the newest state, or has got it. */
function isUnderWay(channel: Channel, header: string): boolean {
  const { binding } = parseChallenge(header)
  if (binding === undefined) return false
  const paymentHash = fromHex(decodeBinding(binding.bytes).paymentHash) as Hash
  return (
    channel.preimageOf(paymentHash) !== undefined ||
    channel.signed.state.pending.some((payment) => equalBytes(payment.paymentHash, paymentHash))
  )
}

/** Resolves when the ledger has the channel. */
function isOpen(channel: Channel): Promise<void> {
  if (channel.phase !== 'opening') return Promise.resolve()
  return new Promise((resolve) => {
    const stop = channel.events.on('phase', () => {
      stop()
      resolve()
    })
  })
}

function readProblem(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
