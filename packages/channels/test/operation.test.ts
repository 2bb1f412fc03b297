/** The rules of states, by random operations against an oracle of plain sums, and by random bytes. */
import { AMOUNT_MAX, type Hash, sha256 } from '@symbolon/primitives'
import { type ChannelState, stateTotal } from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applyOperations,
  ChannelError,
  decodeMessage,
  encodeMessage,
  type Message,
  type Operation,
} from '../src/index.ts'
import { hashOf, QUOTE, seedOf } from './support.ts'

const FRAME = hashOf('frame')
const RESERVE = 50n

const opening: ChannelState = {
  channel: hashOf('channel'),
  sequence: 0n,
  balances: [10_000n, 500n],
  pending: [],
  streams: [],
  proposer: 0,
  final: false,
}

const preimageOf = (id: bigint): Uint8Array => seedOf(`payment ${id}`)

const id = fc.bigInt(0n, 6n)
const amount = fc.oneof(fc.bigInt(0n, 3_000n), fc.constant(AMOUNT_MAX))
const operation: fc.Arbitrary<Operation> = fc.oneof(
  amount.map((value): Operation => ({ kind: 'pay', body: { amount: value } })),
  fc.tuple(id, amount).map(
    ([of, value]): Operation => ({
      kind: 'addHtlc',
      body: { id: of, amount: value, paymentHash: sha256(preimageOf(of)) as Hash, expiry: 100n },
    }),
  ),
  fc.tuple(id, fc.boolean()).map(
    ([of, isRight]): Operation => ({
      kind: 'fulfilHtlc',
      body: { id: of, preimage: isRight ? preimageOf(of) : seedOf('wrong') },
    }),
  ),
  id.map((of): Operation => ({ kind: 'failHtlc', body: { id: of } })),
  fc.tuple(id, amount, fc.integer({ min: 0, max: 5 })).map(
    ([of, tickValue, length]): Operation => ({
      kind: 'openStream',
      body: { id: of, root: QUOTE, tickValue, length, quote: QUOTE },
    }),
  ),
  id.map((of): Operation => ({ kind: 'closeStream', body: { id: of, ticks: 0 } })),
  fc.constant<Operation>({ kind: 'close', body: {} }),
)
const batch = fc.record({
  proposer: fc.constantFrom(0 as const, 1 as const),
  operations: fc.array(operation, { maxLength: 4 }),
})

describe('random operations', () => {
  test('whatever is accepted conserves the collateral, takes nothing from the other side, and keeps the reserve', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
        let state = opening
        for (const each of batches) {
          let next: ChannelState
          try {
            next = applyOperations(state, [each], state.sequence + 1n, { frame: FRAME, reserve: RESERVE })
          } catch (error) {
            expect((error as ChannelError).code).toMatch(/^CHANNEL_/)
            continue
          }
          expect(stateTotal(next)).toBe(10_500n)
          const other = 1 - each.proposer
          // What belongs to the other side: its balance and what it has locked itself; a proposer can only add to it.
          const ownedBy = (of: ChannelState, side: number): bigint =>
            (of.balances[side] ?? 0n) +
            of.pending.reduce((sum, payment) => sum + (payment.payer === side ? payment.amount : 0n), 0n) +
            of.streams.reduce(
              (sum, run) => sum + (run.payer === side ? run.tickValue * BigInt(run.length) : 0n),
              0n,
            )
          const revealed = each.operations.reduce((sum, { kind, body }) => {
            const payment =
              kind === 'fulfilHtlc'
                ? state.pending.find((at) => at.id === body.id && at.payer === other)
                : undefined
            return sum + (payment?.amount ?? 0n)
          }, 0n)
          expect(ownedBy(next, other)).toBeGreaterThanOrEqual(ownedBy(state, other) - revealed)
          for (const side of [0, 1]) {
            const before = state.balances[side] ?? 0n
            if (!next.final)
              expect(next.balances[side]).toBeGreaterThanOrEqual(before < RESERVE ? before : RESERVE)
          }
          state = next
        }
      }),
      { numRuns: 500 },
    )
  })

  test('the same batches give the same state on both sides, merged or one after another', () => {
    fc.assert(
      fc.property(batch, batch, (first, second) => {
        const context = { frame: FRAME, reserve: 0n }
        const attempt = (run: () => ChannelState): ChannelState | string => {
          try {
            return run()
          } catch (error) {
            return (error as ChannelError).code
          }
        }
        const merged = attempt(() => applyOperations(opening, [first, second], 2n, context))
        const chained = attempt(() =>
          applyOperations(applyOperations(opening, [first], 1n, context), [second], 2n, context),
        )
        if (typeof merged !== 'string' && typeof chained !== 'string') expect(merged).toEqual(chained)
        // Merging may only allow what a step in between would break: never the reverse.
        if (typeof merged === 'string') expect(typeof chained).toBe('string')
      }),
      { numRuns: 500 },
    )
  })

  test('T-29: back and forth may exceed the capacity in sum, a single transfer may not exceed the balance', () => {
    let state = opening
    for (let i = 0; i < 20; i++)
      state = applyOperations(
        state,
        [{ proposer: i % 2 === 0 ? 0 : 1, operations: [{ kind: 'pay', body: { amount: 9_000n } }] }],
        state.sequence + 1n,
        { frame: FRAME, reserve: RESERVE },
      )
    expect(state.balances).toEqual([10_000n, 500n])
    expect(() =>
      applyOperations(
        state,
        [{ proposer: 0, operations: [{ kind: 'pay', body: { amount: 10_001n } }] }],
        99n,
        { frame: FRAME, reserve: 0n },
      ),
    ).toThrow(expect.objectContaining({ code: 'CHANNEL_INSUFFICIENT_BALANCE' }))
  })

  test('CM-15: the reserve binds who has it, and does not lock out who never had it', () => {
    const context = { frame: FRAME, reserve: 1_000n }
    const pay = (proposer: 0 | 1, value: bigint): ChannelState =>
      applyOperations(
        opening,
        [{ proposer, operations: [{ kind: 'pay', body: { amount: value } }] }],
        1n,
        context,
      )
    expect(pay(0, 9_000n).balances).toEqual([1_000n, 9_500n])
    expect(() => pay(0, 9_001n)).toThrow(
      expect.objectContaining({
        code: 'CHANNEL_RESERVE_BROKEN',
        details: { party: 0, balance: 999n, reserve: 1_000n },
      }),
    )
    expect(() => pay(1, 1n)).toThrow(expect.objectContaining({ code: 'CHANNEL_RESERVE_BROKEN' }))
  })
})

describe('messages', () => {
  const samples: Message[] = [
    { kind: 'greet', body: { version: 1, channel: QUOTE, nonce: seedOf('nonce') } },
    {
      kind: 'update',
      body: {
        sequence: 5n,
        operations: [{ kind: 'pay', body: { amount: 5n } }],
        signature: new Uint8Array(64),
      },
    },
    {
      kind: 'counter',
      body: {
        sequence: 6n,
        included: false,
        operations: [],
        signature: new Uint8Array(64),
        code: 'CHANNEL_REFUSED',
        reason: 'no',
      },
    },
    { kind: 'tick', body: { stream: 2n, index: 7, preimage: seedOf('tick') } },
    { kind: 'data', body: { bytes: Uint8Array.of(1, 2, 3), stream: 2n, units: 3 } },
  ]

  test('every message survives its encoding', () => {
    for (const sample of samples) expect(decodeMessage(encodeMessage(sample))).toEqual(sample)
  })

  test('truncated, extended or altered bytes are refused with a typed error or decode to something else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (sample, at, byte) => {
          const bytes = encodeMessage(sample)
          const refused = (input: Uint8Array): boolean => {
            try {
              expect(encodeMessage(decodeMessage(input))).toEqual(input)
              return false
            } catch (error) {
              expect(error).toBeInstanceOf(ChannelError)
              expect((error as ChannelError).code).toBe('CHANNEL_MESSAGE_MALFORMED')
              return true
            }
          }
          expect(refused(bytes.subarray(0, at % bytes.length))).toBe(true)
          expect(refused(Uint8Array.of(...bytes, byte))).toBe(true)
          const altered = bytes.slice()
          altered[at % bytes.length] = byte
          refused(altered)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('random bytes never do more than fail', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessage(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ChannelError)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
