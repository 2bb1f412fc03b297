/**
 * The modules on a small state in memory: what the kernel promises them and nothing more. A key that was not declared, an
 * event that does not balance, data outside its schema or a bucket below zero fails the test itself, not the transaction.
 */
import {
  type Address,
  addressOf,
  asHash,
  compareBytes,
  decode,
  Ed25519KeyPair,
  encode,
  equalBytes,
  type Hash,
  list,
  toHex,
  uint,
} from '@symbolon/primitives'
import {
  accountKey,
  DEFAULT_PARAMETERS,
  identityKey,
  type LedgerEvent,
  type Namespace,
  type Parameters,
  type Payload,
  type TransactionBody,
  transactionId,
} from '@symbolon/protocol'
import { LedgerError } from '../../src/error.ts'
import type {
  AccessSet,
  BlockEndContext,
  Emission,
  ExecutionContext,
  LedgerModule,
  Leg,
  StateKey,
  TransactionKind,
} from '../../src/module.ts'
import { channelsModule } from '../../src/modules/channels/index.ts'
import { identityModule } from '../../src/modules/identity/index.ts'
import type { StateReader } from '../../src/modules/identity/search.ts'
import { reputationModule } from '../../src/modules/reputation/index.ts'

// Grows the shared encoder at a place where growing is safe: bytes that are written while its buffer grows are lost (see
// CborWriter, which takes its buffer before it reserves). Needless once that is mended.
encode(list(uint(), 20_000), new Array(20_000).fill(200))

export const MODULES: readonly LedgerModule[] = [identityModule, channelsModule, reputationModule]

export interface Agent {
  readonly key: Ed25519KeyPair
  readonly address: Address
}

/** An agent whose keys follow from a number. */
export function agent(number: number, purpose = 0): Agent {
  const seed = new Uint8Array(32)
  seed[0] = purpose
  new DataView(seed.buffer).setUint32(28, number)
  const key = new Ed25519KeyPair(seed)
  return { key, address: addressOf(key.publicKey) }
}

export const FRAME = asHash(new Uint8Array(32).fill(0xf7))
export const OTHER_FRAME = asHash(new Uint8Array(32).fill(0x0f))

export interface Sending {
  /** Keys that sign after the sender's. */
  readonly cosigners?: readonly Uint8Array[]
  /** The sender's key, if it is not its genesis key. */
  readonly senderKey?: Uint8Array
  readonly fee?: bigint
  readonly gasLimit?: bigint
}

export interface Outcome {
  /** `OK` or the error's code. */
  readonly code: string
  readonly message: string
  readonly events: readonly LedgerEvent[]
  readonly gas: bigint
}

const place = (namespace: string, key: Uint8Array): string => `${namespace}/${toHex(key)}`

export class TestFrame {
  readonly frame: Hash = FRAME
  parameters: Parameters
  height = 1n
  readonly events: LedgerEvent[] = []
  #state = new Map<string, Uint8Array>()
  /** `bucket/owner` to base units: what the legs of all events say. */
  #books = new Map<string, bigint>()
  #nonces = new Map<string, bigint>()
  #blockEvents: LedgerEvent[] = []

  constructor(parameters: Partial<Parameters> = {}) {
    this.parameters = { ...DEFAULT_PARAMETERS, ...parameters }
  }

  get epoch(): bigint {
    return this.height / this.parameters.epochLength
  }

  fund(to: Address, amount: bigint): this {
    this.#post({ bucket: 'liquid', owner: to, amount }, 1n)
    return this
  }

  balance(of: Address): bigint {
    return this.held('liquid', of)
  }

  held(bucket: Leg['bucket'], owner: Uint8Array): bigint {
    return this.#books.get(place(bucket, owner)) ?? 0n
  }

  total(): bigint {
    return [...this.#books.values()].reduce((sum, amount) => sum + amount, 0n)
  }

  nonce(of: Address): bigint {
    return this.#nonces.get(toHex(of)) ?? 0n
  }

  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    return this.#state.get(place(namespace, key))
  }

  /** A copy of the whole state, to compare. */
  snapshot(): ReadonlyMap<string, string> {
    return new Map([...this.#state].map(([at, value]) => [at, toHex(value)]))
  }

  /** Executes one transaction; credits land at once. */
  send(from: Agent, payload: Payload, sending: Sending = {}): Outcome {
    const nonce = this.nonce(from.address)
    this.#nonces.set(toHex(from.address), nonce + 1n)
    const body: TransactionBody = {
      frame: this.frame,
      sender: from.address,
      nonce,
      fee: sending.fee ?? 0n,
      gasLimit: sending.gasLimit ?? 1_000_000_000n,
      validUntil: this.height + 100n,
      payload,
    }
    const kind = kindOf(payload)
    const access = kind.access(payload.body, body)
    let gas = kind.gas(payload.body, body)
    const state = new Map(this.#state)
    const books = new Map(this.#books)
    const emitted: LedgerEvent[] = []
    const context: ExecutionContext = {
      frame: this.frame,
      height: this.height,
      epoch: this.epoch,
      parameters: this.parameters,
      transaction: {
        id: transactionId(body),
        body,
        signers: [sending.senderKey ?? from.key.publicKey, ...(sending.cosigners ?? [])],
      },
      read: (namespace, key) => {
        requireDeclared(access, body, namespace, key, false)
        return this.#state.get(place(namespace, key))
      },
      write: (namespace, key, value) => {
        requireDeclared(access, body, namespace, key, true)
        if (namespace !== payload.kind.split('.')[0])
          throw new Error(`${payload.kind} writes into ${namespace}`)
        if (value === undefined) this.#state.delete(place(namespace, key))
        else this.#state.set(place(namespace, key), value)
      },
      useGas: (amount) => {
        gas += amount
      },
      emit: (emission) => {
        for (const { bucket, owner } of emission.movement?.debits ?? [])
          if (bucket === 'liquid')
            requireDeclared(access, body, 'accounts', accountKey(owner as Address), true)
        emitted.push(this.#record(emission, asHash(context.transaction.id)))
      },
    }
    try {
      kind.execute(payload.body, context)
    } catch (error) {
      this.#state = state
      this.#books = books
      this.#blockEvents.length -= emitted.length
      this.events.length -= emitted.length
      if (!(error instanceof LedgerError)) throw error
      return { code: error.code, message: error.message, events: [], gas }
    }
    return { code: 'OK', message: '', events: emitted, gas }
  }

  /** Ends the running block and goes on to `height` (the next one unless given). */
  advance(height: bigint = this.height + 1n): this {
    const events = this.#blockEvents
    this.#blockEvents = []
    for (const module of MODULES) {
      const context: BlockEndContext = {
        frame: this.frame,
        height: this.height,
        epoch: this.epoch,
        parameters: this.parameters,
        read: (namespace, key) => this.#state.get(place(namespace, key)),
        write: (namespace, key, value) => {
          if (namespace !== module.namespace) throw new Error(`${module.name} writes into ${namespace}`)
          if (value === undefined) this.#state.delete(place(namespace, key))
          else this.#state.set(place(namespace, key), value)
        },
        emit: (emission) => void this.#record(emission),
      }
      module.onBlockEnd?.(events, context)
    }
    this.#blockEvents = []
    this.height = height
    return this
  }

  reader(): StateReader {
    return {
      height: this.height,
      epoch: this.epoch,
      parameters: this.parameters,
      get: (namespace, key) => this.get(namespace, key),
      keysUnder: (namespace, prefix) => {
        const start = place(namespace, prefix)
        return [...this.#state.keys()]
          .filter((at) => at.startsWith(start))
          .map((at) => Uint8Array.from(Buffer.from(at.slice(namespace.length + 1), 'hex')))
          .sort(compareBytes)
      },
    }
  }

  #record({ type, subjects, data, movement }: Emission, transaction?: Hash): LedgerEvent {
    const module = MODULES.find(({ name }) => name === type.split('.')[0])
    const schema = module?.events[type]
    if (schema === undefined) throw new Error(`no module registers the event ${type}`)
    if (data === undefined || data.length > 4_096) throw new Error(`${type}: data is missing or too long`)
    decode(schema, data)
    const debits = movement?.debits ?? []
    const credits = movement?.credits ?? []
    const sum = (legs: readonly Leg[]): bigint => legs.reduce((total, { amount }) => total + amount, 0n)
    if (sum(debits) !== sum(credits) && !(type.endsWith('.destroyed') && sum(debits) > sum(credits)))
      throw new Error(`${type}: debits and credits differ`)
    for (const leg of debits) this.#post(leg, -1n)
    for (const leg of credits) this.#post(leg, 1n)
    const event: LedgerEvent = {
      height: this.height,
      index: this.#blockEvents.length,
      type,
      ...(transaction === undefined ? {} : { transaction }),
      subjects: subjects.map(asHash),
      debits: debits.map((leg) => ({ ...leg, owner: asHash(leg.owner) })),
      credits: credits.map((leg) => ({ ...leg, owner: asHash(leg.owner) })),
      data,
    }
    this.#blockEvents.push(event)
    this.events.push(event)
    return event
  }

  #post({ bucket, owner, amount }: Leg, sign: bigint): void {
    if (amount <= 0n) throw new Error(`a leg of ${amount} base units`)
    const after = this.held(bucket, owner) + sign * amount
    if (after < 0n && bucket === 'liquid')
      throw new LedgerError('INSUFFICIENT_BALANCE', 'the balance is too low')
    if (after < 0n) throw new Error(`the bucket ${bucket} falls below zero`)
    this.#books.set(place(bucket, owner), after)
  }
}

function kindOf(payload: Payload): TransactionKind<unknown> {
  for (const module of MODULES)
    for (const kind of module.kinds) if (kind.kind === payload.kind) return kind as TransactionKind<unknown>
  throw new Error(`no module executes ${payload.kind}`)
}

/** What the kernel declares by itself: write of the sender's account, read of the sender's identity. */
function requireDeclared(
  { reads, writes }: AccessSet,
  { sender }: TransactionBody,
  namespace: Namespace,
  key: Uint8Array,
  write: boolean,
): void {
  const declared: StateKey[] = [...writes, { namespace: 'accounts', key: accountKey(sender) }]
  if (!write) declared.push(...reads, { namespace: 'identity', key: identityKey(sender) })
  if (!declared.some((known) => known.namespace === namespace && equalBytes(known.key, key)))
    throw new Error(`undeclared ${write ? 'write' : 'read'} of ${namespace}/${toHex(key)}`)
}

/** Decoded data of the last event of this type. */
export function lastData<T>(outcome: Pick<Outcome, 'events'>, type: string): T {
  const event = outcome.events.findLast((candidate) => candidate.type === type)
  const schema = MODULES.find(({ name }) => name === type.split('.')[0])?.events[type]
  if (event === undefined || schema === undefined) throw new Error(`no event ${type}`)
  return decode(schema, event.data) as T
}
