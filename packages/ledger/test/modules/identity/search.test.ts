import { type Address, compareBytes, encode } from '@symbolon/primitives'
import { PAGE_MAX, reputationKey, reputationRecord } from '@symbolon/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SearchQuery, type StateReader, search } from '../../../src/modules/identity/index.ts'
import { agent, TestFrame } from '../harness.ts'

interface Listed {
  readonly capabilities: string[]
  readonly domain?: string
  /** Parts per million; none for an agent without a score. */
  readonly score?: number
}

/** A frame with these agents; scores as of the running epoch. */
function frameOf(agents: readonly Listed[]): { frame: TestFrame; reader: StateReader; addresses: Address[] } {
  const frame = new TestFrame({ registrationBond: 0n })
  const scores = new Map<string, Uint8Array>()
  const addresses = agents.map(({ capabilities, domain, score }, index) => {
    const one = agent(1_000 + index)
    const profile = { capabilities, services: [], ...(domain === undefined ? {} : { domain }) }
    const { code } = frame.send(one, { kind: 'identity.register', body: { profile, bond: 0n } })
    if (code !== 'OK') throw new Error(code)
    if (score !== undefined)
      scores.set(
        reputationKey(one.address).toString(),
        encode(reputationRecord, {
          score,
          epoch: 0n,
          settled: 0n,
          settlements: 0n,
          disputesLost: 0n,
          disputes: 0n,
          volume: 0n,
          lifetime: 0n,
          counterparties: [],
        }),
      )
    return one.address
  })
  const state = frame.reader()
  const reader = {
    ...state,
    get: (namespace, key) =>
      namespace === 'reputation' ? scores.get(key.toString()) : state.get(namespace, key),
  } satisfies StateReader
  return { frame, reader, addresses }
}

const found = (reader: StateReader, query: SearchQuery): number[] =>
  search(reader, query).hits.map(({ reputation }) => reputation)

describe('discovery (worked example 25)', () => {
  const scores = [790_000, 800_000, 810_000].map((score) => ({ capabilities: ['compute'], score }))

  it('has an inclusive threshold: 0.8 finds 0.80 and 0.81', () => {
    expect(found(frameOf(scores).reader, { capability: 'compute', reputationMin: 800_000 })).toEqual([
      810_000, 800_000,
    ])
  })

  it('names what proves each hit, and the prefix that proves completeness', () => {
    const { reader } = frameOf(scores)
    const { hits, prefix } = search(reader, { capability: 'compute', reputationMin: 810_000 })
    expect(hits).toHaveLength(1)
    for (const { namespace, key } of hits[0]?.keys ?? []) expect(reader.get(namespace, key)).toBeDefined()
    expect(hits[0]?.keys.map(({ namespace }) => namespace)).toEqual(['identity', 'identity', 'reputation'])
    expect([...reader.keysUnder('identity', prefix)]).toHaveLength(3)
  })

  it('finds by domain, by both, and by reputation alone', () => {
    const { reader } = frameOf([
      { capabilities: ['compute'], domain: 'a.example', score: 900_000 },
      { capabilities: ['compute'], domain: 'b.example', score: 800_000 },
      { capabilities: ['storage'], domain: 'a.example', score: 700_000 },
      { capabilities: [], score: 600_000 },
    ])
    expect(found(reader, { domain: 'a.example' })).toEqual([900_000, 700_000])
    expect(found(reader, { capability: 'compute', domain: 'b.example' })).toEqual([800_000])
    expect(found(reader, { capability: 'nothing' })).toEqual([])
    expect(found(reader, {})).toEqual([900_000, 800_000, 700_000, 600_000])
  })

  it('does not take a capability for another that starts alike', () => {
    const { reader } = frameOf([{ capabilities: ['compute.gpu'], score: 900_000 }])
    expect(found(reader, { capability: 'compute' })).toEqual([])
  })

  it('leaves out who deactivated, and gives agents without a score 0', () => {
    const { frame, reader } = frameOf([
      { capabilities: ['compute'] },
      { capabilities: ['compute'], score: 500_000 },
    ])
    expect(found(reader, { capability: 'compute' })).toEqual([500_000, 0])
    expect(found(reader, { capability: 'compute', reputationMin: 1 })).toEqual([500_000])
    const leaving = agent(1_001)
    frame.send(leaving, {
      kind: 'identity.deactivate',
      body: { subject: leaving.address, version: 1n, previous: { capabilities: ['compute'] } },
    })
    expect(found(reader, { capability: 'compute' })).toEqual([0])
    expect(found(reader, {})).toEqual([0])
  })

  it('refuses a page size out of bounds and a foreign cursor', () => {
    const { reader } = frameOf([])
    for (const limit of [0, PAGE_MAX + 1, 1.5]) expect(() => search(reader, { limit })).toThrow('PAGE_MAX')
    for (const cursor of ['', 'zz', 'a0', '00'.repeat(200)])
      expect(() => search(reader, { cursor })).toThrow('the cursor')
  })

  it('refuses to weigh more candidates than its bound', () => {
    const { reader } = frameOf([])
    const endless: StateReader = {
      ...reader,
      keysUnder: () => Array.from({ length: 10_001 }, () => new Uint8Array(33)),
    }
    expect(() => search(endless, {})).toThrow('SEARCH_CANDIDATES_MAX')
  })

  it('says whether the state moved between two pages', () => {
    const { reader } = frameOf(scores)
    const first = search(reader, { capability: 'compute', limit: 1 })
    expect(first.consistent).toBe(true)
    const cursor = first.cursor ?? ''
    expect(search(reader, { capability: 'compute', cursor }).consistent).toBe(true)
    expect(
      search({ ...reader, height: reader.height + 1n }, { capability: 'compute', cursor }),
    ).toMatchObject({
      consistent: false,
      height: reader.height + 1n,
    })
  })

  it('pages through every agent exactly once, in one order', () => {
    void fc.assert(
      fc.property(
        fc.array(fc.constantFrom(100_000, 500_000, 800_000), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (scores, limit) => {
          const { reader, addresses } = frameOf(scores.map((score) => ({ capabilities: ['x'], score })))
          const expected = addresses
            .map((address, i) => ({ address, score: scores[i] ?? 0 }))
            .sort((a, b) => b.score - a.score || compareBytes(a.address, b.address))
          const seen: Address[] = []
          let cursor: string | undefined
          do {
            const page = search(reader, {
              capability: 'x',
              limit,
              ...(cursor === undefined ? {} : { cursor }),
            })
            expect(page.hits.length).toBeLessThanOrEqual(limit)
            seen.push(...page.hits.map(({ subject }) => subject))
            cursor = page.cursor
          } while (cursor !== undefined)
          expect(seen).toEqual(expected.map(({ address }) => address))
        },
      ),
      { numRuns: 40 },
    )
  })
})
