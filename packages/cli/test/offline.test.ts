/** What works without a node: init, configuration, credentials, help, and the refusal of what does not read. */
import { createHmac } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench } from './support/cli.ts'

/** js-macaroon has no types of its own. */
interface PeerMacaroon {
  readonly identifier: Uint8Array
  readonly caveats: readonly { readonly identifier: Uint8Array }[]
  verify(rootKey: Uint8Array, check: (caveat: string) => string | null): void
}
const { importMacaroon }: { importMacaroon(text: string): PeerMacaroon } = createRequire(import.meta.url)(
  'macaroon',
)

const bench = new Bench()
const home = bench.environment['SYMBOLON_HOME'] ?? ''
beforeAll(() => bench.ok(['init', '--agent', 'principal=10', '--agent', 'buyer=20', '--name', 'tiny']))
afterAll(() => bench.close())

describe('init', () => {
  it('makes a home whose secrets are encrypted and unreadable to others', () => {
    const keys = readdirSync(join(home, 'keys')).sort()
    expect(keys).toEqual(['buyer.json', 'principal.json', 'validator.json'])
    for (const name of keys) {
      expect(statSync(join(home, 'keys', name)).mode & 0o077).toBe(0)
      expect(JSON.parse(readFileSync(join(home, 'keys', name), 'utf8')).kdf.name).toBe('argon2id')
    }
    const genesis = JSON.parse(readFileSync(join(home, 'genesis.json'), 'utf8'))
    expect(genesis.name).toBe('tiny')
    expect(genesis.allocations.map(({ amount }: { amount: string }) => amount)).toEqual([
      '10000000000',
      '20000000000',
    ])
    expect(existsSync(join(home, 'agents/buyer/mandate.json'))).toBe(true)
  })

  it('never touches a home that exists', async () => {
    const before = readFileSync(join(home, 'config.json'))
    const again = await bench.run(['init', '--json'])
    expect(again).toMatchObject({ code: 1, json: { error: { code: 'HOME_EXISTS' } } })
    expect(readFileSync(join(home, 'config.json'))).toEqual(before)
  })

  it.each([
    [['--agent', 'Buyer=1'], 'NAME_MALFORMED'],
    [['--agent', 'validator=1'], 'NAME_MALFORMED'],
    [['--agent', 'a=1', '--agent', 'a=2'], 'USAGE'],
    [['--agent', 'a=1.0000000001'], 'AMOUNT_MALFORMED'],
    [['--agent', 'a=18446744073', '--agent', 'b=18446744073'], 'AMOUNT_OUT_OF_RANGE'],
    [['--budget', '-1'], 'AMOUNT_MALFORMED'],
    [['--challenge-period', '9'], 'USAGE'],
    [['--frame', 'ab'.repeat(32)], 'USAGE'],
    [['--name', 'No Spaces'], 'USAGE'],
  ])('with %j is refused as %s and writes nothing', async (more, code) => {
    const fresh = bench.path('fresh')
    const finished = await bench.run(['init', ...more, '--json'], { SYMBOLON_HOME: fresh })
    expect(finished).toMatchObject({ code: 2, json: { error: { code } } })
    expect(existsSync(fresh)).toBe(false)
  })

  it('is what every other command asks for first', async () => {
    const finished = await bench.run(['pay', 'buyer', '1'], { SYMBOLON_HOME: bench.path('none') })
    expect(finished.code).toBe(1)
    expect(finished.stderr).toMatch(/^symbolon: HOME_MISSING: .*symbolon init/)
  })
})

describe('settings', () => {
  const nodeOf = async (args: readonly string[], environment: Record<string, string>) => {
    const { settings } = await bench.ok(['config', 'show', ...args], environment)
    return settings.find(({ name }: { name: string }) => name === 'node')
  }

  it('come from flags, then the environment, then the file, then the default', async () => {
    expect(await nodeOf([], {})).toMatchObject({ value: 'http://127.0.0.1:7400', source: 'default' })
    const path = join(home, 'config.json')
    const plain = readFileSync(path, 'utf8')
    writeFileSync(path, JSON.stringify({ ...JSON.parse(plain), node: 'http://file:1' }))
    expect(await nodeOf([], {})).toMatchObject({ value: 'http://file:1', source: 'file' })
    const environment = { SYMBOLON_NODE: 'http://environment:2' }
    expect(await nodeOf([], environment)).toMatchObject({
      value: 'http://environment:2',
      source: 'environment',
    })
    expect(await nodeOf(['--node', 'http://flag:3'], environment)).toMatchObject({
      value: 'http://flag:3',
      source: 'flag',
    })
    writeFileSync(path, plain)
  })

  it('in a file with an unknown member are refused by the name of the member', async () => {
    const strange = bench.path('strange')
    mkdirSync(strange)
    const config = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))
    writeFileSync(join(strange, 'config.json'), JSON.stringify({ ...config, nodee: 'http://x' }))
    const finished = await bench.run(['config', 'show', '--home', strange])
    expect(finished.code).toBe(2)
    expect(finished.stderr).toMatch(/CONFIG_MALFORMED: .*unknown member "nodee"/)
    writeFileSync(join(strange, 'config.json'), '{')
    expect((await bench.run(['config', 'show', '--home', strange])).stderr).toContain('is not JSON')
  })

  it('give names to addresses', async () => {
    const [{ address }] = (await bench.ok(['init'], { SYMBOLON_HOME: bench.path('other') })).agents
    await bench.ok(['config', 'name', 'friend', address])
    const human = await bench.run(['config', 'name', 'friend', `did:symbolon:${address}`])
    expect(human.stdout).toBe(`friend is ${address}\n`)
    const taken = await bench.run(['config', 'name', 'buyer', address, '--json'])
    expect(taken.json.error.code).toBe('NAME_TAKEN')
  })
})

describe('a mandate', () => {
  it('is shown with its bounds, and not accepted once it is changed', async () => {
    const shown = await bench.run(['mandate', 'show', 'buyer'])
    expect(shown.stdout).toMatch(/^in all +100 units$/m)
    const path = join(home, 'agents/buyer/mandate.json')
    const signed = readFileSync(path, 'utf8')
    writeFileSync(path, signed.replace('"100000000000"', '"999000000000"'))
    const forged = await bench.run(['mandate', 'show', 'buyer', '--json'])
    writeFileSync(path, signed)
    expect(forged).toMatchObject({ code: 1, json: { error: { code: 'MANDATE_SIGNATURE' } } })
  })

  it('is made for somebody elsewhere as a file', async () => {
    const out = bench.path('mandate.json')
    const made = await bench
      .ok(['mandate', 'create', 'principal', '--total', '1', '--principal', 'buyer', '--out', out], {})
      .catch((error: Error) => error.message)
    // The buyer spends the principal's money: it can delegate from its own mandate alone, and needs the node for that.
    expect(made).toContain('FRAME_UNREACHABLE')
    expect(existsSync(out)).toBe(false)
    const whole = await bench.ok([
      'mandate',
      'create',
      'buyer',
      '--total',
      '7',
      '--resource',
      'weather/',
      '--out',
      out,
    ])
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(whole.chain)
    expect(whole.chain[0].mandate).toMatchObject({ caps: { total: '7000000000' }, resources: ['weather/'] })
  })
})

describe('credentials', () => {
  const secret = bench.path('root.key')
  const SECRET = '4f'.repeat(16) + '1c'.repeat(16)
  beforeAll(() => writeFileSync(secret, `${SECRET}\n`))

  it('are minted so that another macaroon library reads them, with the root key that the page gives', async () => {
    const minted = await bench.ok([
      'credential',
      'mint',
      '--secret',
      secret,
      '--caveat',
      'requests_remaining <= 2',
    ])
    const peer = importMacaroon(minted.macaroon)
    const caveats = peer.caveats.map(({ identifier }) => Buffer.from(identifier).toString())
    expect(caveats[0]).toMatch(/^expiry_before <= \d+$/)
    expect(caveats[1]).toBe('requests_remaining <= 2')
    const hmac = (key: Buffer, data: Uint8Array) => createHmac('sha256', key).update(data).digest()
    const scope = hmac(Buffer.from(SECRET, 'hex'), Buffer.from('symbolon/credentials/root-key/1\0symbolon'))
    expect(() => peer.verify(new Uint8Array(hmac(scope, peer.identifier)), () => null)).not.toThrow()
  })

  it('are narrowed offline, inspected, and verified like a provider would', async () => {
    const { macaroon, preimage } = await bench.ok([
      'credential',
      'mint',
      '--secret',
      secret,
      '--expires',
      '1h',
    ])
    const narrowed = (
      await bench.run(['credential', 'attenuate', macaroon, '--caveat', 'endpoint = /v2/search'])
    ).stdout.trim()
    const inspected = await bench.run(['credential', 'inspect', narrowed])
    expect(inspected.stdout).toMatch(/^caveat 2 +endpoint = \/v2\/search$/m)
    const verify = ['credential', 'verify', narrowed, '--secret', secret, '--preimage', preimage]
    expect(await bench.ok([...verify, '--context', 'endpoint=/v2/search'])).toMatchObject({ accepted: true })
    const elsewhere = await bench.run([...verify, '--context', 'endpoint=/v1/search', '--json'])
    expect(elsewhere).toMatchObject({ code: 1, json: { error: { code: 'CAVEAT_SCOPE_MISMATCH' } } })
    const unpaid = await bench.run([
      'credential',
      'verify',
      narrowed,
      '--secret',
      secret,
      '--preimage',
      '00'.repeat(32),
      '--json',
    ])
    expect(unpaid).toMatchObject({ code: 1, json: { error: { code: 'L402_PREIMAGE_MISMATCH' } } })
    writeFileSync(bench.path('other.key'), '5e'.repeat(16) + '2d'.repeat(16))
    const forged = await bench.run([
      'credential',
      'verify',
      narrowed,
      '--secret',
      bench.path('other.key'),
      '--preimage',
      preimage,
      '--json',
    ])
    expect(forged).toMatchObject({ code: 1, json: { error: { code: 'MACAROON_SIGNATURE_INVALID' } } })
  })

  it.each([
    [['mint', '--secret', 'root.key', '--caveat', 'be nice'], 'CAVEAT_UNKNOWN'],
    [['mint', '--secret', 'root.key', '--caveat', 'requests_remaining <= 01'], 'CAVEAT_MALFORMED'],
    [['mint', '--secret', 'root.key', '--expires', 'soon'], 'USAGE'],
    [['mint', '--secret', 'absent.key'], 'FILE_UNREADABLE'],
    [['inspect', 'not-a-macaroon!'], 'MACAROON_MALFORMED'],
  ])('%j are refused as %s', async (args, code) => {
    const finished = await bench.run(['credential', ...args, '--json'])
    expect(finished).toMatchObject({ code: 2, json: { error: { code } } })
  })
})

describe('the command itself', () => {
  it('teaches: help for everything, with examples', async () => {
    const { code, stdout } = await bench.run([])
    expect(code).toBe(0)
    for (const name of [
      'init',
      'node',
      'serve',
      'buy',
      'pay',
      'balance',
      'identity',
      'channel',
      'credential',
      'audit',
      'bench',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    expect((await bench.run(['buy', '--help'])).stdout).toContain('symbolon buy --resume --out rows.csv')
    expect((await bench.run(['help', 'exit-codes'])).stdout).toMatch(/^ +130 +interrupted/m)
    expect((await bench.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['nonsense']],
    [['buy', '--nonsense']],
    [['channel']],
    [['pay', 'buyer']],
    [['balance', 'a', 'b']],
  ])('%j is a usage error: exit code 2, one line, no stack', async (args) => {
    const human = await bench.run(args)
    expect(human.code).toBe(2)
    expect(human.stdout).toBe('')
    expect(human.stderr).toMatch(/^symbolon: USAGE: [^\n]+\n$/)
    expect((await bench.run([...args, '--json'])).json.error.code).toBe('USAGE')
  })

  it('says 3 when nobody answers, and shows a stack only to who asks for it', async () => {
    const unreachable = ['balance', '--node', 'http://127.0.0.1:1']
    const finished = await bench.run(unreachable)
    expect(finished.code).toBe(3)
    expect(finished.stderr).toMatch(/^symbolon: FRAME_UNREACHABLE: [^\n]+\n$/)
    expect((await bench.run(unreachable, { SYMBOLON_DEBUG: '1' })).stderr).toContain('    at ')
  })

  it('shows the whole job from nothing in one process', async () => {
    const demo = await bench.ok(['demo', '--once', '--rows', '50', '--directory', bench.path('demo')])
    expect(demo).toMatchObject({ rows: 50, verified: 50, paid: 0.05, receiptLinksVerified: 12 })
    expect(demo.supply.delta).toBe(0)
    const bad = await bench.run(['demo', '--rows', 'many', '--json'])
    expect(bad).toMatchObject({ code: 2, json: { error: { code: 'USAGE' } } })
  })

  it('says what to do, instead of a stack, on a Node that cannot run it', async () => {
    const pretend = (version: string) =>
      `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'${version}'}})`
    const old = await bench.run(['--version'], { NODE_OPTIONS: `--import=${pretend('20.20.2')}` })
    expect(old.code).toBe(2)
    expect(old.stderr).toMatch(/^symbolon: NODE_TOO_OLD: this is Node 20\.20\.2.*\n.*npx symbolon/)
    for (const version of ['22.17.1', '23.5.0'])
      expect((await bench.run(['--version'], { NODE_OPTIONS: `--import=${pretend(version)}` })).code).toBe(2)
    for (const version of ['22.18.0', '23.6.0', '24.0.0'])
      expect((await bench.run(['--version'], { NODE_OPTIONS: `--import=${pretend(version)}` })).code).toBe(0)
  })

  it('measures one figure, and knows no other', async () => {
    const unknown = await bench.run(['bench', '--only', 'nonsense', '--json'])
    expect(unknown).toMatchObject({ code: 2, json: { error: { code: 'BENCHMARK_UNKNOWN' } } })
    const [row, ...others] = await bench.ok(['bench', '--smoke', '--only', 'channel-updates'])
    expect(row).toMatchObject({ name: 'channel-updates' })
    expect(others).toEqual([])
  })
})
