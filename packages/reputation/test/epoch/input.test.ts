/** One input, one encoding: what decodes is what was encoded, and nothing else decodes to it. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeEvidence,
  decodeInput,
  encodeEvidence,
  encodeInput,
  foldEpoch,
  inputDigest,
  pageCounts,
} from '../../src/epoch/index.ts'
import { agentOf, evidence, FRAME, OTHER_FRAME, PARAMETERS, withFacts } from './world.ts'

const inputs = fc
  .tuple(fc.array(evidence, { maxLength: 60 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
  .map(([log, amount]) =>
    withFacts(foldEpoch({ epoch: 7, before: undefined, evidence: log, parameters: PARAMETERS }), (place) =>
      place % 2 === 0 ? { bond: amount, prior: amount / 2n } : {},
    ),
  )

describe('pages', () => {
  it('decode to what they were made of', () => {
    void fc.assert(
      fc.property(inputs, (input) => {
        const pages = encodeInput(input)
        expect(decodeInput(7, pages)).toEqual(input)
        expect(pageCounts(input.nodes.length, input.edges.length)).toEqual({
          nodes: pages.nodes.length,
          edges: pages.edges.length,
        })
      }),
    )
  })

  it('a changed byte is refused, or is another input with another digest', () => {
    void fc.assert(
      fc.property(inputs, fc.nat(), fc.integer({ min: 1, max: 255 }), (input, at, change) => {
        const pages = encodeInput(input)
        const all = [...pages.nodes, ...pages.edges]
        if (all.length === 0) return
        const before = inputDigest(FRAME, input, pages)
        const page = all[at % all.length] as Uint8Array
        const place = at % page.length
        page[place] = (page[place] as number) ^ change
        try {
          const changed = decodeInput(7, pages)
          expect(encodeInput(changed)).toEqual(pages)
          expect(changed).not.toEqual(input)
        } catch (error) {
          expect(error).toMatchObject({ code: 'EPOCH_INPUT_INVALID' })
        }
        expect(inputDigest(FRAME, input, pages)).not.toEqual(before)
      }),
    )
  })

  it('splits at page bounds, and only there', () => {
    const log = Array.from({ length: 700 }, (_, i) => ({
      kind: 'settlement' as const,
      from: agentOf(i),
      to: agentOf((i + 1) % 700),
      weight: 5,
      rating: 0,
      latency: 0,
    }))
    const input = foldEpoch({ epoch: 1, before: undefined, evidence: log, parameters: PARAMETERS })
    const pages = encodeInput(input)
    expect(pages.nodes.map(({ length }) => length)).toEqual([500 * 112, 200 * 112])
    expect(decodeInput(1, pages)).toEqual(input)
    const [first, second] = pages.nodes as [Uint8Array, Uint8Array]
    const refused = (nodes: Uint8Array[]) =>
      expect(() => decodeInput(1, { ...pages, nodes })).toThrow(
        expect.objectContaining({ code: 'EPOCH_INPUT_INVALID' }),
      )
    refused([second, first])
    refused([first.slice(0, 112), first.slice(112), second])
    refused([first, second, new Uint8Array(0)])
    refused([first])
  })

  it('refuses what is of a later epoch', () => {
    const input = foldEpoch({
      epoch: 9,
      before: undefined,
      evidence: [{ kind: 'settlement', from: agentOf(1), to: agentOf(2), weight: 5, rating: 0, latency: 0 }],
      parameters: PARAMETERS,
    })
    expect(() => decodeInput(8, encodeInput(input))).toThrow(
      expect.objectContaining({ code: 'EPOCH_INPUT_INVALID' }),
    )
  })
})

describe('the digest', () => {
  it('tells frames, epochs and the two kinds of pages apart', () => {
    const input = foldEpoch({ epoch: 9, before: undefined, evidence: [], parameters: PARAMETERS })
    const pages = encodeInput(input)
    const digests = [
      inputDigest(FRAME, input, pages),
      inputDigest(OTHER_FRAME, input, pages),
      inputDigest(FRAME, { ...input, epoch: 10 }, pages),
    ].map((digest) => Buffer.from(digest).toString('hex'))
    expect(new Set(digests).size).toBe(3)
  })
})

describe('pages of evidence', () => {
  it('decode to what they were made of', () => {
    void fc.assert(
      fc.property(fc.array(evidence, { maxLength: 128 }), (log) => {
        expect(decodeEvidence(encodeEvidence(log))).toEqual(log)
      }),
    )
  })

  it('refuse a length, a kind or a rating that cannot be', () => {
    const page = encodeEvidence([
      { kind: 'rating', from: agentOf(1), to: agentOf(2), weight: 1, rating: 1_000_000, latency: 1 },
    ])
    const changed = (at: number, value: number): Uint8Array => {
      const copy = page.slice()
      copy[at] = value
      return copy
    }
    for (const wrong of [page.slice(1), changed(67, 3), changed(72, 1), changed(76, 1)])
      expect(() => decodeEvidence(wrong)).toThrow(expect.objectContaining({ code: 'EPOCH_INPUT_INVALID' }))
  })
})
