import { type Channel, FORCE_CLOSE_PROFILES } from '@symbolon/channels'
import { asHash, hashKey } from '@symbolon/primitives'
import { beforeEach, describe, expect, it } from 'vitest'
import { ChannelKeeper, type ChannelKeeperOptions, unsettledOf } from '../src/wallet/channel-keeper.ts'

/** A channel as the keeper sees it: what it owes, and the two ways to end it. */
class KeptChannel {
  readonly id = asHash(new Uint8Array(32).fill(7))
  readonly party = 1
  readonly terms = { deposits: [1_000n, 0n] }
  phase = 'open'
  record: object | undefined = {}
  balances = { own: 0n, peer: 1_000n }
  signed = { state: { pending: [] as { payer: number; amount: bigint }[] } }
  closes: string[] = []
  readonly #listeners = new Map<string, ((...given: unknown[]) => void)[]>()
  readonly events = {
    on: (name: string, listener: (...given: unknown[]) => void) => {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener])
      return () => {}
    },
  }
  emit(name: string, ...given: unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...given)
  }
  closeCooperative = async (): Promise<void> => {
    this.closes.push('cooperative')
  }
  closeUnilateral = async (): Promise<void> => {
    this.closes.push('unilateral')
  }
}

let channel: KeptChannel
let now = 0
beforeEach(() => {
  channel = new KeptChannel()
  now = 0
})

function keeper(options: Partial<ChannelKeeperOptions> = {}): ChannelKeeper {
  const host = { channels: new Map([[hashKey(channel.id), channel as unknown as Channel]]) }
  return new ChannelKeeper({
    agent: { host } as unknown as ChannelKeeperOptions['agent'],
    now: () => now,
    ...options,
  })
}

describe('a silent peer', () => {
  it('is waited for until the liveness timeout and closed against after it (T-16: 29 s, 30 s)', () => {
    const kept = keeper()
    kept.cycle()
    channel.emit('silence')
    now = 29_000
    kept.cycle()
    expect(channel.closes).toEqual([])
    now = FORCE_CLOSE_PROFILES.highFrequency.livenessTimeoutMs
    kept.cycle()
    expect(channel.closes).toEqual(['unilateral'])
  })

  it('that answers in time is forgiven', () => {
    const kept = keeper()
    kept.cycle()
    channel.emit('silence')
    now = 29_000
    channel.emit('advanced')
    now = 60_000
    kept.cycle()
    expect(channel.closes).toEqual([])
  })

  it('is given longer under the long-term profile', () => {
    const kept = keeper({ policy: FORCE_CLOSE_PROFILES.longTerm })
    kept.cycle()
    channel.emit('silence')
    now = 299_000
    kept.cycle()
    expect(channel.closes).toEqual([])
    now = 300_000
    kept.cycle()
    expect(channel.closes).toEqual(['unilateral'])
  })

  it('is never closed against with a state that nobody has confirmed (CM-17)', () => {
    channel.record = undefined
    const kept = keeper()
    kept.cycle()
    channel.emit('silence')
    now = 60_000
    kept.cycle()
    expect(channel.closes).toEqual([])
  })
})

describe('value that stands unsettled', () => {
  // T-24: P = 10^-4, cost 500, ceiling 3,000,000: the trigger is min(5,000,000, 3,000,000).
  const granularity = () => ({
    reorgProbability: 100_000n,
    checkpointCost: 500n,
    adversarialCeiling: 3_000_000n,
  })

  it.each([
    [2_999_999n, []],
    [3_000_000n, []],
    [3_000_001n, ['cooperative']],
  ])('%s base units: closes %j', (own, closes) => {
    channel.balances.own = own
    keeper({ granularity }).cycle()
    expect(channel.closes).toEqual(closes)
  })

  it('is what was earned, not what was deposited', () => {
    const opener = Object.assign(new KeptChannel(), { party: 0, balances: { own: 400n, peer: 600n } })
    expect(unsettledOf(opener as unknown as Channel)).toBe(0n)
    channel.balances.own = 600n
    expect(unsettledOf(channel as unknown as Channel)).toBe(600n)
  })
})

it('closes when too many pending payments cost more to claim than they are worth (CL-5)', () => {
  channel.signed.state.pending = Array.from({ length: 5 }, () => ({ payer: 0, amount: 10n }))
  keeper({ fees: () => ({ claim: 100n, forceClose: 0n }) }).cycle()
  expect(channel.closes).toEqual(['unilateral'])
})

it('acts once, however often it looks', async () => {
  channel.balances.own = 10n
  const kept = keeper({
    granularity: () => ({ reorgProbability: 0n, checkpointCost: 0n, adversarialCeiling: 5n }),
  })
  kept.cycle()
  kept.cycle()
  expect(channel.closes).toEqual(['cooperative'])
})
