/** The listener under attack: each bound holds, is named in the answer, and leaves the other clients alone. */
import { formatAddress } from '@symbolon/primitives'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import {
  alice,
  bob,
  call,
  hex,
  pay,
  post,
  type RpcAnswer,
  rpc,
  sign,
  startNode,
  submit,
  until,
} from './frame.ts'
import { openSocket } from './raw-socket.ts'

interface Problem {
  status: number
  code: string
  detail: string
}
const problemOf = async (response: Response): Promise<Problem> => {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = (await response.json()) as Problem
  expect(problem.status).toBe(response.status)
  return problem
}

/** Opens a WebSocket, or gives the HTTP status with which it was refused. */
function socketTo(
  { url }: { url: string },
  options: WebSocket.ClientOptions = {},
  path = '/rpc',
): Promise<WebSocket | number> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, options)
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.on('open', () => resolve(socket))
    socket.on('error', reject)
  })
}

describe('slow-loris', () => {
  const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400 }

  it('is closed within the bound when it drips headers, and hurts nobody', async () => {
    const node = await startNode({ limits })
    const drips = await Promise.all(Array.from({ length: 20 }, () => openSocket(node)))
    const started = performance.now()
    for (const { socket } of drips) socket.write('POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\n')
    const timer = setInterval(() => {
      for (const { socket } of drips) if (socket.writable) socket.write('x-a: b\r\n')
    }, 20)
    onTestFinished(() => clearInterval(timer))
    const { receipt } = await submit(node, sign(alice, 0n, pay(bob, 1n)))
    expect(receipt?.code).toBe('OK')
    const answers = await Promise.all(drips.map(({ closed }) => closed))
    expect(performance.now() - started).toBeGreaterThanOrEqual(150)
    for (const answer of answers) expect(answer).toContain('408')
  })

  it('is closed within the bound when it drips the body', async () => {
    const node = await startNode({ limits })
    const { socket, closed } = await openSocket(node)
    socket.write(
      'POST /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
    )
    const timer = setInterval(() => socket.writable && socket.write(' '), 20)
    onTestFinished(() => clearInterval(timer))
    await closed
    expect((await rpc(node, 'frame.info', {})).result).toBeDefined()
  })

  it('is closed when it opens a connection and says nothing', async () => {
    const node = await startNode({ limits: { ...limits, idleTimeoutMs: 100 } })
    const { closed } = await openSocket(node)
    await closed
  })
})

describe('floods', () => {
  it('of connections are cut before a byte is read, and room is made when connections end', async () => {
    const node = await startNode({ limits: { perAddressMax: 5 } })
    const first = await Promise.all(Array.from({ length: 5 }, () => openSocket(node)))
    const more = await Promise.all(Array.from({ length: 20 }, () => openSocket(node)))
    expect(await Promise.all(more.map(({ closed }) => closed))).toEqual(new Array(20).fill(''))
    for (const { socket } of first) socket.destroy()
    await until(
      async () => (await rpc(node, 'frame.info', {}).catch(() => ({}) as RpcAnswer)).result !== undefined,
    )
    const metrics = await (await fetch(`${node.url}/metrics`)).text()
    expect(metrics).toContain('symbolon_requests_refused_total{reason="connections_per_address"}')
  })

  it('of requests are answered 429 with a problem document', async () => {
    const node = await startNode({ limits: { ratePerSecond: 0.001, rateBurst: 3 } })
    for (let i = 0; i < 3; i++) expect((await post(node, '{}')).status).toBe(200)
    const refused = await post(node, '{}')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await problemOf(refused)).code).toBe('RATE_LIMITED')
  })

  it('are not cheaper in a batch, nor by the expensive methods', async () => {
    const node = await startNode({ limits: { ratePerSecond: 0.001, rateBurst: 60 } })
    const one = { jsonrpc: '2.0', id: 1, method: 'frame.info' }
    expect((await post(node, JSON.stringify(new Array(20).fill(one)))).status).toBe(200)
    const search = { ...one, method: 'identity.search', params: { capability: 'x' } }
    expect((await post(node, JSON.stringify(search))).status).toBe(429)
    expect((await fetch(`${node.url}/rpc/identity/search?capability=x`)).status).toBe(429)
    expect((await post(node, JSON.stringify(one))).status).toBe(200)
  })

  it('of WebSocket messages close the socket', async () => {
    const node = await startNode({ limits: { ratePerSecond: 0.001, rateBurst: 10 } })
    const socket = await socketTo(node)
    if (typeof socket === 'number') throw new Error('refused')
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    for (let id = 0; id < 50; id++) socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'frame.info' }))
    expect(await closed).toBe(1008)
  })

  it('of WebSocket upgrades count as requests and as connections', async () => {
    const node = await startNode({ limits: { ratePerSecond: 0.001, rateBurst: 2 } })
    expect(typeof (await socketTo(node))).toBe('object')
    expect(typeof (await socketTo(node))).toBe('object')
    expect(await socketTo(node)).toBe(429)
    const narrow = await startNode({ limits: { perAddressMax: 1 } })
    expect(typeof (await socketTo(narrow))).toBe('object')
    await expect(socketTo(narrow)).rejects.toThrow()
  })
})

describe('bodies', () => {
  it('over the bound are refused with 413 that arrives although the client is still sending', async () => {
    const node = await startNode({ limits: { bodyBytesMax: 10_000 } })
    const large = 'x'.repeat(3_000_000)
    const response = await post(node, large)
    expect(response.status).toBe(413)
    const problem = await problemOf(response)
    expect(problem.code).toBe('BODY_TOO_LARGE')
    expect(problem.detail).toContain('10000')
    // Chunked: no length is announced.
    const chunked = await fetch(`${node.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({
        start(controller) {
          for (let i = 0; i < 100; i++) controller.enqueue(new Uint8Array(1_000).fill(0x20))
          controller.close()
        },
      }),
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(413)
    expect((await rpc(node, 'frame.info', {})).result).toBeDefined()
  })

  it('over the bound on a WebSocket close it', async () => {
    const node = await startNode({ limits: { bodyBytesMax: 10_000 } })
    const socket = await socketTo(node)
    if (typeof socket === 'number') throw new Error('refused')
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    socket.send('x'.repeat(20_000))
    expect(await closed).toBe(1009)
    const binary = await socketTo(node)
    if (typeof binary === 'number') throw new Error('refused')
    const unsupported = new Promise<number>((resolve) => binary.on('close', resolve))
    binary.send(new Uint8Array(10))
    expect(await unsupported).toBe(1003)
  })

  it('of another type, method or path are refused', async () => {
    const node = await startNode()
    expect((await problemOf(await post(node, '{}', { 'content-type': 'text/plain' }))).status).toBe(415)
    expect((await post(node, '{}', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200)
    const put = await fetch(`${node.url}/rpc`, { method: 'PUT', body: '{}' })
    expect(put.status).toBe(405)
    expect(put.headers.get('allow')).toBe('GET, POST')
    expect((await fetch(`${node.url}/nowhere`)).status).toBe(404)
    for (const path of [
      '/accounts/%',
      '/did/%ff',
      '/did/did%3Asymbolon%3Anonsense',
      '/blocks/x',
      '/blocks/99',
    ])
      expect([400, 404], path).toContain((await fetch(node.url + path)).status)
  })

  it('with a broken request line are refused and counted as no failure of the node', async () => {
    const node = await startNode()
    for (const line of [
      'GET // HTTP/1.1\r\nHost: 127.0.0.1',
      'GET http://[ HTTP/1.1\r\nHost: 127.0.0.1',
      'NONSENSE',
    ]) {
      const { socket, closed } = await openSocket(node)
      socket.end(`${line}\r\nConnection: close\r\n\r\n`)
      expect(await closed).toMatch(/^HTTP\/1\.1 40[04]/)
    }
  })
})

describe('browsers', () => {
  it('cannot reach a node on loopback under a name of their own (DNS rebinding)', async () => {
    const node = await startNode()
    const { port } = new URL(node.url)
    const withHost = async (host: string): Promise<string> => {
      const { socket, closed } = await openSocket(node)
      socket.write(`GET /supply HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      return (await closed).slice(9, 12)
    }
    expect(await withHost(`127.0.0.1:${port}`)).toBe('200')
    expect(await withHost('localhost')).toBe('200')
    expect(await withHost('[::1]:80')).toBe('200')
    expect(await withHost(`attacker.example:${port}`)).toBe('421')
    expect(await withHost('127.0.0.1.attacker.example')).toBe('421')
    expect(await withHost('')).toBe('421')
    expect(await socketTo(node, { headers: { host: 'attacker.example' } })).toBe(421)
    const proxied = await startNode({ hostNames: ['node.example'] })
    expect((await fetch(`${proxied.url}/supply`)).status).toBe(200)
    expect(typeof (await socketTo(proxied, { headers: { host: 'node.example' } }))).toBe('object')
  })

  it('cannot call from pages of other origins, by HTTP or WebSocket, unless these are listed', async () => {
    const node = await startNode({ origins: ['https://explorer.example'] })
    const from = (origin: string): Promise<Response> =>
      post(node, '{"jsonrpc":"2.0","id":1,"method":"frame.info"}', { origin })
    expect((await problemOf(await from('https://attacker.example'))).code).toBe('ORIGIN_NOT_ALLOWED')
    expect((await from('null')).status).toBe(403)
    expect((await from(node.url)).status).toBe(200)
    const listed = await from('https://explorer.example')
    expect(listed.status).toBe(200)
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://explorer.example')
    const preflight = await fetch(`${node.url}/rpc`, {
      method: 'OPTIONS',
      headers: { origin: 'https://explorer.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type')
    expect(await socketTo(node, { origin: 'https://attacker.example' })).toBe(403)
    expect(typeof (await socketTo(node, { origin: 'https://explorer.example' }))).toBe('object')
    expect(await socketTo(node, {}, '/other')).toBe(404)
  })
})

describe('operations', () => {
  it('reports health, readiness and metrics', async () => {
    const node = await startNode()
    await submit(node, sign(alice, 0n, pay(bob, 1n)))
    expect(await (await fetch(`${node.url}/health`)).json()).toEqual({ status: 'alive' })
    expect(await (await fetch(`${node.url}/ready`)).json()).toEqual({ status: 'ready' })
    const response = await fetch(`${node.url}/metrics`)
    expect(response.headers.get('content-type')).toContain('text/plain')
    const metrics = await response.text()
    for (const line of [
      'symbolon_checkpoint_height 1',
      'symbolon_transactions_total{code="OK"} 1',
      'symbolon_supply_delta 0',
      'symbolon_producing 1',
      'symbolon_commit_seconds_count 1',
      'symbolon_rpc_calls_total{method="transaction.submit",code="OK"} 1',
    ])
      expect(metrics).toContain(line)
    expect(metrics).toMatch(/symbolon_connections [1-9]/)
  })

  it('gives the same result by REST as by JSON-RPC', async () => {
    const node = await startNode()
    const transaction = sign(alice, 0n, pay(bob, 1n))
    await submit(node, transaction)
    const address = formatAddress(alice.address)
    const pairs: [path: string, method: string, params: object][] = [
      [`/accounts/${address}`, 'account.get', { address }],
      [`/identities/did:symbolon:${address}`, 'identity.get', { did: `did:symbolon:${address}` }],
      [`/transactions/${hex(transaction.id)}`, 'transaction.get', { id: hex(transaction.id) }],
      ['/blocks/1', 'block.get', { height: '1' }],
      ['/supply', 'supply.get', {}],
      ['/checkpoints/latest', 'checkpoint.latest', {}],
      [`/channels/${'00'.repeat(32)}`, 'channel.get', { channel: '00'.repeat(32) }],
      [
        '/rpc/identity/search?capability=data.rows&min_reputation=0.5&limit=10&proofs=true',
        'identity.search',
        { capability: 'data.rows', minReputation: 500_000, limit: 10, proofs: true },
      ],
    ]
    for (const [path, method, params] of pairs) {
      const response = await fetch(node.url + path)
      expect(response.status, path).toBe(200)
      expect(await response.json(), path).toEqual((await rpc(node, method, params)).result)
    }
    for (const path of [
      '?capability=x&capability=y',
      '?capability=x&nonsense=1',
      '?capability=x&min_reputation=1.5',
      '?capability=x&min_reputation=0.12345678',
      '',
    ])
      expect((await fetch(`${node.url}/rpc/identity/search${path}`)).status, path).toBe(400)
    expect((await call(node, 'frame.info', {})).height).toBe(1n)
  })
})
