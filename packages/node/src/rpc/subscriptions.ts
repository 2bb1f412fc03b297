/**
 * Fan-out of final blocks to subscribers. Events go one way: this hub only reads what a checkpoint has made final, and a
 * slow or broken subscriber can delay nobody (the socket layer drops it).
 *
 * PERF: a body is encoded once, whoever listens; each further subscriber costs one concatenation.
 */
import { equalBytes, type Hash, type Schema, SymbolonError, toJson } from '@symbolon/primitives'
import { type Checkpoint, type LedgerEvent, NOTIFICATIONS, type Receipt } from '@symbolon/protocol'
import { SUBSCRIPTIONS_MAX } from '../limits.ts'
import type { Caller } from './dispatcher.ts'

export interface FinalBlock {
  readonly checkpoint: Checkpoint
  readonly hash: Hash
  readonly receipts: readonly Receipt[]
  readonly events: readonly LedgerEvent[]
}

type Topic = keyof typeof NOTIFICATIONS
interface Subscription {
  readonly id: string
  readonly topic: Topic
  readonly type: string | undefined
  readonly subject: Hash | undefined
  readonly notify: (text: string) => void
}

export class Subscriptions {
  readonly #all = new Map<string, Subscription>()
  readonly #byCaller = new Map<Caller, Set<string>>()
  #next = 0

  get size(): number {
    return this.#all.size
  }

  /** Errors: SUBSCRIPTION_TRANSPORT (not a WebSocket), SUBSCRIPTIONS_MAX. */
  open(
    caller: Caller,
    filter: { topic: Topic; type?: string | undefined; subject?: Hash | undefined },
  ): string {
    if (caller.notify === undefined)
      throw new SymbolonError(
        'SUBSCRIPTION_TRANSPORT',
        'subscriptions need a WebSocket: connect to ws://…/rpc',
      )
    const known = this.#byCaller.get(caller)
    const own = known ?? new Set<string>()
    if (own.size >= SUBSCRIPTIONS_MAX)
      throw new SymbolonError(
        'SUBSCRIPTIONS_MAX',
        `a connection may hold ${SUBSCRIPTIONS_MAX} subscriptions; close one`,
      )
    const id = `s${this.#next++}`
    const { topic, type, subject } = filter
    this.#all.set(id, { id, topic, type, subject, notify: caller.notify.bind(caller) })
    own.add(id)
    // The set stays until the connection ends, so one listener per connection is enough. Last, because it may fire at once.
    if (known === undefined) {
      this.#byCaller.set(caller, own)
      caller.onClose?.(() => this.#forget(caller))
    }
    return id
  }

  /** Only the connection that opened a subscription can close it. */
  close(caller: Caller, id: string): boolean {
    const own = this.#byCaller.get(caller)
    if (own?.delete(id) !== true) return false
    return this.#all.delete(id)
  }

  /** Never throws for a subscriber's sake. */
  publish(block: FinalBlock): void {
    if (this.#all.size === 0) return
    const bodies = new Bodies(block)
    for (const subscription of this.#all.values())
      for (const body of bodies.for(subscription))
        subscription.notify(
          `{"jsonrpc":"2.0","method":"subscription","params":{"subscription":"${subscription.id}","topic":"${subscription.topic}","body":${body}}}`,
        )
  }

  #forget(caller: Caller): void {
    for (const id of this.#byCaller.get(caller) ?? []) this.#all.delete(id)
    this.#byCaller.delete(caller)
  }
}

/** JSON texts of the notifications of one block, each made when it is first needed. */
class Bodies {
  readonly #block: FinalBlock
  readonly #texts = new Map<object, string>()

  constructor(block: FinalBlock) {
    this.#block = block
  }

  *for({ topic, type, subject }: Subscription): Generator<string> {
    const { checkpoint, hash, receipts, events } = this.#block
    if (topic === 'blocks')
      yield this.#text(this.#block, NOTIFICATIONS.blocks, () => ({
        checkpoint,
        hash,
        transactions: receipts.length,
      }))
    else if (topic === 'transactions') {
      for (const receipt of receipts)
        if (subject === undefined || equalBytes(subject, receipt.sender))
          yield this.#text(receipt, NOTIFICATIONS.transactions, () => ({
            id: receipt.transaction,
            height: checkpoint.header.height,
            receipt,
          }))
    } else {
      for (const event of events)
        if (concerns(event, type, subject)) yield this.#text(event, NOTIFICATIONS.events, () => ({ event }))
    }
  }

  #text<T>(of: object, schema: Schema<T>, body: () => T): string {
    let text = this.#texts.get(of)
    if (text === undefined) {
      text = JSON.stringify(toJson(schema, body()))
      this.#texts.set(of, text)
    }
    return text
  }
}

function concerns(event: LedgerEvent, type: string | undefined, subject: Hash | undefined): boolean {
  if (type !== undefined && event.type !== type && !event.type.startsWith(`${type}.`)) return false
  return subject === undefined || event.subjects.some((one) => equalBytes(one, subject))
}
