/** Subscriptions over a real WebSocket: only what is final, by topic, type and subject, and nobody waits for a slow reader. */
import { fromJson } from '@symbolon/primitives'
import { NOTIFICATIONS, verifyCheckpoint } from '@symbolon/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { type FrameNode, SUBSCRIPTIONS_MAX } from '../src/index.ts'
import {
  alice,
  bob,
  carol,
  FRAME,
  GENESIS,
  hex,
  nobody,
  pay,
  sign,
  startNode,
  submit,
  until,
} from './frame.ts'

interface Notification {
  subscription: string
  topic: keyof typeof NOTIFICATIONS
  body: Record<string, unknown>
}

class Client {
  readonly socket: WebSocket
  readonly notifications: Notification[] = []
  readonly #answers = new Map<
    number,
    (answer: { result?: unknown; error?: { data?: { code: string } } }) => void
  >()
  #next = 0

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString())
      if (message.method === 'subscription') this.notifications.push(message.params)
      else this.#answers.get(message.id)?.(message)
    })
  }

  static async open(node: FrameNode): Promise<Client> {
    const socket = new WebSocket(`${node.url.replace('http', 'ws')}/rpc`)
    onTestFinished(() => socket.terminate())
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return new Client(socket)
  }

  /** The result, or the code of the refusal. */
  async call(method: string, params: object): Promise<unknown> {
    const id = this.#next++
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    const { result, error } = await new Promise<{ result?: unknown; error?: { data?: { code: string } } }>(
      (resolve) => this.#answers.set(id, resolve),
    )
    return error === undefined ? result : error.data?.code
  }

  async subscribe(filter: object): Promise<string> {
    return ((await this.call('subscription.open', filter)) as { subscription: string }).subscription
  }

  of(subscription: string): Notification['body'][] {
    return this.notifications.filter((one) => one.subscription === subscription).map(({ body }) => body)
  }
}

describe('notifications', () => {
  it('follow the filter: blocks, transactions of a sender, events by type, module and subject', async () => {
    const node = await startNode()
    const client = await Client.open(node)
    const blocks = await client.subscribe({ topic: 'blocks' })
    const all = await client.subscribe({ topic: 'transactions' })
    const ofBob = await client.subscribe({ topic: 'transactions', subject: hex(bob.address) })
    const events = await client.subscribe({ topic: 'events', type: 'identity' })
    const toNobody = await client.subscribe({ topic: 'events', subject: hex(nobody.address) })
    const nothing = await client.subscribe({ topic: 'events', type: 'ident' })
    const profile = { capabilities: ['data.rows'], services: [] }
    await submit(node, sign(alice, 0n, pay(nobody, 1n)))
    await submit(node, sign(bob, 0n, { kind: 'identity.register', body: { profile, bond: 10n ** 9n } }))
    await submit(node, sign(carol, 0n, pay(alice, 1n)))
    await until(() => client.of(blocks).length === 3 && client.of(all).length === 3)
    expect(client.of(ofBob)).toHaveLength(1)
    const types = client.of(events).map(({ event }) => (event as { type: string }).type)
    expect(types.length).toBeGreaterThan(0)
    expect(types.every((type) => type.startsWith('identity.'))).toBe(true)
    expect(client.of(toNobody).length).toBeGreaterThan(0)
    expect(client.of(nothing)).toEqual([])
    const exact = await client.subscribe({ topic: 'events', type: types[0] })
    expect(exact).not.toBe(events)
    for (const body of client.of(blocks)) {
      const block = fromJson(NOTIFICATIONS.blocks, body)
      verifyCheckpoint(FRAME, block.checkpoint, GENESIS.validators)
      expect(block.transactions).toBe(1)
    }
    for (const body of client.of(all))
      expect(fromJson(NOTIFICATIONS.transactions, body).receipt.code).toBe('OK')
  })

  it('end when closed, which only their own connection can do', async () => {
    const node = await startNode()
    const [one, two] = [await Client.open(node), await Client.open(node)]
    const subscription = await one.subscribe({ topic: 'blocks' })
    expect(await two.call('subscription.close', { subscription })).toEqual({ closed: false })
    await submit(node, sign(alice, 0n, pay(bob, 1n)))
    await until(() => one.of(subscription).length === 1)
    expect(await one.call('subscription.close', { subscription })).toEqual({ closed: true })
    expect(await one.call('subscription.close', { subscription })).toEqual({ closed: false })
    await submit(node, sign(alice, 1n, pay(bob, 1n)))
    await one.call('frame.info', {})
    expect(one.of(subscription)).toHaveLength(1)
  })

  it('are bounded per connection, and forgotten with it', async () => {
    const node = await startNode()
    const client = await Client.open(node)
    // Opening and closing must not leave listeners behind.
    for (let i = 0; i < 3 * SUBSCRIPTIONS_MAX; i++)
      await client.call('subscription.close', { subscription: await client.subscribe({ topic: 'blocks' }) })
    for (let i = 0; i < SUBSCRIPTIONS_MAX; i++) await client.subscribe({ topic: 'blocks' })
    expect(await client.call('subscription.open', { topic: 'blocks' })).toBe('SUBSCRIPTIONS_MAX')
    const count = async (): Promise<string> =>
      /symbolon_subscriptions (\d+)/.exec(await (await fetch(`${node.url}/metrics`)).text())?.[1] ?? ''
    expect(await count()).toBe(String(SUBSCRIPTIONS_MAX))
    client.socket.close()
    await until(async () => (await count()) === '0')
  })

  it('are sent after the submitter of the transaction can read it', async () => {
    const node = await startNode()
    const client = await Client.open(node)
    const subscription = await client.subscribe({ topic: 'transactions' })
    await submit(node, sign(alice, 0n, pay(bob, 1n)), 'accepted')
    await until(() => client.of(subscription).length === 1)
    const { id } = client.of(subscription)[0] as { id: string }
    expect(await client.call('transaction.get', { id })).toMatchObject({ pending: false, height: '1' })
  })
})

it('a reader that does not read is disconnected, and delays nobody', async () => {
  const node = await startNode({ limits: { socketBacklogBytesMax: 100_000 } })
  const slow = await Client.open(node)
  const fast = await Client.open(node)
  for (let i = 0; i < SUBSCRIPTIONS_MAX; i++) await slow.subscribe({ topic: 'events' })
  const seen = await fast.subscribe({ topic: 'blocks' })
  slow.socket.pause()
  const transfers = Array.from({ length: 256 }, () => ({ to: bob.address, amount: 1n }))
  const body = { transfers }
  let dropped = false
  slow.socket.on('close', () => {
    dropped = true
  })
  let nonce = 0n
  const refusedSlow = async (): Promise<boolean> =>
    (await (await fetch(`${node.url}/metrics`)).text()).includes('reason="slow_reader"')
  while (!(await refusedSlow())) {
    await submit(node, sign(alice, nonce, { kind: 'accounts.transferBatch', body }))
    nonce++
  }
  slow.socket.resume()
  await until(() => dropped)
  await until(() => BigInt(fast.of(seen).length) === nonce)
})

it('sockets are told when the node stops', async () => {
  const node = await startNode()
  const client = await Client.open(node)
  const closed = new Promise<number>((resolve) => client.socket.on('close', resolve))
  await node.stop()
  expect(await closed).toBe(1001)
})
