/** Search with a minimum of a named dimension of the final scores. */
import type { Address } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import { search } from '../../../src/modules/identity/index.ts'
import { agent, TestFrame } from '../harness.ts'

const SELLERS = Array.from({ length: 6 }, (_, i) => agent(700 + i))

function market(): TestFrame {
  const frame = new TestFrame({ registrationBond: 1n })
  for (const seller of SELLERS) {
    frame.fund(seller.address, 10n)
    const profile = { capabilities: ['data.rows'], services: [] }
    expect(frame.send(seller, { kind: 'identity.register', body: { profile, bond: 1n } }).code).toBe('OK')
  }
  return frame.advance()
}

const trustOf = (of: Address): number =>
  100_000 * SELLERS.findIndex(({ address }) => Buffer.compare(address, of) === 0)

describe('a search by trust', () => {
  const reader = (frame: TestFrame) => ({
    ...frame.reader(),
    trust: (of: Address, dimension: string) => (dimension === 'eigenTrust' ? trustOf(of) : 0),
  })
  const found = (hits: readonly { subject: Address }[]): number[] =>
    hits.map(({ subject }) => trustOf(subject)).sort()

  it('includes who has exactly the minimum, and says what each has', () => {
    const { hits } = search(reader(market()), {
      capability: 'data.rows',
      trustMin: { dimension: 'eigenTrust', min: 300_000 },
    })
    expect(found(hits)).toEqual([300_000, 400_000, 500_000])
    for (const { subject, trust } of hits) expect(trust).toBe(trustOf(subject))
  })

  it('is about the dimension that it names, and about nothing without one', () => {
    const frame = market()
    const standing = { dimension: 'standing' as const, min: 1 }
    expect(search(reader(frame), { capability: 'data.rows', trustMin: standing }).hits).toEqual([])
    const { hits } = search(reader(frame), { capability: 'data.rows' })
    expect(hits).toHaveLength(6)
    expect(hits.every(({ trust }) => trust === undefined)).toBe(true)
  })

  it('pages like any other', () => {
    const frame = market()
    const query = {
      capability: 'data.rows',
      trustMin: { dimension: 'eigenTrust' as const, min: 100_000 },
      limit: 2,
    }
    const seen: { subject: Address }[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = search(reader(frame), cursor === '' ? query : { ...query, cursor })
      seen.push(...page.hits)
      cursor = page.cursor
    }
    expect(found(seen)).toEqual([100_000, 200_000, 300_000, 400_000, 500_000])
  })

  it('needs somebody who has computed the scores', () => {
    expect(() => search(market().reader(), { trustMin: { dimension: 'stake', min: 0 } })).toThrow(
      expect.objectContaining({ code: 'SEARCH_TRUST' }),
    )
  })
})
