/**
 * One side of one channel: the shell around the co-signing core, the streams and the ledger. It signs through the given signer, makes
 * every intent durable before it speaks of it, and answers disputes by itself while it runs.
 */
import { type Amount, ed25519, equalBytes, type Hash, hmacSha256, sha256 } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type ChannelState,
  channelStateDigest,
  type Party,
  type SignedChannelState,
} from '@symbolon/protocol'
import { ChannelError, channelErrorFrom } from '../errors.ts'
import type { ChannelLimits } from '../limits.ts'
import {
  decodeMessage,
  encodeMessage,
  errorMessage,
  type Message,
  type MessageOf,
  type Position,
} from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'
import { judgeOperations } from '../operation/judge.ts'
import type { Operation } from '../operation/operation.ts'
import type { ChannelStore, StoredChannel } from '../storage/channel-store.ts'
import type { EntryBody } from '../storage/entry.ts'
import type { StreamPayer } from '../stream/payer.ts'
import { StreamBook, type StreamTerms } from '../stream/stream-book.ts'
import type { Transport } from '../transport/transport.ts'
import type { Evidence } from '../watcher/respond.ts'
import { ApplicationData } from './application-data.ts'
import { commitRefused, committed, entryOf, sendOutstanding } from './commit.ts'
import type { Core, CoreView, Intent, Output, Step, Unsigned } from './core.ts'
import { bestProvable, DisputeResponder } from './dispute-responder.ts'
import type { ChannelEnvironment } from './environment.ts'
import { type ChannelEvents, EventEmitter } from './events.ts'
import { Handshake } from './handshake.ts'
import { type ChannelLedger, LEDGER_OK } from './ledger.ts'
import { PHASES, type Phase } from './phase.ts'
import { asChannelError, propose } from './propose.ts'
import { receiveAccept, receiveCounter, receiveState, receiveUpdate, refuse } from './receive.ts'
import type { ChannelSigner } from './signer.ts'
import { UpdateQueue } from './update-queue.ts'

/** Everything a channel is given. */
export interface ChannelOptions {
  readonly store: ChannelStore
  readonly signer: ChannelSigner
  readonly ledger: ChannelLedger
  /** 32 bytes from which the seeds of this side's streams follow; keep it like a key. */
  readonly secret: Uint8Array
  readonly limits: ChannelLimits
  readonly environment: ChannelEnvironment
  /** Throws to refuse an operation of the peer: quotes, prices, a final close. */
  readonly consent?: ((operation: Operation, state: ChannelState) => void) | undefined
  /** Application bytes in order with ticks; a promise holds back further reading (backpressure). */
  readonly application?:
    | ((
        bytes: Uint8Array,
        delivered: { run: bigint; units: number } | undefined,
        channel: Channel,
      ) => void | Promise<void>)
    | undefined
}

type Control = Extract<Message, { kind: 'update' | 'counter' | 'accept' | 'state' }>

export class Channel {
  readonly events = new EventEmitter<ChannelEvents>()
  readonly streams: StreamBook
  readonly #options: ChannelOptions
  readonly #view: CoreView
  #core: Core
  #phase: Phase
  #record: ChannelRecord | undefined
  readonly #queue = new UpdateQueue()
  readonly #application: ApplicationData
  readonly #disputes: DisputeResponder
  #isProposeScheduled = false
  #committing: Promise<void> = Promise.resolve()
  #control: Control[] = []
  #transport: Transport | undefined
  #handshake: Handshake | undefined
  #isOnline = false
  #peerPosition: Position | undefined
  #isHelloSent = false
  #failure: unknown
  #cancelSilence: (() => void) | undefined
  #isUnsubscribed: (() => void) | undefined
  readonly #preimages: Uint8Array[]

  constructor(stored: StoredChannel, options: ChannelOptions) {
    this.#options = options
    this.#phase = stored.phase
    this.#preimages = [...stored.preimages]
    this.#core = coreOf(stored)
    const { limits, environment } = options
    this.#application = new ApplicationData(limits)
    this.#disputes = new DisputeResponder(options.ledger)
    this.#view = {
      verify: (signature, digest, key) => ed25519.verify(signature, digest, key),
      isKnownTick: (stream, ticks, preimage) => this.streams.isKnownTick(stream, ticks, preimage),
      judge: (base, operations) => this.#judge(base, operations),
    }
    this.streams = new StreamBook({
      frame: stored.frame,
      channel: stored.channel,
      party: stored.party,
      reserve: stored.terms.reserve,
      secret: hmacSha256(options.secret, stored.channel),
      limits,
      environment,
      state: () => this.#core.signed.state,
      links: () => this.#core.links,
      nextSequence: () => (this.#core.mine?.half.state.sequence ?? this.#core.signed.state.sequence) + 1n,
      send: (message) => this.#send(message),
      sendApplication: (body) => this.#application.send(this.#online, body),
      update: (operations) => this.update(operations),
      append: (body) => this.#append(body),
      flush: () => options.store.flush(),
      opened: (payee) => this.events.emit('stream', payee),
      ticksDurable: () => this.events.emit('ticks'),
      failed: (error) => this.#fail(error),
    })
  }

  /** Rebuilds streams and follows the ledger. Call once, before connecting. */
  async start(): Promise<void> {
    const stored = this.#options.store.get(this.id)
    if (stored !== undefined) await this.streams.restore(stored)
    this.#isUnsubscribed = this.#options.ledger.subscribe(this.id, (record, height) =>
      this.#onLedger(record, height),
    )
    const record = await this.#options.ledger.channel(this.id)
    if (record !== undefined) this.#onLedger(record, this.#options.ledger.height())
  }

  get id(): Hash {
    return this.#core.channel
  }
  get party(): Party {
    return this.#core.party
  }
  get terms(): Core['terms'] {
    return this.#core.terms
  }
  get phase(): Phase {
    return this.#phase
  }
  get isOnline(): boolean {
    return this.#isOnline
  }
  /** The newest state with both signatures; durable. */
  get signed(): SignedChannelState {
    return this.#core.signed
  }
  get record(): ChannelRecord | undefined {
    return this.#record
  }
  /** Base units of this side and of the other, not counting what is pending or locked in streams. */
  get balances(): { own: Amount; peer: Amount } {
    const [a = 0n, b = 0n] = this.#core.signed.state.balances
    return this.party === 0 ? { own: a, peer: b } : { own: b, peer: a }
  }

  /** The preimage of a payment of this channel, if it was ever revealed to or by this side. PERF: hashes those kept. */
  preimageOf(paymentHash: Hash): Uint8Array | undefined {
    return this.#preimages.findLast((preimage) => equalBytes(sha256(preimage), paymentHash))
  }

  /** What a watcher needs to protect this side while it is away: no key, no secret. */
  evidence(): Evidence {
    const ticks = new Map<bigint, Uint8Array>()
    for (const payee of this.streams.payees.values())
      for (const chain of payee.chains) if (chain.index > 0) ticks.set(chain.stream, chain.preimage)
    const { frame, channel, party, signed } = this.#core
    return { frame, channel, party, signed, ticks, preimages: this.#preimages }
  }

  /**
   * Proposes operations, which stand or fall together; those of one turn of the event loop share one signature (HF-1). Resolves
   * with the sequence of a state that both signed and that is durable here. Errors: CHANNEL_NOT_OPEN, CHANNEL_QUEUE_FULL, the errors of
   * `applyOperations`, CHANNEL_SIGNER_REFUSED, CHANNEL_PEER_REFUSED or the peer's own code. After an error nothing has changed.
   */
  update(operations: readonly Operation[]): Promise<bigint> {
    const error = this.#cannotUpdate(operations)
    if (error !== undefined) return Promise.reject(error)
    const updated = this.#queue.add(operations)
    this.#scheduleProposal()
    return updated
  }

  pay(amount: Amount): Promise<bigint> {
    return this.update([{ kind: 'pay', body: { amount } }])
  }

  /** Remembers a preimage, so that the payment it opens can be taken from the ledger if the peer goes away; then takes it. */
  async fulfilHtlc(id: bigint, preimage: Uint8Array): Promise<bigint> {
    this.#preimages.push(preimage)
    this.#append({ kind: 'preimage', body: { preimage } })
    await this.#options.store.flush()
    return this.update([{ kind: 'fulfilHtlc', body: { id, preimage } }])
  }

  openStream(terms: StreamTerms): Promise<StreamPayer> {
    const error = this.#cannotUpdate([])
    return error === undefined ? this.streams.open(terms) : Promise.reject(error)
  }

  /**
   * Sends application bytes in order with ticks. Throws CHANNEL_OFFLINE, CHANNEL_MESSAGE_TOO_LARGE, CHANNEL_BACKPRESSURE (await `drained`);
   * then nothing is sent.
   */
  sendApplication(bytes: Uint8Array): void {
    this.#application.send(this.#online, { bytes })
  }

  /** Resolves when the send buffer has room again, or the connection is gone. */
  drained(): Promise<void> {
    return this.#application.drained(this.#transport)
  }

  /**
   * Closes every stream, co-signs a final state and puts it on the ledger. Throws CHANNEL_NOT_SETTLED (payments pending), the errors
   * of `update`, CHANNEL_LEDGER_REFUSED.
   */
  async closeCooperative(): Promise<void> {
    if (this.#phase === 'closed') return
    if (!this.#core.signed.state.final)
      await this.update([...this.streams.closingOperations(), { kind: 'close', body: {} }])
    await this.submitFinal()
  }

  /** Puts a final state on the ledger; either side may, and one is enough. */
  async submitFinal(): Promise<void> {
    const { channel, signed } = this.#core
    if (!signed.state.final)
      throw new ChannelError('CHANNEL_NOT_SETTLED', 'The newest state is not final. Use closeCooperative.')
    await this.#submit({
      kind: 'channels.closeCooperative',
      body: { channel, state: signed.state, signatures: signed.signatures },
    })
  }

  /** Starts a dispute with the newest state that can be proven: the way out when the peer is silent (CL-2). */
  async closeUnilateral(): Promise<void> {
    const { channel, party } = this.#core
    const { state, signatures } = await bestProvable(
      this.#core,
      (next) => this.#sign(next, 'accept'),
      this.#view.verify,
    )
    await this.#submit({ kind: 'channels.closeUnilateral', body: { channel, state, signatures, party } })
  }

  /** Ends this side's work: the connection is closed, the ledger is no longer followed; nothing durable changes. */
  stop(reason = 'stopped'): void {
    this.#isUnsubscribed?.()
    this.#cancelSilence?.()
    this.streams.stop()
    this.#transport?.close(reason)
    this.#disconnected(reason)
  }

  /** Takes over a fresh connection; an older one is dropped. Resolves when the peer is identified and both agree on the newest state. */
  connect(transport: Transport, first?: Message): Promise<void> {
    this.#transport?.close('replaced')
    this.#disconnected('replaced')
    return new Promise((resolve, reject) => {
      const stopOnline = this.events.on('online', () => finish())
      const stopOffline = this.events.on('offline', (reason) =>
        finish(
          new ChannelError(
            'TRANSPORT_CLOSED',
            `The connection ended before the peer was identified: ${reason}.`,
          ),
        ),
      )
      const stopViolation = this.events.on('violation', (error) => finish(error))
      const stopPeer = this.events.on('peerError', (error) => finish(error))
      const finish = (error?: Error): void => {
        for (const stop of [stopOnline, stopOffline, stopViolation, stopPeer]) stop()
        if (error === undefined) resolve()
        else reject(error)
      }
      const { environment } = this.#options
      const self = {
        frame: this.#core.frame,
        channel: this.id,
        terms: this.terms,
        party: this.party,
        signer: this.#options.signer,
        verify: this.#view.verify,
      }
      this.#transport = transport
      this.#handshake = new Handshake(self, environment.random(32))
      this.#sendNow(this.#handshake.greeting())
      if (first !== undefined) this.#guard(transport, () => this.#dispatch(first, transport))
      transport.attach({
        message: (bytes) => this.#guard(transport, () => this.#dispatch(decodeMessage(bytes), transport)),
        drain: () => this.#application.wake(),
        close: (reason) => {
          if (this.#transport === transport) this.#disconnected(reason)
        },
      })
    })
  }

  #cannotUpdate(operations: readonly Operation[]): ChannelError | undefined {
    const { limits } = this.#options
    if (this.#failure !== undefined)
      return new ChannelError(
        'CHANNEL_NOT_OPEN',
        'The journal failed. Repair the disk and open the store again.',
        { cause: this.#failure },
      )
    if (this.#phase !== 'open' || this.#core.signed.state.final)
      return new ChannelError(
        'CHANNEL_NOT_OPEN',
        `The channel is ${this.#phase}; updates need an open one.`,
        { details: { phase: this.#phase } },
      )
    if (operations.length > limits.operationsPerUpdateMax)
      return new ChannelError(
        'CHANNEL_QUEUE_FULL',
        `${operations.length} operations at once, operationsPerUpdateMax is ${limits.operationsPerUpdateMax}. Split them.`,
      )
    if (this.#queue.groups.length >= limits.operationsQueuedMax)
      return new ChannelError(
        'CHANNEL_QUEUE_FULL',
        `operationsQueuedMax (${limits.operationsQueuedMax}) groups wait already. Await some first.`,
      )
    return undefined
  }

  #scheduleProposal(): void {
    if (this.#isProposeScheduled) return
    this.#isProposeScheduled = true
    queueMicrotask(() => {
      this.#isProposeScheduled = false
      this.#proposeNext()
    })
  }

  #proposeNext(): void {
    if (
      !this.#isOnline ||
      this.#queue.groups.length === 0 ||
      this.#phase !== 'open' ||
      this.#control.length > 0
    )
      return
    if (this.#core.intent !== undefined || this.#core.mine !== undefined) return
    const next = propose(
      this.#core,
      this.#queue.groups,
      this.#options.limits.operationsPerUpdateMax,
      this.#view,
    )
    this.#queue.keep(next.left)
    this.#take(next)
  }

  #take(step: Step): void {
    this.#core = step.core
    for (const output of step.outputs) this.#perform(output)
    if (step.core.mine === undefined && step.core.intent === undefined) this.#scheduleProposal()
  }

  #perform(output: Output): void {
    switch (output.kind) {
      case 'commit':
        this.#committing = this.#commit(output.intent, output.sign)
        return
      case 'send':
        this.#send(output.message)
        if (output.message.kind === 'update' || output.message.kind === 'counter') this.#awaitAnswer()
        return
      case 'settled':
        this.#queue.settle(output.tickets, this.#core.signed.state.sequence)
        return
      case 'failed':
        this.#queue.fail(output.tickets, output.error)
        return
      case 'requeue':
        this.#queue.requeue(output.groups)
        return
      case 'advanced':
        break
    }
  }

  /** Signs, stores, flushes; only then does the core go on and anything is sent. */
  async #commit(
    intent: Intent,
    sign: { next: Unsigned; purpose: 'open' | 'propose' | 'accept' | 'void' } | undefined,
  ): Promise<void> {
    let signature: Uint8Array | undefined
    if (sign !== undefined) {
      try {
        signature = await this.#sign(sign.next, sign.purpose)
      } catch (cause) {
        this.#signerRefused(intent, cause)
        return
      }
    }
    const before = this.#core
    try {
      this.#append(entryOf(before, intent, signature))
      if (intent.kind === 'accept' || intent.kind === 'conclude') {
        const closures = this.streams.closureEntry(before.signed.state, before.links, intent.batches)
        if (closures !== undefined) this.#append(closures)
        this.#keepProofsOfPayment(intent.batches)
      }
      await this.#options.store.flush()
    } catch (error) {
      this.#fail(error)
      return
    }
    const step = committed(before, signature)
    this.#core = step.core
    if (intent.kind === 'accept' || intent.kind === 'conclude') this.#advanced(before, intent)
    this.#take(step)
    this.#pumpControl()
  }

  /** A preimage that the peer reveals proves my payment for ever: it is on disk together with the state that pays. */
  #keepProofsOfPayment(batches: readonly OperationBatch[]): void {
    for (const { proposer, operations } of batches) {
      if (proposer === this.party) continue
      for (const operation of operations) {
        if (operation.kind !== 'fulfilHtlc') continue
        this.#preimages.push(operation.body.preimage)
        this.#append({ kind: 'preimage', body: { preimage: operation.body.preimage } })
      }
    }
  }

  #advanced(before: Core, intent: Extract<Intent, { kind: 'accept' | 'conclude' }>): void {
    this.streams.advanced(before.signed.state, before.links, intent.batches)
    if (this.#core.signed.state.final && this.#phase === 'open') this.#setPhase('closing')
    this.events.emit('advanced', this.#core.signed, intent.batches)
  }

  async #sign(next: Unsigned, purpose: 'open' | 'propose' | 'accept' | 'void'): Promise<Uint8Array> {
    const { frame, signed, party } = this.#core
    return this.#options.signer.signState({
      frame,
      previous: signed.state,
      next: next.state,
      party,
      purpose,
      digest: next.digest,
      operations: next.operations,
    })
  }

  #signerRefused(intent: Intent, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const error = new ChannelError('CHANNEL_SIGNER_REFUSED', `The signer refused: ${reason}`, { cause })
    this.#take(commitRefused(this.#core, error))
    // What I will not sign must not stay open to be signed later.
    if (intent.kind === 'accept' || (intent.kind === 'counter' && intent.refusal === undefined))
      this.#take(refuse(this.#core, intent.theirs, error, this.#view))
    this.#pumpControl()
  }

  #judge(base: ChannelState, operations: readonly Operation[]): void {
    const { ledger, consent } = this.#options
    const deposits = this.#record?.deposits ?? []
    judgeOperations(base, operations, {
      party: this.party,
      height: ledger.height(),
      challengePeriod: this.terms.challengePeriod,
      ticksShown: (stream) => this.streams.ticksShown(stream),
      recordedDeposit: (index) => deposits[index],
      absorbedDeposits: this.#core.absorbedDeposits,
      consent,
    })
    if (this.#phase !== 'open')
      throw new ChannelError('CHANNEL_NOT_OPEN', `The channel is ${this.#phase}; updates need an open one.`)
  }

  #dispatch(message: Message, transport: Transport): void {
    if (this.#failure !== undefined) return
    switch (message.kind) {
      case 'tick':
        this.#requireOnline(message)
        this.#tolerate(() => this.streams.receiveTick(message.body))
        return
      case 'tickDurable':
        this.#requireOnline(message)
        this.streams.receiveTickDurable(message.body)
        return
      case 'data':
        this.#requireOnline(message)
        this.#receiveData(message.body)
        return
      case 'update':
      case 'counter':
      case 'accept':
      case 'state':
        this.#requireOnline(message)
        if (this.#control.length >= this.#options.limits.controlMessagesQueuedMax)
          throw new ChannelError(
            'CHANNEL_FLOOD',
            `controlMessagesQueuedMax (${this.#options.limits.controlMessagesQueuedMax}) messages wait already.`,
          )
        this.#control.push(message)
        this.#pumpControl()
        return
      case 'greet':
        this.#handshake?.greeted(message.body)
        void this.#sayHello(transport)
        return
      case 'hello':
        this.#peerPosition = this.#handshake?.identified(message.body)
        this.#resynchronise()
        return
      case 'error':
        // The peer lost the channel: its deposit record on the ledger and my copy of the state bring it back.
        if (message.body.code === 'CHANNEL_UNKNOWN' && !this.#isOnline) void this.#offerRestore(transport)
        else this.events.emit('peerError', channelErrorFrom(message.body.code, message.body.reason))
        return
      default:
        throw new ChannelError(
          'CHANNEL_MESSAGE_UNEXPECTED',
          `"${message.kind}" has no place on an identified connection.`,
        )
    }
  }

  #requireOnline(message: Message): void {
    if (!this.#isOnline)
      throw new ChannelError('CHANNEL_MESSAGE_UNEXPECTED', `"${message.kind}" before the hello.`)
  }

  /** Ticks that cross a close on the wire are no offence: they change nothing and are answered with their error. */
  #tolerate(take: () => void): void {
    try {
      take()
    } catch (error) {
      const isHarmless =
        error instanceof ChannelError &&
        (error.code === 'CHANNEL_STREAM_UNKNOWN' || error.code === 'CHANNEL_TICK_STALE')
      if (!isHarmless) throw error
      this.#send(errorMessage(error))
    }
  }

  #pumpControl(): void {
    while (this.#control.length > 0 && this.#core.intent === undefined) {
      const message = this.#control.shift() as Control
      const transport = this.#transport
      if (transport === undefined) return
      this.#guard(transport, () => this.#take(this.#receive(message)))
    }
  }

  #receive(message: Control): Step {
    switch (message.kind) {
      case 'update':
        return receiveUpdate(
          this.#core,
          message.body,
          this.#options.limits.operationsPerUpdateMax,
          this.#view,
        )
      case 'counter':
        return receiveCounter(this.#core, message.body, this.#view)
      case 'accept':
        return receiveAccept(this.#core, message.body, this.#view)
      case 'state':
        return receiveState(this.#core, message.body, this.#view)
    }
  }

  async #sayHello(transport: Transport): Promise<void> {
    try {
      // An intent that is being stored would make the position old before it arrives.
      while (this.#core.intent !== undefined && this.#failure === undefined) await this.#committing
      if (this.#failure !== undefined) return
      await this.streams.saved()
      const { signed, mine } = this.#core
      const at: Position = {
        party: this.party,
        sequence: signed.state.sequence,
        ...(mine === undefined ? {} : { proposal: mine.half.state.sequence }),
        ...this.streams.position(),
      }
      const hello = await this.#handshake?.hello(at)
      if (hello === undefined || this.#transport !== transport) return
      this.#sendNow(hello)
      this.#isHelloSent = true
      this.#guard(transport, () => this.#resynchronise())
    } catch (error) {
      this.#violated(transport, error)
    }
  }

  /** Both hellos are there: the side that is ahead shows its state, then each repeats what is outstanding. */
  #resynchronise(): void {
    const theirs = this.#peerPosition
    if (theirs === undefined || !this.#isHelloSent || this.#isOnline) return
    this.#isOnline = true
    const { signed, links, mine } = this.#core
    const { sequence } = signed.state
    if (sequence > theirs.sequence) this.#sendNow({ kind: 'state', body: { signed, links: [...links] } })
    this.streams.resume(theirs)
    if (mine !== undefined && theirs.sequence < mine.half.state.sequence) {
      this.#perform(sendOutstanding(mine.half))
    }
    this.events.emit('online')
    this.#scheduleProposal()
  }

  async #offerRestore(transport: Transport): Promise<void> {
    const record = await this.#options.ledger.channel(this.id).catch(() => undefined)
    if (record !== undefined) this.#onLedger(record, this.#options.ledger.height())
    if (record?.status === CHANNEL_STATUS.open && this.#transport === transport) {
      const { terms, signed, links } = this.#core
      this.#sendNow({ kind: 'restore', body: { terms, signed, links: [...links] } })
      return
    }
    const what = record === undefined ? 'never had it' : 'has closed it'
    this.events.emit(
      'peerError',
      new ChannelError(
        'CHANNEL_UNKNOWN',
        `The peer does not know the channel and the ledger ${what}. Open a new one.`,
      ),
    )
    transport.close('unknown channel')
  }

  #receiveData(body: MessageOf<'data'>): void {
    const delivered = body.stream === undefined ? undefined : { run: body.stream, units: body.units ?? 0 }
    if (delivered !== undefined)
      this.#tolerate(() => this.streams.receiveUnits(delivered.run, delivered.units))
    const pending = this.#options.application?.(body.bytes, delivered, this)
    if (pending !== undefined) this.#application.hold(this.#transport, body.bytes.length, pending)
  }

  /** The connection, once the peer is identified. */
  get #online(): Transport | undefined {
    return this.#isOnline ? this.#transport : undefined
  }

  #send(message: Message): void {
    if (this.#isOnline) this.#sendNow(message)
  }

  #sendNow(message: Message): void {
    this.#transport?.send(encodeMessage(message))
  }

  /** Runs what a message asks for; what an honest peer cannot send ends the connection and changes nothing. */
  #guard(transport: Transport, run: () => void): void {
    if (this.#transport !== transport) return
    try {
      run()
    } catch (error) {
      this.#violated(transport, error)
    }
  }

  #violated(transport: Transport, cause: unknown): void {
    const error = asChannelError(cause)
    if (this.#transport !== transport) return
    this.#sendNow(errorMessage(error))
    this.events.emit('violation', error)
    transport.close(error.code)
    this.#disconnected(error.code)
  }

  #disconnected(reason: string): void {
    if (this.#transport === undefined) return
    this.#transport = undefined
    this.#handshake = undefined
    this.#peerPosition = undefined
    this.#isHelloSent = false
    this.#isOnline = false
    this.#control = []
    this.#cancelSilence?.()
    this.#cancelSilence = undefined
    this.#application.wake()
    this.events.emit('offline', reason)
  }

  /**
   * One timer serves all proposals of a connection: arming and cancelling one per update would cost more than signing. A silence is
   * therefore noticed after one to two timeouts.
   */
  #awaitAnswer(): void {
    if (this.#cancelSilence !== undefined) return
    const { environment, limits } = this.#options
    const outstanding = this.#core.mine
    this.#cancelSilence = environment.timer(limits.answerTimeoutMs, () => {
      this.#cancelSilence = undefined
      if (this.#core.mine === undefined) return
      if (this.#core.mine === outstanding) this.events.emit('silence')
      else this.#awaitAnswer()
    })
  }

  #append(body: EntryBody): void {
    this.#options.store.append(this.id, body)
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = error ?? new Error('unknown')
    this.#transport?.close('failure')
    this.#disconnected('failure')
    const refused = new ChannelError(
      'CHANNEL_NOT_OPEN',
      'The journal failed. Repair the disk and open the store again.',
      { cause: error },
    )
    this.#queue.failAll(refused)
    this.events.emit('failure', error)
  }

  #setPhase(phase: Phase): void {
    if (phase === this.#phase) return
    this.#phase = phase
    if (this.#failure === undefined) {
      this.#append({ kind: 'phase', body: { phase: PHASES.indexOf(phase) } })
      this.#options.store.flush().catch((error: unknown) => this.#fail(error))
    }
    if (phase !== 'open' && phase !== 'closing') {
      const error = new ChannelError('CHANNEL_NOT_OPEN', `The channel is ${phase}.`, { details: { phase } })
      this.#queue.failAll(error)
    }
    this.events.emit('phase', phase)
    this.#scheduleProposal()
  }

  /** The ledger is the authority from the moment that a close is on it. */
  #onLedger(record: ChannelRecord, height: bigint): void {
    this.#record = record
    switch (record.status) {
      case CHANNEL_STATUS.open:
        if (this.#phase === 'opening') this.#setPhase(this.#core.signed.state.final ? 'closing' : 'open')
        return
      case CHANNEL_STATUS.disputed:
        this.#setPhase('disputed')
        break
      case CHANNEL_STATUS.settling:
        this.#setPhase('settling')
        break
      default:
        this.#setPhase('closed')
    }
    void this.#respond(record, height)
  }

  async #respond(record: ChannelRecord, height: bigint): Promise<void> {
    const signed = await bestProvable(this.#core, (next) => this.#sign(next, 'accept'), this.#view.verify)
    await this.#disputes.respond(record, { ...this.evidence(), signed }, height)
  }

  async #submit(payload: Parameters<ChannelLedger['submit']>[0]): Promise<void> {
    const { code } = await this.#options.ledger.submit(payload)
    if (code === LEDGER_OK) return
    const record = await this.#options.ledger.channel(this.id)
    if (record !== undefined && record.status !== CHANNEL_STATUS.open) return
    throw new ChannelError(
      'CHANNEL_LEDGER_REFUSED',
      `The ledger answered ${code}. Submit again, or close unilaterally.`,
      { details: { code } },
    )
  }
}

function coreOf(stored: StoredChannel): Core {
  const { frame, channel, terms, party, signed, links, absorbedDeposits, mine, theirs } = stored
  return {
    frame,
    channel,
    terms,
    party,
    signed,
    links,
    absorbedDeposits,
    mine:
      mine === undefined
        ? undefined
        : { half: mine, digest: channelStateDigest(frame, mine.state), groups: [] },
    theirs,
    intent: undefined,
  }
}

/** The payment hash of a preimage. */
export function paymentHashOf(preimage: Uint8Array): Hash {
  return sha256(preimage) as Hash
}
