/**
 * The seller's listener under attack from one address, while an honest buyer at another buys. Linux gives every address of 127/8 to
 * the loopback interface, so both are real connections.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encodeMessage } from '@symbolon/channels'
import { CHALLENGES_PER_PAYER_MAX, ROUTES, SELLER_CONNECTIONS_PER_ADDRESS_MAX } from '@symbolon/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { addressFor, UNIT, World } from '../support/world.ts'
import { HandBuyer } from './hand-buyer.ts'
import { codeOf, order, PRICE, ROWS, type Shop, shop, takings } from './stage.ts'

const ATTACKER = '127.0.0.66'

let world: World
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await world.close()
})

async function scene(): Promise<Shop> {
  world = await World.create({ sync: 'none' })
  return shop(world)
}

/** A raw connection from the attacker's address; resolves when it is up or refused. */
async function raw({ url }: Shop, text = ''): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), localAddress: ATTACKER })
  sockets.push(socket)
  socket.on('error', () => {})
  await Promise.race([once(socket, 'connect'), once(socket, 'close')])
  if (text !== '') socket.write(text)
  return socket
}

/** Everything that the socket is answered until it is closed. */
async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (data) => {
    text += String(data)
  })
  if (!socket.closed) await once(socket, 'close')
  return text
}

async function expectServed({ seller }: Shop): Promise<void> {
  const { buyer } = await world.buyer('buyer', undefined, { sync: 'none' })
  const { units } = await buyer.buy(order({ stallMs: 30_000 }))
  expect(units).toBe(BigInt(ROWS))
  expect(takings(seller)).toBe(PRICE * BigInt(ROWS))
}

/** Resolves when the connection is up, or was refused. */
const settled = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('open', resolve)
    socket.on('close', () => resolve())
  })

const webSocket = ({ url }: Shop): WebSocket => {
  const socket = new WebSocket(url.replace('http', 'ws') + ROUTES.channel, { localAddress: ATTACKER })
  socket.on('error', () => {})
  return socket
}

describe('other buyers are served', () => {
  it('while an address opens a thousand connections and sends one byte of a header on each', async () => {
    const of = await scene()
    const all = await Promise.all(Array.from({ length: 1_000 }, () => raw(of, 'G')))
    await expectServed(of)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(all.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(
      SELLER_CONNECTIONS_PER_ADDRESS_MAX,
    )
  })

  it('while bodies are promised and never sent', async () => {
    const of = await scene()
    const head = `POST ${ROUTES.quote} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n{`
    await Promise.all(Array.from({ length: 200 }, () => raw(of, head)))
    await expectServed(of)
  })

  it('while two hundred WebSockets are opened and say nothing', async () => {
    const of = await scene()
    const silent = Array.from({ length: 200 }, () => webSocket(of))
    await Promise.all(silent.map(settled))
    await expectServed(of)
    // connectionsPerAddressMax of the channel listener.
    expect(silent.filter(({ readyState }) => readyState === WebSocket.OPEN).length).toBeLessThanOrEqual(100)
    for (const socket of silent) socket.terminate()
  })

  it('while WebSockets are opened and cut four hundred times', async () => {
    const of = await scene()
    for (let round = 0; round < 8; round++) {
      const storm = Array.from({ length: 50 }, () => webSocket(of))
      await Promise.all(storm.map(settled))
      for (const socket of storm) socket.terminate()
    }
    await expectServed(of)
  })

  it('after garbage, text, oversize and wrong first messages on the channel endpoint', async () => {
    const of = await scene()
    const nasty: (Uint8Array | string)[] = [
      'text',
      new Uint8Array(0),
      new Uint8Array(64).fill(0xff),
      new Uint8Array(400 * 1024),
      // Arrays nested 200,000 deep: no schema recurses, so this is refused at its first byte.
      new Uint8Array(200_000).fill(0x81),
      // A map that names its first member twice, and an integer that is longer than it need be.
      Uint8Array.of(0xa2, 0x01, 0x01, 0x01, 0x01),
      Uint8Array.of(0x1b, 0, 0, 0, 0, 0, 0, 0, 1),
      encodeMessage({ kind: 'ready', body: {} }),
      encodeMessage({ kind: 'tickDurable', body: { stream: 1n, index: 1 } }),
    ]
    for (const bytes of nasty) {
      const socket = webSocket(of)
      await once(socket, 'open')
      socket.send(bytes)
      await once(socket, 'close')
    }
    expect(of.seller.agent.host.channels.size).toBe(0)
    await expectServed(of)
  })
})

describe('HTTP', () => {
  const post = async ({ url }: Shop, body: string): Promise<{ status: number; code: string }> => {
    const answer = await fetch(url + ROUTES.quote, { method: 'POST', body })
    return { status: answer.status, code: ((await answer.json()) as { code: string }).code }
  }

  it.each<[string, string, string]>([
    ['nothing', '', 'JSON_MALFORMED'],
    ['no JSON', '{"buyer":', 'JSON_MALFORMED'],
    ['a member named twice', '{"quantity":"1","quantity":"1000"}', 'JSON_DUPLICATE_MEMBER'],
    ['the same member, once escaped', '{"quantity":"1","\\u0071uantity":"1000"}', 'JSON_DUPLICATE_MEMBER'],
    ['a thousand levels', `${'['.repeat(1_000)}${']'.repeat(1_000)}`, 'JSON_TOO_DEEP'],
    ['a string that does not end', `{"a":"${'\\"'.repeat(30_000)}`, 'JSON_MALFORMED'],
    ['more than may be', `{"a":"${'x'.repeat(70_000)}"}`, 'BODY_TOO_LARGE'],
    ['an unknown member', '{"surprise":1}', 'JSON_'],
    ['a number for a text', '{"buyer":1}', ''],
  ])('refuses %s with a problem document', async (_, body, code) => {
    const of = await scene()
    const answer = await post(of, body)
    expect(answer.status).toBe(400)
    if (code !== '' && !code.endsWith('_')) expect(answer.code).toBe(code)
    expect(answer.code).not.toBe('INTERNAL')
  })

  it.each([
    ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a header of 80 kB', `x: ${'y'.repeat(80_000)}\r\n\r\n`],
  ])('refuses %s', async (_, rest) => {
    const of = await scene()
    const answer = await answerOf(await raw(of, `POST ${ROUTES.quote} HTTP/1.1\r\nhost: a\r\n${rest}`))
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })
})

describe('challenges', () => {
  it('asked for by the hundred push out only those of the same payer, and an old one’s payment comes back', async () => {
    world = await World.create({
      sync: 'none',
      funded: { seller: 1_000n * UNIT, buyer: 1_000n * UNIT, flooder: 1_000n * UNIT },
    })
    const of = await shop(world)
    const [flooder, honest] = [await HandBuyer.open(world, 'flooder'), await HandBuyer.open(world)]
    const asked = await honest.agreed(of)
    const hers = await honest.openChannel(of, asked.digest)
    const challenge = await honest.challenge(of, hers.id, asked.digest)
    const quote = await flooder.agreed(of)
    const channel = await flooder.openChannel(of, quote.digest)
    const first = await flooder.challenge(of, channel.id, quote.digest)
    for (let i = 0; i < CHALLENGES_PER_PAYER_MAX; i++) await flooder.challenge(of, channel.id, quote.digest)
    expect(await codeOf(() => flooder.pay(channel, first))).toBe('PAYMENT_REFUSED')
    expect(await codeOf(() => honest.pay(hers, challenge))).toBe('OK')
    expect(takings(of.seller)).toBe(PRICE)
  })
})

describe('offers of channels', () => {
  it('that no account covers, or too many of one account, are refused before they cost anything', async () => {
    world = await World.create({
      sync: 'none',
      funded: { seller: 1_000n * UNIT, buyer: 1_000n * UNIT, flooder: UNIT },
    })
    const of = await shop(world)
    const flooder = await HandBuyer.open(world, 'flooder')
    const poor = await HandBuyer.open(world, 'nobody')
    expect(await codeOf(() => poor.openChannel(of, undefined))).toBe('CHANNEL_TERMS_REFUSED')
    expect(of.seller.agent.host.channels.size).toBe(0)
    // Agreed with the seller and never put on the ledger.
    flooder.agent.host.submitOpen = () => new Promise(() => {})
    const offers = Array.from({ length: 12 }, async (_, i) => {
      const opened = flooder.agent.host.open(await flooder.dial(of), {
        deposits: [UNIT, 0n],
        reserve: 0n,
        challengePeriod: flooder.agent.client.genesis.parameters.challengePeriod,
        nonce: BigInt(i),
      })
      return Promise.race([
        codeOf(() => opened),
        new Promise<string>((resolve) => setTimeout(() => resolve('AGREED'), 1_500)),
      ])
    })
    const codes = await Promise.all(offers)
    expect(codes).toContain('CHANNEL_TERMS_REFUSED')
    expect(of.seller.agent.host.channels.size).toBeLessThan(12)
    await expectServed(of)
    expect(await (await world.client()).balance(addressFor('flooder'))).toBe(UNIT)
  })
})
