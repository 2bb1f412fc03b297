import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  attachChannelServer,
  CHANNEL_LIMITS,
  type ChannelServerOptions,
  connectWebSocket,
  inProcessPair,
  type Transport,
} from '../src/index.ts'
import { ConnectionRate } from '../src/transport/connection-rate.ts'
import { type ConnectedPair, transportCompliance } from './transport-compliance.ts'

transportCompliance('in process', async () => {
  const [left, right] = inProcessPair()
  return { left, right, dispose: async () => left.close() }
})

async function serve(limits: ChannelServerOptions['limits'] = {}) {
  const server = createServer((_, response) => response.end('http'))
  const accepted: ((transport: Transport) => void)[] = []
  const waiting: Transport[] = []
  const channels = attachChannelServer(server, {
    path: '/channels',
    accept: (transport) => {
      const next = accepted.shift()
      if (next === undefined) waiting.push(transport)
      else next(transport)
    },
    limits,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    channels,
    port,
    url: `ws://127.0.0.1:${port}/channels`,
    next: (): Promise<Transport> => {
      const ready = waiting.shift()
      return ready === undefined ? new Promise((resolve) => accepted.push(resolve)) : Promise.resolve(ready)
    },
    dispose: async () => {
      channels.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

transportCompliance('WebSocket', async (): Promise<ConnectedPair> => {
  const server = await serve()
  const [left, right] = await Promise.all([connectWebSocket(server.url), server.next()])
  return { left, right, dispose: server.dispose }
})

describe('the WebSocket server', () => {
  test('shares its HTTP server and leaves other paths alone', async () => {
    const server = await serve()
    expect(await (await fetch(`http://127.0.0.1:${server.port}/`)).text()).toBe('http')
    await expect(connectWebSocket(`ws://127.0.0.1:${server.port}/other`)).rejects.toMatchObject({
      code: 'TRANSPORT_CLOSED',
    })
    await server.dispose()
  })

  test.each([
    ['connectionsMax', { connectionsMax: 2 }, '503'],
    ['connectionsPerAddressMax', { connectionsPerAddressMax: 2 }, '429'],
    ['connectionRatePerMinute', { connectionRatePerMinute: 2 }, '429'],
  ])('refuses above %s and counts connections down again', async (_, limits, status) => {
    const server = await serve(limits)
    const first = await connectWebSocket(server.url)
    await connectWebSocket(server.url)
    await expect(connectWebSocket(server.url)).rejects.toThrow(status)
    expect(server.channels.connections).toBe(2)
    const ended = new Promise<void>((resolve) =>
      first.attach({ message: () => {}, drain: () => {}, close: () => resolve() }),
    )
    ;(await server.next()).attach({ message: () => {}, drain: () => {}, close: () => {} })
    first.close()
    await ended
    while (server.channels.connections > 1) await new Promise((resolve) => setTimeout(resolve, 5))
    await server.dispose()
  })

  test('drops a peer that sends more than messageBytesMax, and one that sends text', async () => {
    const server = await serve()
    for (const data of [new Uint8Array(CHANNEL_LIMITS.messageBytesMax + 1), 'text']) {
      const socket = new WebSocket(server.url)
      await new Promise((resolve) => socket.once('open', resolve))
      const right = await server.next()
      const messages: Uint8Array[] = []
      const closed = new Promise((resolve) =>
        right.attach({ message: (bytes) => messages.push(bytes), drain: () => {}, close: resolve }),
      )
      socket.send(data)
      await closed
      expect(messages).toEqual([])
    }
    await server.dispose()
  })

  test('drops a peer that answers no ping', async () => {
    const server = await serve({ pingIntervalMs: 20 })
    const socket = new WebSocket(server.url, { autoPong: false })
    await new Promise((resolve) => socket.once('open', resolve))
    const right = await server.next()
    const reason = await new Promise((resolve) =>
      right.attach({ message: () => {}, drain: () => {}, close: resolve }),
    )
    expect(reason).toBe('ping timeout')
    await server.dispose()
  })

  test('drops a peer that does not read', async () => {
    const server = await serve({ slowPeerBytesMax: 1024, slowPeerTimeoutMs: 20 })
    const socket = new WebSocket(server.url)
    await new Promise((resolve) => socket.once('open', resolve))
    socket.pause()
    const right = await server.next()
    const closed = new Promise((resolve) =>
      right.attach({ message: () => {}, drain: () => {}, close: resolve }),
    )
    // Enough to fill the kernel's buffers as well.
    for (let i = 0; i < 400; i++) right.send(new Uint8Array(64 * 1024))
    expect(right.bufferedBytes).toBeGreaterThan(1024)
    expect(await closed).toBe('slow peer')
    await server.dispose()
  })
})

test('the connection rate refills with time and forgets the oldest address', () => {
  const rate = new ConnectionRate(2, 2)
  expect([rate.allow('a', 0), rate.allow('a', 0), rate.allow('a', 0)]).toEqual([true, true, false])
  expect(rate.allow('a', 29_999)).toBe(false)
  expect(rate.allow('a', 60_000)).toBe(true)
  rate.allow('b', 60_000)
  rate.allow('c', 60_000)
  expect([rate.allow('a', 60_000), rate.allow('a', 60_000), rate.allow('a', 60_000)]).toEqual([
    true,
    true,
    false,
  ])
})
