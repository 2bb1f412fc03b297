import { describe, expect, test } from 'vitest'
import {
  attenuate,
  attenuateAll,
  attenuateAlternatives,
  type CounterStore,
  CredentialVerifier,
  createMacaroon,
  decodeMacaroon,
  encodeBinaryV2,
  type Macaroon,
  MemoryCounterStore,
  type RequestContext,
  RootKeys,
} from '../../src/index.ts'
import {
  EXPIRY,
  masterSecret,
  mint,
  NOW,
  PAYMENT_HASH_HEX,
  paymentHash,
  preimage,
  rootKeys,
} from '../issuer.ts'

const free: RequestContext = { now: NOW, price: 0n }

function newVerifier(counters: CounterStore | undefined = new MemoryCounterStore()) {
  return new CredentialVerifier({
    rootKeys,
    policy: { baseUnitsPerSatoshi: 1n },
    ...(counters === undefined ? {} : { counters }),
  })
}

async function codeOf(verifier: CredentialVerifier, macaroon: Macaroon, context = free): Promise<string> {
  const verdict = await verifier.verify(macaroon, preimage, context)
  return verdict.accepted ? 'accepted' : verdict.code
}

describe('proof of payment and of issue', () => {
  test('a genuine credential with its preimage is accepted, on any replica that has the keys', async () => {
    const replica = new CredentialVerifier({
      rootKeys: new RootKeys('test', new Map([[1, masterSecret]]), 1),
    })
    const restored = decodeMacaroon(encodeBinaryV2(mint()))
    for (const verifier of [newVerifier(), replica])
      expect(await verifier.verify(restored, preimage, free)).toEqual({
        accepted: true,
        paymentHash: PAYMENT_HASH_HEX,
        expiresAt: EXPIRY,
        aggregateEnforced: true,
      })
  })

  test('T-11: a wrong preimage is refused', async () => {
    for (const wrong of [
      new Uint8Array(32).fill(2),
      new Uint8Array(31).fill(1),
      new Uint8Array(0),
      paymentHash,
    ])
      expect(await newVerifier().verify(mint(), wrong, free)).toMatchObject({
        code: 'L402_PREIMAGE_MISMATCH',
      })
  })

  test("a credential of another service's keys, or with a caveat stripped, is refused", async () => {
    const other = new RootKeys('other', new Map([[1, masterSecret]]), 1)
    expect(await codeOf(newVerifier(), mint([], { rootKeys: other }))).toBe('MACAROON_SIGNATURE_INVALID')
    const narrowed = mint(['service = a'])
    const stripped = { ...narrowed, caveats: narrowed.caveats.slice(0, 1) }
    expect(await codeOf(newVerifier(), stripped)).toBe('MACAROON_SIGNATURE_INVALID')
  })

  test('rotation: the old version works until it is retired, and only it stops working', async () => {
    const second = masterSecret.with(0, 99)
    const both = new RootKeys(
      'test',
      new Map([
        [1, masterSecret],
        [2, second],
      ]),
      2,
    )
    const retired = new RootKeys('test', new Map([[2, second]]), 2)
    const [oldOne, newOne] = [mint(), mint([], { rootKeys: both })]
    expect(await codeOf(new CredentialVerifier({ rootKeys: both }), oldOne)).toBe('accepted')
    expect(await codeOf(new CredentialVerifier({ rootKeys: both }), newOne)).toBe('accepted')
    expect(await codeOf(new CredentialVerifier({ rootKeys: retired }), oldOne)).toBe(
      'ROOT_KEY_VERSION_UNKNOWN',
    )
    expect(await codeOf(new CredentialVerifier({ rootKeys: retired }), newOne)).toBe('accepted')
  })

  test('a foreign identifier is refused', async () => {
    const foreign = createMacaroon(masterSecret, new TextEncoder().encode('keyid'))
    expect(await codeOf(newVerifier(), foreign)).toBe('MACAROON_IDENTIFIER_MALFORMED')
  })

  test('L402-15: a stolen credential opens no other endpoint, and its preimage no other credential', async () => {
    const stolen = mint(['endpoint = /a'])
    expect(await codeOf(newVerifier(), stolen, { ...free, endpoint: '/b' })).toBe('CAVEAT_SCOPE_MISMATCH')
    const other = mint(['endpoint = /b'], { paymentHash: new Uint8Array(32).fill(9) })
    expect(await codeOf(newVerifier(), other, { ...free, endpoint: '/b' })).toBe('L402_PREIMAGE_MISMATCH')
  })

  test("L402-4: a stated payment hash must be the identifier's", async () => {
    expect(await codeOf(newVerifier(), mint([], { statePaymentHash: true }))).toBe('accepted')
    const lying = mint([`payment_hash = ${'ab'.repeat(32)}`])
    expect(await codeOf(newVerifier(), lying)).toBe('CAVEAT_PAYMENT_HASH_MISMATCH')
    // The caller's context cannot overrule the identifier.
    expect(await codeOf(newVerifier(), lying, { ...free, paymentHash: 'ab'.repeat(32) })).toBe(
      'CAVEAT_PAYMENT_HASH_MISMATCH',
    )
  })
})

describe('minting', () => {
  test('T-8: refuses without an expiry', () => {
    const withoutExpiry = { expiresAt: undefined } as unknown as { expiresAt: number }
    expect(() => mint([], withoutExpiry)).toThrowError(
      expect.objectContaining({ code: 'MINT_EXPIRY_MISSING' }),
    )
  })

  test.each([NOW, NOW - 1, NOW + 86_401, NOW + 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses an expiry of %s',
    (expiresAt) => {
      expect(() => mint([], { expiresAt })).toThrowError(
        expect.objectContaining({ code: 'MINT_EXPIRY_OUT_OF_BOUNDS' }),
      )
    },
  )

  test('refuses a caveat that every verifier would refuse', () => {
    expect(() => mint(['foo = bar'])).toThrowError(expect.objectContaining({ code: 'CAVEAT_UNKNOWN' }))
    expect(() => mint(['requests_remaining <= 07'])).toThrowError(
      expect.objectContaining({ code: 'CAVEAT_MALFORMED' }),
    )
    expect(() => mint(['service = café'])).toThrowError(expect.objectContaining({ code: 'CAVEAT_MALFORMED' }))
  })

  test('puts the expiry first', () => {
    expect(new TextDecoder().decode(mint(['service = a']).caveats[0]!.identifier)).toBe(
      `expiry_before <= ${EXPIRY}`,
    )
  })
})

describe('counted caveats', () => {
  test('T-4: the 20th use is accepted, the 21st refused, also through a delegate', async () => {
    const verifier = newVerifier()
    const parent = mint(['requests_remaining <= 20'])
    const delegate = attenuate(parent, 'endpoint = /v2/completion')
    const context = { ...free, endpoint: '/v2/completion' }
    for (let use = 1; use <= 20; use++)
      expect(await codeOf(verifier, use % 2 === 0 ? parent : delegate, context), `use ${use}`).toBe(
        'accepted',
      )
    expect(await codeOf(verifier, parent, context)).toBe('CAVEAT_USES_EXHAUSTED')
    expect(await codeOf(verifier, delegate, context)).toBe('CAVEAT_USES_EXHAUSTED')
  })

  test("CAV-9: a child's cap counts its own branch, the parent's cap counts all", async () => {
    const verifier = newVerifier()
    const parent = mint(['requests_remaining <= 5'])
    const left = attenuateAll(parent, ['delegate = left', 'requests_remaining <= 3'])
    const right = attenuateAll(parent, ['delegate = right', 'requests_remaining <= 3'])
    for (let use = 0; use < 3; use++) expect(await codeOf(verifier, left)).toBe('accepted')
    expect(await codeOf(verifier, left)).toBe('CAVEAT_USES_EXHAUSTED')
    expect(await codeOf(verifier, right)).toBe('accepted')
    expect(await codeOf(verifier, right)).toBe('accepted')
    expect(await codeOf(verifier, right)).toBe('CAVEAT_USES_EXHAUSTED')
    expect(await codeOf(verifier, parent)).toBe('CAVEAT_USES_EXHAUSTED')
  })

  test('a delegate cannot reset a cap by repeating or re-appending it (CAV-10)', async () => {
    const verifier = newVerifier()
    const parent = mint(['requests_remaining <= 1'])
    expect(await codeOf(verifier, parent)).toBe('accepted')
    const again = attenuate(parent, 'requests_remaining <= 1')
    const relocated = { ...parent, location: new TextEncoder().encode('elsewhere') }
    for (const copy of [
      again,
      attenuate(parent, 'delegate = x'),
      relocated,
      decodeMacaroon(encodeBinaryV2(parent)),
    ])
      expect(await codeOf(verifier, copy)).toBe('CAVEAT_USES_EXHAUSTED')
  })

  test("a delegate with a shorter life does not make the store forget the parent's cap", async () => {
    const verifier = newVerifier(new MemoryCounterStore(2))
    const parent = mint(['requests_remaining <= 1'])
    const short = attenuate(parent, `expiry_before <= ${NOW + 1}`)
    expect(await codeOf(verifier, short)).toBe('accepted')
    const filler = (nonce: number) =>
      mint(['requests_remaining <= 1'], { nonce: new Uint8Array(16).fill(nonce) })
    expect(await codeOf(verifier, filler(1), { ...free, now: NOW + 50 })).toBe('accepted')
    // The store is full; only the parent's counter could be dropped, and must not be.
    await expect(verifier.verify(filler(2), preimage, { ...free, now: NOW + 50 })).rejects.toMatchObject({
      code: 'COUNTER_STORE_FULL',
    })
    expect(await codeOf(verifier, parent, { ...free, now: NOW + 50 })).toBe('CAVEAT_USES_EXHAUSTED')
  })

  test('two requests racing for one remaining use: exactly one passes', async () => {
    const slow = new MemoryCounterStore()
    const delayed: CounterStore = {
      commit: async (operations, now) => {
        await Promise.resolve()
        return slow.commit(operations, now)
      },
    }
    const verifier = newVerifier(delayed)
    const macaroon = mint(['requests_remaining <= 1'])
    const verdicts = await Promise.all(
      Array.from({ length: 10 }, () => verifier.verify(macaroon, preimage, free)),
    )
    expect(verdicts.filter(({ accepted }) => accepted)).toHaveLength(1)
  })

  test('a request refused for any reason consumes nothing', async () => {
    const verifier = newVerifier()
    const macaroon = mint(['requests_remaining <= 1', 'max_amount_total <= 10', 'service = a'])
    expect(await codeOf(verifier, macaroon, { ...free, service: 'b' })).toBe('CAVEAT_SCOPE_MISMATCH')
    expect(await codeOf(verifier, macaroon, { ...free, service: 'a', price: 11n })).toBe(
      'CAVEAT_BUDGET_EXHAUSTED',
    )
    expect(await codeOf(verifier, macaroon, { ...free, service: 'a', now: EXPIRY + 1 })).toBe(
      'CAVEAT_EXPIRED',
    )
    // Refused by the second counter after the first could be raised.
    const shared = mint(['max_amount_total <= 10', 'requests_remaining <= 1'], { nonce: new Uint8Array(16) })
    expect(await codeOf(verifier, shared, { ...free, price: 4n })).toBe('accepted')
    expect(await codeOf(verifier, shared, { ...free, price: 4n })).toBe('CAVEAT_USES_EXHAUSTED')
    expect(await codeOf(verifier, macaroon, { ...free, service: 'a', price: 10n })).toBe('accepted')
  })

  test('chapter 7, example 3: eleven times 5,000 against a task budget of 50,000', async () => {
    const macaroon = mint([
      'total_budget_sat <= 500000',
      'task_id == "rerank-job-0x3f" AND task_budget_sat <= 50000',
      'provider_ceiling_sat <= 5000',
    ])
    const context = { ...free, price: 5000n, task: 'rerank-job-0x3f' }
    const anchored = newVerifier()
    for (let call = 1; call <= 10; call++) expect(await codeOf(anchored, macaroon, context)).toBe('accepted')
    expect(await codeOf(anchored, macaroon, context)).toBe('CAVEAT_BUDGET_EXHAUSTED')

    const unanchored = new CredentialVerifier({ rootKeys, policy: { baseUnitsPerSatoshi: 1n } })
    expect(await codeOf(unanchored, macaroon, context)).toBe('CAVEAT_COUNTERS_REQUIRED')
    const perCall = new CredentialVerifier({
      rootKeys,
      policy: { baseUnitsPerSatoshi: 1n, perCallOnly: true },
    })
    for (let call = 1; call <= 11; call++)
      expect(await perCall.verify(macaroon, preimage, context)).toMatchObject({
        accepted: true,
        aggregateEnforced: false,
      })
  })

  test('a budget per window starts anew with each window, by its stated alignment', async () => {
    const verifier = newVerifier()
    const macaroon = mint([`max_amount_per_window <= 10/60@${NOW}`])
    const at = (now: number, price: bigint) => codeOf(verifier, macaroon, { now, price })
    expect(await at(NOW, 10n)).toBe('accepted')
    expect(await at(NOW + 59, 1n)).toBe('CAVEAT_BUDGET_EXHAUSTED')
    expect(await at(NOW + 60, 10n)).toBe('accepted')
    expect(await at(NOW + 61, 1n)).toBe('CAVEAT_BUDGET_EXHAUSTED')
    expect(await at(NOW - 1, 1n)).toBe('CAVEAT_WINDOW_NOT_STARTED')
  })

  test("bytes per interval: 1,048,576 in the verifier's interval of 60 s, or in the caveat's own", async () => {
    const verifier = newVerifier()
    const start = NOW - (NOW % 60) + 60
    const plain = mint(['bytes_per_interval <= 1048576'])
    const at = (macaroon: Macaroon, now: number, bytes: bigint) =>
      codeOf(verifier, macaroon, { ...free, now, bytes })
    expect(await at(plain, start, 1048576n)).toBe('accepted')
    expect(await at(plain, start + 59, 1n)).toBe('CAVEAT_RATE_EXCEEDED')
    expect(await at(plain, start + 60, 1048576n)).toBe('accepted')
    expect(await at(plain, start + 120, 1048577n)).toBe('CAVEAT_RATE_EXCEEDED')
    expect(await codeOf(verifier, plain)).toBe('CAVEAT_RATE_EXCEEDED')
    const own = mint(['bytes_per_interval <= 10/5@0'], { nonce: new Uint8Array(16) })
    expect(await at(own, NOW, 10n)).toBe('accepted')
    expect(await at(own, NOW + 5, 10n)).toBe('accepted')
  })

  test('PL-5: a channel state pays for one use, even through different delegates', async () => {
    const verifier = newVerifier()
    const parent = mint(['channel = c1'])
    const child = attenuate(parent, 'delegate = a')
    const step = (macaroon: Macaroon, channelSequence: bigint) =>
      codeOf(verifier, macaroon, { ...free, channel: 'c1', channelSequence })
    expect(await step(parent, 1n)).toBe('accepted')
    expect(await step(parent, 1n)).toBe('CAVEAT_SEQUENCE_REPLAYED')
    expect(await step(child, 1n)).toBe('CAVEAT_SEQUENCE_REPLAYED')
    expect(await step(child, 2n)).toBe('accepted')
    expect(await step(parent, 2n)).toBe('CAVEAT_SEQUENCE_REPLAYED')
  })

  test('the counter store never sees anything that is authority', async () => {
    const keys: string[] = []
    const spy: CounterStore = {
      commit: (operations) => {
        keys.push(...operations.map(({ key }) => key))
        return { committed: true }
      },
    }
    const parent = mint(['requests_remaining <= 9'])
    const child = attenuate(parent, 'delegate = a')
    await newVerifier(spy).verify(child, preimage, free)
    expect(keys).toHaveLength(1)
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(keys[0]).not.toBe(Buffer.from(parent.signature).toString('hex'))
  })
})

describe('CV-7: alternatives', () => {
  test("siblings for provider A or B share the parent's cap", async () => {
    const verifier = newVerifier()
    const parent = mint(['max_amount_total <= 10'])
    const [a, b] = attenuateAlternatives(parent, [['payee = A'], ['payee = B']])
    expect(await codeOf(verifier, a!, { ...free, payee: 'A', price: 6n })).toBe('accepted')
    expect(await codeOf(verifier, a!, { ...free, payee: 'B', price: 1n })).toBe('CAVEAT_PAYEE_MISMATCH')
    expect(await codeOf(verifier, b!, { ...free, payee: 'B', price: 5n })).toBe('CAVEAT_BUDGET_EXHAUSTED')
    expect(await codeOf(verifier, b!, { ...free, payee: 'B', price: 4n })).toBe('accepted')
  })

  test('are refused without a cap to share', () => {
    expect(() => attenuateAlternatives(mint(), [['payee = A'], ['payee = B']])).toThrowError(
      expect.objectContaining({ code: 'CAVEAT_COUNTERS_REQUIRED' }),
    )
  })
})
