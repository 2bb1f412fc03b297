/** Consent: what an honest side refuses to sign although it is well-formed. Bounds are checked at the last value that passes and the first that does not. */
import { type Hash, sha256 } from '@symbolon/primitives'
import type { ChannelState, ChannelTerms } from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Operation } from '../src/index.ts'
import { absorbedDeposits } from '../src/operation/absorbed-deposits.ts'
import { EXPIRY_MARGIN, type Judgement, judgeOperations } from '../src/operation/judge.ts'
import { hashOf, QUOTE, seedOf } from './support.ts'

const HEIGHT = 50n
const PERIOD = 100n

const base: ChannelState = {
  channel: hashOf('channel'),
  sequence: 3n,
  balances: [500n, 300n],
  pending: [
    { id: 1n, payer: 0, amount: 40n, paymentHash: sha256(seedOf('p')) as Hash, expiry: 60n },
    { id: 2n, payer: 1, amount: 60n, paymentHash: sha256(seedOf('q')) as Hash, expiry: 60n },
  ],
  streams: [
    { id: 8n, payer: 0, root: hashOf('root'), tickValue: 1n, length: 100, quote: QUOTE },
    { id: 9n, payer: 1, root: hashOf('other root'), tickValue: 1n, length: 100, quote: QUOTE },
  ],
  proposer: 0,
  final: false,
}

/** Party 1 judges what party 0 proposes. */
const judge = (operations: Operation[], given: Partial<Judgement> = {}): void =>
  judgeOperations(base, operations, {
    party: 1,
    height: HEIGHT,
    challengePeriod: PERIOD,
    ticksShown: () => 30,
    recordedDeposit: (index) =>
      [
        { party: 0, amount: 70n },
        { party: 1, amount: 5n },
      ][index],
    absorbedDeposits: 0,
    ...given,
  })

const refused = expect.objectContaining({ code: 'CHANNEL_REFUSED' })
const addHtlc = (expiry: bigint): Operation => ({
  kind: 'addHtlc',
  body: { id: 5n, amount: 1n, paymentHash: hashOf('h'), expiry },
})

describe('a conditional payment', () => {
  test('must leave the challenge period and the margin to claim it on the ledger (CON-116)', () => {
    expect(() => judge([addHtlc(HEIGHT + PERIOD + EXPIRY_MARGIN)])).not.toThrow()
    expect(() => judge([addHtlc(HEIGHT + PERIOD + EXPIRY_MARGIN - 1n)])).toThrow(refused)
  })

  test('to me is not given back while I can still take it; mine may be given back to me at any time', () => {
    const fail = (id: bigint): Operation => ({ kind: 'failHtlc', body: { id } })
    expect(() => judge([fail(1n)], { height: 60n })).toThrow(refused)
    expect(() => judge([fail(1n)], { height: 61n })).not.toThrow()
    expect(() => judge([fail(2n)], { height: 10n })).not.toThrow()
  })
})

describe('closing a stream', () => {
  const close = (id: bigint, ticks: number): Operation => ({ kind: 'closeStream', body: { id, ticks } })

  test('pays at least what was shown', () => {
    expect(() => judge([close(8n, 30)])).not.toThrow()
    expect(() => judge([close(8n, 29)])).toThrow(refused)
  })

  test('that I pay may cost me as little as the payee likes', () => {
    expect(() => judge([close(9n, 0)])).not.toThrow()
  })
})

describe('absorbing deposits', () => {
  const absorb = (index: number, party: number, amount: bigint): Operation => ({
    kind: 'absorbDeposit',
    body: { index, party, amount },
  })

  test('only in the order of the ledger, each once, each as recorded', () => {
    expect(() => judge([absorb(0, 0, 70n), absorb(1, 1, 5n)])).not.toThrow()
    for (const operations of [
      [absorb(1, 1, 5n)],
      [absorb(0, 0, 70n), absorb(0, 0, 70n)],
      [absorb(0, 1, 70n)],
      [absorb(0, 0, 71n)],
      [absorb(0, 0, 70n), absorb(1, 1, 5n), absorb(2, 0, 1n)],
    ])
      expect(() => judge(operations)).toThrow(refused)
    expect(() => judge([absorb(0, 0, 70n)], { absorbedDeposits: 1 })).toThrow(refused)
  })

  test('how many are absorbed follows from the total, for every prefix of any deposits', () => {
    const amounts = fc.array(fc.bigInt(1n, 1_000_000n), { maxLength: 16 })
    fc.assert(
      fc.property(amounts, fc.nat(16), (deposits, count) => {
        const absorbed = deposits.slice(0, count)
        const total = 800n + absorbed.reduce((sum, amount) => sum + amount, 0n)
        const terms = { deposits: [500n, 300n] } as unknown as ChannelTerms
        const state: ChannelState = { ...base, balances: [total, 0n], pending: [], streams: [] }
        const recorded = deposits.map((amount) => ({ amount }))
        expect(absorbedDeposits(terms, recorded, state)).toBe(absorbed.length)
      }),
    )
  })
})

test('the owner is asked about every operation, in order, and its refusal is passed on', () => {
  const asked: string[] = []
  const consent = ({ kind }: Operation): void => {
    asked.push(kind)
    if (kind === 'close') throw new Error('not yet')
  }
  const operations: Operation[] = [
    { kind: 'pay', body: { amount: 1n } },
    { kind: 'agreeQuote', body: { quote: QUOTE } },
    { kind: 'close', body: {} },
    { kind: 'pay', body: { amount: 2n } },
  ]
  expect(() => judge(operations, { consent })).toThrow('not yet')
  expect(asked).toEqual(['pay', 'agreeQuote', 'close'])
})
