/** Whoever opens a channel writes the keys of both parties: what counts of one to which party 1 has not bound itself. */
import { describe, expect, it } from 'vitest'
import { maturedBond } from '../../../src/modules/identity/index.ts'
import { type Agent, agent } from '../harness.ts'
import { A, B, C, D, keyOf, PEERS, TrustFrame } from './trust-frame.ts'

/** The attacker's own, for the side of somebody who knows nothing of it. */
const FORGED = agent(1, 77).key
const forgedWith = (of: Agent) => ({ keys: [keyOf(of), FORGED] })

/** What the average, the bond and the epoch have of the two. */
function counted(frame: TrustFrame, ...agents: Agent[]) {
  frame.advance()
  const averages = agents.map((one) => frame.average(one))
  return {
    settlements: averages.map(({ settlements }) => settlements),
    disputes: averages.map(({ disputes }) => disputes),
    lost: averages.map(({ disputesLost }) => disputesLost),
    lifetimes: averages.map(({ lifetime }) => lifetime),
    counterparties: averages.map(({ counterparties }) => counterparties.length),
    evidence: frame.head()?.evidence ?? 0,
  }
}
const NOTHING = {
  settlements: [0n, 0n],
  disputes: [0n, 0n],
  lost: [0n, 0n],
  lifetimes: [0n, 0n],
  counterparties: [0, 0],
  evidence: 0,
}
const SETTLED = {
  ...NOTHING,
  settlements: [500_000n, 500_000n],
  lifetimes: [1n, 1n],
  counterparties: [1, 1],
  evidence: 1,
}

describe('a channel with an address that did not take part', () => {
  it('counts nothing in the average, and nothing in the epoch', () => {
    const frame = new TrustFrame()
    frame.buy(D, A, forgedWith(D))
    expect(counted(frame, D, A)).toEqual(NOTHING)
    expect(frame.average(D).volume).toBe(0n)
    frame.seal()
    expect(frame.record(0n)).toBeUndefined()
  })

  it('ties nobody to an anchor, beside honest trade', () => {
    const frame = new TrustFrame()
    frame.buy(A, B)
    frame.buy(D, A, forgedWith(D))
    const epoch = frame.seal()
    expect(frame.record(epoch)).toMatchObject({ nodes: 2, edges: 1 })
    expect(frame.compute(epoch).tree.scoreOf(D.address)).toBeUndefined()
  })

  it.each([
    ['forged', 0n],
    ['bound', 5n],
  ] as const)('%s channels with eleven agents in two epochs mature %s of a bond of 5', (kind, matured) => {
    const frame = new TrustFrame()
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const peer of PEERS.slice(1)) frame.buy(A, peer, kind === 'forged' ? forgedWith(A) : {})
      frame.until(frame.height + frame.parameters.epochLength)
    }
    expect(maturedBond(5n, frame.average(A).lifetime)).toBe(matured)
  })
})

describe('party 1 is bound', () => {
  it('by the key that its profile names', () => {
    const frame = new TrustFrame()
    frame.buy(A, B)
    expect(counted(frame, A, B)).toEqual(SETTLED)
  })

  it('by its deposit, whatever its profile says: it co-signed the terms', () => {
    for (const named of [keyOf(B), agent(2, 77).key, 'none'] as const) {
      const frame = new TrustFrame()
      frame.name(B, named)
      frame.buy(A, B, { ...forgedWith(A), deposit: 1n })
      expect(counted(frame, A, B)).toEqual(SETTLED)
    }
  })

  it('by no other key, by none, and by the key of party 0 neither', () => {
    for (const named of [agent(2, 77).key, keyOf(A), 'none'] as const) {
      const frame = new TrustFrame()
      frame.name(B, named)
      frame.buy(A, B)
      expect(counted(frame, A, B)).toEqual(NOTHING)
    }
  })

  it('as long as it is registered', () => {
    const frame = new TrustFrame()
    const body = { subject: B.address, version: 1n, previous: { capabilities: [] } }
    frame.ok(B, { kind: 'identity.deactivate', body })
    frame.buy(A, B)
    expect(counted(frame, A, B)).toEqual(NOTHING)
  })

  it('to the key that its profile names when the block of the close ends', () => {
    const later = agent(2, 77).key
    const frame = new TrustFrame()
    frame.buy(A, B)
    frame.name(B, later)
    expect(counted(frame, A, B)).toEqual(NOTHING)
    // Under the new key they count, under the old no more.
    frame.buy(A, B, { keys: [keyOf(A), later] })
    expect(counted(frame, A, B)).toEqual(SETTLED)
    frame.buy(A, C)
    frame.buy(C, B)
    expect(counted(frame, C, B)).toMatchObject({ counterparties: [1, 1], evidence: 2 })
  })

  it('while party 0 needs to name none: its account key opened the channel', () => {
    for (const named of [agent(2, 77).key, 'none'] as const) {
      const frame = new TrustFrame()
      frame.name(A, named)
      frame.buy(A, B)
      expect(counted(frame, A, B)).toEqual(SETTLED)
    }
  })
})

describe('a lost dispute', () => {
  const LOST = [1_000_000n, 0n]

  it('counts against the opener in any case, and for the other only if that one is bound', () => {
    for (const agree of [false, true]) {
      const forged = new TrustFrame()
      forged.cheat(D, A, { ...forgedWith(D), agree })
      const bound = new TrustFrame()
      bound.cheat(D, A, { agree })
      // To agree after it was proven stale saves nobody, nor does it make a settlement.
      expect(counted(forged, D, A)).toEqual({
        ...NOTHING,
        settlements: LOST,
        disputes: LOST,
        lost: LOST,
        evidence: 1,
      })
      expect(counted(bound, D, A)).toMatchObject({
        disputes: [1_000_000n, 500_000n],
        lost: LOST,
        evidence: 1,
      })
    }
  })

  it('of a forged channel ties the loser to nobody, whatever it burns', () => {
    for (const [keys, satisfied] of [
      [forgedWith(D), [0]],
      [{}, [0, 1_000]],
    ] as const) {
      const frame = new TrustFrame()
      frame.cheat(D, A, { ...keys, fee: 1_000n })
      const epoch = frame.seal()
      const { edges } = frame.input(epoch)
      expect(edges.map((edge) => edge.satisfied).sort((a, b) => a - b)).toEqual(satisfied)
      expect(frame.compute(epoch).tree.scoreOf(D.address)).toMatchObject({ disputes: 0, success: 0 })
    }
  })

  it('counts against party 1 in any case: it closed with its own account, whatever key it names by then', () => {
    const forged = new TrustFrame()
    forged.cheat(A, B, { ...forgedWith(A), closer: 1 })
    const AGAINST = [0n, 1_000_000n]
    expect(counted(forged, A, B)).toEqual({
      ...NOTHING,
      settlements: AGAINST,
      disputes: AGAINST,
      lost: AGAINST,
      evidence: 1,
    })
    for (const opening of [{}, { ...forgedWith(A), deposit: 1n }]) {
      const bound = new TrustFrame()
      bound.cheat(A, B, { ...opening, closer: 1 })
      expect(counted(bound, A, B)).toMatchObject({ lost: [0n, 1_000_000n], disputes: [500_000n, 1_000_000n] })
    }
  })
})

describe('a rating', () => {
  it('is refused where the channel counts nothing', () => {
    const frame = new TrustFrame()
    const forged = frame.buy(D, A, forgedWith(D))
    expect(frame.attest(D, forged, 900_000).code).toBe('ATTEST_CHANNEL_KEY')
    expect(frame.attest(D, forged, 900_000, 1, B).code).toBe('ATTEST_SUBJECT')
    const honest = frame.buy(D, A)
    frame.advance()
    frame.name(A, 'none')
    expect(frame.attest(D, honest, 900_000).code).toBe('ATTEST_CHANNEL_KEY')
    frame.name(A, keyOf(A))
    expect(frame.attest(D, honest, 900_000).code).toBe('OK')
    expect(frame.attest(D, forged, 900_000).code).toBe('ATTEST_CHANNEL_KEY')
  })

  it('names the other party and nobody else', () => {
    const frame = new TrustFrame()
    const channel = frame.buy(A, B)
    expect(frame.attest(A, channel, 900_000, 1, C).code).toBe('ATTEST_SUBJECT')
    expect(frame.attest(A, channel, 900_000, 1, A).code).toBe('ATTEST_SUBJECT')
    expect(frame.attest(A, channel, 900_000, 1, B).code).toBe('OK')
  })

  it('may come from party 1, which deposited and paid', () => {
    const frame = new TrustFrame()
    const channel = frame.buy(A, B, { ...forgedWith(A), deposit: 50n, paid: -30n })
    expect(frame.attest(A, channel, 900_000).code).toBe('ATTEST_BUYER')
    expect(frame.attest(B, channel, 900_000).code).toBe('OK')
    expect(counted(frame, A, B)).toEqual({ ...SETTLED, evidence: 2 })
  })
})
