/**
 * One side of one channel: puts together co-signing, streams, the connection and the ledger, and is what their owner holds. It signs
 * through the given signer and makes every intent durable before it speaks of it.
 */
import { type Amount, ed25519, type Hash, hmacSha256, sha256 } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type ChannelState,
  type Party,
  type SignedChannelState,
} from '@symbolon/protocol'
import { ChannelError, channelErrorFrom } from '../errors.ts'
import { errorMessage, type Message, type MessageOf, type Position } from '../message/message.ts'
import { absorbedDeposits } from '../operation/absorbed-deposits.ts'
import { judgeOperations } from '../operation/judge.ts'
import type { Operation } from '../operation/operation.ts'
import type { StoredChannel } from '../storage/channel-store.ts'
import type { EntryBody } from '../storage/entry.ts'
import type { StreamPayer } from '../stream/payer.ts'
import type { StreamTerms } from '../stream/paying-runs.ts'
import { StreamBook } from '../stream/stream-book.ts'
import type { Transport } from '../transport/transport.ts'
import type { Evidence } from '../watcher/respond.ts'
import { ApplicationData } from './application-data.ts'
import type { ChannelOptions } from './channel-options.ts'
import { Closing } from './closing.ts'
import { CoSigning } from './co-signing.ts'
import { sendOutstanding } from './commit.ts'
import { Connection } from './connection.ts'
import type { Core, CoreView } from './core.ts'
import { type ChannelEvents, EventEmitter } from './events.ts'
import { PaymentPreimages } from './payment-preimages.ts'
import { PHASES, type Phase } from './phase.ts'
import { restoredCore } from './restored-core.ts'
import { Silence } from './silence.ts'

const verify: CoreView['verify'] = (signature, digest, key) => ed25519.verify(signature, digest, key)

export class Channel {
  readonly events = new EventEmitter<ChannelEvents>()
  readonly streams: StreamBook
  readonly #options: ChannelOptions
  readonly #coSigning: CoSigning
  readonly #connection: Connection
  readonly #closing: Closing
  readonly #silence: Silence
  readonly #application: ApplicationData
  readonly #preimages: PaymentPreimages
  #phase: Phase
  #failure: unknown

  constructor(stored: StoredChannel, options: ChannelOptions) {
    this.#options = options
    this.#phase = stored.phase
    this.#preimages = new PaymentPreimages(stored.preimages, (body) => this.#append(body))
    const { limits, environment, store, signer, ledger } = options
    this.#application = new ApplicationData(limits)
    const view: CoreView = {
      verify,
      isKnownTick: (stream, ticks, preimage) => this.streams.isKnownTick(stream, ticks, preimage),
      judge: (base, operations) => this.#judge(base, operations),
    }
    this.#coSigning = new CoSigning(restoredCore(stored), {
      store,
      signer,
      limits,
      view,
      isOnline: () => this.#connection.isOnline,
      phase: () => this.#phase,
      send: (message) => this.#connection.send(message),
      awaitAnswer: () => this.#silence.watch(),
      append: (body) => this.#append(body),
      appendWith: (base, links, batches) => {
        const closures = this.streams.closureEntry(base, links, batches)
        if (closures !== undefined) this.#append(closures)
        this.#preimages.keepRevealed(batches, this.party)
      },
      advanced: (before, { batches }) => {
        this.streams.advanced(before.signed.state, before.links, batches)
        if (this.signed.state.final && this.#phase === 'open') this.#setPhase('closing')
        this.events.emit('advanced', this.signed, batches)
      },
      violated: (error) => this.#connection.violated(error),
      failed: (error) => this.#fail(error),
    })
    this.#connection = new Connection({
      identity: {
        frame: stored.frame,
        channel: stored.channel,
        terms: stored.terms,
        party: stored.party,
        signer,
        verify,
      },
      random: (length) => environment.random(length),
      position: () => this.#position(),
      resynchronise: (theirs) => this.#resynchronise(theirs),
      message: (message) => this.#receive(message),
      drained: () => this.#application.wake(),
      violation: (error) => this.events.emit('violation', error),
      offline: (reason) => {
        this.#coSigning.disconnected()
        this.#silence.cancel()
        this.#application.wake()
        this.events.emit('offline', reason)
      },
    })
    this.#closing = new Closing({
      ledger,
      verify,
      core: () => this.#core,
      phase: () => this.#phase,
      setPhase: (phase) => this.#setPhase(phase),
      sign: (next, purpose) => this.#coSigning.sign(next, purpose),
      evidence: () => this.evidence(),
    })
    this.#silence = new Silence(
      environment,
      limits.answerTimeoutMs,
      () => this.#core.mine,
      () => this.events.emit('silence'),
    )
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
      send: (message) => this.#connection.send(message),
      sendApplication: (body) => this.#application.send(this.#connection.online, body),
      update: (operations) => this.update(operations),
      append: (body) => this.#append(body),
      flush: () => store.flush(),
      opened: (payee) => this.events.emit('stream', payee),
      ticksDurable: () => this.events.emit('ticks'),
      failed: (error) => this.#fail(error),
    })
  }

  /** Rebuilds streams and follows the ledger. Call once, before connecting. */
  async start(): Promise<void> {
    const stored = this.#options.store.get(this.id)
    if (stored !== undefined) await this.streams.restore(stored)
    await this.#closing.follow()
  }

  /**
   * Asks the ledger where the channel stands: for a peer that has seen the opening before this side was told of it. Errors: those of
   * the ledger's transport.
   */
  refresh(): Promise<void> {
    return this.#closing.refresh()
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
    return this.#connection.isOnline
  }
  /** The newest state with both signatures; durable. */
  get signed(): SignedChannelState {
    return this.#core.signed
  }
  get record(): ChannelRecord | undefined {
    return this.#closing.record
  }
  get #core(): Core {
    return this.#coSigning.core
  }
  /** Base units of this side and of the other, not counting what is pending or locked in streams. */
  get balances(): { own: Amount; peer: Amount } {
    const [a = 0n, b = 0n] = this.#core.signed.state.balances
    return this.party === 0 ? { own: a, peer: b } : { own: b, peer: a }
  }

  /** The preimage of a payment of this channel, if it was ever revealed to or by this side. PERF: hashes those kept. */
  preimageOf(paymentHash: Hash): Uint8Array | undefined {
    return this.#preimages.find(paymentHash)
  }

  /** What a watcher needs to protect this side while it is away: no key, no secret. */
  evidence(): Evidence {
    const ticks = new Map<bigint, Uint8Array>()
    for (const payee of this.streams.payees.values())
      for (const chain of payee.chains) if (chain.index > 0) ticks.set(chain.stream, chain.preimage)
    const { frame, channel, party, signed } = this.#core
    return { frame, channel, party, signed, ticks, preimages: this.#preimages.all }
  }

  /**
   * Proposes operations, which stand or fall together; those of one turn of the event loop share one signature (HF-1). Resolves
   * with the sequence of a state that both signed and that is durable here. Errors: CHANNEL_NOT_OPEN, CHANNEL_QUEUE_FULL, the errors of
   * `applyOperations`, CHANNEL_SIGNER_REFUSED, CHANNEL_PEER_REFUSED or the peer's own code. After an error nothing has changed.
   */
  update(operations: readonly Operation[]): Promise<bigint> {
    const error = this.#cannotUpdate(operations)
    if (error !== undefined) return Promise.reject(error)
    const updated = this.#coSigning.queue.add(operations)
    this.#coSigning.scheduleProposal()
    return updated
  }

  pay(amount: Amount): Promise<bigint> {
    return this.update([{ kind: 'pay', body: { amount } }])
  }

  /** Remembers a preimage, so that the payment it opens can be taken from the ledger if the peer goes away; then takes it. */
  async fulfilHtlc(id: bigint, preimage: Uint8Array): Promise<bigint> {
    this.#preimages.keep(preimage)
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
    this.#application.send(this.#connection.online, { bytes })
  }

  /** Resolves when the send buffer has room again, or the connection is gone. */
  drained(): Promise<void> {
    return this.#application.drained(this.#connection.transport)
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
  submitFinal(): Promise<void> {
    return this.#closing.submitFinal()
  }

  /** Starts a dispute with the newest state that can be proven: the way out when the peer is silent (CL-2). */
  closeUnilateral(): Promise<void> {
    return this.#closing.closeUnilateral()
  }

  /** Ends this side's work: the connection is closed, the ledger is no longer followed; nothing durable changes. */
  stop(reason = 'stopped'): void {
    this.#closing.stop()
    this.#silence.cancel()
    this.streams.stop()
    this.#connection.close(reason)
  }

  /** Takes over a fresh connection; an older one is dropped. Resolves when the peer is identified and both agree on the newest state. */
  connect(transport: Transport, first?: Message): Promise<void> {
    // The older connection ends before anybody waits for the new one: its end is not the new one's.
    this.#connection.close('replaced')
    return new Promise((resolve, reject) => {
      const ended = (reason: string): ChannelError =>
        new ChannelError(
          'TRANSPORT_CLOSED',
          `The connection ended before the peer was identified: ${reason}.`,
        )
      const stops = [
        this.events.on('online', () => finish()),
        this.events.on('offline', (reason) => finish(ended(reason))),
        this.events.on('violation', (error) => finish(error)),
        this.events.on('peerError', (error) => finish(error)),
      ]
      const finish = (error?: Error): void => {
        for (const stop of stops) stop()
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#connection.take(transport, first)
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
    if (this.#coSigning.queue.groups.length >= limits.operationsQueuedMax)
      return new ChannelError(
        'CHANNEL_QUEUE_FULL',
        `operationsQueuedMax (${limits.operationsQueuedMax}) groups wait already. Await some first.`,
      )
    return undefined
  }

  #judge(base: ChannelState, operations: readonly Operation[]): void {
    const { ledger, consent } = this.#options
    const deposits = this.record?.deposits ?? []
    judgeOperations(base, operations, {
      party: this.party,
      height: ledger.height(),
      challengePeriod: this.terms.challengePeriod,
      ticksShown: (stream) => this.streams.ticksShown(stream),
      recordedDeposit: (index) => deposits[index],
      absorbedDeposits: absorbedDeposits(this.terms, deposits, base),
      consent,
    })
    if (this.#phase !== 'open')
      throw new ChannelError('CHANNEL_NOT_OPEN', `The channel is ${this.#phase}; updates need an open one.`)
  }

  #receive(message: Exclude<Message, { kind: 'greet' | 'hello' }>): void {
    if (this.#failure !== undefined) return
    switch (message.kind) {
      case 'update':
      case 'counter':
      case 'accept':
      case 'state':
        this.#coSigning.receive(message)
        return
      case 'tick':
        this.#tolerate(() => this.streams.receiveTick(message.body))
        return
      case 'tickDurable':
        this.streams.receiveTickDurable(message.body)
        return
      case 'data':
        this.#receiveData(message.body)
        return
      case 'error':
        // The peer lost the channel: its deposit record on the ledger and my copy of the state bring it back.
        if (message.body.code === 'CHANNEL_UNKNOWN' && !this.isOnline) void this.#offerRestore()
        else this.events.emit('peerError', channelErrorFrom(message.body.code, message.body.reason))
        return
      default:
        throw new ChannelError(
          'CHANNEL_MESSAGE_UNEXPECTED',
          `"${message.kind}" has no place on an identified connection.`,
        )
    }
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
      this.#connection.send(errorMessage(error))
    }
  }

  async #position(): Promise<Position | undefined> {
    // An intent that is being stored would make the position old before it arrives.
    while (this.#core.intent !== undefined && this.#failure === undefined) await this.#coSigning.idle()
    if (this.#failure !== undefined) return undefined
    await this.streams.saved()
    const { signed, mine } = this.#core
    return {
      party: this.party,
      sequence: signed.state.sequence,
      ...(mine === undefined ? {} : { proposal: mine.half.state.sequence }),
      ...this.streams.position(),
    }
  }

  /** The side that is ahead shows its state, then each repeats what is outstanding. */
  #resynchronise(theirs: Position): void {
    const { signed, links, mine } = this.#core
    const { sequence } = signed.state
    if (sequence > theirs.sequence)
      this.#connection.send({ kind: 'state', body: { signed, links: [...links] } })
    this.streams.resume(theirs)
    if (mine !== undefined && theirs.sequence < mine.half.state.sequence)
      this.#coSigning.perform(sendOutstanding(mine.half))
    this.events.emit('online')
    this.#coSigning.scheduleProposal()
  }

  async #offerRestore(): Promise<void> {
    const { transport } = this.#connection
    const record = await this.#options.ledger.channel(this.id).catch(() => undefined)
    if (record !== undefined) this.#closing.changed(record, this.#options.ledger.height())
    if (record?.status === CHANNEL_STATUS.open && this.#connection.transport === transport) {
      const { terms, signed, links } = this.#core
      this.#connection.sendNow({ kind: 'restore', body: { terms, signed, links: [...links] } })
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
    transport?.close('unknown channel')
  }

  #receiveData(body: MessageOf<'data'>): void {
    const delivered = body.stream === undefined ? undefined : { run: body.stream, units: body.units ?? 0 }
    if (delivered !== undefined)
      this.#tolerate(() => this.streams.receiveUnits(delivered.run, delivered.units))
    const pending = this.#options.application?.(body.bytes, delivered, this)
    if (pending !== undefined) this.#application.hold(this.#connection.transport, body.bytes.length, pending)
  }

  #append(body: EntryBody): void {
    this.#options.store.append(this.id, body)
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = error ?? new Error('unknown')
    this.#coSigning.abandon()
    this.#connection.close('failure')
    const refused = new ChannelError(
      'CHANNEL_NOT_OPEN',
      'The journal failed. Repair the disk and open the store again.',
      { cause: error },
    )
    this.#coSigning.queue.failAll(refused)
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
      this.#coSigning.queue.failAll(error)
    }
    this.events.emit('phase', phase)
    this.#coSigning.scheduleProposal()
  }
}

/** The payment hash of a preimage. */
export function paymentHashOf(preimage: Uint8Array): Hash {
  return sha256(preimage) as Hash
}
