/** Large epochs are computed in a thread of their own, with the same result; and what CON-144 asks of the scores. */
import { asAddress, asHash, encode, sha256, utf8 } from '@symbolon/primitives'
import { channelClosed, channelSettled, type LedgerEvent, reputationAdjudicated } from '@symbolon/protocol'
import { computeEpoch, type Evidence, encodeInput, foldEpoch, seeded } from '@symbolon/reputation'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EPOCH_INLINE_RELATIONS_MAX } from '../src/index.ts'
import { computeScores } from '../src/reputation/compute.ts'
import { type SlashKind, slashesOf } from '../src/reputation/slashes.ts'
import { deciles, gini } from '../src/reputation/statistics.ts'

const FRAME = asHash(new Uint8Array(32).fill(3))
const parameters = { pairCap: 1_000n, supportHalfLife: 90, recordHalfLife: 30, stakeMin: 0n, stakeCap: 10n }
const agents = Array.from({ length: 300 }, (_, i) => asAddress(sha256(utf8(`agent ${i}`))))

function inputOf(relations: number) {
  const random = seeded(relations)
  const evidence: Evidence[] = []
  const pairs = new Set<number>()
  while (pairs.size < relations) {
    const [from, to] = [random.below(300), random.below(300)]
    if (from === to || pairs.has(300 * from + to)) continue
    pairs.add(300 * from + to)
    evidence.push({
      kind: 'settlement',
      from: agents[from] as never,
      to: agents[to] as never,
      weight: 1 + random.below(900),
      rating: 0,
      latency: 0,
    })
  }
  const folded = foldEpoch({ epoch: 5, before: undefined, evidence, parameters })
  return { ...folded, nodes: folded.nodes.map((node, i) => ({ ...node, bond: 7n, prior: i < 3 ? 1n : 0n })) }
}

describe('computing an epoch', () => {
  it.each([EPOCH_INLINE_RELATIONS_MAX, EPOCH_INLINE_RELATIONS_MAX + 1])(
    'of %i relations gives what anybody computes',
    async (relations) => {
      const input = inputOf(relations)
      expect(input.edges).toHaveLength(relations)
      const task = { frame: FRAME, epoch: 5, pages: encodeInput(input), parameters }
      const scores = await computeScores(task, new AbortController().signal)
      const expected = computeEpoch(FRAME, input, parameters)
      expect(scores.root).toEqual(expected.root)
      expect(scores.inputDigest).toEqual(expected.inputDigest)
      expect(scores.tree.root).toEqual(expected.root)
      expect(scores.of(agents[0] as never, 'standing')).toBe(
        expected.tree.scoreOf(agents[0] as never)?.standing,
      )
      expect(scores.of(asAddress(new Uint8Array(32)), 'standing')).toBe(0)
    },
  )

  it('fails for pages that are no input, and ends when the node stops', async () => {
    const input = inputOf(EPOCH_INLINE_RELATIONS_MAX + 1)
    const task = { frame: FRAME, epoch: 5, pages: encodeInput(input), parameters }
    const { signal } = new AbortController()
    await expect(computeScores({ ...task, epoch: 4 }, signal)).rejects.toMatchObject({
      code: 'EPOCH_INPUT_INVALID',
    })
    const stopping = new AbortController()
    const computing = computeScores(task, stopping.signal)
    stopping.abort()
    await expect(computing).rejects.toThrow('ended with code')
  })
})

describe('distribution', () => {
  it('by tenths, the upper end in the last', () => {
    expect(deciles([0, 99_999, 100_000, 550_000, 999_999, 1_000_000])).toEqual([2, 1, 0, 0, 0, 1, 0, 0, 0, 2])
  })

  it('Gini: 0 if all are alike, 1 − 1/n if one has all, and by the definition over all pairs', () => {
    expect(gini([])).toBe(0)
    expect(gini([0, 0])).toBe(0)
    expect(gini([7, 7, 7])).toBeCloseTo(0, 12)
    expect(gini([0, 0, 0, 5])).toBeCloseTo(0.75, 12)
    void fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 30 }), (figures) => {
        const sum = figures.reduce((a, b) => a + b, 0)
        let differences = 0
        for (const a of figures) for (const b of figures) differences += Math.abs(a - b)
        const expected = sum === 0 ? 0 : differences / (2 * figures.length * sum)
        expect(gini(figures)).toBeCloseTo(expected, 9)
      }),
    )
  })
})

describe('slashes by kind', () => {
  const parties = agents.slice(0, 2)
  const event = (type: LedgerEvent['type'], data: Uint8Array): LedgerEvent => ({
    height: 1n,
    index: 0,
    type,
    subjects: [],
    debits: [],
    credits: [],
    data,
  })
  const settled = (loser?: number): LedgerEvent =>
    event(
      'channels.settled',
      encode(channelSettled, {
        channel: FRAME,
        parties,
        closer: 0,
        loser,
        forfeitedBond: 0n,
        forfeitedReserve: 0n,
        payouts: [0n, 0n],
        unresolved: 0n,
        sequence: 1n,
        fee: 0n,
      }),
    )
  const closed = (cooperative: boolean, loser?: number): LedgerEvent =>
    event(
      'channels.closed',
      encode(channelClosed, {
        channel: FRAME,
        parties,
        cooperative,
        payouts: [0n, 0n],
        sequence: 1n,
        received: [0n, 0n],
        loser,
        forfeitedBond: 0n,
        fee: 0n,
      }),
    )
  const adjudicated = (outcome: 'upheld' | 'corrected' | 'replaced'): LedgerEvent =>
    event(
      'reputation.adjudicated',
      encode(reputationAdjudicated, {
        epoch: 1n,
        publisher: agents[0] as never,
        challenger: agents[1] as never,
        outcome,
        published: FRAME,
        claimed: FRAME,
        computed: FRAME,
      }),
    )
  const kinds = (...events: LedgerEvent[]): SlashKind[] => [...slashesOf(events)]

  it('counts who lost a bond, each once', () => {
    expect(kinds(settled(), closed(true), closed(false))).toEqual([])
    // The end of a settled dispute names the loser again.
    expect(kinds(settled(0), closed(false, 0))).toEqual(['dispute'])
    expect(kinds(closed(true, 1))).toEqual(['dispute'])
    expect(kinds(adjudicated('upheld'))).toEqual(['challenge'])
    expect(kinds(adjudicated('corrected'))).toEqual(['publication'])
    expect(kinds(adjudicated('replaced'))).toEqual(['publication', 'challenge'])
  })
})
