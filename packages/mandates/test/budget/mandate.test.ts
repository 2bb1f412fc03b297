import { decode, encode } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkNarrows,
  isReclaimable,
  isWithin,
  type Mandate,
  mandate,
  mandateDigest,
  narrow,
  type SignedMandate,
  verifyChain,
  widenedField,
} from '../../src/index.ts'
import {
  AGENT,
  agent,
  codeOf,
  FRAME,
  mandateOf,
  OTHER_FRAME,
  PRINCIPAL,
  PROVIDER,
  principal,
  STRANGER,
  signed,
  stranger,
  T0,
  WORKER,
  worker,
} from '../support.ts'

const trust = { frame: FRAME, principal: PRINCIPAL }
const full = mandateOf({
  caps: { total: 500_000n, perCall: 5_000n, perTask: 50_000n, perProvider: 100_000n },
  windows: [{ seconds: 60n, limit: 500n }],
  providers: [PROVIDER, STRANGER],
  resources: ['data', 'https://api.example/v1'],
  expiresAtHeight: 1_000n,
  backstop: 100n,
  supervision: { checkpointAbove: 1_000n, superviseAbove: 500n },
})
const child = narrow(full, { delegate: WORKER, nonce: new Uint8Array(16).fill(1) })

describe('mandate chains', () => {
  it('verify from the principal to the worker and return what the worker may do', () => {
    expect(verifyChain([signed(full), signed(child, agent)], trust).delegate).toEqual(WORKER)
  })

  it('survive encoding bit for bit', () => {
    expect(decode(mandate, encode(mandate, full))).toEqual(full)
  })

  const grandchildren = (depth: number): SignedMandate[] => {
    const chain = [signed(mandateOf())]
    for (let i = 1; i < depth; i++) {
      const parent = chain[i - 1]?.mandate ?? full
      chain.push(signed(narrow(parent, { delegate: AGENT, nonce: new Uint8Array(16).fill(i) }), agent))
    }
    return chain
  }

  it.each<[string, SignedMandate[], string]>([
    ['no mandate', [], 'MANDATE_DEPTH'],
    ['five levels', grandchildren(5), 'OK'],
    ['six levels', grandchildren(6), 'MANDATE_DEPTH'],
    ['another frame', [signed(mandateOf({ frame: OTHER_FRAME }))], 'MANDATE_FRAME'],
    ['another principal', [signed(mandateOf({ issuer: STRANGER }), stranger)], 'MANDATE_ISSUER'],
    ['a link left out', [signed(child, agent)], 'MANDATE_PARENT'],
    ['a parent exchanged', [signed({ ...full, margin: 1 }), signed(child, agent)], 'MANDATE_PARENT'],
    [
      'delegated by a stranger',
      [signed(full), signed({ ...child, issuer: STRANGER }, stranger)],
      'MANDATE_ISSUER',
    ],
    ['signed by another', [signed(full), signed(child, stranger)], 'MANDATE_SIGNATURE'],
    ['a signature moved', [{ ...signed(full), signature: signed(child).signature }], 'MANDATE_SIGNATURE'],
    [
      'a field edited after signing',
      [{ ...signed(full), mandate: { ...full, margin: 7 } }],
      'MANDATE_SIGNATURE',
    ],
    [
      'a worker who delegates to himself more',
      [signed(full), signed({ ...child, caps: { ...child.caps, total: 500_001n } }, agent)],
      'MANDATE_WIDENED',
    ],
  ])('%s', async (_, chain, code) => {
    expect(await codeOf(() => verifyChain(chain, trust))).toBe(code)
  })

  it('need an expiry, and windows of some length', async () => {
    const { expiresAt: _, ...endless } = mandateOf()
    expect(await codeOf(() => mandateDigest(endless))).toBe('MANDATE_NO_EXPIRY')
    expect(await codeOf(() => mandateDigest(mandateOf({ windows: [{ seconds: 0n, limit: 1n }] })))).toBe(
      'MANDATE_WINDOW',
    )
  })
})

describe('narrowing', () => {
  const wider: [field: string, change: Partial<Mandate>][] = [
    ['frame', { frame: OTHER_FRAME }],
    ['caps.total', { caps: { ...full.caps, total: 500_001n } }],
    ['caps.perCall', { caps: { ...full.caps, perCall: 5_001n } }],
    ['caps.perCall', { caps: { ...full.caps, perCall: undefined } }],
    ['caps.perTask', { caps: { ...full.caps, perTask: 50_001n } }],
    ['caps.perProvider', { caps: { ...full.caps, perProvider: undefined } }],
    ['windows', { windows: [] }],
    ['windows', { windows: [{ seconds: 60n, limit: 501n }] }],
    ['windows', { windows: [{ seconds: 59n, limit: 500n }] }],
    ['providers', { providers: [PROVIDER, AGENT] }],
    ['providers', { providers: undefined }],
    ['resources', { resources: ['data', 'https://api.example'] }],
    ['resources', { resources: undefined }],
    ['expiresAt', { expiresAt: BigInt(T0 + 86_401) }],
    ['expiresAt', { expiresAt: undefined }],
    ['expiresAtHeight', { expiresAtHeight: 1_001n }],
    ['backstop', { backstop: 101n }],
    ['supervision.checkpointAbove', { supervision: undefined }],
    ['supervision.superviseAbove', { supervision: { checkpointAbove: 1n, superviseAbove: 501n } }],
  ]
  it.each(wider)('names %s when it is wider', (field, change) => {
    expect(widenedField({ ...child, ...change }, full)).toBe(field)
  })

  it('keeps a task that the parent is for', () => {
    const bound = mandateOf({ task: 'rerank-job-0x3f' })
    expect(widenedField({ ...bound, task: undefined }, bound)).toBe('task')
    expect(widenedField({ ...bound, task: 'another' }, bound)).toBe('task')
    expect(widenedField(bound, bound)).toBeUndefined()
  })

  it('accepts a longer window with the same limit, and a resource deeper inside a prefix', () => {
    checkNarrows({ ...child, windows: [{ seconds: 3_600n, limit: 500n }], resources: ['data.rows'] }, full)
  })

  // The property: whatever a chain of accepted mandates allows, its first mandate allows.
  it('never lets a descendant allow more than the principal, for any accepted chain', () => {
    const few = fc.bigInt(1n, 4n)
    const bound = fc.option(few, { nil: undefined })
    const one = fc.record({
      total: few,
      perCall: bound,
      perTask: bound,
      expiry: few,
      windows: fc.array(fc.record({ seconds: fc.bigInt(1n, 5n), limit: fc.bigInt(1n, 20n) }), {
        maxLength: 2,
      }),
      providers: fc.option(fc.subarray([PROVIDER, STRANGER, WORKER]), { nil: undefined }),
    })
    let accepted = 0
    fc.assert(
      fc.property(fc.array(one, { minLength: 2, maxLength: 3 }), (levels) => {
        const chain = levels.map(({ total, perCall, perTask, expiry, windows, providers }) =>
          mandateOf({ caps: { total, perCall, perTask }, expiresAt: expiry, windows, providers }),
        )
        for (let i = 1; i < chain.length; i++)
          if (widenedField(chain[i]!, chain[i - 1]!) !== undefined) return
        accepted++
        const [first, last] = [chain[0]!, chain.at(-1)!]
        const unbounded = 10n ** 30n
        expect(last.caps.total <= first.caps.total).toBe(true)
        expect((last.caps.perCall ?? unbounded) <= (first.caps.perCall ?? unbounded)).toBe(true)
        expect((last.caps.perTask ?? unbounded) <= (first.caps.perTask ?? unbounded)).toBe(true)
        expect((last.expiresAt ?? unbounded) <= (first.expiresAt ?? unbounded)).toBe(true)
        for (const address of [PROVIDER, STRANGER, WORKER])
          if (last.providers === undefined || last.providers.includes(address))
            expect(first.providers === undefined || first.providers.includes(address)).toBe(true)
        for (const window of first.windows)
          expect(last.windows.some((own) => own.limit <= window.limit && own.seconds >= window.seconds)).toBe(
            true,
          )
      }),
      { numRuns: 3_000 },
    )
    expect(accepted).toBeGreaterThan(20)
  })
})

describe('resources', () => {
  it.each<[resource: string, prefix: string, within: boolean]>([
    ['data.rows', 'data.rows', true],
    ['data.rows.weather', 'data.rows', true],
    ['data.rowsecret', 'data.rows', false],
    ['data', 'data.rows', false],
    ['https://api.example/v1/rows', 'https://api.example/v1', true],
    ['https://api.example/v1?x=1', 'https://api.example/v1', true],
    ['https://api.example/v10', 'https://api.example/v1', false],
    ['https://api.example.evil/v1', 'https://api.example', false],
    ['https://api.example:8443/', 'https://api.example', false],
    ['https://api.example:pw@evil/', 'https://api.example', false],
    ['https://api.example@evil/', 'https://api.example', false],
    ['https://api.example/v1/../admin', 'https://api.example/v1', false],
    ['https://api.example/v1/%2e%2E/admin', 'https://api.example/v1', false],
    ['https://api.example/v1/..%2fadmin', 'https://api.example/v1', false],
    ['https://api.example/v1\\..\\admin', 'https://api.example/v1', false],
    ['https://api.example/v1/a..b', 'https://api.example/v1/', true],
  ])('%s under %s: %s', (resource, prefix, within) => {
    expect(isWithin(resource, prefix)).toBe(within)
  })
})

it('the principal may reclaim from the sixth block after expiry on (catalogue example 7)', () => {
  const ends = mandateOf({ expiresAtHeight: 100n })
  expect(isReclaimable(ends, 105n)).toBe(false)
  expect(isReclaimable(ends, 106n)).toBe(true)
  expect(isReclaimable(mandateOf(), 10n ** 9n)).toBe(false)
})

it('a key rotation is honoured when the caller can check it', () => {
  const rotated = {
    ...signed(full),
    ...{ publicKey: worker.publicKey, signature: worker.sign(mandateDigest(full)) },
  }
  expect(
    verifyChain([rotated], {
      ...trust,
      mayKeySign: (_, key) => key.every((byte, i) => byte === worker.publicKey[i]),
    }),
  ).toEqual(full)
  expect(() => verifyChain([rotated], trust)).toThrow('not signed by its issuer')
  expect(principal.publicKey).not.toEqual(worker.publicKey)
})
