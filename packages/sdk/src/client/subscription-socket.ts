/**
 * Subscriptions over one WebSocket that reconnects by itself. After a reconnect every subscription is opened anew and its
 * listener is told with a `gap`, because notifications may have been missed: the listener then reads what it needs.
 */
import { fromJson, type Infer } from '@symbolon/primitives'
import { NOTIFICATIONS } from '@symbolon/protocol'
import { WebSocket } from 'ws'
import { SdkError } from '../errors.ts'
import { RECONNECT_MAX_MS, RECONNECT_MIN_MS, RPC_TIMEOUT_MS } from '../limits.ts'
import { encodeParams, type RpcParams, unwrapResponse } from './rpc-transport.ts'

export type Topic = keyof typeof NOTIFICATIONS
export type Notification<T extends Topic> = Infer<(typeof NOTIFICATIONS)[T]>

interface Subscriber {
  readonly topic: Topic
  readonly params: RpcParams<'subscription.open'>
  readonly listener: (notification: never) => void
  readonly gap: (() => void) | undefined
  id: string | undefined
}

export class SubscriptionSocket {
  readonly #url: string
  readonly #subscribers = new Set<Subscriber>()
  readonly #pending = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: unknown) => void }
  >()
  #socket: WebSocket | undefined
  #opening: Promise<WebSocket> | undefined
  #nextId = 1
  #delayMs = RECONNECT_MIN_MS
  #retry: ReturnType<typeof setTimeout> | undefined
  #closed = false

  /** @param url HTTP address of the node */
  constructor(url: string) {
    this.#url = `${url.replace(/^http/, 'ws')}/rpc`
  }

  /** @returns a function that ends the subscription */
  async subscribe<T extends Topic>(
    topic: T,
    filter: { type?: string; subject?: RpcParams<'subscription.open'>['subject'] },
    listener: (notification: Notification<T>) => void,
    gap?: () => void,
  ): Promise<() => void> {
    const params = { topic, ...filter } as RpcParams<'subscription.open'>
    const subscriber: Subscriber = {
      topic,
      params,
      listener: listener as (notification: never) => void,
      gap,
      id: undefined,
    }
    this.#subscribers.add(subscriber)
    try {
      await this.#open(subscriber)
    } catch (error) {
      this.#subscribers.delete(subscriber)
      throw error
    }
    return () => {
      this.#subscribers.delete(subscriber)
      if (subscriber.id !== undefined && this.#socket?.readyState === WebSocket.OPEN)
        this.#call('subscription.close', { subscription: subscriber.id }).catch(() => {
          // The socket went away, and the subscription with it.
        })
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#socket?.close()
  }

  async #open(subscriber: Subscriber): Promise<void> {
    const result = (await this.#call(
      'subscription.open',
      encodeParams('subscription.open', subscriber.params),
    )) as { subscription: string }
    subscriber.id = result.subscription
  }

  async #call(method: 'subscription.open' | 'subscription.close', params: unknown): Promise<unknown> {
    const socket = await this.#connect()
    const id = this.#nextId++
    const result = await new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new SdkError('FRAME_UNREACHABLE', 'the node did not answer in time')),
        RPC_TIMEOUT_MS,
      )
      const settle =
        <V>(then: (value: V) => void) =>
        (value: V): void => {
          clearTimeout(timer)
          this.#pending.delete(id)
          then(value)
        }
      this.#pending.set(id, { resolve: settle(resolve), reject: settle(reject) })
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    })
    return unwrapResponse(method, result)
  }

  #connect(): Promise<WebSocket> {
    if (this.#closed) return Promise.reject(new SdkError('FRAME_UNREACHABLE', 'the client is closed'))
    if (this.#socket?.readyState === WebSocket.OPEN) return Promise.resolve(this.#socket)
    this.#opening ??= new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(this.#url, { perMessageDeflate: false, handshakeTimeout: RPC_TIMEOUT_MS })
      socket.once('open', () => {
        this.#socket = socket
        this.#opening = undefined
        this.#delayMs = RECONNECT_MIN_MS
        resolve(socket)
      })
      socket.on('message', (data) => this.#receive(data.toString()))
      socket.once('error', (cause) => {
        this.#opening = undefined
        reject(
          new SdkError('FRAME_UNREACHABLE', `no WebSocket at ${this.#url}; is the node running?`, { cause }),
        )
      })
      socket.once('close', () => this.#lost(socket))
    })
    return this.#opening
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as {
      id?: number
      method?: string
      params?: { subscription: string; topic: Topic; body: unknown }
    }
    if (message.id !== undefined) {
      this.#pending.get(message.id)?.resolve(message)
      return
    }
    const { params } = message
    if (message.method !== 'subscription' || params === undefined) return
    for (const subscriber of this.#subscribers)
      if (subscriber.id === params.subscription)
        subscriber.listener(fromJson(NOTIFICATIONS[subscriber.topic] as never, params.body) as never)
  }

  #lost(socket: WebSocket): void {
    if (this.#socket === socket) this.#socket = undefined
    this.#opening = undefined
    for (const { reject } of this.#pending.values())
      reject(new SdkError('FRAME_UNREACHABLE', 'the connection to the node was lost'))
    if (this.#closed || this.#subscribers.size === 0) return
    this.#retry = setTimeout(() => {
      this.#restore().catch(() => this.#lost(socket))
    }, this.#delayMs)
    this.#retry.unref?.()
    this.#delayMs = Math.min(RECONNECT_MAX_MS, this.#delayMs * 2)
  }

  async #restore(): Promise<void> {
    await this.#connect()
    for (const subscriber of this.#subscribers) {
      await this.#open(subscriber)
      subscriber.gap?.()
    }
  }
}
