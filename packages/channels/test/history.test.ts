/** Random histories: both sides pay, lock, refuse, crash and reconnect in any order; the invariants of core.ts hold throughout. */
import { type Hash, sha256, toHex } from '@symbolon/primitives'
import { channelStateDigest, stateTotal } from '@symbolon/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operation } from '../src/index.ts'
import { type Agent, openPair, QUOTE, reconnect, seededRandom, seedOf, settle } from './support.ts'

type Action =
  | { kind: 'pay'; side: 0 | 1; amount: number }
  | { kind: 'lock'; side: 0 | 1; amount: number }
  | { kind: 'fulfil' }
  | { kind: 'fail' }
  | { kind: 'quote'; side: 0 | 1 }
  | { kind: 'cut'; after: number }
  | { kind: 'restart'; side: 0 | 1; seed: number }
  | { kind: 'turn'; turns: number }

const side = fc.constantFrom(0 as const, 1 as const)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pay' as const),
      side,
      amount: fc.integer({ min: 1, max: 3_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lock' as const),
      side,
      amount: fc.integer({ min: 1, max: 500 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'fulfil' as const }, { kind: 'fail' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('quote' as const), side }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cut' as const), after: fc.integer({ min: 0, max: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      side,
      seed: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('turn' as const), turns: fc.integer({ min: 0, max: 4 }) }),
  },
)

/** Highest sequence that a side has signed, and the highest that it could prove with both signatures. */
function bondDistance(agent: Agent): bigint {
  const stored = agent.store.get(agent.channel.id)
  if (stored === undefined) throw new Error('no record')
  const provable = stored.theirs?.state.sequence ?? stored.signed.state.sequence
  let signed = 0n
  for (const { next } of agent.signer.signedStates) if (next.sequence > signed) signed = next.sequence
  return signed - provable
}

/** A promise that must come true within some turns of the event loop: a hang is a failure, whatever the machine's speed. */
async function soon<T>(what: string, promise: Promise<T>): Promise<T> {
  return Promise.race([
    promise,
    settle(3_000).then(() => {
      throw new Error(`${what} did not happen`)
    }),
  ])
}

test('conservation, one state per sequence, the bond invariant, and progress', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
      const refuseQuotes = (operation: Operation): void => {
        if (operation.kind === 'agreeQuote') throw new Error('no')
      }
      const pair = await openPair({ alice: { consent: refuseQuotes }, bob: { consent: refuseQuotes } })
      const both = [pair.alice, pair.bob]
      await pair.a.pay(100_000n)
      let locks = 0n
      const ensureOnline = async (): Promise<void> => {
        if (pair.alice.channel.isOnline && pair.bob.channel.isOnline) return
        await soon('reconnection', reconnect(pair))
      }
      const quietly = (promise: Promise<unknown>): void => void promise.catch(() => {})
      for (const step of actions) {
        if (step.kind === 'pay') quietly(both[step.side]!.channel.pay(BigInt(step.amount)))
        else if (step.kind === 'lock') {
          locks += 1n
          const body = {
            id: locks,
            amount: BigInt(step.amount),
            paymentHash: sha256(seedOf(`${locks}`)) as Hash,
            expiry: 10_000n,
          }
          quietly(both[step.side]!.channel.update([{ kind: 'addHtlc', body }]))
        } else if (step.kind === 'fulfil' || step.kind === 'fail') {
          const payment = pair.alice.channel.signed.state.pending[0]
          if (payment === undefined) continue
          const payee = both[1 - payment.payer]!.channel
          if (step.kind === 'fulfil') quietly(payee.fulfilHtlc(payment.id, seedOf(`${payment.id}`)))
          else quietly(payee.update([{ kind: 'failHtlc', body: { id: payment.id } }]))
        } else if (step.kind === 'quote')
          quietly(both[step.side]!.channel.update([{ kind: 'agreeQuote', body: { quote: QUOTE } }]))
        else if (step.kind === 'cut') {
          let count = 0
          await soon(
            'a cut',
            reconnect(pair, { onMessage: () => (count++ === step.after + 4 ? 'cut' : 'deliver') }).catch(
              () => {},
            ),
          )
        } else if (step.kind === 'restart') {
          await both[step.side]!.restart('power', seededRandom(step.seed))
          await ensureOnline()
        } else await settle(step.turns)
        for (const agent of both) expect(bondDistance(agent)).toBeLessThanOrEqual(1n)
      }
      await settle(10)
      // A link without an armed cut.
      await soon('the last reconnection', reconnect(pair))
      await settle(40)
      const [a, b] = [pair.alice.channel, pair.bob.channel]
      expect(a.signed).toEqual(b.signed)
      expect(stateTotal(a.signed.state)).toBe(1_000_000n)
      expect(a.signed.state.quote).toBeUndefined()
      // No two states of one sequence carry both signatures: what both signed for it is one and the same.
      const byParty = both.map(
        ({ signer }) =>
          new Map(
            signer.signedStates.map(({ next }) => [
              `${next.sequence} ${toHex(channelStateDigest(pair.ledger.frame, next))}`,
              next.sequence,
            ]),
          ),
      )
      const jointly = [...byParty[0]!].filter(([key]) => byParty[1]!.has(key)).map(([, sequence]) => sequence)
      expect(new Set(jointly).size).toBe(jointly.length)
      await soon('a payment of Alice', a.pay(1n))
      await soon('a payment of Bob', b.pay(1n))
    }),
    {
      numRuns: 40,
      examples: [
        // A void that answers a merged counter is cut off: both counters are sent again, one of them answered already.
        [
          [
            { kind: 'pay', side: 1, amount: 1 },
            { kind: 'cut', after: 5 },
            { kind: 'quote', side: 1 },
            { kind: 'pay', side: 0, amount: 1 },
            { kind: 'turn', turns: 0 },
            { kind: 'turn', turns: 0 },
          ],
        ],
      ],
    },
  )
})
