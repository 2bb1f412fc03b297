/** The main job, through the command alone: init, node, serve, buy, audit verify; then everything that one does with money. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench, csv, type Running } from './support/cli.ts'

const bench = new Bench()
let node: Running
let seller: Running
let frame: string

beforeAll(async () => {
  frame = (await bench.ok(['init', '--challenge-period', '10'])).frame
  const up = await bench.start(['node', '--port', '0', '--heartbeat', '100'])
  node = up.running
  bench.environment['SYMBOLON_NODE'] = up.started.url
  expect(up.started.frame).toBe(frame)
  writeFileSync(bench.path('data.csv'), csv(400))
  const serving = await bench.start(['serve', bench.path('data.csv'), '--price', '0.001', '--port', '0'])
  seller = serving.running
  expect(serving.started.offers).toMatchObject([{ resource: 'data.csv', capability: 'data.rows', rows: 400 }])
})
afterAll(() => bench.close())

const buyerBalance = async (): Promise<string> => (await bench.ok(['balance', 'buyer'])).accounts[0].balance

describe('a purchase', () => {
  it('brings the rows, pays exactly their price, and leaves a receipt of twelve links', async () => {
    const out = bench.path('rows.csv')
    const receipt = bench.path('first.receipt')
    const bought = await bench.ok([
      'buy',
      'data.rows',
      '--quantity',
      '300',
      '--max-price',
      '0.001',
      '--out',
      out,
      '--receipt',
      receipt,
    ])
    expect(bought).toMatchObject({
      units: 300,
      paid: '0.3',
      channelOpen: false,
      warm: false,
      receiptLinks: 12,
    })
    expect(readFileSync(out, 'utf8')).toBe(csv(300))
    expect(existsSync(`${out}.part`)).toBe(false)
    const sale = JSON.parse(
      await seller.line((line) => line.includes('"paid"') && line.includes('"event":"paid"')),
    )
    expect(sale).toMatchObject({ resource: 'data.csv', quantity: 300, paid: '0.3' })
    const [closed] = (await bench.ok(['channel', 'list', '--all'])).channels
    expect(closed).toMatchObject({ channel: bought.channel, status: 'closed' })
    expect(closed.payouts[1]).toBe('0.3')
  })

  it('is verified offline by anybody who has the receipt and the genesis', async () => {
    const receipt = bench.path('first.receipt')
    const genesis = join(bench.environment['SYMBOLON_HOME'] ?? '', 'genesis.json')
    const nowhere = { SYMBOLON_HOME: bench.path('nowhere'), SYMBOLON_NODE: '', SYMBOLON_PASSWORD: '' }
    const human = await bench.run(
      ['audit', 'verify', receipt, '--genesis', genesis, '--frame', frame],
      nowhere,
    )
    expect(human.code).toBe(0)
    expect(human.stdout.split('\n').filter((line) => line.startsWith('holds '))).toHaveLength(12)
    expect(human.stdout).toContain('12 of 12 links hold; 0.3 units are proven to be paid')
    const online = await bench.run(['audit', 'verify', receipt, '--online', '--frame', frame], {
      ...nowhere,
      SYMBOLON_NODE: bench.environment['SYMBOLON_NODE'] ?? '',
    })
    expect(online.code).toBe(0)
  })

  it('is refused by the auditor once a single byte of the receipt is changed, and for another frame', async () => {
    const bytes = readFileSync(bench.path('first.receipt'))
    for (const at of [400, Math.floor(bytes.length / 2), bytes.length - 40]) {
      const forged = Buffer.from(bytes)
      forged[at] = (forged[at] ?? 0) ^ 1
      writeFileSync(bench.path('forged.receipt'), forged)
      const verdict = await bench.run(['audit', 'verify', bench.path('forged.receipt'), '--json'])
      // Either a link breaks, or the bytes are no receipt any more.
      expect([1, 2]).toContain(verdict.code)
      expect(verdict.json.error.code).toMatch(/^(RECEIPT|SCHEMA|CBOR)_/)
    }
    const other = await bench.run([
      'audit',
      'verify',
      bench.path('first.receipt'),
      '--frame',
      'ab'.repeat(32),
      '--json',
    ])
    expect(other).toMatchObject({ code: 1, json: { error: { code: 'FRAME_MISMATCH' } } })
  })

  it('shows people its progress on standard error and the outcome on standard output', async () => {
    const out = bench.path('human.csv')
    const finished = await bench.run(['buy', 'data.rows', '--quantity', '20', '--first', '100', '--out', out])
    expect(finished.code).toBe(0)
    expect(finished.stdout).toMatch(/^bought +20 × data.csv$/m)
    expect(finished.stdout).toMatch(/^receipt +.*\(12 of 12 links hold\)$/m)
    for (const state of ['Idle', 'Discovered', 'ChannelReady', 'Authenticated', 'Streaming', 'Settled'])
      expect(finished.stderr).toContain(state)
    const rows = readFileSync(out, 'utf8').trim().split('\n')
    expect(rows.slice(1)).toEqual(csv(400).trim().split('\n').slice(101, 121))
    const home = bench.environment['SYMBOLON_HOME'] ?? ''
    expect(readdirSync(join(home, 'agents/buyer/receipts'))).toHaveLength(1)
  })

  it('goes on in a channel that was kept, in another process, and settles both together', async () => {
    const keep = ['--keep-channel', '--collateral', '1']
    const cold = await bench.ok([
      'buy',
      'data.rows',
      '--quantity',
      '50',
      ...keep,
      '--out',
      bench.path('k1.csv'),
    ])
    expect(cold).toMatchObject({ channelOpen: true, warm: false, receipt: null })
    const warm = await bench.ok(['buy', 'data.rows', '--quantity', '60', '--out', bench.path('k2.csv')])
    expect(warm).toMatchObject({ channel: cold.channel, channelOpen: false, warm: true, receiptLinks: 12 })
    const shown = await bench.ok(['channel', 'show', cold.channel])
    expect(shown.payouts).toEqual(['0.89', '0.11'])
  })

  it.each([
    [['--max-price', '0.0009'], 1, 'PROCUREMENT_ABORTED'],
    [['--max-total', '0.009'], 1, 'DISCOVERY_EMPTY'],
    [['--min-reputation', '0.9'], 1, 'DISCOVERY_EMPTY'],
    [['--resource', 'other.csv'], 1, 'DISCOVERY_EMPTY'],
    [['--max-price', '1e3'], 2, 'AMOUNT_MALFORMED'],
    [['--min-reputation', '1.5'], 2, 'USAGE'],
    [['--keep-channel', '--receipt', 'r'], 2, 'USAGE'],
  ])('with %j is refused and changes nothing', async (more, code, name) => {
    const before = await buyerBalance()
    const out = bench.path('refused.csv')
    const finished = await bench.run([
      'buy',
      'data.rows',
      '--quantity',
      '10',
      ...more,
      '--out',
      out,
      '--json',
    ])
    expect(finished).toMatchObject({ code, json: { error: { code: name } } })
    expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false])
    expect(await buyerBalance()).toBe(before)
  })

  it('never overwrites a file', async () => {
    writeFileSync(bench.path('precious.csv'), 'mine')
    const finished = await bench.run([
      'buy',
      'data.rows',
      '--quantity',
      '10',
      '--out',
      bench.path('precious.csv'),
      '--json',
    ])
    expect(finished).toMatchObject({ code: 1, json: { error: { code: 'FILE_EXISTS' } } })
    expect(readFileSync(bench.path('precious.csv'), 'utf8')).toBe('mine')
  })
})

describe('money', () => {
  it('is paid within the mandate, shown final, and found again by its proof', async () => {
    const before = (await bench.ok(['balance', 'seller'])).accounts[0].balance
    const paid = await bench.ok(['pay', 'seller', '1.5'])
    expect(paid).toMatchObject({ amount: '1.5' })
    const after = (await bench.ok(['balance', paid.to])).accounts[0].balance
    expect(Math.round((Number(after) - Number(before)) * 1e9)).toBe(1.5e9)
    const shown = await bench.ok(['transaction', 'show', paid.transaction])
    expect(shown).toMatchObject({
      code: 'OK',
      kind: 'accounts.transfer',
      proven: true,
      fee: paid.fee,
      height: paid.height,
    })
    const human = await bench.run(['transaction', 'show', paid.transaction])
    expect(human.stdout).toMatch(/^result +OK$/m)
  })

  it('cannot be paid beyond the mandate, though the account holds it', async () => {
    const before = await buyerBalance()
    const finished = await bench.run(['pay', 'seller', '200', '--json'])
    expect(finished).toMatchObject({ code: 1, json: { error: { code: 'CAP_TOTAL' } } })
    expect(Number(before)).toBeGreaterThan(200)
    expect(await buyerBalance()).toBe(before)
  })

  it('obeys a new mandate from the next command on, and every bound of it', async () => {
    const made = await bench.run([
      'mandate',
      'create',
      'buyer',
      '--total',
      '50',
      '--per-call',
      '0.5',
      '--rate',
      '5/1h',
      '--expires',
      '7d',
    ])
    expect(made.code).toBe(0)
    expect(made.stdout).toMatch(/^per call +0.5 units$/m)
    expect(made.stdout).toMatch(/^rate +5 in 3600 s$/m)
    const over = await bench.run(['pay', 'seller', '0.6', '--json'])
    expect(over.json.error.code).toBe('CAP_PER_CALL')
    await bench.ok(['pay', 'seller', '0.25'])
    const { available, committed, spent } = await bench.ok(['mandate', 'show', '--spent'])
    const sum = [available, committed, spent].reduce(
      (total, text) => total + Math.round(Number(text) * 1e9),
      0,
    )
    expect(sum).toBe(50e9)
    expect(Number(spent)).toBeGreaterThanOrEqual(0.25)
  })

  it('adds up: every unit is in one bucket', async () => {
    const { issued, buckets, delta } = await bench.ok(['supply'])
    expect(issued).toBe('3000')
    expect(delta).toBe('0')
    const units = (Object.values(buckets) as string[]).reduce(
      (sum, text) => sum + Math.round(Number(text) * 1e9),
      0,
    )
    expect(units).toBe(3_000e9)
    expect((await bench.run(['supply'])).stdout).toMatch(/difference +0/)
  })

  it('is listed for every name', async () => {
    const { stdout } = await bench.run(['balance'])
    for (const name of ['principal', 'buyer', 'seller'])
      expect(stdout).toMatch(new RegExp(`^${name} +sym1`, 'm'))
  })
})

describe('channels', () => {
  it('are opened by DID, shown, and closed in agreement with everything returned', async () => {
    const { provider } = JSON.parse(seller.stdout.split('\n')[0] ?? '')
    const { channel } = await bench.ok(['channel', 'open', provider, '--deposit', '2'])
    const human = await bench.run(['channel', 'show', channel])
    expect(human.stdout).toMatch(/^status +open$/m)
    expect(human.stdout).toMatch(/^deposits +2 and 0$/m)
    expect((await bench.run(['channel', 'list'])).stdout).toContain(channel)
    expect(await bench.ok(['channel', 'close', channel])).toMatchObject({
      status: 'closed',
      ownPayout: '2',
      peerPayout: '0',
    })
    const again = await bench.run(['channel', 'close', channel, '--json'])
    expect(again).toMatchObject({ code: 1, json: { error: { code: 'CHANNEL_UNKNOWN' } } })
  })

  it('are closed without the other side after the challenge period', async () => {
    const { channel } = await bench.ok(['channel', 'open', 'seller', '--deposit', '1'])
    const begun = await bench.ok(['channel', 'dispute', channel])
    expect(begun).toMatchObject({ status: 'disputed', dispute: { closer: 0 } })
    const ended = await bench.ok(['channel', 'dispute', channel, '--wait'])
    expect(ended).toMatchObject({ status: 'closed', ownPayout: '1', peerPayout: '0' })
    expect(ended.closed).toBeGreaterThan(begun.dispute.deadline)
  })
})

describe('the audit log', () => {
  it('is verified and shown without a password', async () => {
    const log = await bench.ok(['audit', 'show', '--limit', '5'], { SYMBOLON_PASSWORD: '' })
    expect(log).toMatchObject({ chain: 'intact', truncation: 'possible' })
    expect(log.newest).toHaveLength(5)
    const human = await bench.run(['audit', 'show', '--limit', '200'], { SYMBOLON_PASSWORD: '' })
    expect(human.stdout).toContain('deny transaction CAP_TOTAL')
    expect(human.stdout).toContain('allow channelState')
  })

  it('betrays a changed byte', async () => {
    const directory = join(bench.environment['SYMBOLON_HOME'] ?? '', 'agents/buyer/audit')
    const segment =
      readdirSync(directory)
        .filter((name) => name !== 'lock')
        .sort()[0] ?? ''
    const path = join(directory, segment)
    const intact = readFileSync(path)
    const changed = Buffer.from(intact)
    changed[Math.floor(intact.length / 2)] = (changed[Math.floor(intact.length / 2)] ?? 0) ^ 1
    writeFileSync(path, changed)
    const verdict = await bench.run(['audit', 'show', '--json'])
    writeFileSync(path, intact)
    expect(verdict.code).not.toBe(0)
    expect(verdict.json.error.code).toMatch(/^(AUDIT|JOURNAL)_/)
    expect((await bench.run(['audit', 'show'])).code).toBe(0)
  })
})

describe('Ctrl-C', () => {
  it('ends seller and node gracefully with exit code 0, and both start again where they were', async () => {
    const sold = await seller.end('SIGINT')
    expect(sold.code).toBe(0)
    expect(sold.stdout.trim().split('\n').at(-1)).toContain('"event":"stopped"')
    const again = await bench.start(['serve', bench.path('data.csv'), '--price', '0.001', '--port', '0'])
    const bought = await bench.ok(['buy', 'data.rows', '--quantity', '10', '--out', bench.path('again.csv')])
    expect(bought.units).toBe(10)
    expect((await again.running.end('SIGTERM')).code).toBe(0)

    const before = await buyerBalance()
    const stopped = await node.end('SIGINT')
    expect(stopped.code).toBe(0)
    expect((await bench.run(['balance', '--json'])).json.error.code).toBe('FRAME_UNREACHABLE')
    const up = await bench.start(['node', '--port', '0'])
    bench.environment['SYMBOLON_NODE'] = up.started.url
    expect(await buyerBalance()).toBe(before)
    expect((await up.running.end('SIGINT')).code).toBe(0)
  })
})
