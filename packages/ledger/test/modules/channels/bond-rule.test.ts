/** CON-115 and worked example 20: who forfeits, in both directions of griefing. */
import { describe, expect, it } from 'vitest'
import { closedStale } from '../../../src/modules/channels/index.ts'
import { TestChannel, UNIT } from './fixture.ts'

/** `closer` closes with `closing`, the other shows `shown` as proposed by `proposer`; A and B gain what is returned. */
function outcomeOf(closer: 0 | 1, closing: bigint, shown: bigint, proposer: 0 | 1): [bigint, bigint] {
  const channel = TestChannel.open()
  const before = channel.balances()
  channel.close(closer, channel.state(closing, [80n, 20n]))
  if (shown > closing) channel.challenge(closer === 0 ? 1 : 0, channel.state(shown, [75n, 25n], { proposer }))
  channel.frame.advance(200n)
  if (channel.settle().code !== 'OK') throw new Error('not settled')
  const after = channel.balances()
  return [after[0] - before[0], after[1] - before[1]]
}

describe('the bond of a unilateral close', () => {
  it('stays with a closer whose counterparty kept back its signature on the state the closer had proposed', () => {
    expect(outcomeOf(0, 2n, 3n, 0)).toEqual([75n, 25n])
    expect(outcomeOf(1, 2n, 3n, 1)).toEqual([75n, 25n])
  })

  it('is forfeited if the closer signed the newer state second, so that it held it', () => {
    expect(outcomeOf(0, 2n, 3n, 1)).toEqual([75n - UNIT, 25n + UNIT])
    expect(outcomeOf(1, 2n, 3n, 0)).toEqual([75n + UNIT, 25n - UNIT])
  })

  it('is forfeited if the closer is two states behind, whoever proposed', () => {
    for (const proposer of [0, 1] as const) {
      expect(outcomeOf(0, 1n, 3n, proposer)).toEqual([75n - UNIT, 25n + UNIT])
      expect(outcomeOf(1, 1n, 3n, proposer)).toEqual([75n + UNIT, 25n - UNIT])
    }
  })

  it('returns if nobody answers', () => {
    expect(outcomeOf(0, 2n, 2n, 0)).toEqual([80n, 20n])
  })

  it.each([
    [0, 5n, 0, false],
    [0, 6n, 0, false],
    [0, 6n, 1, true],
    [0, 7n, 0, true],
    [0, 7n, 1, true],
    [0, 5_000_000n, 0, true],
    [1, 6n, 1, false],
    [1, 6n, 0, true],
  ] as const)(
    'closer %i at sequence 5, standing %i proposed by %i: forfeited %s',
    (closer, sequence, proposer, forfeited) => {
      expect(closedStale({ closer, closingSequence: 5n }, { sequence, proposer })).toBe(forfeited)
    },
  )

  it('cannot be saved by answering one’s own stale close', () => {
    const channel = TestChannel.open()
    const before = channel.balances()
    channel.close(0, channel.state(1n, [90n, 10n]))
    expect(channel.challenge(0, channel.state(9n, [75n, 25n])).code).toBe('OK')
    channel.frame.advance(200n)
    channel.settle()
    expect(channel.balances()).toEqual([before[0] + 75n - UNIT, before[1] + 25n + UNIT])
  })

  it('costs an attacker one bond per stale close and the victim nothing', () => {
    const channel = TestChannel.open([100n, 100n])
    const before = channel.balances()
    channel.close(1, channel.opening)
    channel.challenge(0, channel.state(40n, [190n, 10n]))
    channel.frame.advance(200n)
    channel.settle()
    expect(channel.balances()).toEqual([before[0] + 190n + UNIT, before[1] + 10n - UNIT])
  })
})

describe('the reserve (CM-11…15)', () => {
  const cheat = (balances: [bigint, bigint], reserve: bigint): [bigint, bigint] => {
    const channel = TestChannel.open([100n, 0n], { reserve })
    const before = channel.balances()
    channel.close(0, channel.opening)
    channel.challenge(1, channel.state(7n, balances))
    channel.frame.advance(200n)
    channel.settle()
    const after = channel.balances()
    return [after[0] - before[0] + UNIT, after[1] - before[1] - UNIT]
  }

  it('is forfeited with the bond by a closer that was proven stale', () => {
    expect(cheat([30n, 70n], 10n)).toEqual([20n, 80n])
  })

  it('is at most what the closer still has', () => {
    expect(cheat([4n, 96n], 10n)).toEqual([0n, 100n])
    expect(cheat([0n, 100n], 10n)).toEqual([0n, 100n])
  })

  it('does not keep the ledger from accepting a state below it: both signed that state', () => {
    const channel = TestChannel.open([100n, 0n], { reserve: 10n })
    const before = channel.balances()
    expect(channel.close(1, channel.state(3n, [1n, 99n])).code).toBe('OK')
    channel.frame.advance(200n)
    channel.settle()
    expect(channel.balances()).toEqual([before[0] + 1n, before[1] + 99n])
  })
})
