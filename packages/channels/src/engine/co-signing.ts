/**
 * Runs the pure co-signing core: asks the signer, makes every intent durable before anything is said, tells whom it concerns. One
 * step at a time; co-signing messages that arrive meanwhile wait.
 *
 * PERF: an update costs each side one derivation, one encoding of the state, one digest, one signature, one verification and one or two
 * journal records (the answering side writes one, the proposing side a second with the other's signature alone). A signer that answers
 * at once is not awaited, and a turn's commits of all channels wait for one promise of the store.
 */
import type { ChannelState } from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import type { ChannelLimits } from '../limits.ts'
import type { Message } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'
import type { ChannelStore } from '../storage/channel-store.ts'
import type { EntryBody } from '../storage/entry.ts'
import { type Commitment, commitmentOf, commitRefused } from './commit.ts'
import type { Core, CoreView, Intent, Output, Purpose, Step, Unsigned } from './core.ts'
import type { Phase } from './phase.ts'
import { propose } from './propose.ts'
import { receiveAccept, receiveCounter, receiveState, receiveUpdate, refuse } from './receive.ts'
import type { ChannelSigner } from './signer.ts'
import { UpdateQueue } from './update-queue.ts'

/** Messages that the core answers. */
export type CoSigningMessage = Extract<Message, { kind: 'update' | 'counter' | 'accept' | 'state' }>

/** An intent that moves the newest signed state. */
export type Advance = Extract<Intent, { kind: 'accept' | 'conclude' }>

/** What co-signing needs from its channel. */
export interface CoSigningHost {
  readonly store: ChannelStore
  readonly signer: ChannelSigner
  readonly limits: ChannelLimits
  readonly view: CoreView
  isOnline(): boolean
  phase(): Phase
  send(message: Message): void
  /** A request of mine is out: from now on silence counts. */
  awaitAnswer(): void
  append(body: EntryBody): void
  /** Appends what belongs into the same flush as the new state. */
  appendWith(base: ChannelState, links: Core['links'], batches: readonly OperationBatch[]): void
  /** The newest signed state has changed, durably. */
  advanced(before: Core, intent: Advance): void
  /** The peer sent what an honest one cannot. */
  violated(error: unknown): void
  /** The disk failed. */
  failed(error: unknown): void
}

export class CoSigning {
  core: Core
  readonly queue = new UpdateQueue()
  readonly #host: CoSigningHost
  #isProposeScheduled = false
  #waiting: CoSigningMessage[] = []
  #whenIdle: (() => void)[] = []

  constructor(core: Core, host: CoSigningHost) {
    this.core = core
    this.#host = host
  }

  /** Takes a message, now or after what is being signed or stored. Throws CHANNEL_FLOOD and the errors of receive.ts. */
  receive(message: CoSigningMessage): void {
    const { controlMessagesQueuedMax } = this.#host.limits
    if (this.core.intent === undefined && this.#waiting.length === 0) {
      this.#take(this.#answer(message))
      return
    }
    if (this.#waiting.length >= controlMessagesQueuedMax)
      throw new ChannelError(
        'CHANNEL_FLOOD',
        `controlMessagesQueuedMax (${controlMessagesQueuedMax}) messages wait already.`,
      )
    this.#waiting.push(message)
  }

  /** Forgets messages of a connection that has ended. */
  disconnected(): void {
    this.#waiting = []
  }

  /** Resolves when nothing is being signed or stored. */
  idle(): Promise<void> {
    if (this.core.intent === undefined) return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  /** Releases whoever waits: nothing more will be stored. */
  abandon(): void {
    const waiters = this.#whenIdle
    this.#whenIdle = []
    for (const resolve of waiters) resolve()
  }

  /** Proposes at the end of this turn, so that operations of one turn share a signature (HF-1). */
  scheduleProposal(): void {
    if (this.#isProposeScheduled || this.queue.groups.length === 0) return
    this.#isProposeScheduled = true
    queueMicrotask(() => {
      this.#isProposeScheduled = false
      this.#proposeNext()
    })
  }

  #proposeNext(): void {
    const { core, queue } = this
    if (!this.#host.isOnline() || this.#host.phase() !== 'open') return
    if (this.#waiting.length > 0 || queue.groups.length === 0) return
    if (core.intent !== undefined || core.mine !== undefined) return
    const { operationsPerUpdateMax } = this.#host.limits
    const next = propose(core, queue.groups, operationsPerUpdateMax, this.#host.view)
    queue.keep(next.left)
    this.#take(next)
  }

  #answer(message: CoSigningMessage): Step {
    const { limits, view } = this.#host
    switch (message.kind) {
      case 'update':
        return receiveUpdate(this.core, message.body, limits.operationsPerUpdateMax, view)
      case 'counter':
        return receiveCounter(this.core, message.body, view)
      case 'accept':
        return receiveAccept(this.core, message.body, view)
      case 'state':
        return receiveState(this.core, message.body, view)
    }
  }

  #answerWaiting(): void {
    while (this.#waiting.length > 0 && this.core.intent === undefined) {
      const message = this.#waiting.shift() as CoSigningMessage
      try {
        this.#take(this.#answer(message))
      } catch (error) {
        this.#host.violated(error)
      }
    }
  }

  #take(step: Step): void {
    this.core = step.core
    for (const output of step.outputs) this.perform(output)
    if (step.core.mine === undefined && step.core.intent === undefined) this.scheduleProposal()
  }

  perform(output: Output): void {
    switch (output.kind) {
      case 'commit':
        this.#commit(output.intent, output.sign)
        return
      case 'send':
        this.#host.send(output.message)
        if (output.message.kind === 'update' || output.message.kind === 'counter') this.#host.awaitAnswer()
        return
      case 'settled':
        this.queue.settle(output.tickets, this.core.signed.state.sequence)
        return
      case 'failed':
        this.queue.fail(output.tickets, output.error)
        return
      case 'requeue':
        this.queue.requeue(output.groups)
        return
      case 'advanced':
        return
    }
  }

  /** Signs, then stores. A signer that answers at once is not awaited. */
  #commit(intent: Intent, sign: { next: Unsigned; purpose: Purpose } | undefined): void {
    if (sign === undefined) {
      this.#store(intent, undefined)
      return
    }
    let signature: Uint8Array | Promise<Uint8Array>
    try {
      signature = this.sign(sign.next, sign.purpose)
    } catch (cause) {
      // Not in this turn: what asked for the commit has not finished yet.
      queueMicrotask(() => this.#signerRefused(intent, cause))
      return
    }
    if (signature instanceof Uint8Array) this.#store(intent, signature)
    else
      signature.then(
        (signed) => this.#store(intent, signed),
        (cause: unknown) => this.#signerRefused(intent, cause),
      )
  }

  sign(next: Unsigned, purpose: Purpose): Uint8Array | Promise<Uint8Array> {
    const { frame, signed, party } = this.core
    return this.#host.signer.signState({
      frame,
      previous: signed.state,
      next: next.state,
      party,
      purpose,
      digest: next.digest,
      operations: next.operations,
    })
  }

  /** Appends and waits for the disk; only then does the core go on and anything is sent. */
  #store(intent: Intent, signature: Uint8Array | undefined): void {
    const before = this.core
    try {
      const commitment = commitmentOf(before, signature)
      this.#host.append(commitment.entry)
      if (intent.kind === 'accept' || intent.kind === 'conclude')
        this.#host.appendWith(before.signed.state, before.links, intent.batches)
      this.#host.store.whenDurable(
        () => this.#durable(before, intent, commitment),
        (error) => this.#host.failed(error),
      )
    } catch (error) {
      this.#host.failed(error)
    }
  }

  #durable(before: Core, intent: Intent, { next }: Commitment): void {
    this.core = next.core
    if (intent.kind === 'accept' || intent.kind === 'conclude') this.#host.advanced(before, intent)
    this.#take(next)
    this.#finished()
  }

  #signerRefused(intent: Intent, cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const error = new ChannelError('CHANNEL_SIGNER_REFUSED', `The signer refused: ${reason}`, { cause })
    this.#take(commitRefused(this.core, error))
    // What I will not sign must not stay open to be signed later.
    if (intent.kind === 'accept' || (intent.kind === 'counter' && intent.refusal === undefined))
      this.#take(refuse(this.core, intent.theirs, error, this.#host.view))
    this.#finished()
  }

  #finished(): void {
    this.#answerWaiting()
    if (this.core.intent === undefined && this.#whenIdle.length > 0) this.abandon()
  }
}
