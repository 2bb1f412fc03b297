import {
  concat,
  domainDigest,
  encode,
  type Hash,
  hash,
  nobleHashProvider,
  record,
  sha256,
  u64,
  utf8,
} from '@symbolon/primitives'
import { streamTag } from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HashChain, type Operation, ReceivedChain, streamSeed } from '../src/index.ts'
import { Adversary } from './adversary.ts'
import { hashOf, openPair, QUOTE, reconnect, seedOf, settle } from './support.ts'

const FRAME = hashOf('frame')
const CHANNEL = hashOf('channel')
const SECRET = seedOf('secret')
const pause = async (): Promise<void> => {}

/** The chain by another implementation of SHA-256, one step at a time. */
function oracle(seed: Uint8Array, tag: Uint8Array, length: number): Uint8Array[] {
  const values = [seed]
  for (let i = 0; i < length; i++)
    values.unshift(nobleHashProvider.sha256(concat(values[0] as Uint8Array, tag)))
  return values
}

describe('the hash chain', () => {
  test('the seed is the domain digest of secret, channel and stream', () => {
    const name = record('seed-name', { channel: [1, hash], stream: [2, u64()] })
    const body = concat(SECRET, encode(name, { channel: CHANNEL, stream: 7n }))
    expect(streamSeed(SECRET, FRAME, CHANNEL, 7n)).toEqual(domainDigest('stream-seed', FRAME, body))
    // The same written out, from the definition of domains.
    expect(streamSeed(SECRET, FRAME, CHANNEL, 7n)).toEqual(
      sha256(concat(utf8('symbolon/1/stream-seed\0'), FRAME, body)),
    )
  })

  test('every preimage equals the one-step-at-a-time oracle, in any order of access', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        async (length, accesses) => {
          const chain = await HashChain.create(SECRET, FRAME, CHANNEL, 3n, length, 64, pause)
          const expected = oracle(
            streamSeed(SECRET, FRAME, CHANNEL, 3n),
            streamTag(FRAME, CHANNEL, 3n),
            length,
          )
          expect(chain.root).toEqual(expected[0])
          for (const at of [...accesses.map((n) => n % (length + 1)), length])
            expect(chain.preimage(at)).toEqual(expected[at])
        },
      ),
      { numRuns: 40 },
    )
  })

  test('yields while it is computed', async () => {
    let pauses = 0
    await HashChain.create(SECRET, FRAME, CHANNEL, 3n, 10_000, 1_000, async () => {
      pauses += 1
    })
    expect(pauses).toBeGreaterThanOrEqual(9)
  })
})

describe('a received chain', () => {
  async function received(stream = 1n, channel = CHANNEL) {
    const sent = await HashChain.create(SECRET, FRAME, channel, stream, 100, 64, pause)
    const chain = new ReceivedChain({
      stream,
      run: stream,
      length: 100,
      tickValue: 1n,
      tag: streamTag(FRAME, channel, stream),
      index: 0,
      preimage: sent.root,
    })
    return { sent, chain }
  }

  test('takes any increasing sequence of ticks and nothing else', async () => {
    const { sent } = await received()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 40 }), async (indices) => {
        const { chain } = await received()
        let deepest = 0
        for (const index of indices) {
          const preimage = sent.preimage(Math.min(index, 100))
          if (index > deepest && index <= 100) {
            expect(chain.accept(index, preimage)).toBe(index - deepest)
            deepest = index
          } else {
            expect(() => chain.accept(index, preimage)).toThrow(
              expect.objectContaining({
                code: index > 100 ? 'CHANNEL_TICK_BEYOND_LENGTH' : 'CHANNEL_TICK_STALE',
              }),
            )
          }
          expect(chain.index).toBe(deepest)
        }
      }),
      { numRuns: 50 },
    )
  })

  test("another stream's, another channel's and a wrong index's preimage change nothing", async () => {
    const { sent, chain } = await received()
    chain.accept(10, sent.preimage(10))
    const others = [await received(2n), await received(1n, hashOf('other channel'))]
    for (const preimage of [
      ...others.map((other) => other.sent.preimage(20)),
      sent.preimage(21),
      sent.preimage(19),
      seedOf('noise'),
    ])
      expect(() => chain.accept(20, preimage)).toThrow(
        expect.objectContaining({ code: 'CHANNEL_TICK_INVALID' }),
      )
    expect(chain.index).toBe(10)
    expect(chain.accept(20, sent.preimage(20))).toBe(10)
  })
})

describe('a stream against a lying payer', () => {
  async function streaming(redeliveredUnitsMax = 65_536) {
    const pair = await openPair({ bob: { limits: { redeliveredUnitsMax } } })
    const mallory = new Adversary(pair.alice, pair.bob)
    await mallory.connect(pair.bob)
    const open = (id: bigint, root: Hash): Operation => ({
      kind: 'openStream',
      body: { id, root, tickValue: 1n, length: 100, quote: QUOTE },
    })
    const one = mallory.chain(2n, 100)
    const two = mallory.chain(4n, 100)
    mallory.update([open(2n, one.root), open(4n, two.root)])
    await settle()
    const { payees } = pair.bob.channel.streams
    const tick = (stream: bigint, index: number, preimage: Uint8Array): void =>
      mallory.say({ kind: 'tick', body: { stream, index, preimage } })
    return { ...pair, mallory, one, two, tick, payee: payees.get(2n)!, other: payees.get(4n)! }
  }

  test('many streams run side by side; each acknowledges what is on disk', async () => {
    const { mallory, one, two, tick, payee, other } = await streaming()
    tick(2n, 3, one.preimage(3))
    tick(4n, 50, two.preimage(50))
    await settle()
    expect([payee.durableUnits, other.durableUnits]).toEqual([3n, 50n])
    expect(mallory.heard.filter(({ kind }) => kind === 'tickDurable').map(({ body }) => body)).toEqual([
      { stream: 2n, index: 3 },
      { stream: 4n, index: 50 },
    ])
  })

  test.each([
    ['replayed', 'CHANNEL_TICK_STALE', 2n, 10, 10],
    ['skipped back', 'CHANNEL_TICK_STALE', 2n, 4, 4],
    ['of no stream', 'CHANNEL_STREAM_UNKNOWN', 9n, 11, 11],
    ['of another stream', 'CHANNEL_TICK_INVALID', 4n, 11, 11],
    ['beyond the chain', 'CHANNEL_MESSAGE_MALFORMED', 2n, 70_000, 100],
    ['beyond its length', 'CHANNEL_TICK_BEYOND_LENGTH', 2n, 101, 100],
  ])('a tick %s → %s', async (_, code, stream, index, preimage) => {
    const { mallory, one, tick, payee, other } = await streaming()
    tick(2n, 10, one.preimage(10))
    await settle()
    try {
      tick(stream, index, one.preimage(preimage))
    } catch {
      // Its own encoder refuses what no decoder would take.
      return
    }
    await settle()
    expect(mallory.lastError).toBe(code)
    expect([payee.paidUnits, other.paidUnits]).toEqual([10n, 0n])
  })

  test('a payer cannot close for less than it has shown', async () => {
    const { bob, mallory, one, tick } = await streaming()
    tick(2n, 10, one.preimage(10))
    await settle()
    mallory.state = bob.channel.signed.state
    mallory.update([{ kind: 'closeStream', body: { id: 2n, ticks: 9, preimage: one.preimage(9) } }])
    await settle()
    const counter = mallory.heard.findLast(({ kind }) => kind === 'counter')
    expect(counter?.body).toMatchObject({ included: false, operations: [], code: 'CHANNEL_REFUSED' })
    expect(bob.channel.signed.state.streams.length).toBe(2)
  })

  test('a payer that claims to have lost units gets no more than redeliveredUnitsMax again', async () => {
    const { bob, mallory, one, tick, payee } = await streaming(3)
    tick(2n, 10, one.preimage(10))
    await settle()
    payee.deliver(10, new Uint8Array(10))
    mallory.state = bob.channel.signed.state
    for (let i = 0; i < 3; i++) await mallory.connect(bob, { units: [{ stream: 2n, units: 0n }] })
    expect(payee.deliveredUnits).toBe(7n)
  })
})

describe('exposure', () => {
  test('a payer stops at prepaidUnitsMax, a payee at what is durably paid plus its credit', async () => {
    const { a, b, alice } = await openPair({
      alice: { limits: { prepaidUnitsMax: 10 } },
      bob: { limits: { creditUnitsMax: 2 } },
    })
    const stream = await a.openStream({ tickValue: 5n, quote: QUOTE, length: 50 })
    await settle()
    const [payee] = b.streams.payees.values()
    payee?.deliver(2, Uint8Array.of(1, 2))
    expect(() => payee?.deliver(1, Uint8Array.of(3))).toThrow(
      expect.objectContaining({ code: 'CHANNEL_EXPOSURE' }),
    )
    await settle()
    expect(alice.received).toEqual([{ bytes: Uint8Array.of(1, 2), units: 2 }])
    stream.pay(12)
    expect(() => stream.pay(1)).toThrow(expect.objectContaining({ code: 'CHANNEL_EXPOSURE' }))
    const waiting = stream.ready(1)
    await settle()
    payee?.deliver(5, new Uint8Array(5))
    await waiting
    stream.pay(5)
    expect(stream.paidUnits).toBe(17n)
  })

  test('a run ends with the money: what the reserve does not cover cannot be locked', async () => {
    const { a, b } = await openPair({ request: { deposits: [1_100n, 0n], reserve: 1_000n } })
    const stream = await a.openStream({ tickValue: 3n, quote: QUOTE, length: 1_000 })
    expect(stream.capacity).toBe(33)
    await expect(stream.ready(34)).rejects.toMatchObject({ code: 'CHANNEL_STREAM_EXHAUSTED' })
    stream.pay(33)
    await settle()
    await stream.close()
    await settle()
    expect(b.balances.own).toBe(99n)
  })

  test('a run with an end opens no chain beyond it, and says so instead of waiting for ever', async () => {
    const { a } = await openPair()
    const stream = await a.openStream({ tickValue: 1n, quote: QUOTE, length: 40, unitsMax: 100n })
    for (let i = 0; i < 100; i++) {
      await stream.ready()
      stream.pay()
    }
    await expect(stream.ready()).rejects.toMatchObject({ code: 'CHANNEL_STREAM_EXHAUSTED' })
    expect(stream.paidUnits).toBe(100n)
    await stream.close()
    expect(a.balances.peer).toBe(100n)
  })

  test('ticks lost with a connection are shown again; the payer believes only what is proven', async () => {
    const pair = await openPair()
    const stream = await pair.a.openStream({ tickValue: 1n, quote: QUOTE, length: 64 })
    await settle()
    stream.pay(5)
    await settle()
    const [payee] = pair.b.streams.payees.values()
    expect(payee?.durableUnits).toBe(5n)
    let count = 0
    await reconnect(pair, { onMessage: (from) => (from === 0 && count++ > 2 ? 'cut' : 'deliver') }).catch(
      () => {},
    )
    stream.pay(7)
    await settle()
    await reconnect(pair)
    await settle()
    expect(payee?.durableUnits).toBe(12n)
    expect(stream.durableUnits).toBe(12n)
  })

  test('application bytes: order, size and backpressure', async () => {
    const seen: number[] = []
    let release = (): void => {}
    const { a, b } = await openPair({
      alice: { limits: { sendBufferBytesMax: 100_000 } },
      bob: {
        limits: { receiveBufferBytesMax: 10_000 },
        application: (bytes) => {
          seen.push(bytes[0] ?? 0)
          return new Promise<void>((resolve) => {
            release = resolve
          })
        },
      },
    })
    expect(() => a.sendApplication(new Uint8Array(256 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: 'CHANNEL_MESSAGE_TOO_LARGE' }),
    )
    a.sendApplication(new Uint8Array(20_000).fill(1))
    await settle()
    // Bob has stopped reading: what follows piles up on Alice's side until she is told to stop.
    for (let i = 0; i < 4; i++) a.sendApplication(new Uint8Array(20_000).fill(2 + i))
    expect(() => a.sendApplication(new Uint8Array(30_000))).toThrow(
      expect.objectContaining({ code: 'CHANNEL_BACKPRESSURE' }),
    )
    expect(seen).toEqual([1])
    for (let i = 0; i < 5; i++) {
      release()
      await settle(3)
    }
    expect(seen).toEqual([1, 2, 3, 4, 5])
    b.stop()
    await settle()
    expect(() => a.sendApplication(new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: 'CHANNEL_OFFLINE' }),
    )
  })
})
