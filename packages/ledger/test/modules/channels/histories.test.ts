/**
 * Random lives of a channel. Two parties agree on states; one may be a cheat that closes with any old state and shows any
 * that it holds. The other is honest: its watcher shows its newest full state and every preimage it knows. Whatever happens,
 * the collateral is paid out exactly, and the honest party gets at least what its newest state gives it.
 */
import { CHANNEL_STATUS, type ChannelState } from '@symbolon/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htlcOf, preimageOf, streamOf, TestChannel, UNIT } from './fixture.ts'

type Step =
  | { kind: 'pay'; from: 0 | 1; share: number; proposer: 0 | 1 }
  | { kind: 'promise'; from: 0 | 1; share: number; proposer: 0 | 1; expiry: number }
  | { kind: 'stream'; from: 0 | 1; share: number; proposer: 0 | 1; ticks: number }
  | { kind: 'deposit'; from: 0 | 1; share: number; absorb: boolean }

const party = fc.constantFrom<0 | 1>(0, 1)
const share = fc.integer({ min: 0, max: 100 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('pay' as const), from: party, share, proposer: party }),
  fc.record({
    kind: fc.constant('promise' as const),
    from: party,
    share,
    proposer: party,
    expiry: fc.integer({ min: 2, max: 400 }),
  }),
  fc.record({
    kind: fc.constant('stream' as const),
    from: party,
    share,
    proposer: party,
    ticks: fc.integer({ min: 0, max: 8 }),
  }),
  fc.record({ kind: fc.constant('deposit' as const), from: party, share, absorb: fc.boolean() }),
)

const STREAM_LENGTH = 8

interface Life {
  readonly channel: TestChannel
  readonly states: ChannelState[]
  /** Ticks that the payee of each stream knows. */
  readonly ticks: Map<bigint, number>
}

function live(deposits: [bigint, bigint], steps: readonly Step[]): Life {
  const channel = TestChannel.open(deposits)
  const states = [channel.opening]
  const ticks = new Map<bigint, number>()
  /** Later deposits that no state has absorbed yet, in ledger order. */
  let waiting: [0 | 1, bigint][] = []
  for (const [index, action] of steps.entries()) {
    const last = states[states.length - 1] as ChannelState
    const balances: [bigint, bigint] = [last.balances[0] ?? 0n, last.balances[1] ?? 0n]
    const id = BigInt(index)
    let { pending, streams } = last
    if (action.kind === 'deposit') {
      const amount = BigInt(action.share + 1)
      if (channel.deposit(action.from, amount).code === 'OK') waiting.push([action.from, amount])
      if (!action.absorb) continue
      for (const [depositor, units] of waiting) balances[depositor] += units
      waiting = []
    } else {
      const amount = (balances[action.from] * BigInt(action.share)) / 100n
      if (action.kind === 'pay') {
        balances[action.from] -= amount
        balances[action.from === 0 ? 1 : 0] += amount
      } else if (action.kind === 'promise') {
        balances[action.from] -= amount
        pending = [...pending, htlcOf(id, action.from, amount, BigInt(action.expiry))]
      } else {
        const tickValue = amount / BigInt(STREAM_LENGTH)
        balances[action.from] -= tickValue * BigInt(STREAM_LENGTH)
        streams = [...streams, streamOf(channel.id, id, action.from, tickValue, STREAM_LENGTH).stream]
        ticks.set(id, action.ticks)
      }
    }
    const proposer = action.kind === 'deposit' ? action.from : action.proposer
    states.push({ ...last, sequence: last.sequence + 1n, balances, pending, streams, proposer })
  }
  return { channel, states, ticks }
}

/** What `honest` is owed by a state: its balance, ticks it knows, payments that it can claim in time, and what it pays back. */
function owed(state: ChannelState, honest: 0 | 1, ticks: Life['ticks'], closed: bigint): bigint {
  let sum = state.balances[honest] ?? 0n
  for (const { payer, amount, expiry } of state.pending)
    if (payer !== honest && expiry >= closed) sum += amount
  for (const { id, payer, tickValue } of state.streams) {
    const known = BigInt(ticks.get(id) ?? 0)
    sum += payer === honest ? tickValue * (BigInt(STREAM_LENGTH) - known) : tickValue * known
  }
  return sum
}

describe('random channel histories', () => {
  it('pay out exactly the collateral, and to an honest party at least what its newest state gives it', () => {
    void fc.assert(
      fc.property(
        fc.tuple(fc.bigInt({ min: 1n, max: 1_000n }), fc.bigInt({ min: 0n, max: 1_000n })),
        fc.array(step, { maxLength: 8 }),
        fc.record({
          honest: party,
          honestCloses: fc.boolean(),
          /** The newest state is half-signed: the cheat holds it, the honest party that proposed it does not. */
          withheld: fc.boolean(),
          stale: fc.nat(),
          cheatAnswers: fc.option(fc.nat()),
          cheatRedeems: fc.boolean(),
          delay: fc.integer({ min: 0, max: 100 }),
        }),
        (deposits, steps, play) => {
          const { honest } = play
          const cheat = honest === 0 ? 1 : 0
          const { channel, states, ticks } = live(deposits, steps)
          const { frame } = channel
          const newest = states[states.length - 1] as ChannelState
          const withheld = play.withheld && states.length > 1 && newest.proposer === honest
          const held = withheld ? (states[states.length - 2] as ChannelState) : newest
          const liquid = channel.balances()[honest]

          const opening = play.honestCloses ? held : (states[play.stale % states.length] as ChannelState)
          if (channel.close(play.honestCloses ? honest : cheat, opening).code !== 'OK')
            throw new Error('the close was refused')
          if (play.cheatAnswers !== null)
            channel.challenge(cheat, states[play.cheatAnswers % states.length] as ChannelState)
          frame.advance(frame.height + BigInt(play.delay))
          // The watcher of the honest party: the newest full state, then everything that it can redeem on what stands.
          const challenged = channel.challenge(honest, held)
          expect(['OK', 'CHANNEL_STALE']).toContain(challenged.code)
          if (withheld) channel.challenge(cheat, newest)
          const standing = channel.record.dispute?.state as ChannelState
          for (const { id, payer } of standing.pending)
            if (payer === cheat) channel.claim(id, preimageOf(`secret ${id}`))
          for (const { id, payer, tickValue } of standing.streams) {
            const known = ticks.get(id) ?? 0
            const { chain } = streamOf(channel.id, id, payer as 0 | 1, tickValue, STREAM_LENGTH)
            // A cheat can show no more than what it was given, and an honest payee shows all of it.
            if (known > 0 && (payer === cheat || play.cheatRedeems))
              expect(channel.redeem(id, known, chain(known)).code).toBe('OK')
          }
          const claimable = frame.height
          expect(standing.sequence).toBeGreaterThanOrEqual(held.sequence)
          const entitled = owed(standing, honest, ticks, claimable)
          frame.advance(frame.height + 300n)
          expect(channel.settle().code).toBe('OK')
          frame.advance(frame.height + 1_000n)
          for (const { id } of channel.record.unresolved?.pending ?? [])
            expect(channel.timeout(id).code).toBe('OK')

          const { record } = channel
          expect(record.status).toBe(CHANNEL_STATUS.closed)
          expect((record.payouts?.[0] ?? 0n) + (record.payouts?.[1] ?? 0n)).toBe(record.collateral)
          expect(frame.held('channel', channel.id)).toBe(0n)
          // Its bond came back, if it had posted one: an honest party never forfeits it.
          const gained = channel.balances()[honest] - liquid
          expect(gained).toBeGreaterThanOrEqual(entitled)
          expect(frame.total()).toBe(
            channel.terms.deposits.reduce((sum, amount) => sum + amount, 0n) + 4n * UNIT,
          )
        },
      ),
      { numRuns: 150 },
    )
  })
})
