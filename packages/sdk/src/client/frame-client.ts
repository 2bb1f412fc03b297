/**
 * A client of one frame. It trusts the frame's identifier and nothing else: everything that comes with a proof is checked
 * against the validator set, which is checked against the genesis, which is checked against the identifier.
 */
import {
  type Address,
  type Amount,
  encode,
  equalBytes,
  type Hash,
  hashKey,
  toHex,
} from '@symbolon/primitives'
import {
  blockHash,
  type Checkpoint,
  frameId,
  type Genesis,
  type IdentityRecord,
  identityKey,
  identityRecord,
  type MethodName,
  type Payload,
  type Receipt,
  type Signer,
  type StateProof,
  signTransaction,
  type Transaction,
  type TransactionBody,
  type TransactionProof,
  transaction,
  transactionId,
  type Validator,
  validatorSetHash,
  verifyCheckpoint,
  verifyStateProof,
  verifyTransactionProof,
} from '@symbolon/protocol'
import { RemoteError, SdkError } from '../errors.ts'
import { CHECKPOINTS_REMEMBERED_MAX, TRANSACTION_VALIDITY_HEIGHTS } from '../limits.ts'
import { callOverHttp, type RpcParams, type RpcResult } from './rpc-transport.ts'
import { type Notification, SubscriptionSocket, type Topic } from './subscription-socket.ts'
import { type ProvenScore, verifyScore } from './verify-score.ts'

export interface FrameClientOptions {
  /** HTTP address of a node, such as `http://127.0.0.1:7400`. */
  readonly url: string
  /** The frame that the caller means. Without it the first node asked is believed (trust on first use). */
  readonly frame?: Hash
  readonly fetch?: typeof fetch
}

export interface SubmitOptions {
  readonly payload: Payload
  readonly sender: Address
  readonly signers: readonly Signer[]
  readonly gasLimit: bigint
  /** The most to pay; default: the frame's minimum for the gas limit. */
  readonly fee?: Amount
  readonly nonce?: bigint
  readonly anchor?: Hash
  /** Whose current keys sign after the sender's: `signers` holds them in the same order. */
  readonly coSigners?: readonly Address[]
}

export interface Submitted {
  readonly id: Hash
  readonly height: bigint
  readonly receipt: Receipt
}

export class FrameClient {
  readonly url: string
  readonly frame: Hash
  readonly genesis: Genesis
  readonly validators: readonly Validator[]
  readonly #fetch: typeof fetch
  readonly #socket: SubscriptionSocket
  #nextId = 1
  /** Next nonce by sender while transactions of this client are under way, so that they can be sent without waiting. */
  readonly #nonces = new Map<string, bigint>()
  /** Hashes of checkpoints whose certificates have been verified: a certificate costs a millisecond natively, 40 in a browser. */
  readonly #verified = new Set<string>()

  private constructor(options: FrameClientOptions, genesis: Genesis) {
    this.url = options.url.replace(/\/+$/, '')
    this.#fetch = options.fetch ?? fetch
    this.genesis = genesis
    this.frame = frameId(genesis)
    this.validators = genesis.validators
    this.#socket = new SubscriptionSocket(this.url)
  }

  /** Fetches the genesis and checks it against `options.frame`. Errors: FRAME_UNREACHABLE, FRAME_MISMATCH. */
  static async connect(options: FrameClientOptions): Promise<FrameClient> {
    const url = options.url.replace(/\/+$/, '')
    const genesis = await callOverHttp(url, 'frame.genesis', {}, { fetch: options.fetch ?? fetch, id: 0 })
    const client = new FrameClient({ ...options, url }, genesis)
    if (options.frame !== undefined && !equalBytes(options.frame, client.frame))
      throw new SdkError(
        'FRAME_MISMATCH',
        `the node at ${url} serves frame ${toHex(client.frame)}, not ${toHex(options.frame)}`,
      )
    return client
  }

  call<N extends MethodName>(name: N, params: RpcParams<N>): Promise<RpcResult<N>> {
    return callOverHttp(this.url, name, params, { fetch: this.#fetch, id: this.#nextId++ })
  }

  subscribe<T extends Topic>(
    topic: T,
    filter: { type?: string; subject?: Hash },
    listener: (notification: Notification<T>) => void,
    gap?: () => void,
  ): Promise<() => void> {
    return this.#socket.subscribe(topic, filter, listener, gap)
  }

  close(): void {
    this.#socket.close()
  }

  async height(): Promise<bigint> {
    return (await this.call('frame.info', {})).height
  }

  async balance(of: Address): Promise<Amount> {
    return (await this.call('account.get', { address: of })).balance
  }

  /** The body that `submit` would sign; `height` and nonce come from the node unless given. */
  async prepare(options: Omit<SubmitOptions, 'signers'>): Promise<TransactionBody> {
    const account = await this.call('account.get', { address: options.sender })
    const key = hashKey(options.sender)
    const local = this.#nonces.get(key) ?? 0n
    const nonce = options.nonce ?? (local > account.nextNonce ? local : account.nextNonce)
    const { gasPriceMinimum } = this.genesis.parameters
    return {
      frame: this.frame,
      sender: options.sender,
      nonce,
      fee: options.fee ?? (options.gasLimit * gasPriceMinimum + 999_999n) / 1_000_000n,
      gasLimit: options.gasLimit,
      validUntil: account.height + TRANSACTION_VALIDITY_HEIGHTS,
      payload: options.payload,
      ...(options.anchor === undefined ? {} : { anchor: options.anchor }),
      ...(options.coSigners === undefined ? {} : { coSigners: [...options.coSigners] }),
    }
  }

  /** Signs, submits and waits for the checkpoint. A receipt other than OK is thrown as RemoteError with its code. */
  async submit(options: SubmitOptions): Promise<Submitted> {
    const body = await this.prepare(options)
    return this.send(await signTransaction(body, options.signers))
  }

  /**
   * Submits a signed transaction and waits for its checkpoint. Safe to repeat after a lost answer: the identifier is the
   * same, so a transaction that was already included is answered with its receipt.
   */
  async send(signed: Transaction): Promise<Submitted> {
    const id = transactionId(signed.body)
    const key = hashKey(signed.body.sender)
    const before = this.#nonces.get(key) ?? 0n
    if (signed.body.nonce >= before) this.#nonces.set(key, signed.body.nonce + 1n)
    try {
      const { height, receipt } = await this.call('transaction.submit', {
        transaction: encode(transaction, signed),
        wait: 'final',
      })
      if (height === undefined || receipt === undefined)
        throw new SdkError(
          'TRANSACTION_PENDING',
          'the transaction is accepted but not yet final; ask for its receipt',
          { details: { id: toHex(id) } },
        )
      return checkReceipt(id, height, receipt)
    } catch (error) {
      const found = await this.#find(id)
      if (found !== undefined) return found
      this.#nonces.delete(key)
      throw error
    }
  }

  async #find(id: Hash): Promise<Submitted | undefined> {
    try {
      const { height, receipt } = await this.call('transaction.get', { id })
      return height === undefined || receipt === undefined ? undefined : checkReceipt(id, height, receipt)
    } catch (error) {
      if (error instanceof RemoteError && error.details['receipt'] === true) throw error
      return undefined
    }
  }

  /** A proof that the transaction was executed, checked here. */
  async proveTransaction(id: Hash): Promise<TransactionProof> {
    const proof = await this.call('transaction.prove', { id })
    verifyTransactionProof(this.frame, await this.validatorsOf(proof.checkpoint.header.validatorSet), proof)
    if (!equalBytes(proof.receipt.transaction, id))
      throw new SdkError('RPC_RESPONSE_INVALID', 'the node proved another transaction')
    return proof
  }

  /** A value of the state with a proof that is checked here. */
  async proveState(namespace: StateProof['namespace'], key: Uint8Array): Promise<StateProof> {
    const proof = await this.call('state.prove', { namespace, key })
    if (proof.namespace !== namespace || !equalBytes(proof.key, key))
      throw new SdkError('RPC_RESPONSE_INVALID', 'the node proved another key')
    verifyStateProof(this.frame, await this.validatorsOf(proof.checkpoint.header.validatorSet), proof)
    return proof
  }

  /**
   * The agent's score in the newest final epoch, or that it has none, checked here. Errors: those of `verifyScore`, SCORES_NOT_READY,
   * SCORES_MISMATCH.
   */
  async score(of: Address): Promise<ProvenScore> {
    const { head, proof } = await this.call('reputation.score', { did: of })
    return verifyScore(this.frame, await this.validatorsOf(head.checkpoint.header.validatorSet), of, {
      head,
      proof,
    })
  }

  /** Checks a checkpoint's certificate against the validator set; one that was checked before costs a hash. */
  async verifyCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const key = hashKey(blockHash(checkpoint.header))
    if (this.#verified.has(key)) return
    verifyCheckpoint(this.frame, checkpoint, await this.validatorsOf(checkpoint.header.validatorSet))
    if (this.#verified.size >= CHECKPOINTS_REMEMBERED_MAX)
      this.#verified.delete(this.#verified.keys().next().value ?? '')
    this.#verified.add(key)
  }

  /** The newest checkpoint, checked. */
  async latestCheckpoint(): Promise<RpcResult<'checkpoint.latest'>> {
    const found = await this.call('checkpoint.latest', {})
    await this.verifyCheckpoint(found.checkpoint)
    return found
  }

  async identity(of: Address): Promise<IdentityRecord | undefined> {
    return (await this.call('identity.get', { did: of })).identity
  }

  /**
   * The validator set with this hash. A frame whose set never changed has the genesis set; following later sets is what
   * `nextValidatorSet` in the headers is for.
   */
  async validatorsOf(setHash: Hash): Promise<readonly Validator[]> {
    if (equalBytes(setHash, validatorSetHash(this.frame, this.genesis.validators)))
      return this.genesis.validators
    throw new SdkError(
      'CHECKPOINT_VALIDATOR_SET',
      'the frame has another validator set than its genesis; update the client',
    )
  }
}

function checkReceipt(id: Hash, height: bigint, receipt: Receipt): Submitted {
  if (receipt.code !== 'OK')
    throw new RemoteError(
      receipt.code,
      `the ledger refused the transaction at height ${height}: ${receipt.code}`,
      0,
      { receipt: true, id: toHex(id) },
    )
  return { id, height, receipt }
}

/** For readers of proofs. */
export { identityKey, identityRecord }
