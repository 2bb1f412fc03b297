import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, formatCaveat, joinClauses, parseCaveat } from '../../src/index.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const parse = (text: string) => parseCaveat(utf8(text))

describe("the book's spellings are read", () => {
  test.each([
    ['requests_remaining <= 20', 'requests_remaining', { kind: 'integer', integer: 20n }],
    ['bytes_per_interval <= 1048576', 'bytes_per_interval', { kind: 'integer', integer: 1048576n }],
    ['expiry_before <= 1717027200', 'expiry_before', { kind: 'integer', integer: 1717027200n }],
    ['expiry_epoch <= 1719849600', 'expiry_epoch', { kind: 'integer', integer: 1719849600n }],
    ['service = gpu-inference', 'service', { kind: 'text', text: 'gpu-inference' }],
    ['endpoint = /v2/completion', 'endpoint', { kind: 'text', text: '/v2/completion' }],
    ['method = POST', 'method', { kind: 'text', text: 'POST' }],
    ['max-satoshis-per-request: 50', 'max-satoshis-per-request', { kind: 'integer', integer: 50n }],
    [
      'cumulative-session-cap: 18446744073709551615',
      'cumulative-session-cap',
      { kind: 'integer', integer: 2n ** 64n - 1n },
    ],
    [
      'max-satoshis-per-window: 500/60@1717027200',
      'max-satoshis-per-window',
      { kind: 'window', amount: 500n, windowSeconds: 60n, from: 1717027200n },
    ],
    ['total_budget_sat <= 500000', 'total_budget_sat', { kind: 'integer', integer: 500000n }],
    ['provider_ceiling_sat <= 5000', 'provider_ceiling_sat', { kind: 'integer', integer: 5000n }],
    ['task_id == "rerank-job-0x3f"', 'task_id', { kind: 'text', text: 'rerank-job-0x3f' }],
  ])('%s', (text, name, value) => {
    expect(parse(text)).toEqual([{ entry: CATALOGUE.get(name), value }])
  })

  test('a task and its budget in one caveat', () => {
    const clauses = parse('task_id == "rerank-job-0x3f" AND task_budget_sat <= 50000')
    expect(clauses).toEqual([
      { entry: CATALOGUE.get('task_id'), value: { kind: 'text', text: 'rerank-job-0x3f' } },
      { entry: CATALOGUE.get('task_budget_sat'), value: { kind: 'integer', integer: 50000n } },
    ])
  })
})

describe('anything else that looks alike is refused', () => {
  test.each([
    'requests_remaining <= 020',
    'requests_remaining <= +20',
    'requests_remaining <= -1',
    'requests_remaining <= 20.0',
    'requests_remaining <= 2e1',
    'requests_remaining <= 0x14',
    'requests_remaining <= 20 ',
    ' requests_remaining <= 20',
    'requests_remaining <=20',
    'requests_remaining<= 20',
    'requests_remaining  <= 20',
    'requests_remaining <=  20',
    'requests_remaining\t<= 20',
    'requests_remaining < 20',
    'requests_remaining = 20',
    'requests_remaining: 20',
    'requests_remaining >= 20',
    'requests_remaining <= ',
    'requests_remaining',
    'requests_remaining <= 18446744073709551616',
    'requests_remaining <= 99999999999999999999',
    'requests_remaining <= 100000000000000000000',
    'requests_remaining <= ٢٠',
    'max-satoshis-per-request : 50',
    'max-satoshis-per-request:50',
    'max-satoshis-per-request <= 50',
    'max-satoshis-per-window: 500',
    'max-satoshis-per-window: 500/0@0',
    'max-satoshis-per-window: 500/60',
    'max-satoshis-per-window: 500@0/60',
    'max-satoshis-per-window: 500/060@0',
    'service = ',
    'service = two words',
    'service = "quoted"',
    'service = back\\slash',
    'service = new\nline',
    'service = nul\0',
    'service = caf\u00e9',
    `service = ${'x'.repeat(257)}`,
    'service == gpu',
    'method = post',
    'method = POST,GET',
    'endpoint = v2',
    'payment_hash = 72CD6E8422C407FB6D098690F1130B7DED7EC2F7F5E1D30BD9D521F015363793',
    'payment_hash = 72cd',
    'task_id == rerank',
    'task_id == ""',
    'task_id == "a" b"',
    'task_id = "a"',
    'service = a AND ',
    ' AND service = a',
    'service = a AND service = a AND service = a AND service = a AND service = a',
    'service = a and method = GET',
    'service = a OR service = b',
    '',
    ' ',
    '= 5',
  ])('%j is malformed', (text) => {
    expect(parse(text)).toBe('CAVEAT_MALFORMED')
  })

  test.each(['foo = bar', 'Service = a', 'EXPIRY_BEFORE <= 1', 'services = a', 'service = a AND foo = bar'])(
    '%j is unknown (T-7)',
    (text) => {
      expect(parse(text)).toBe('CAVEAT_UNKNOWN')
    },
  )

  test('bytes that are not ASCII are malformed, never replaced', () => {
    expect(parseCaveat(Uint8Array.of(...utf8('service = a'), 0xff))).toBe('CAVEAT_MALFORMED')
  })

  test('random text never throws', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => void parse(text)))
    const near = fc
      .constantFrom(...CATALOGUE.keys())
      .chain((name) => fc.string({ maxLength: 20 }).map((rest) => name + rest))
    fc.assert(fc.property(near, (text) => void parse(text)))
  })
})

describe('formatCaveat', () => {
  test('what it writes is read back as the same value', () => {
    const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    fc.assert(
      fc.property(uint64, (limit) => {
        for (const name of [
          'expiry_before',
          'requests_remaining',
          'max-satoshis-per-request',
          'max_amount_total',
        ])
          expect(parse(formatCaveat(name, limit))).toEqual([
            { entry: CATALOGUE.get(name), value: { kind: 'integer', integer: limit } },
          ])
      }),
    )
    fc.assert(
      fc.property(uint64, fc.bigInt({ min: 1n, max: 10n ** 9n }), uint64, (amount, windowSeconds, from) => {
        const text = formatCaveat('max_amount_per_window', { amount, windowSeconds, from })
        expect(parse(text)).toMatchObject([{ value: { kind: 'window', amount, windowSeconds, from } }])
      }),
    )
  })

  test('no two canonical texts of one name have the same value', () => {
    const digits = fc.stringMatching(/^[0-9+ -]{1,22}$/)
    fc.assert(
      fc.property(digits, (text) => {
        const clauses = parse(`requests_remaining <= ${text}`)
        if (typeof clauses === 'string') return
        const { value } = clauses[0]!
        expect(value.kind === 'integer' ? String(value.integer) : '').toBe(text)
      }),
    )
  })

  test('quotes a task id and joins clauses', () => {
    expect(
      joinClauses(formatCaveat('task_id', 'rerank-job-0x3f'), formatCaveat('task_budget_sat', 50000n)),
    ).toBe('task_id == "rerank-job-0x3f" AND task_budget_sat <= 50000')
  })

  test.each([
    ['foo', 'bar', 'CAVEAT_UNKNOWN'],
    ['service', 'two words', 'CAVEAT_MALFORMED'],
    ['service', 'a AND method = GET', 'CAVEAT_MALFORMED'],
    ['requests_remaining', -1n, 'CAVEAT_MALFORMED'],
    ['requests_remaining', 2n ** 64n, 'CAVEAT_MALFORMED'],
    ['method', 'get', 'CAVEAT_MALFORMED'],
  ])('refuses to write %s with %s', (name, value, code) => {
    expect(() => formatCaveat(name, value)).toThrowError(expect.objectContaining({ code }))
  })

  test('joins at most four clauses', () => {
    expect(() => joinClauses('a', 'b', 'c', 'd', 'e')).toThrow(/CLAUSES_PER_CAVEAT_MAX = 4/)
    expect(() => joinClauses()).toThrow(/CLAUSES_PER_CAVEAT_MAX/)
  })
})
