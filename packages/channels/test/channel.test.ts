import { type Hash, sha256 } from '@symbolon/primitives'
import { stateTotal } from '@symbolon/protocol'
import { describe, expect, test } from 'vitest'
import { hashOf, openPair, QUOTE, seedOf, settle } from './support.ts'

describe('a channel from opening to close', () => {
  test('T-1: the opener owns all of it; both hold the opening state before the ledger does', async () => {
    const { a, b, ledger } = await openPair({ request: { deposits: [500_000n, 0n] } })
    expect(a.balances).toEqual({ own: 500_000n, peer: 0n })
    expect(b.balances).toEqual({ own: 0n, peer: 500_000n })
    await settle()
    expect([a.phase, b.phase]).toEqual(['open', 'open'])
    expect(ledger.submitted.map(({ kind }) => kind)).toEqual(['channels.open'])
  })

  test('pays in both directions and closes cooperatively with what was paid', async () => {
    const { a, b, ledger } = await openPair()
    await a.pay(5_000n)
    await b.pay(1_500n)
    await settle()
    expect(a.signed).toEqual(b.signed)
    expect(a.balances).toEqual({ own: 996_500n, peer: 3_500n })
    await a.closeCooperative()
    await settle()
    expect([a.phase, b.phase]).toEqual(['closed', 'closed'])
    expect((await ledger.channel(a.id))?.payouts).toEqual([996_500n, 3_500n])
  })

  test('HF-1: operations of one turn share one sequence', async () => {
    const { a, b } = await openPair()
    const sequences = await Promise.all(Array.from({ length: 50 }, () => a.pay(10n)))
    expect(new Set(sequences)).toEqual(new Set([1n]))
    await settle()
    expect(b.balances.own).toBe(500n)
  })

  test('a conditional payment is taken with its preimage', async () => {
    const { a, b } = await openPair()
    const preimage = seedOf('preimage')
    await a.update([
      {
        kind: 'addHtlc',
        body: {
          id: 1n,
          amount: 700n,
          paymentHash: sha256(preimage) as Hash,
          expiry: 500n,
          binding: hashOf('challenge'),
        },
      },
    ])
    await settle()
    expect(stateTotal(b.signed.state)).toBe(1_000_000n)
    await b.fulfilHtlc(1n, preimage)
    expect(b.balances).toEqual({ own: 700n, peer: 999_300n })
  })

  test('a stream pays per unit, rolls over to the next chain without a pause, and returns the rest', async () => {
    const { a, b, alice, bob } = await openPair({ alice: { limits: { prepaidUnitsMax: 100 } } })
    b.events.on('stream', (payee) => {
      payee.onPaid = () => {
        const units = Number(payee.deliverableUnits)
        if (units > 0) payee.deliver(units, new Uint8Array(units))
      }
    })
    const stream = await a.openStream({ tickValue: 2n, quote: QUOTE, length: 64 })
    for (let i = 0; i < 1_000; i++) {
      await stream.ready()
      stream.pay()
    }
    await settle(50)
    expect(stream.paidUnits).toBe(1_000n)
    expect(alice.received.reduce((sum, { units }) => sum + units, 0)).toBe(1_000)
    await stream.close()
    await settle()
    expect(a.signed.state.streams).toEqual([])
    expect(a.balances).toEqual({ own: 998_000n, peer: 2_000n })
    expect(bob.host.channels.size).toBe(1)
    await b.closeCooperative()
    await settle()
    expect(a.phase).toBe('closed')
  })
})
