/**
 * Fan-out of final blocks to subscribers. Events go one way: this hub only reads what a checkpoint has made final, and a
 * slow or broken subscriber can delay nobody (the socket layer drops it).
 */
import { equalBytes, type Hash, hashKey, SymbolonError, toJson } from '@symbolon/primitives'
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
  readonly notify: (params: unknown) => void
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
    const own = this.#byCaller.get(caller) ?? new Set<string>()
    if (own.size >= SUBSCRIPTIONS_MAX)
      throw new SymbolonError(
        'SUBSCRIPTIONS_MAX',
        `a connection may hold ${SUBSCRIPTIONS_MAX} subscriptions; close one`,
      )
    const id = `s${this.#next++}`
    this.#all.set(id, {
      id,
      topic: filter.topic,
      type: filter.type,
      subject: filter.subject,
      notify: caller.notify.bind(caller),
    })
    if (own.size === 0) {
      this.#byCaller.set(caller, own)
      caller.onClose?.(() => {
        for (const each of own) this.#all.delete(each)
        this.#byCaller.delete(caller)
      })
    }
    own.add(id)
    return id
  }

  /** Only the connection that opened a subscription can close it. */
  close(caller: Caller, id: string): boolean {
    const own = this.#byCaller.get(caller)
    if (own?.delete(id) !== true) return false
    return this.#all.delete(id)
  }

  publish(block: FinalBlock): void {
    if (this.#all.size === 0) return
    for (const subscription of this.#all.values()) {
      const send = (body: unknown): void =>
        subscription.notify({ subscription: subscription.id, topic: subscription.topic, body })
      if (subscription.topic === 'blocks') {
        const { checkpoint, hash, receipts } = block
        send(toJson(NOTIFICATIONS.blocks, { checkpoint, hash, transactions: receipts.length }))
      } else if (subscription.topic === 'transactions') {
        for (const receipt of block.receipts)
          if (subscription.subject === undefined || equalBytes(subscription.subject, receipt.sender))
            send(
              toJson(NOTIFICATIONS.transactions, {
                id: receipt.transaction,
                height: block.checkpoint.header.height,
                receipt,
              }),
            )
      } else {
        for (const event of block.events)
          if (concerns(subscription, event)) send(toJson(NOTIFICATIONS.events, { event }))
      }
    }
  }
}

function concerns({ type, subject }: Subscription, event: LedgerEvent): boolean {
  if (type !== undefined && event.type !== type && !event.type.startsWith(`${type}.`)) return false
  return subject === undefined || event.subjects.some((one) => hashKey(one) === hashKey(subject))
}
