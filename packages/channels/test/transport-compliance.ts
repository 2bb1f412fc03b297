/** What every transport must do; each implementation's test calls it with a way to make a connected pair. */
import { describe, expect, test } from 'vitest'
import type { Transport } from '../src/index.ts'

export interface ConnectedPair {
  left: Transport
  right: Transport
  dispose(): Promise<void>
}

function collect(transport: Transport): {
  messages: Uint8Array[]
  closed: Promise<string>
  wait(count: number): Promise<void>
} {
  const messages: Uint8Array[] = []
  const { promise: closed, resolve } = Promise.withResolvers<string>()
  let check = (): void => {}
  transport.attach({
    message: (bytes) => {
      messages.push(bytes)
      check()
    },
    drain: () => {},
    close: resolve,
  })
  const wait = (count: number): Promise<void> =>
    new Promise((done) => {
      check = () => {
        if (messages.length >= count) done()
      }
      check()
    })
  return { messages, closed, wait }
}

export function transportCompliance(name: string, connect: () => Promise<ConnectedPair>): void {
  describe(`transport compliance: ${name}`, () => {
    test('delivers every message whole and in order, in both directions', async () => {
      const { left, right, dispose } = await connect()
      const atLeft = collect(left)
      const atRight = collect(right)
      for (let i = 0; i < 200; i++) {
        left.send(new Uint8Array(1 + (i % 50)).fill(i))
        right.send(Uint8Array.of(i))
      }
      await Promise.all([atRight.wait(200), atLeft.wait(200)])
      expect(atRight.messages.map((bytes) => [bytes.length, bytes[0]])).toEqual(
        Array.from({ length: 200 }, (_, i) => [1 + (i % 50), i]),
      )
      expect(atLeft.messages.map((bytes) => bytes[0])).toEqual(Array.from({ length: 200 }, (_, i) => i))
      await dispose()
    })

    test('keeps what arrives before anybody listens', async () => {
      const { left, right, dispose } = await connect()
      left.send(Uint8Array.of(1))
      left.send(Uint8Array.of(2))
      await new Promise((resolve) => setTimeout(resolve, 20))
      const atRight = collect(right)
      await atRight.wait(2)
      expect(atRight.messages.map((bytes) => bytes[0])).toEqual([1, 2])
      await dispose()
    })

    test('tells both ends of a close, once, and drops what is sent afterwards', async () => {
      const { left, right, dispose } = await connect()
      const atLeft = collect(left)
      const atRight = collect(right)
      left.close('bye')
      expect(await atRight.closed).toBe('bye')
      await atLeft.closed
      expect(() => left.send(Uint8Array.of(1))).not.toThrow()
      expect(atRight.messages).toEqual([])
      await dispose()
    })

    test('holds messages back while paused', async () => {
      const { left, right, dispose } = await connect()
      const atRight = collect(right)
      left.send(Uint8Array.of(1))
      await atRight.wait(1)
      right.pause()
      left.send(Uint8Array.of(2))
      await new Promise((resolve) => setTimeout(resolve, 30))
      expect(atRight.messages.length).toBe(1)
      right.resume()
      await atRight.wait(2)
      expect(atRight.messages.map((bytes) => bytes[0])).toEqual([1, 2])
      await dispose()
    })
  })
}
