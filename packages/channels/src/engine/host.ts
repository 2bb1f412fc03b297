/**
 * All channels of one agent: opens them, answers strangers who want one, takes reconnections, and brings everything back after a
 * restart. One store, one journal, one flush for all of them.
 */
import { type Address, ed25519, equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import {
  type ChannelTerms,
  channelId,
  openingState,
  type Party,
  type SignedChannelState,
} from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import { type ChannelLimits, channelLimits } from '../limits.ts'
import { errorMessage, type Message, type MessageOf, type Offer } from '../message/message.ts'
import type { ChannelStore } from '../storage/channel-store.ts'
import { signedEntry } from '../storage/entry.ts'
import { Prelude } from '../transport/prelude.ts'
import type { Transport } from '../transport/transport.ts'
import { Channel } from './channel.ts'
import type { ChannelOptions } from './channel-options.ts'
import type { CoreView } from './core.ts'
import { isFullySigned } from './derive.ts'
import { type ChannelEnvironment, nodeEnvironment } from './environment.ts'
import { type ChannelLedger, type Cofunding, LEDGER_OK, type OpenPayload } from './ledger.ts'
import { checkTerms, expectKind, requireOpeningSignature, signOpening, termsOf } from './opening.ts'
import type { ChannelSigner } from './signer.ts'

export interface ChannelHostOptions {
  readonly store: ChannelStore
  readonly ledger: ChannelLedger
  /** Of the channel key, which signs nothing else. */
  readonly signer: ChannelSigner
  /** Account whose deposits are locked. */
  readonly address: Address
  /** 32 bytes from which stream seeds follow. */
  readonly secret: Uint8Array
  /** Throws to refuse a stranger's offer; without it none is accepted. */
  readonly acceptOffer?: (offer: Offer) => void | Promise<void>
  readonly consent?: ChannelOptions['consent']
  readonly application?: ChannelOptions['application']
  readonly limits?: Partial<ChannelLimits>
  readonly environment?: ChannelEnvironment
  /** Called for every channel when it exists on this side: agreed, restored, or read back. */
  readonly onChannel?: (channel: Channel) => void
}

/** What an opener asks for; its address and key are the host's. */
export type OpenRequest = Omit<Offer, 'party' | 'key'>

const verify: CoreView['verify'] = (signature, digest, key) => ed25519.verify(signature, digest, key)

export class ChannelHost {
  readonly channels = new Map<string, Channel>()
  readonly limits: ChannelLimits
  readonly #options: ChannelHostOptions
  readonly #environment: ChannelEnvironment

  constructor(options: ChannelHostOptions) {
    this.#options = options
    this.limits = channelLimits(options.limits)
    this.#environment = options.environment ?? nodeEnvironment
  }

  /** Brings back every channel that the store holds and is not closed. Call once, before anything else. */
  async start(): Promise<void> {
    for (const stored of this.#options.store.channels.values())
      if (stored.phase !== 'closed' && stored.phase !== 'abandoned') await this.#adopt(stored.channel)
  }

  get(id: Hash): Channel | undefined {
    return this.channels.get(hashKey(id))
  }

  /**
   * Agrees on a channel over `transport`, puts it on the ledger, and resolves when it is open and connected. Errors in order:
   * CHANNEL_QUEUE_FULL (channelsMax), the peer's refusal, CHANNEL_TERMS_REFUSED, CHANNEL_SIGNATURE, CHANNEL_SIGNER_REFUSED, CHANNEL_SILENCE,
   * TRANSPORT_CLOSED, CHANNEL_LEDGER_REFUSED. Before the last nothing is locked.
   */
  async open(transport: Transport, request: OpenRequest): Promise<Channel> {
    this.#requireRoom()
    const { address, signer, store } = this.#options
    const { frame } = this.#options.ledger
    const prelude = new Prelude(transport)
    const offer: Offer = { ...request, party: address, key: signer.publicKey }
    prelude.say({ kind: 'offer', body: offer })
    const answer = expectKind(await this.#next(prelude), 'terms')
    checkTerms(frame, offer, answer, verify)
    const { terms } = answer
    const signature = await signOpening(frame, terms, 0, signer)
    const id = channelId(frame, terms)
    const signed = { state: openingState(frame, terms), signatures: [signature, answer.signature] }
    store.append(id, { kind: 'created', body: { frame, terms, party: 0, signed } })
    await store.flush()
    const cofunding = this.#cofunding(terms)
    const transaction = await cofunding?.prepare(openPayload(terms, signed.signatures))
    prelude.say({
      kind: 'countersign',
      body: { signature, ...(transaction === undefined ? {} : { transaction }) },
    })
    const { cosignature } = expectKind(await this.#next(prelude), 'ready')
    const channel = await this.#adopt(id)
    const submitted =
      cofunding === undefined || transaction === undefined
        ? this.submitOpen(channel)
        : this.#submitCofunded(channel, cofunding, transaction, cosignature)
    await Promise.all([submitted, channel.connect(prelude)])
    await opened(channel)
    return channel
  }

  /** Puts the opening on the ledger; safe to repeat after a crash or a lost answer: the terms name one channel for ever. */
  async submitOpen(channel: Channel): Promise<void> {
    const { ledger, store } = this.#options
    if ((await ledger.channel(channel.id)) !== undefined) return
    const signatures = store.get(channel.id)?.signed.signatures
    if (channel.signed.state.sequence !== 0n || signatures === undefined)
      throw new ChannelError('CHANNEL_NOT_OPEN', 'The channel has moved beyond its opening state.')
    const { code } = await ledger.submit(openPayload(channel.terms, signatures))
    await this.#requireOpen(channel, code)
  }

  /** Only a ledger that knows co-signatures needs one, and only if both deposit. */
  #cofunding(terms: ChannelTerms): Cofunding | undefined {
    return (terms.deposits[1] ?? 0n) > 0n ? this.#options.ledger.cofunding : undefined
  }

  /** Not repeated after a crash: without its answer nothing is locked, and the transaction expires by itself. */
  async #submitCofunded(
    channel: Channel,
    cofunding: Cofunding,
    transaction: Uint8Array,
    cosignature: Uint8Array | undefined,
  ): Promise<void> {
    if (cosignature === undefined)
      throw new ChannelError(
        'CHANNEL_TERMS_REFUSED',
        'The peer agreed to deposit and did not co-sign the opening. Nothing is locked; choose another peer.',
      )
    const { code } = await cofunding.submit(transaction, cosignature)
    await this.#requireOpen(channel, code)
  }

  async #requireOpen(channel: Channel, code: string): Promise<void> {
    const { ledger } = this.#options
    if (code !== LEDGER_OK && (await ledger.channel(channel.id)) === undefined)
      throw new ChannelError(
        'CHANNEL_LEDGER_REFUSED',
        `The ledger answered ${code}. Nothing is locked; correct the cause and call submitOpen again.`,
        { details: { code } },
      )
  }

  /** Takes a connection from somebody: a new channel, or a reconnection. Never rejects; errors are told to the peer. */
  async accept(transport: Transport): Promise<Channel | undefined> {
    const prelude = new Prelude(transport)
    try {
      const first = await this.#next(prelude)
      if (first.kind === 'offer') return await this.#answerOffer(prelude, first.body)
      const greet = expectKind(first, 'greet')
      const channel = this.get(greet.channel) ?? (await this.#restore(prelude, greet.channel))
      await channel.connect(prelude, first)
      return channel
    } catch (error) {
      prelude.say(errorMessage(error))
      prelude.close(error instanceof ChannelError ? error.code : 'refused')
      return undefined
    }
  }

  /**
   * Drops the record of a closed channel; until then it is kept, as evidence of what was agreed. Errors: CHANNEL_UNKNOWN,
   * CHANNEL_NOT_OPEN (not closed yet).
   */
  async forget(id: Hash): Promise<void> {
    const { store } = this.#options
    const stored = store.get(id)
    if (stored === undefined)
      throw new ChannelError('CHANNEL_UNKNOWN', 'The store does not hold this channel.')
    if (stored.phase !== 'closed')
      throw new ChannelError(
        'CHANNEL_NOT_OPEN',
        `The channel is ${stored.phase}. Close it before forgetting it: its states are money.`,
      )
    store.append(id, { kind: 'forgotten', body: {} })
    await store.flush()
  }

  async #answerOffer(prelude: Prelude, offer: Offer): Promise<Channel> {
    this.#requireRoom()
    const { acceptOffer, signer, address, store } = this.#options
    const { frame } = this.#options.ledger
    const isPlausible =
      !equalBytes(offer.key, signer.publicKey) &&
      !equalBytes(offer.party, address) &&
      offer.challengePeriod >= BigInt(this.limits.challengePeriodMin) &&
      (offer.deposits[0] ?? 0n) > offer.reserve
    if (acceptOffer === undefined || !isPlausible)
      throw new ChannelError(
        'CHANNEL_TERMS_REFUSED',
        'The offer is refused: it needs another key and address, a deposit above the reserve and challengePeriodMin.',
      )
    try {
      await acceptOffer(offer)
    } catch (cause) {
      throw new ChannelError(
        'CHANNEL_TERMS_REFUSED',
        `The offer is refused: ${cause instanceof Error ? cause.message : cause}`,
        { cause },
      )
    }
    const terms = termsOf(offer, address, signer.publicKey)
    const id = channelId(frame, terms)
    if (store.get(id) !== undefined)
      throw new ChannelError(
        'CHANNEL_TERMS_REFUSED',
        'This nonce was used for a channel with me. Offer another.',
      )
    const signature = await signOpening(frame, terms, 1, signer)
    prelude.say({ kind: 'terms', body: { terms, signature } })
    const countersign = expectKind(await this.#next(prelude), 'countersign')
    requireOpeningSignature(frame, terms, 0, countersign.signature, verify)
    const signed = { state: openingState(frame, terms), signatures: [countersign.signature, signature] }
    store.append(id, { kind: 'created', body: { frame, terms, party: 1, signed } })
    await store.flush()
    const cosignature = await this.#cosign(terms, signed.signatures, countersign.transaction)
    prelude.say({ kind: 'ready', body: cosignature === undefined ? {} : { cosignature } })
    const channel = await this.#adopt(id)
    // My co-signature is out: the opener may still put it on the ledger, so what I could close with must stay.
    if (cosignature === undefined) this.#forgetUnlessOpened(channel)
    await channel.connect(prelude)
    return channel
  }

  /** My money moves only under my signature on the opener's transaction, given after my way out is on disk. */
  async #cosign(
    terms: ChannelTerms,
    signatures: Uint8Array[],
    transaction: Uint8Array | undefined,
  ): Promise<Uint8Array | undefined> {
    const cofunding = this.#cofunding(terms)
    if (cofunding === undefined) return undefined
    if (transaction === undefined)
      throw new ChannelError(
        'CHANNEL_TERMS_REFUSED',
        'A channel into which I deposit needs an opening transaction for me to co-sign.',
      )
    try {
      return await cofunding.cosign(transaction, openPayload(terms, signatures))
    } catch (cause) {
      throw new ChannelError(
        'CHANNEL_SIGNER_REFUSED',
        `The opening transaction is not co-signed: ${cause instanceof Error ? cause.message : cause}`,
        { cause },
      )
    }
  }

  /**
   * A peer knows a channel that I do not. If it shows a state with my own signature, and the ledger has the channel, I lost it:
   * the peer's copy is the best there is (for me too: without it I could not close).
   */
  async #restore(prelude: Prelude, id: Hash): Promise<Channel> {
    prelude.say(
      errorMessage(
        new ChannelError(
          'CHANNEL_UNKNOWN',
          'I do not know this channel. Restore it, or look it up on the ledger.',
        ),
      ),
    )
    const body: MessageOf<'restore'> = expectKind(await this.#next(prelude), 'restore')
    const { frame } = this.#options.ledger
    const party = this.#ownParty(body.terms)
    const isSame = equalBytes(channelId(frame, body.terms), id) && party !== undefined
    if (!isSame || !isFullySigned({ frame, channel: id, terms: body.terms }, body.signed, verify))
      throw new ChannelError('CHANNEL_SIGNATURE', 'The channel to restore is not one that I signed.')
    const record = await this.#options.ledger.channel(id)
    if (record === undefined)
      throw new ChannelError('CHANNEL_UNKNOWN', 'The ledger does not know this channel.')
    const known = this.get(id)
    if (known !== undefined) return known
    this.#requireRoom()
    const { store } = this.#options
    const signed: SignedChannelState = body.signed
    store.append(id, { kind: 'created', body: { frame, terms: body.terms, party, signed } })
    store.append(id, { kind: 'signed', body: signedEntry(signed, body.links) })
    await store.flush()
    return this.#adopt(id)
  }

  #ownParty(terms: ChannelTerms): Party | undefined {
    const key = this.#options.signer.publicKey
    if (equalBytes(terms.keys[0] as Uint8Array, key)) return 0
    return equalBytes(terms.keys[1] as Uint8Array, key) ? 1 : undefined
  }

  async #adopt(id: Hash): Promise<Channel> {
    const { store, ledger, signer, secret, consent, application } = this.#options
    const stored = store.get(id)
    if (stored === undefined)
      throw new ChannelError('CHANNEL_UNKNOWN', 'The store does not hold this channel.')
    const channel = new Channel(stored, {
      store,
      ledger,
      signer,
      secret,
      consent,
      application,
      limits: this.limits,
      environment: this.#environment,
    })
    this.channels.set(hashKey(id), channel)
    channel.events.on('phase', (phase) => {
      if (phase === 'closed') this.channels.delete(hashKey(id))
    })
    this.#options.onChannel?.(channel)
    await channel.start()
    return channel
  }

  /** An agreed channel that never reaches the ledger cost me nothing but its record. */
  #forgetUnlessOpened(channel: Channel): void {
    const { store, ledger } = this.#options
    const cancel = this.#environment.timer(this.limits.openingTimeoutMs, () => {
      ledger.channel(channel.id).then(
        (record) => {
          if (record !== undefined || channel.phase !== 'opening') return
          channel.stop('never opened')
          this.channels.delete(hashKey(channel.id))
          store.append(channel.id, { kind: 'forgotten', body: {} })
        },
        () => {},
      )
    })
    channel.events.on('phase', cancel)
  }

  #requireRoom(): void {
    const { channelsMax, openingsMax } = this.limits
    if (this.channels.size >= channelsMax)
      throw new ChannelError(
        'CHANNEL_QUEUE_FULL',
        `channelsMax (${channelsMax}) channels are open. Close some first.`,
      )
    let openings = 0
    for (const { phase } of this.channels.values()) if (phase === 'opening') openings += 1
    if (openings >= openingsMax)
      throw new ChannelError(
        'CHANNEL_QUEUE_FULL',
        `openingsMax (${openingsMax}) channels wait for the ledger. Try again later.`,
      )
  }

  #next(prelude: Prelude): Promise<Message> {
    return prelude.next(this.#environment, this.limits.answerTimeoutMs)
  }
}

const openPayload = (terms: ChannelTerms, signatures: Uint8Array[]): OpenPayload => ({
  kind: 'channels.open',
  body: { terms, signatures },
})

/** Resolves when the ledger has the channel. */
function opened(channel: Channel): Promise<void> {
  if (channel.phase !== 'opening') return Promise.resolve()
  return new Promise((resolve) => {
    const stop = channel.events.on('phase', () => {
      stop()
      resolve()
    })
  })
}
