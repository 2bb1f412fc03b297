import { addressOf } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attestorsOf, splitFees } from '../../src/index.ts'
import { actor } from '../frame.ts'

const proposer = actor('proposer').address
const three = ['x', 'y', 'z'].map((name) => actor(name).address)
const byOwner = (parts: ReturnType<typeof splitFees>) => parts.map((part) => part.amount)

describe('the split of fees', () => {
  it('worked example 14: 1,000 among weights 400, 150, 160 is 500 + 2, 281, 105, 112', () => {
    const attestors = three.map((address, i) => ({ address, weight: [400n, 150n, 160n][i] as bigint }))
    expect(byOwner(splitFees(1_000n, proposer, 500_000, attestors))).toEqual([502n, 281n, 105n, 112n])
  })

  it('gives the proposer everything when it is alone, attesting or not', () => {
    expect(splitFees(1_000n, proposer, 500_000, [])).toEqual([
      { bucket: 'liquid', owner: proposer, amount: 1_000n },
    ])
    const own = splitFees(1_001n, proposer, 500_000, [{ address: proposer, weight: 7n }])
    expect(own.every((part) => part.owner === proposer)).toBe(true)
    expect(byOwner(own)).toEqual([500n, 501n])
  })

  it('always sums to the fees, and gives nothing of zero', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 2n ** 80n }), { maxLength: 20 })
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.nat(1_000_000),
        weights,
        (fees, share, all) => {
          const parts = splitFees(
            fees,
            proposer,
            share,
            all.map((weight, i) => ({ address: addressOf(new Uint8Array(32).fill(i)), weight })),
          )
          expect(parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(fees)
          expect(parts.every((part) => part.amount > 0n)).toBe(true)
        },
      ),
    )
  })
})

describe('the bitmap of attestors', () => {
  const set = Array.from({ length: 9 }, (_, i) => ({
    address: addressOf(new Uint8Array(32).fill(i)),
    stake: 2n,
    reputation: 500_000,
    voteKey: new Uint8Array(48),
    possession: new Uint8Array(96),
    vrfKey: new Uint8Array(32),
  }))

  it('counts bit i, least significant first, as validator i', () => {
    expect(attestorsOf(set, Uint8Array.of(0b0000_0101, 1)).map((one) => one.address)).toEqual(
      [0, 2, 8].map((i) => set[i]?.address),
    )
    expect(attestorsOf(set, Uint8Array.of(1, 0))[0]?.weight).toBe(1_000_000n)
    expect(attestorsOf(set, undefined)).toEqual([])
  })

  it.each([
    ['too short', Uint8Array.of(1)],
    ['too long', Uint8Array.of(1, 0, 0)],
    ['with a bit beyond the set', Uint8Array.of(1, 2)],
  ])('refuses one that is %s (BLOCK_ATTESTORS)', (_, bitmap) => {
    expect(() => attestorsOf(set, bitmap)).toThrow(expect.objectContaining({ code: 'BLOCK_ATTESTORS' }))
  })
})
