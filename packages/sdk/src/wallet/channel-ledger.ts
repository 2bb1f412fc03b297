/** The ledger as the channel engine sees it, over a frame client. */
import type { ChannelLedger, Cofunding } from '@symbolon/channels'
import { type Address, type Amount, decode, encode, equalBytes, type Hash } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type Payload,
  payload as payloadSchema,
  type Transaction,
  type TransactionBody,
  transactionBody,
  transactionSignature,
} from '@symbolon/protocol'
import type { FrameClient, Submitted } from '../client/frame-client.ts'
import { RemoteError, SdkError } from '../errors.ts'
import { TRANSACTION_GAS_LIMIT } from '../limits.ts'
import type { AgentKeys } from './keys.ts'

/** A transaction of this agent that is final. */
export interface AgentTransaction extends Submitted {
  readonly body: TransactionBody
}

export interface AgentLedgerOptions {
  readonly client: FrameClient
  readonly keys: AgentKeys
  /** Newest audit head: every transaction anchors it, so a cut-off tail of the log can be told. */
  readonly anchor?: () => Hash | undefined
  /** Told of every transaction before it is sent, and when it is final. */
  readonly onSigned?: (body: TransactionBody) => void
  readonly onFinal?: (transaction: AgentTransaction) => void | Promise<void>
}

export class AgentLedger implements ChannelLedger {
  readonly client: FrameClient
  readonly #options: AgentLedgerOptions
  #height = 0n
  /** One transaction of this agent at a time: nonces stay in order without guessing. */
  #queue: Promise<unknown> = Promise.resolve()
  #stopHeights: (() => void) | undefined
  readonly #heightListeners = new Set<(height: bigint) => void>()

  private constructor(options: AgentLedgerOptions) {
    this.client = options.client
    this.#options = options
  }

  static async open(options: AgentLedgerOptions): Promise<AgentLedger> {
    const ledger = new AgentLedger(options)
    ledger.#height = await options.client.height()
    ledger.#stopHeights = await options.client.subscribe('blocks', {}, ({ checkpoint }) => {
      ledger.#height = checkpoint.header.height
      for (const listener of ledger.#heightListeners) listener(ledger.#height)
    })
    return ledger
  }

  get frame(): Hash {
    return this.client.frame
  }

  get challengeExtension(): bigint {
    return this.client.genesis.parameters.challengeExtension
  }

  height(): bigint {
    return this.#height
  }

  close(): void {
    this.#stopHeights?.()
    this.#heightListeners.clear()
  }

  /** Nonce that the next transaction of this agent will carry: what the terms of a channel name. */
  async nextNonce(): Promise<bigint> {
    await this.#queue
    return (await this.client.call('account.get', { address: this.#options.keys.address })).nextNonce
  }

  /** Signs and sends; the engine's form of the answer. */
  async submit(payload: Payload): Promise<{ height: bigint; code: string }> {
    return this.#answer(this.transact(payload))
  }

  async #answer(transaction: Promise<AgentTransaction>): Promise<{ height: bigint; code: string }> {
    try {
      const { height } = await transaction
      return { height, code: 'OK' }
    } catch (error) {
      if (error instanceof RemoteError) return { height: this.#height, code: error.code }
      throw error
    }
  }

  /** Signs, sends, waits until final. Errors: those of the keys (a mandate may refuse), of the node, of the receipt. */
  transact(payload: Payload, options: { fee?: Amount; gasLimit?: bigint } = {}): Promise<AgentTransaction> {
    return this.#enqueue(async () => this.#send(await this.#prepare(payload, options)))
  }

  #enqueue(run: () => Promise<AgentTransaction>): Promise<AgentTransaction> {
    const running = this.#queue.then(run)
    this.#queue = running.catch(() => {})
    return running
  }

  #prepare(
    payload: Payload,
    {
      fee,
      gasLimit = TRANSACTION_GAS_LIMIT,
      coSigners,
    }: { fee?: Amount; gasLimit?: bigint; coSigners?: readonly Address[] },
  ): Promise<TransactionBody> {
    const { client, keys, anchor } = this.#options
    const head = anchor?.()
    return client.prepare({
      payload,
      sender: keys.address,
      gasLimit,
      ...(fee === undefined ? {} : { fee }),
      ...(payload.kind === 'channels.open' ? { nonce: payload.body.terms.nonce } : {}),
      ...(head === undefined ? {} : { anchor: head }),
      ...(coSigners === undefined ? {} : { coSigners }),
    })
  }

  async #send(body: TransactionBody, cosigners: Transaction['signatures'] = []): Promise<AgentTransaction> {
    const { client, keys, onSigned, onFinal } = this.#options
    const signature = await keys.signTransaction(body)
    onSigned?.(body)
    const submitted = await client.send({
      body,
      signatures: [{ publicKey: keys.publicKey, signature }, ...cosigners],
    })
    const transaction = { ...submitted, body }
    await onFinal?.(transaction)
    return transaction
  }

  /** Channels into which both deposit: the opener's transaction, signed by both. */
  readonly cofunding: Cofunding = {
    prepare: async (payload) => {
      const coSigners = payload.body.terms.parties.slice(1)
      return encode(transactionBody, await this.#prepare(payload, { coSigners }))
    },
    cosign: async (bytes, payload) => {
      const body = decode(transactionBody, bytes)
      const [opener, ...coSigners] = payload.body.terms.parties
      const isAsAgreed =
        equalBytes(body.frame, this.frame) &&
        opener !== undefined &&
        equalBytes(body.sender, opener) &&
        body.coSigners?.length === coSigners.length &&
        coSigners.every((address, i) => equalBytes(body.coSigners?.[i] ?? new Uint8Array(), address)) &&
        equalBytes(encode(payloadSchema, body.payload), encode(payloadSchema, payload))
      if (!isAsAgreed)
        throw new SdkError(
          'WALLET_OPENING_MISMATCH',
          'the transaction to co-sign does not open the channel that was agreed; agree again',
        )
      const { keys } = this.#options
      return encode(transactionSignature, {
        publicKey: keys.publicKey,
        signature: await keys.signTransaction(body),
      })
    },
    submit: (bytes, cosignature) =>
      this.#answer(
        this.#enqueue(() =>
          this.#send(decode(transactionBody, bytes), [decode(transactionSignature, cosignature)]),
        ),
      ),
  }

  async channel(id: Hash): Promise<ChannelRecord | undefined> {
    return (await this.client.call('channel.get', { channel: id })).record
  }

  subscribe(id: Hash, listener: (record: ChannelRecord, height: bigint) => void): () => void {
    let stopped = false
    let disputed: ChannelRecord | undefined
    const refresh = (): void => {
      this.client.call('channel.get', { channel: id }).then(
        ({ record, height }) => {
          if (record === undefined || stopped) return
          if (height > this.#height) this.#height = height
          // A disputed channel has deadlines: its owner hears of every height until it is closed.
          disputed =
            record.status === CHANNEL_STATUS.disputed || record.status === CHANNEL_STATUS.settling
              ? record
              : undefined
          listener(record, height)
        },
        () => {
          // The node is away; the subscription's gap, or the next height, calls again.
        },
      )
    }
    const onHeight = (): void => {
      if (disputed !== undefined) refresh()
    }
    this.#heightListeners.add(onHeight)
    const opening = this.client.subscribe('events', { type: 'channels', subject: id }, refresh, refresh)
    opening.catch(() => {
      // Not connected at this moment: the socket restores the subscription and calls the gap listener.
    })
    return () => {
      stopped = true
      this.#heightListeners.delete(onHeight)
      opening.then(
        (stop) => stop(),
        () => {},
      )
    }
  }
}
