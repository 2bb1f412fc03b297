/** HTTP and WebSocket as protocols under attack: what parsers could read in two ways, and what would be held for ever. */
import { describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { OriginPolicy } from '../src/rpc/origin-policy.ts'
import { FRAME, hex, rpc, startNode, until } from './frame.ts'
import { openSocket } from './raw-socket.ts'

const CALL = '{"jsonrpc":"2.0","id":1,"method":"frame.info"}'
const head = (lines: string[]): string =>
  ['POST /rpc HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json', ...lines, '', ''].join('\r\n')

describe('requests that two parsers would read differently', () => {
  it.each([
    ['length and chunked together', [`Content-Length: ${CALL.length}`, 'Transfer-Encoding: chunked'], CALL],
    ['two lengths', ['Content-Length: 5', `Content-Length: ${CALL.length}`], CALL],
    ['a length that is no number', ['Content-Length: +5'], CALL],
    ['a header with a space before the colon', ['X-A : b', `Content-Length: ${CALL.length}`], CALL],
    ['a broken chunk size', ['Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'],
  ])('%s are refused', async (_, lines, body) => {
    const node = await startNode()
    const { socket, closed } = await openSocket(node)
    socket.write(head(lines) + body)
    expect(await closed).toMatch(/^HTTP\/1\.1 400/)
  })

  it('headers over 16 KiB are refused with 431', async () => {
    const node = await startNode()
    const { socket, closed } = await openSocket(node)
    socket.write(head([`X-Long: ${'x'.repeat(20_000)}`, 'Content-Length: 0']))
    expect(await closed).toMatch(/^HTTP\/1\.1 431/)
  })

  it('pipelined requests are answered in order', async () => {
    const node = await startNode()
    const { socket, closed } = await openSocket(node)
    const call = (id: number, last: boolean): string => {
      const body = CALL.replace('"id":1', `"id":${id}`)
      return head([`Content-Length: ${body.length}`, ...(last ? ['Connection: close'] : [])]) + body
    }
    const ids = Array.from({ length: 20 }, (_, id) => id)
    socket.write(ids.map((id) => call(id, id === 19)).join(''))
    const answers = [...(await closed).matchAll(/"jsonrpc":"2\.0","id":(\d+)/g)].map(([, id]) => Number(id))
    expect(answers).toEqual(ids)
  })
})

it('a client that asks and never reads is cut off, and costs one connection until then', async () => {
  const node = await startNode({ limits: { idleTimeoutMs: 150, ratePerSecond: 1e9, rateBurst: 1e9 } })
  const { socket } = await openSocket(node)
  socket.pause()
  const body = JSON.stringify(
    Array.from({ length: 64 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'frame.genesis' })),
  )
  // Each answer takes over a hundred kilobytes: soon nothing fits into the buffers any more.
  for (let i = 0; i < 200; i++) socket.write(head([`Content-Length: ${body.length}`]) + body)
  // Others are served, if need be at the second attempt: their connections are as short-lived here.
  await until(async () => (await rpc(node, 'frame.info', {}).catch(() => undefined))?.result !== undefined)
  // Its side is never read, so only the node can end it.
  await until(() => node.metrics.live.connections() === 0)
})

it('a client that leaves in the middle of its request leaves nothing behind', async () => {
  const node = await startNode()
  for (let i = 0; i < 20; i++) {
    const { socket } = await openSocket(node)
    socket.write(`${head(['Content-Length: 1000'])}{"half`)
    socket.destroy()
  }
  expect((await rpc(node, 'frame.info', {})).result).toBeDefined()
  await node.stop()
})

it('a WebSocket frame that is not masked, or of a reserved kind, ends the connection', async () => {
  const node = await startNode()
  for (const bytes of [
    [0x81, 0x02, 0x7b, 0x7d],
    [0x83, 0x80, 0, 0, 0, 0],
    [0xf1, 0x80, 0, 0, 0, 0],
    [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ]) {
    const { socket, closed } = await openSocket(node)
    socket.write(
      'GET /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    socket.write(Uint8Array.from(bytes))
    const answer = await closed
    // The accept value of RFC 6455, section 1.3.
    expect(answer).toContain('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  }
  expect((await rpc(node, 'frame.info', {})).result).toBeDefined()
})

it('an upgrade that is none is refused, and the node goes on', async () => {
  const node = await startNode()
  for (const lines of [
    ['Upgrade: websocket', 'Connection: Upgrade'],
    ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 99', 'Sec-WebSocket-Key: x'],
    ['Upgrade: h2c', 'Connection: Upgrade'],
  ]) {
    const { socket, closed } = await openSocket(node)
    socket.write(['GET /rpc HTTP/1.1', 'Host: 127.0.0.1', ...lines, '', ''].join('\r\n'))
    expect(await closed).toMatch(/^HTTP\/1\.1 4\d\d/)
  }
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/rpc`)
  await new Promise((resolve) => socket.once('open', resolve))
  const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(data.toString())))
  socket.send(CALL)
  expect(JSON.parse(await answer)).toMatchObject({ id: 1, result: { frame: hex(FRAME) } })
  socket.terminate()
})

describe('the origin policy', () => {
  const admitted = (
    options: ConstructorParameters<typeof OriginPolicy>[0],
    headers: { host?: string; origin?: string },
  ): string => {
    try {
      return new OriginPolicy(options).admit({ headers } as never) ?? 'admitted'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it.each([
    ['127.0.0.1', { host: '127.0.0.1:7400' }, 'admitted'],
    ['127.0.0.1', { host: 'LOCALHOST:7400' }, 'admitted'],
    ['127.0.0.1', {}, 'HOST_NOT_ALLOWED'],
    ['::1', { host: '[::1]:7400' }, 'admitted'],
    ['127.0.0.53', { host: '127.0.0.53' }, 'admitted'],
    ['localhost', { host: 'localhost.attacker.example' }, 'HOST_NOT_ALLOWED'],
    ['0.0.0.0', { host: 'anything.example' }, 'admitted'],
    ['0.0.0.0', { host: 'node.example', origin: 'https://attacker.example' }, 'ORIGIN_NOT_ALLOWED'],
    ['0.0.0.0', { host: 'node.example', origin: 'https://node.example' }, 'admitted'],
    [
      '0.0.0.0',
      { host: 'node.example', origin: 'https://node.example.attacker.example' },
      'ORIGIN_NOT_ALLOWED',
    ],
    ['127.0.0.1', { host: '127.0.0.1:7400', origin: 'http://127.0.0.1:9999' }, 'ORIGIN_NOT_ALLOWED'],
    ['127.0.0.1', { host: '127.0.0.1:7400', origin: 'file://' }, 'ORIGIN_NOT_ALLOWED'],
  ])('bound to %s, %j: %s', (host, headers, expected) => {
    expect(admitted({ host }, headers)).toBe(expected)
  })

  it('with host names allows those and loopback only', () => {
    const options = { host: '0.0.0.0', hostNames: ['Node.example'], origins: ['https://Explorer.example'] }
    expect(admitted(options, { host: 'node.example:443' })).toBe('admitted')
    expect(admitted(options, { host: 'other.example' })).toBe('HOST_NOT_ALLOWED')
    expect(admitted(options, { host: 'node.example', origin: 'https://explorer.example' })).toBe(
      'https://explorer.example',
    )
  })
})
