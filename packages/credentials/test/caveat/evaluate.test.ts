import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  attenuate,
  attenuateAll,
  createMacaroon,
  evaluateCaveats,
  expiryWindowSeconds,
  type Macaroon,
  type RequestContext,
  type VerifierPolicy,
} from '../../src/index.ts'

const root = createMacaroon(new Uint8Array(32), new TextEncoder().encode('id:test'))
const T = 1717027200
const LIVE = `expiry_before <= ${T}`

function outcome(
  conditions: readonly string[],
  context: Partial<RequestContext> = {},
  policy: VerifierPolicy = {},
): string {
  const result = evaluateCaveats(
    attenuateAll(root, conditions),
    { now: T - 100, price: 0n, ...context },
    policy,
  )
  return result.accepted ? 'accepted' : result.code
}

describe('expiry', () => {
  test('T-5: inclusive at the second, refused one second later', () => {
    expect(outcome([LIVE], { now: T })).toBe('accepted')
    expect(outcome([LIVE], { now: T + 1 })).toBe('CAVEAT_EXPIRED')
  })

  test('chapter 7, example 2: expiry_epoch is inclusive, and fails before any budget', () => {
    const caveats = ['expiry_epoch <= 1719849600', 'max_amount_total <= 10']
    expect(outcome(caveats, { now: 1719849600, price: 10n })).toBe('accepted')
    expect(outcome(caveats, { now: 1719849601, price: 11n })).toBe('CAVEAT_EXPIRED')
    expect(outcome([...caveats].reverse(), { now: 1719849601, price: 11n })).toBe('CAVEAT_EXPIRED')
  })

  test('the skew setting moves it by that many seconds', () => {
    expect(outcome([LIVE], { now: T + 5 }, { clockSkewSeconds: 5 })).toBe('accepted')
    expect(outcome([LIVE], { now: T + 6 }, { clockSkewSeconds: 5 })).toBe('CAVEAT_EXPIRED')
    expect(() => outcome([LIVE], {}, { clockSkewSeconds: 301 })).toThrow(/CLOCK_SKEW_SECONDS_MAX = 300/)
    expect(() => outcome([LIVE], {}, { clockSkewSeconds: Number.NaN })).toThrow(/CLOCK_SKEW_SECONDS_MAX/)
  })

  test('a credential without one is refused', () => {
    expect(outcome([])).toBe('CAVEAT_EXPIRY_MISSING')
    expect(outcome(['service = a'], { service: 'a' })).toBe('CAVEAT_EXPIRY_MISSING')
  })

  test('of several the tightest holds', () => {
    expect(outcome([LIVE, `expiry_before <= ${T - 200}`])).toBe('CAVEAT_EXPIRED')
    expect(outcome([`expiry_before <= ${T - 200}`, LIVE])).toBe('CAVEAT_EXPIRED')
  })

  test('T-12: 300 s of task with 5 s of skew need 310 s', () => {
    expect(expiryWindowSeconds(300, 5)).toBe(310)
  })
})

describe('scope', () => {
  const allowed = { service: 'gpu-inference', endpoint: '/v2/completion', method: 'POST' }
  const scope = ['service = gpu-inference', 'endpoint = /v2/completion', 'method = POST']

  test('T-3: only that method on that path of that service, in any order of caveats', () => {
    for (const order of [scope, [...scope].reverse(), [scope[1]!, scope[2]!, scope[0]!]]) {
      expect(outcome([LIVE, ...order], allowed)).toBe('accepted')
      for (const other of [
        { method: 'GET' },
        { endpoint: '/v2/completion/' },
        { endpoint: '/v2/Completion' },
        { service: 'gpu-inference2' },
        { service: undefined },
      ])
        expect(outcome([LIVE, ...order], { ...allowed, ...other })).toBe('CAVEAT_SCOPE_MISMATCH')
    }
  })

  test('T-2: an accelerator lease', () => {
    const lease = [LIVE, 'accelerator = A100', 'region = us-central1', 'lease_seconds <= 60']
    const request = { accelerator: 'A100', region: 'us-central1', leaseSeconds: 60n }
    expect(outcome([LIVE], request)).toBe('accepted')
    expect(outcome(lease, request)).toBe('accepted')
    expect(outcome(lease, { ...request, leaseSeconds: 61n })).toBe('CAVEAT_QUANTITY_EXCEEDED')
    expect(outcome(lease, { ...request, accelerator: 'H100' })).toBe('CAVEAT_SCOPE_MISMATCH')
    expect(outcome(lease, { ...request, region: 'eu-west1' })).toBe('CAVEAT_SCOPE_MISMATCH')
    expect(outcome(lease, { ...request, leaseSeconds: undefined })).toBe('CAVEAT_QUANTITY_EXCEEDED')
  })

  test.each([
    ['frame = f1', { frame: 'f1' }, { frame: 'f2' }, 'CAVEAT_FRAME_MISMATCH'],
    ['channel = c1', { channel: 'c1' }, { channel: 'c2' }, 'CAVEAT_CHANNEL_MISMATCH'],
    ['quote = q1', { quote: 'q1' }, { quote: 'q2' }, 'CAVEAT_QUOTE_MISMATCH'],
    [
      'payee = did:symbolon:a',
      { payee: 'did:symbolon:a' },
      { payee: 'did:symbolon:b' },
      'CAVEAT_PAYEE_MISMATCH',
    ],
    ['payer = did:symbolon:a', { payer: 'did:symbolon:a' }, {}, 'CAVEAT_PAYER_MISMATCH'],
    [
      `payment_hash = ${'ab'.repeat(32)}`,
      { paymentHash: 'ab'.repeat(32) },
      { paymentHash: 'cd'.repeat(32) },
      'CAVEAT_PAYMENT_HASH_MISMATCH',
    ],
    ['resource = r1', { resource: 'r1' }, { resource: 'r2' }, 'CAVEAT_SCOPE_MISMATCH'],
    ['task = t1', { task: 't1' }, { task: 't2' }, 'CAVEAT_SCOPE_MISMATCH'],
    ['channel_sequence <= 9', { channelSequence: 9n }, { channelSequence: 10n }, 'CAVEAT_QUANTITY_EXCEEDED'],
    ['batch_size <= 8', { batchSize: 8n }, { batchSize: 9n }, 'CAVEAT_QUANTITY_EXCEEDED'],
  ])('%s binds', (caveat, right, wrong, code) => {
    expect(outcome([LIVE, caveat], right)).toBe('accepted')
    expect(outcome([LIVE, caveat], wrong)).toBe(code)
    expect(outcome([LIVE, caveat])).toBe(code)
  })

  test('a field with an inherited name is no match: the context is read by known fields only', () => {
    expect(outcome([LIVE, 'constructor = a'])).toBe('CAVEAT_UNKNOWN')
    expect(outcome([LIVE, '__proto__ = a'])).toBe('CAVEAT_UNKNOWN')
  })
})

describe('price ceilings', () => {
  const sat = { baseUnitsPerSatoshi: 1n }

  test('T-6: ceiling 50 refuses 60 and accepts 50 and 43', () => {
    const ceiling = [LIVE, 'max-satoshis-per-request: 50']
    expect(outcome(ceiling, { price: 60n }, sat)).toBe('CAVEAT_PRICE_EXCEEDED')
    expect(outcome(ceiling, { price: 50n }, sat)).toBe('accepted')
    expect(outcome(ceiling, { price: 43n }, sat)).toBe('accepted')
  })

  test("satoshi are converted at the verifier's rate, and refused without one", () => {
    const ceiling = [LIVE, 'provider_ceiling_sat <= 5']
    expect(outcome(ceiling, { price: 5000n }, { baseUnitsPerSatoshi: 1000n })).toBe('accepted')
    expect(outcome(ceiling, { price: 5001n }, { baseUnitsPerSatoshi: 1000n })).toBe('CAVEAT_PRICE_EXCEEDED')
    expect(outcome(ceiling, { price: 0n })).toBe('CAVEAT_UNIT_UNSUPPORTED')
  })

  test('base units need no rate', () => {
    expect(outcome([LIVE, 'max_amount_per_request <= 50'], { price: 50n })).toBe('accepted')
    expect(outcome([LIVE, 'max_amount_per_request <= 50'], { price: 51n })).toBe('CAVEAT_PRICE_EXCEEDED')
  })

  test('repeated ceilings intersect: a later, higher one widens nothing', () => {
    expect(
      outcome([LIVE, 'max_amount_per_request <= 50', 'max_amount_per_request <= 60'], { price: 51n }),
    ).toBe('CAVEAT_PRICE_EXCEEDED')
  })

  test('a negative price cannot pass as a small one', () => {
    expect(outcome([LIVE, 'max_amount_per_request <= 50'], { price: -1n })).toBe('CAVEAT_PRICE_EXCEEDED')
    expect(outcome([LIVE, 'max_amount_total <= 50'], { price: -1n })).toBe('CAVEAT_BUDGET_EXHAUSTED')
    expect(outcome([LIVE, 'bytes_per_interval <= 50'], { bytes: -1n })).toBe('CAVEAT_RATE_EXCEEDED')
  })

  test('chapter 7, example 1: 500,000 in all, a task of 50,000, a provider ceiling of 5,000', () => {
    const credential = [
      LIVE,
      'total_budget_sat <= 500000',
      'task_id == "rerank-job-0x3f" AND task_budget_sat <= 50000',
      'provider_ceiling_sat <= 5000',
    ]
    const task = 'rerank-job-0x3f'
    expect(outcome(credential, { task, price: 5000n }, sat)).toBe('accepted')
    expect(outcome(credential, { task, price: 5001n }, sat)).toBe('CAVEAT_PRICE_EXCEEDED')
    expect(outcome(credential, { task: 'other', price: 5000n }, sat)).toBe('CAVEAT_SCOPE_MISMATCH')
    expect(outcome([...credential, 'provider_ceiling_sat <= 6000'], { task, price: 5001n }, sat)).toBe(
      'CAVEAT_PRICE_EXCEEDED',
    )
  })
})

describe('fail closed', () => {
  test('T-7: an unknown caveat refuses, and names its position', () => {
    const macaroon = attenuateAll(root, [LIVE, 'foo = bar'])
    expect(evaluateCaveats(macaroon, { now: T, price: 0n })).toMatchObject({
      accepted: false,
      code: 'CAVEAT_UNKNOWN',
      caveatIndex: 1,
    })
  })

  test('a third-party caveat refuses', () => {
    const live = attenuate(root, LIVE)
    const third = { identifier: new Uint8Array(3), verificationId: new Uint8Array(72), location: undefined }
    const macaroon: Macaroon = { ...live, caveats: [...live.caveats, third] }
    expect(evaluateCaveats(macaroon, { now: T, price: 0n })).toMatchObject({
      code: 'MACAROON_THIRD_PARTY_UNSUPPORTED',
    })
  })

  test('codes follow the documented order whatever the order of the caveats', () => {
    // Each step removes the failure that came first; the next in the order must show.
    const failing = ['max_amount_per_request <= 1', 'channel = c', 'expiry_before <= 5', 'foo = bar']
    const codes = ['CAVEAT_UNKNOWN', 'CAVEAT_EXPIRED', 'CAVEAT_CHANNEL_MISMATCH', 'CAVEAT_PRICE_EXCEEDED']
    for (const code of codes) {
      expect(outcome([LIVE, ...failing], { price: 2n })).toBe(code)
      failing.pop()
    }
    expect(outcome([LIVE], { price: 2n })).toBe('accepted')
  })

  test('a window that has not started refuses, within the skew it does not', () => {
    const window = [LIVE, `max_amount_per_window <= 10/60@${T - 50}`]
    expect(outcome(window, { now: T - 51 })).toBe('CAVEAT_WINDOW_NOT_STARTED')
    expect(outcome(window, { now: T - 50 })).toBe('accepted')
    expect(outcome(window, { now: T - 53 }, { clockSkewSeconds: 3 })).toBe('accepted')
  })

  test('a credential for no use at all allows none', () => {
    expect(outcome([LIVE, 'requests_remaining <= 0'])).toBe('CAVEAT_USES_EXHAUSTED')
  })
})

test('monotonic restriction (MAC-7): whatever a longer credential accepts, every prefix of it accepts', () => {
  const small = fc.bigInt({ min: 0n, max: 4n })
  const caveat = fc.oneof(
    fc.constantFrom(
      'service = a',
      'service = b',
      'method = GET',
      'method = POST',
      'channel = c',
      'delegate = d',
    ),
    small.map((n) => `max_amount_per_request <= ${n}`),
    small.map((n) => `requests_remaining <= ${n}`),
    small.map((n) => `max_amount_total <= ${n}`),
    fc.integer({ min: T - 3, max: T + 3 }).map((at) => `expiry_before <= ${at}`),
    fc.constantFrom('nonsense', 'requests_remaining <= 05'),
  )
  const request = fc.record({
    now: fc.integer({ min: T - 4, max: T + 4 }),
    price: small,
    service: fc.constantFrom('a', 'b', undefined),
    method: fc.constantFrom('GET', 'POST'),
    channel: fc.constantFrom('c', undefined),
  })
  let accepted = 0
  fc.assert(
    fc.property(fc.array(caveat, { maxLength: 5 }), request, (caveats, context) => {
      const outcomes = caveats.map((_, index) =>
        evaluateCaveats(
          attenuateAll(root, [`expiry_before <= ${T + 9}`, ...caveats.slice(0, index + 1)]),
          context,
        ),
      )
      for (let i = 1; i < outcomes.length; i++)
        if (outcomes[i]!.accepted) {
          accepted++
          expect(outcomes[i - 1]!.accepted).toBe(true)
        }
    }),
    { numRuns: 2000 },
  )
  expect(accepted).toBeGreaterThan(50)
})
