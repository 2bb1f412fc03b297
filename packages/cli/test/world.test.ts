/** Identities, paid HTTP requests, and what interruptions leave behind: against a node, a seller and a service of this test. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench, csv, PASSWORD, type Running } from './support/cli.ts'

const ROWS = 20_000
const bench = new Bench()
let service: Server
let paidUrl: string
let rowSeller: Running
let frame: string

beforeAll(async () => {
  const agents = ['principal=1000', 'buyer=100', 'seller=200', 'shop=200', 'guest=100']
  frame = (
    await bench.ok(['init', '--challenge-period', '10', ...agents.flatMap((agent) => ['--agent', agent])])
  ).frame
  const up = await bench.start(['node', '--port', '0', '--heartbeat', '100'])
  bench.environment['SYMBOLON_NODE'] = up.started.url
  service = createServer((request, response) => {
    if (request.url === '/broken') response.writeHead(500)
    response.end(`you asked for ${request.url}`)
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const upstream = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  writeFileSync(bench.path('data.csv'), csv(ROWS))
  const [rows, requests] = await Promise.all([
    bench.start(['serve', bench.path('data.csv'), '--price', '0.0001', '--port', '0']),
    bench.start([
      'serve',
      '--upstream',
      upstream,
      '--route',
      'GET /paid/*',
      '--price',
      '0.01',
      '--seller',
      'shop',
      '--port',
      '0',
    ]),
  ])
  rowSeller = rows.running
  paidUrl = requests.started.url
})
afterAll(async () => {
  await bench.close()
  service.close()
})

describe('an HTTP service behind a price', () => {
  it('serves what is free for nothing, and what is sold for its price', async () => {
    const free = await bench.ok(['fetch', `${paidUrl}/free`, '--max-price', '0'])
    expect(free).toMatchObject({ status: 200, paid: '0', body: 'you asked for /free' })
    const unpaid = await fetch(`${paidUrl}/paid/report`)
    expect(unpaid.status).toBe(402)
    const paid = await bench.run(['fetch', `${paidUrl}/paid/report?q=1`, '--max-price', '0.01'])
    expect(paid).toMatchObject({ code: 0, stdout: 'you asked for /paid/report?q=1\n' })
    expect(paid.stderr).toContain('HTTP 200; paid 0.01 units')
    const again = await bench.ok([
      'fetch',
      `${paidUrl}/paid/report`,
      '--max-price',
      '0.01',
      '--out',
      bench.path('report'),
    ])
    expect(again).toMatchObject({ paid: '0.01', status: 200 })
    expect(readFileSync(bench.path('report'), 'utf8')).toBe('you asked for /paid/report')
  })

  it('costs nothing above the price that the buyer names', async () => {
    const finished = await bench.run(['fetch', `${paidUrl}/paid/x`, '--max-price', '0.009', '--json'])
    expect(finished).toMatchObject({ code: 1, json: { error: { code: 'PRICE_OVER_MAX' } } })
  })

  it.each([
    [['serve', '--upstream', 'ftp://x', '--price', '1'], 'UPSTREAM_MALFORMED', 1],
    [['serve', '--upstream', 'http://127.0.0.1:1', '--route', 'paid', '--price', '1'], 'ROUTE_MALFORMED', 2],
    [['serve', '--price', '1'], 'USAGE', 2],
    [['serve', 'nothing.csv', '--price', '1'], 'FILE_UNREADABLE', 2],
    [['serve', 'data.csv', '--price', '0'], 'USAGE', 2],
    [['serve', 'data.csv'], 'USAGE', 2],
    [['fetch', 'not a url', '--max-price', '1'], 'USAGE', 2],
  ])('%j is refused as %s', async (args, code, exit) => {
    expect(await bench.run([...args, '--json'])).toMatchObject({ code: exit, json: { error: { code } } })
  })
})

describe('an identity', () => {
  it('is created, found, changed, given a new key that still pays, and ended for ever', async () => {
    const as = ['--as', 'guest']
    const { did } = await bench.ok([
      'identity',
      'create',
      ...as,
      '--capability',
      'compute.test',
      '--service',
      'main=http://127.0.0.1:9',
    ])
    const { hits } = await bench.ok(['identity', 'search', '--capability', 'compute.test'])
    expect(hits).toMatchObject([{ did, reputation: 0.5, endpoint: 'http://127.0.0.1:9' }])
    const created = await bench.ok(['identity', 'show', did])
    await bench.ok(['identity', 'update', ...as, '--domain', 'guest.example'])
    const before = await bench.ok(['identity', 'show', did])
    const channelKey = created.channelKey
    expect(channelKey).toMatch(/^[0-9a-f]{64}$/)
    expect(channelKey).not.toBe(before.key)
    expect(before).toMatchObject({
      version: 1,
      channelKey,
      domain: 'guest.example',
      capabilities: ['compute.test'],
      bond: '50',
    })
    const { publicKey } = await bench.ok(['identity', 'rotate', ...as])
    const after = await bench.ok(['identity', 'show', 'guest'])
    expect(after).toMatchObject({ did, key: publicKey, version: 2, channelKey })
    expect(after.keys).toHaveLength(2)
    expect(publicKey).not.toBe(before.key)
    expect((await bench.ok(['pay', 'buyer', '1', ...as])).amount).toBe('1')
    const hesitant = await bench.run(['identity', 'deactivate', ...as, '--json'])
    expect(hesitant).toMatchObject({ code: 1, json: { error: { code: 'CONFIRMATION_MISSING' } } })
    await bench.ok(['identity', 'deactivate', ...as, '--yes'])
    expect((await bench.run(['identity', 'show', 'guest'])).stdout).toMatch(/^deactivated +at height/m)
    const early = await bench.run(['identity', 'withdraw', ...as, '--json'])
    expect(early).toMatchObject({ code: 1, json: { error: { code: 'IDENTITY_UNBONDING' } } })
    expect((await bench.ok(['identity', 'search', '--capability', 'compute.test'])).hits).toEqual([])
  })

  it('that is not registered is named as such', async () => {
    const finished = await bench.run(['identity', 'show', 'principal'])
    expect(finished.code).toBe(1)
    expect(finished.stderr).toMatch(/^symbolon: IDENTITY_UNKNOWN: .*symbolon identity create/)
    expect(finished.stderr).not.toContain('    at ')
  })
})

describe('an interrupted purchase', () => {
  const interrupted = async (out: string, signal: 'SIGINT' | 'SIGKILL') => {
    const running = bench.background([
      'buy',
      'data.rows',
      '--resource',
      'data.csv',
      '--quantity',
      `${ROWS}`,
      '--out',
      out,
      '--json',
    ])
    let ended = false
    const end = (): void => {
      ended = true
    }
    running.finished.then(end, end)
    const rowsSoFar = () => (existsSync(`${out}.part`) ? readFileSync(`${out}.part`).length : 0)
    while (!ended && rowsSoFar() === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    return running.end(signal)
  }

  it.each(['SIGKILL', 'SIGINT'] as const)('by %s goes on where it was, and pays once', async (signal) => {
    const out = bench.path(`${signal}.csv`)
    const cut = await interrupted(out, signal)
    if (signal === 'SIGINT')
      expect(cut).toMatchObject({ code: 130, json: { error: { code: 'INTERRUPTED' } } })
    expect(existsSync(out)).toBe(false)
    const resumed = await bench.ok(['buy', '--resume', '--out', out])
    expect(resumed).toMatchObject({ units: ROWS, paid: '2', receiptLinks: 12 })
    expect(readFileSync(out, 'utf8')).toBe(csv(ROWS))
    const { payouts } = await bench.ok(['channel', 'show', resumed.channel])
    expect(payouts[1]).toBe('2')
    const nothing = await bench.run(['buy', '--resume', '--out', bench.path('none'), '--json'])
    expect(nothing).toMatchObject({ code: 1, json: { error: { code: 'PURCHASE_UNKNOWN' } } })
  })

  it('needs its seller: without one nothing is bought and no file is left', async () => {
    const out = bench.path('gone.csv')
    await rowSeller.end('SIGTERM')
    const finished = await bench.run(['buy', 'data.rows', '--quantity', '1', '--out', out, '--json'])
    expect(finished).toMatchObject({ code: 1, json: { error: { code: 'DISCOVERY_EMPTY' } } })
    expect(existsSync(out)).toBe(false)
  })
})

describe('what is locked', () => {
  it('stays locked for a wrong password: exit code 4, and nothing is sent', async () => {
    const before = (await bench.ok(['balance', 'buyer'])).accounts
    for (const args of [
      ['pay', 'seller', '1'],
      ['node', '--port', '0'],
      ['identity', 'rotate'],
    ]) {
      const finished = await bench.run([...args, '--json'], { SYMBOLON_PASSWORD: 'wrong' })
      expect(finished).toMatchObject({ code: 4, json: { error: { code: 'KEY_STORE_UNLOCK_FAILED' } } })
    }
    const silent = await bench.run(['pay', 'seller', '1', '--json'], { SYMBOLON_PASSWORD: '' })
    expect(silent).toMatchObject({ code: 4, json: { error: { code: 'PASSWORD_MISSING' } } })
    const after = (await bench.ok(['balance', 'buyer'])).accounts
    expect([after[0].balance, after[0].nonce]).toEqual([before[0].balance, before[0].nonce])
  })

  it('opens by a password file, which wins over the environment', async () => {
    writeFileSync(bench.path('password'), `${PASSWORD}\n`)
    const paid = await bench.run(['pay', 'seller', '0.1', '--password-file', bench.path('password')], {
      SYMBOLON_PASSWORD: 'wrong',
    })
    expect(paid.code).toBe(0)
    expect(paid.stdout).toMatch(/^paid 0.1 units to seller \(sym1/)
  })

  it('has one owner: a second node on the same home is refused', async () => {
    const second = await bench.run(['node', '--port', '0', '--json'])
    expect(second.code).toBe(4)
    expect(second.json.error.code).toMatch(/LOCKED$/)
  })
})

describe('a guest', () => {
  it('joins the frame of a running node, and is refused by any other', async () => {
    const guest = { SYMBOLON_HOME: bench.path('guest') }
    const joined = await bench.ok(
      ['init', '--join', bench.environment['SYMBOLON_NODE'] ?? '', '--agent', 'me'],
      guest,
    )
    expect(joined.frame).toBe(frame)
    expect((await bench.ok(['balance', 'me'], guest)).accounts[0].balance).toBe('0')
    await bench.ok(['pay', joined.agents[0].address, '0.5'])
    expect((await bench.ok(['balance', 'me'], guest)).accounts[0].balance).toBe('0.5')
    const elsewhere = { SYMBOLON_HOME: bench.path('elsewhere') }
    await bench.ok(['init'], elsewhere)
    const mismatch = await bench.run(['balance', '--json'], elsewhere)
    expect(mismatch).toMatchObject({ code: 1, json: { error: { code: 'FRAME_MISMATCH' } } })
  })
})
