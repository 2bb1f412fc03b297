import { decode, encode } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import {
  type Authorization,
  Budget,
  budgetOperation,
  type Mandate,
  marginReleaseDigest,
  narrow,
} from '../../src/index.ts'
import {
  AGENT,
  agent,
  at,
  budgetOf,
  codeOf,
  digest,
  FRAME,
  mandateOf,
  PRINCIPAL,
  PROVIDER,
  principal,
  STRANGER,
  signed,
  T0,
  WORKER,
} from '../support.ts'

let intents = 0
const authorization = (
  mandate: Authorization['mandate'],
  amount: bigint,
  changes: Partial<Authorization> = {},
): Authorization => ({
  intent: digest(1_000 + intents++),
  mandate,
  payments: [{ provider: PROVIDER, amount }],
  fee: 0n,
  signed: false,
  ...changes,
})
const book = mandateOf({
  caps: { total: 500_000n, perTask: 50_000n, perCall: 5_000n },
  task: 'rerank-job-0x3f',
})

describe('caps (catalogue examples 1 to 6, 8)', () => {
  it('5,000 passes and 5,001 does not, for the right task only', async () => {
    const { budget, leaf } = budgetOf(signed(book))
    const task = 'rerank-job-0x3f'
    expect(await codeOf(() => budget.authorize(authorization(leaf, 5_000n, { task }), at(0)))).toBe('OK')
    expect(await codeOf(() => budget.authorize(authorization(leaf, 5_001n, { task }), at(0)))).toBe(
      'CAP_PER_CALL',
    )
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n, { task: 'other' }), at(0)))).toBe(
      'TASK_NOT_ALLOWED',
    )
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), at(0)))).toBe('TASK_NOT_ALLOWED')
  })

  it('a child that asks for 6,000 per call is refused; had it been accepted, the parent would still stop 5,001', async () => {
    const wide: Mandate = {
      ...narrow(book, { delegate: AGENT, nonce: new Uint8Array(16) }),
      caps: { ...book.caps, perCall: 6_000n },
    }
    const { budget } = budgetOf(signed(book))
    expect(await codeOf(() => budget.add(signed(wide, agent), at(0)))).toBe('MANDATE_WIDENED')
  })

  it('the eleventh 5,000 of a task capped at 50,000 is denied', async () => {
    const { budget, leaf } = budgetOf(signed(book))
    const task = 'rerank-job-0x3f'
    for (let i = 0; i < 10; i++) budget.authorize(authorization(leaf, 5_000n, { task }), at(i))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 5_000n, { task }), at(11)))).toBe(
      'CAP_PER_TASK',
    )
  })

  it('is usable at its expiry and refused one second later, before any arithmetic', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ expiresAt: 1_719_849_600n, caps: { total: 1n } })))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), { seconds: 1_719_849_600 }))).toBe(
      'OK',
    )
    expect(await codeOf(() => budget.authorize(authorization(leaf, 99n), { seconds: 1_719_849_601 }))).toBe(
      'MANDATE_EXPIRED',
    )
  })

  it('refuses the height after its last, and fails closed when the height is unknown', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ expiresAt: undefined, expiresAtHeight: 100n })))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), at(0, 100n)))).toBe('OK')
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), at(0, 101n)))).toBe('MANDATE_EXPIRED')
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), at(0)))).toBe('HEIGHT_UNKNOWN')
  })

  it('50,001 of a cap of 50,000 is an immediate refusal; 12,000 pending leave 38,000', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ caps: { total: 50_000n } })))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 50_001n), at(0)))).toBe('CAP_TOTAL')
    budget.authorize(authorization(leaf, 12_000n), at(0))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 38_001n), at(0)))).toBe('CAP_TOTAL')
    expect(await codeOf(() => budget.authorize(authorization(leaf, 38_000n), at(0)))).toBe('OK')
  })

  it.each([
    [500, 47_500n],
    [1_000, 45_000n],
  ])('a margin of %i basis points leaves %i usable, until the issuer releases it', async (margin, usable) => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ caps: { total: 50_000n }, margin })))
    expect(await codeOf(() => budget.authorize(authorization(leaf, usable + 1n), at(0)))).toBe('CAP_MARGIN')
    budget.authorize(authorization(leaf, usable), at(0))
    expect(
      await codeOf(() => budget.releaseMargin(leaf, agent.sign(marginReleaseDigest(FRAME, leaf)), at(0))),
    ).toBe('MANDATE_SIGNATURE')
    budget.releaseMargin(leaf, principal.sign(marginReleaseDigest(FRAME, leaf)), at(0))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 50_000n - usable), at(0)))).toBe('OK')
  })

  it('pays listed providers only, and not an unnamed one', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ providers: [PROVIDER] })))
    const to = (provider: typeof PROVIDER | undefined) => ({
      payments: [{ ...(provider && { provider }), amount: 1n }],
    })
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n, to(PROVIDER)), at(0)))).toBe('OK')
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n, to(STRANGER)), at(0)))).toBe(
      'PROVIDER_NOT_ALLOWED',
    )
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n, to(undefined)), at(0)))).toBe(
      'PROVIDER_NOT_ALLOWED',
    )
  })

  it('caps each provider over all payments, also inside one batch', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ caps: { total: 1_000n, perProvider: 100n } })))
    const batch = [60n, 41n].map((amount) => ({ provider: PROVIDER, amount }))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 0n, { payments: batch }), at(0)))).toBe(
      'CAP_PER_PROVIDER',
    )
    budget.authorize(authorization(leaf, 100n), at(0))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), at(0)))).toBe('CAP_PER_PROVIDER')
    expect(
      await codeOf(() =>
        budget.authorize(authorization(leaf, 0n, { payments: [{ provider: STRANGER, amount: 1n }] }), at(0)),
      ),
    ).toBe('OK')
  })

  it('buys only inside the resource scope', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ resources: ['data'] })))
    expect(
      await codeOf(() => budget.authorize(authorization(leaf, 1n, { resource: 'data.rows' }), at(0))),
    ).toBe('OK')
    expect(
      await codeOf(() => budget.authorize(authorization(leaf, 1n, { resource: 'compute' }), at(0))),
    ).toBe('RESOURCE_NOT_ALLOWED')
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), at(0)))).toBe('RESOURCE_NOT_ALLOWED')
  })
})

describe('rate windows (catalogue example 11)', () => {
  it('500 a minute for 20 minutes reach 10,000 an hour: the next unit is denied though the minute is free', async () => {
    const windows = [
      { seconds: 60n, limit: 500n },
      { seconds: 3_600n, limit: 10_000n },
    ]
    const { budget, leaf } = budgetOf(signed(mandateOf({ windows })))
    for (let minute = 0; minute < 20; minute++) budget.authorize(authorization(leaf, 500n), at(60 * minute))
    const next = authorization(leaf, 1n)
    expect(() => budget.authorize(next, at(1_200))).toThrow('10000 of 10000')
    expect(await codeOf(() => budget.authorize(next, at(3_599)))).toBe('RATE_WINDOW')
    expect(await codeOf(() => budget.authorize(next, at(3_600)))).toBe('OK')
  })

  it('counts what is committed, and credits what is released', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ windows: [{ seconds: 60n, limit: 500n }] })))
    const first = authorization(leaf, 500n)
    budget.authorize(first, at(0))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 1n), at(1)))).toBe('RATE_WINDOW')
    budget.commit(first.intent, { paid: 200n, fee: 0n }, at(2))
    expect(await codeOf(() => budget.authorize(authorization(leaf, 301n), at(3)))).toBe('RATE_WINDOW')
    expect(await codeOf(() => budget.authorize(authorization(leaf, 300n), at(3)))).toBe('OK')
  })
})

describe('holds (AP2 #207: authorize, commit, refund, query)', () => {
  it('debit the actual, not the ceiling, and credit the rest', () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ caps: { total: 1_000n } })))
    const of = authorization(leaf, 600n, { fee: 100n })
    budget.authorize(of, at(0))
    expect(budget.report(leaf)).toMatchObject({ available: 300n, committed: 700n, spent: 0n })
    budget.commit(of.intent, { paid: 250n, fee: 40n }, at(1))
    expect(budget.report(leaf)).toMatchObject({ available: 710n, committed: 0n, spent: 290n })
    budget.refund(of.intent, 90n, at(2))
    expect(budget.report(leaf)).toMatchObject({ available: 800n, spent: 200n })
  })

  it('cannot be committed above what they hold, nor twice, nor refunded beyond what was spent', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf()))
    const of = authorization(leaf, 100n, { fee: 5n })
    budget.authorize(of, at(0))
    expect(await codeOf(() => budget.commit(of.intent, { paid: 101n, fee: 0n }, at(1)))).toBe('HOLD_EXCEEDED')
    expect(await codeOf(() => budget.commit(of.intent, { paid: 0n, fee: 6n }, at(1)))).toBe('HOLD_EXCEEDED')
    budget.commit(of.intent, { paid: 100n, fee: 5n }, at(1))
    expect(await codeOf(() => budget.commit(of.intent, { paid: 1n, fee: 0n }, at(1)))).toBe('HOLD_UNKNOWN')
    expect(await codeOf(() => budget.release(of.intent, at(1)))).toBe('HOLD_UNKNOWN')
    budget.refund(of.intent, 60n, at(1))
    expect(await codeOf(() => budget.refund(of.intent, 46n, at(1)))).toBe('HOLD_EXCEEDED')
  })

  it('are made once per intent: a replay returns the same hold, another content or a settled intent is refused', async () => {
    const { budget, leaf, operations } = budgetOf(signed(mandateOf()))
    const of = authorization(leaf, 100n)
    const first = budget.authorize(of, at(0))
    expect(budget.authorize({ ...of }, at(50))).toEqual(first)
    expect(operations.filter(({ kind }) => kind === 'authorize')).toHaveLength(1)
    expect(budget.report(leaf).committed).toBe(100n)
    expect(
      await codeOf(() => budget.authorize({ ...of, payments: [{ provider: PROVIDER, amount: 1n }] }, at(1))),
    ).toBe('INTENT_REUSED')
    budget.release(of.intent, at(2))
    expect(await codeOf(() => budget.authorize(of, at(3)))).toBe('INTENT_CLOSED')
  })

  it('say how long they may stay locked; time frees only those for which no signature left (BT-10)', () => {
    const { budget, leaf } = budgetOf(signed(mandateOf()))
    const quick = authorization(leaf, 10n, { lockedUntil: T0 + 6 })
    const slow = authorization(leaf, 20n, { lockedUntil: T0 + 21_600 })
    const onLedger = authorization(leaf, 30n, { lockedUntilHeight: 5n, signed: true })
    for (const of of [quick, slow, onLedger]) budget.authorize(of, at(0, 1n))
    expect(budget.expire(at(6, 5n))).toEqual([])
    expect(budget.expire(at(7, 6n))).toEqual([quick.intent])
    expect(budget.openHolds(at(7, 6n)).map(({ amount, overdue }) => [amount, overdue])).toEqual([
      [20n, false],
      [30n, true],
    ])
  })
})

describe('the tree', () => {
  const root = mandateOf({ caps: { total: 1_000n } })
  const left = narrow(root, { delegate: AGENT, nonce: new Uint8Array(16).fill(1), caps: { total: 800n } })
  const right = narrow(root, { delegate: AGENT, nonce: new Uint8Array(16).fill(2), caps: { total: 800n } })

  it('siblings share the cap above them, and a refusal above leaves no trace below', async () => {
    const { budget, leaf: top } = budgetOf(signed(root))
    const [a, b] = [budget.add(signed(left, agent), at(0)), budget.add(signed(right, agent), at(0))]
    budget.authorize(authorization(a, 800n), at(0))
    expect(await codeOf(() => budget.authorize(authorization(b, 201n), at(0)))).toBe('CAP_TOTAL')
    expect(budget.report(b)).toMatchObject({ available: 800n, committed: 0n })
    budget.authorize(authorization(b, 200n), at(0))
    expect(budget.report(top)).toMatchObject({ available: 0n, committed: 1_000n })
  })

  it('takes mandates only below a parent that is there, from the principal, with a valid signature', async () => {
    const { budget } = budgetOf(signed(mandateOf()))
    expect(await codeOf(() => budget.add(signed(left, agent), at(0)))).toBe('MANDATE_UNKNOWN')
    expect(await codeOf(() => budget.add(signed(mandateOf({ issuer: STRANGER })), at(0)))).toBe(
      'MANDATE_ISSUER',
    )
    expect(await codeOf(() => budget.add(signed(root, agent), at(0)))).toBe('MANDATE_SIGNATURE')
  })

  it('1,000 authorisations at once, across awaits, never exceed the cap by one unit', async () => {
    const { budget, leaf: top } = budgetOf(signed(root))
    const leaves = [left, right].map((one) => budget.add(signed(one, agent), at(0)))
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, async (_, i) => {
        await Promise.resolve()
        const code = await codeOf(() => budget.authorize(authorization(leaves[i % 2]!, 7n), at(0)))
        await Promise.resolve()
        return code
      }),
    )
    // 142 × 7 = 994; the next 7 would be 1,001.
    expect(outcomes.filter((code) => code === 'OK')).toHaveLength(142)
    expect(budget.report(top)).toMatchObject({ available: 6n, committed: 994n, spent: 0n })
  })

  it('is rebuilt from its operations, and refuses a list with a piece missing', () => {
    const { budget, leaf, operations } = budgetOf(signed(root))
    const child = budget.add(signed(left, agent), at(0))
    const [one, two] = [authorization(child, 10n), authorization(leaf, 20n)]
    budget.authorize(one, at(0))
    budget.authorize(two, at(0))
    budget.commit(one.intent, { paid: 4n, fee: 0n }, at(1))
    const fresh = (): Budget => new Budget({ frame: FRAME, principal: PRINCIPAL, record: () => {} })
    const again = fresh()
    // Through the wire format, as after a crash.
    again.replay(operations.map((operation) => decode(budgetOperation, encode(budgetOperation, operation))))
    for (const mandate of [leaf, child]) expect(again.report(mandate)).toEqual(budget.report(mandate))
    expect(again.openHolds(at(2))).toEqual(budget.openHolds(at(2)))
    expect(() => fresh().replay(operations.toSpliced(2, 1))).toThrow('does not fit')
  })

  it('changes nothing if the operation cannot be recorded', () => {
    let failing = false
    const budget = new Budget({
      frame: FRAME,
      principal: PRINCIPAL,
      record: () => {
        if (failing) throw new Error('disk full')
      },
    })
    const leaf = budget.add(signed(root), at(0))
    failing = true
    expect(() => budget.authorize(authorization(leaf, 1n), at(0))).toThrow('disk full')
    expect(budget.report(leaf)).toMatchObject({ available: 1_000n, committed: 0n })
    expect(WORKER).toHaveLength(32)
  })
})
