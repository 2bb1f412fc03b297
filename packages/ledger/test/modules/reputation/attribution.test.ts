/** Who gains and who loses by what (CON-103…105), through channels that open and close. */
import { decode } from '@symbolon/primitives'
import {
  type ChannelState,
  channelId,
  openingState,
  type Payload,
  type ReputationRecord,
  reputationKey,
  reputationRecord,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { reputationAt } from '../../../src/modules/reputation/index.ts'
import { sign } from '../channels/fixture.ts'
import { type Agent, agent, FRAME, TestFrame } from '../harness.ts'

const UNIT = 1_000_000_000n
const PEERS = Array.from({ length: 24 }, (_, i) => agent(200 + i))
const [A, B, C] = PEERS as [Agent, Agent, Agent]
const keyOf = (of: Agent) => agent(PEERS.indexOf(of), 9).key

class Market {
  readonly frame = new TestFrame({ registrationBond: 1n })

  constructor() {
    for (const { address } of PEERS) this.frame.fund(address, 100n * UNIT)
  }

  register(...agents: Agent[]): this {
    for (const one of agents)
      if (
        this.frame.send(one, {
          kind: 'identity.register',
          body: { profile: { capabilities: [], services: [], channelKey: keyOf(one).publicKey }, bond: 1n },
        }).code !== 'OK'
      )
        throw new Error('not registered')
    this.frame.advance()
    return this
  }

  /** Opens a channel; the states follow from the sequence. */
  open(from: Agent, to: Agent) {
    const nonce = this.frame.nonce(from.address)
    const keys = [keyOf(from), keyOf(to)]
    const terms = {
      parties: [from.address, to.address],
      keys: keys.map((key) => key.publicKey),
      deposits: [100n, 0n],
      reserve: 0n,
      challengePeriod: 2n,
      nonce,
    }
    const { code } = this.frame.send(from, {
      kind: 'channels.open',
      body: { terms, signatures: sign(openingState(FRAME, terms), keys) },
    })
    if (code !== 'OK') throw new Error(code)
    const channel = channelId(FRAME, terms)
    return (sequence: bigint, final = false) => {
      const state: ChannelState = { ...openingState(FRAME, terms), sequence, final, balances: [60n, 40n] }
      return { channel, state, signatures: sign(state, keys) }
    }
  }

  /** A channel of the two, closed in agreement at a fee (all gas of the limit is charged before it runs). */
  agree(from: Agent, to: Agent, fee = UNIT): this {
    const evidence = this.open(from, to)
    const gasLimit = 130_000n
    const { code } = this.frame.send(
      from,
      { kind: 'channels.closeCooperative', body: evidence(1n, true) },
      { fee, gasLimit },
    )
    if (code !== 'OK') throw new Error(code)
    return this
  }

  /** A unilateral close by `from` with sequence 1; `to` answers with `answer`. */
  dispute(from: Agent, to: Agent, answer?: bigint): this {
    const evidence = this.open(from, to)
    this.frame.send(from, { kind: 'channels.closeUnilateral', body: { ...evidence(1n), party: 0 } })
    if (answer !== undefined)
      this.frame.send(to, { kind: 'channels.challenge', body: { ...evidence(answer), party: 1 } })
    this.frame.advance(this.frame.height + 40n)
    const { channel } = evidence(1n)
    if (this.frame.send(from, { kind: 'channels.settle', body: { channel } }).code !== 'OK')
      throw new Error('not settled')
    return this
  }

  record(of: Agent): ReputationRecord | undefined {
    const stored = this.frame.get('reputation', reputationKey(of.address))
    return stored === undefined ? undefined : decode(reputationRecord, stored)
  }

  /** Score after the running epoch has closed. */
  next(of: Agent): number {
    this.frame.advance()
    const record = this.record(of)
    return record === undefined ? 0 : reputationAt(record, record.epoch + 1n, this.frame.parameters)
  }
}

describe('a new DID', () => {
  it('starts at the frame’s start value, once it is registered', () => {
    const market = new Market().register(A)
    expect(market.record(A)).toMatchObject({ score: 500_000, lifetime: 0n })
    expect(market.record(B)).toBeUndefined()
  })

  it('does not start anew after deactivation: a bad score cannot be washed off', () => {
    const market = new Market().register(A, B).dispute(A, B, 9n)
    market.frame.advance(200n)
    const body = { subject: A.address, version: 1n, previous: { capabilities: [] } }
    market.frame.send(A, { kind: 'identity.deactivate', body })
    const fresh = { profile: { capabilities: [], services: [] }, bond: 1n }
    const again: Payload = { kind: 'identity.register', body: fresh }
    expect(market.frame.send(A, again).code).toBe('IDENTITY_EXISTS')
  })
})

describe('attribution (CON-103)', () => {
  it('a close in agreement counts for both', () => {
    const market = new Market().register(A, B).agree(A, B)
    expect(market.next(A)).toBeGreaterThan(500_000)
    expect(market.next(B)).toBe(market.next(A))
    // Weighed by the counterparty's 0.5.
    expect(market.record(A)).toMatchObject({
      settled: 500_000n,
      settlements: 500_000n,
      lifetime: 1n,
      counterparties: [B.address],
    })
  })

  it('an uncontested unilateral close is neutral', () => {
    const market = new Market().register(A, B).dispute(A, B)
    expect(market.next(A)).toBe(500_000)
    expect(market.next(B)).toBe(500_000)
  })

  it('a contested one counts against the closer that was proven stale, and for the other’s dispute record', () => {
    const market = new Market().register(A, B).dispute(A, B, 9n)
    // 0.3 × 0 + 0.25 × 0 + 0.2 × 0: (0.7 × 0.5) = 0.35
    expect(market.next(A)).toBe(350_000)
    expect(market.record(A)).toMatchObject({
      disputes: 1_000_000n,
      disputesLost: 1_000_000n,
      settled: 0n,
      settlements: 1_000_000n,
    })
    expect(market.record(B)).toMatchObject({ disputes: 500_000n, disputesLost: 0n, settlements: 0n })
  })

  it('one that CON-115 excuses is neutral for both', () => {
    // Sequence 2 was proposed by the closer, which never got it back.
    const market = new Market().register(A, B).dispute(A, B, 2n)
    expect([market.next(A), market.next(B)]).toEqual([500_000, 500_000])
  })

  it('losing one more dispute never raises a score', () => {
    const calm = new Market().register(A, B, C).agree(A, C)
    const loser = new Market().register(A, B, C).agree(A, C)
    loser.dispute(A, B, 9n)
    expect(loser.next(A)).toBeLessThan(calm.next(A))
  })
})

describe('gaming (CON-104)', () => {
  it('channels with an address that has no identity count nothing', () => {
    const market = new Market().register(A).agree(A, B)
    expect(market.next(A)).toBe(500_000)
    expect(market.record(A)).toMatchObject({ settlements: 0n, lifetime: 0n })
  })

  it('a pair counts once per epoch, however many channels it opens and closes', () => {
    const once = new Market().register(A, B).agree(A, B)
    const often = new Market().register(A, B)
    for (let i = 0; i < 12; i++) often.agree(i % 2 === 0 ? A : B, i % 2 === 0 ? B : A)
    expect(often.next(A)).toBe(once.next(A))
    expect(often.record(A)?.lifetime).toBe(1n)
  })

  it('one counterparty supplies at most a quarter of the volume, whatever fee it burns', () => {
    const target = new TestFrame().parameters.reputationVolumeTarget
    const market = new Market().register(...PEERS.slice(0, 6)).agree(A, B, 50n * UNIT)
    market.frame.advance()
    expect(market.record(A)?.volume).toBe(target / 4n)
    for (const peer of PEERS.slice(2, 5)) market.agree(A, peer, 50n * UNIT)
    market.frame.advance()
    expect(market.record(A)?.volume).toBe(target)
  })

  it('a fee that is offered but not paid buys nothing', () => {
    const market = new Market().register(A, B)
    const evidence = market.open(A, B)
    // One gas in a billion is used, so almost nothing of the fee is charged.
    market.frame.send(
      A,
      { kind: 'channels.closeCooperative', body: evidence(1n, true) },
      { fee: 1_000n, gasLimit: 1_000_000_000n },
    )
    market.frame.advance()
    expect(market.record(A)?.volume).toBe(0n)
  })

  it('counts a bounded number of counterparties per epoch', () => {
    const market = new Market().register(...PEERS)
    for (const peer of PEERS.slice(1)) market.agree(A, peer)
    market.frame.advance()
    expect(market.record(A)?.counterparties).toHaveLength(16)
    expect(market.record(A)?.lifetime).toBe(16n)
  })

  it('a counterparty with a low score lends little weight', () => {
    const market = new Market().register(A, B, C).dispute(B, C, 9n)
    market.frame.advance(200n)
    market.agree(A, B)
    market.frame.advance()
    expect(market.record(A)?.settled).toBe(350_000n)
  })

  it('is decided by the score at the start of the epoch, not by the order of the channels in it', () => {
    const orders = [
      (market: Market) => market.agree(A, B).agree(B, C),
      (market: Market) => market.agree(B, C).agree(A, B),
    ].map((play) => {
      const market = new Market().register(A, B, C)
      play(market)
      return [market.next(A), market.next(B), market.next(C)]
    })
    expect(orders[0]).toEqual(orders[1])
  })
})

describe('events', () => {
  it('announce a score when closing earlier epochs has moved it', () => {
    const market = new Market().register(A, B).agree(A, B)
    market.frame.advance(100n)
    market.agree(A, B)
    market.frame.advance()
    const scored = market.frame.events.filter(({ type }) => type === 'reputation.scored')
    expect(scored.map(({ subjects }) => subjects[0])).toEqual([A.address, B.address])
  })
})
