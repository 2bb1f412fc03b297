/** Worked examples 1 to 4 of chapters 5 and 6, and a whole purchase up to the funding. */

import { toHex } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import {
  anchors,
  type Descriptor,
  descriptorDigest,
  parseTxtHint,
  priceAt,
  rankCandidates,
  signDescriptor,
  verifyDescriptor,
} from '../src/index.ts'
import {
  buyerKey,
  codeOf,
  descriptor,
  frame,
  hashOf,
  NOW,
  providerKey,
  stranger,
  strangerKey,
} from './fixture.ts'
import { purchase } from './purchase.ts'

const inference = (change: Partial<Descriptor>, price: bigint): Descriptor => ({
  ...descriptor,
  capability: 'compute.inference',
  resource: {
    kind: 'compute',
    body: {
      gpuFamily: 'a100',
      vramGigabytes: 80,
      instructionSets: ['fp16'],
      modes: ['streaming'],
      models: ['llama-70b-fp16'],
    },
  },
  pricing: { unit: 'token', base: price, segments: [], auction: false },
  ...change,
})

describe('example 1: 70B inference for 200,000 sat', () => {
  it('drops the stale candidate, picks the cheaper of the other two, and knows how far the budget goes', async () => {
    const signed = await Promise.all([
      signDescriptor(inference({ published: NOW - 901n }, 1n), providerKey),
      signDescriptor(inference({ provider: descriptor.provider }, 3n), providerKey),
      signDescriptor(inference({ provider: stranger }, 2n), strangerKey),
    ])
    const fresh = signed.filter(
      (record) => codeOf(() => verifyDescriptor(record, { frame, now: NOW })) === undefined,
    )
    expect(fresh).toHaveLength(2)
    const { ranked } = rankCandidates(
      fresh.map(({ body }) => ({
        provider: body.provider,
        taskCost: priceAt(body.pricing, 0) * 50_000n,
        latencyMs: 75,
        reputationPpm: 500_000,
        priceAgeMs: 0,
      })),
      { latencyCeilingMs: 80, taskCostMax: 200_000n, reputationMinPpm: 0 },
      { remaining: 200_000n, initial: 200_000n, tasksRemaining: 1n, deadlinePressurePpm: 0 },
    )
    expect(ranked[0]?.candidate).toMatchObject({ provider: stranger, taskCost: 100_000n })
    // The next candidate is there without a new query.
    expect(ranked).toHaveLength(2)
    expect(200_000n / priceAt(inference({}, 2n).pricing, 0)).toBe(100_000n)
  })
})

describe('example 2: the TXT record', () => {
  const digest = descriptorDigest(descriptor)
  it('is read as hints and an anchor', () => {
    const hint = parseTxtHint(`gpu=a100, mem=80g, rate=50sat/s, anchor=sha256:${toHex(digest)}`)
    expect(hint).toEqual({
      gpu: 'a100',
      memoryGigabytes: 80,
      rate: { amount: 50n, currency: 'sat', per: 's' },
      anchor: digest,
    })
    expect(anchors(hint, digest)).toBe(true)
    expect(anchors(hint, hashOf('substituted'))).toBe(false)
  })

  it('leads nowhere without an anchor, or with one that cannot be resolved', () => {
    expect(anchors(parseTxtHint('gpu=a100, mem=80g'), digest)).toBe(false)
    for (const text of [
      'anchor=sha256:e3b0c44',
      `anchor=md5:${toHex(digest)}`,
      `anchor=sha256:${toHex(digest)},anchor=sha256:${toHex(digest)}`,
      '',
      'gpu',
      'mem=80',
      'rate=-5sat/s',
    ])
      expect(
        codeOf(() => parseTxtHint(text)),
        text,
      ).toBe('TXT_MALFORMED')
    expect(codeOf(() => parseTxtHint(`gpu=${'a'.repeat(1_020)}`))).toBe('TXT_TOO_LARGE')
  })

  it('may hold keys that are not known yet', () => {
    expect(parseTxtHint('gpu=h100,region=eu')).toEqual({ gpu: 'h100' })
  })
})

describe('example 4: a provider that went away 40 minutes ago', () => {
  it('is rejected before any contact', async () => {
    const gone = await signDescriptor({ ...descriptor, published: NOW - 2_400n }, providerKey)
    expect(codeOf(() => verifyDescriptor(gone, { frame, now: NOW }))).toBe('DESCRIPTOR_STALE')
  })
})

describe('a whole purchase, up to the channel', () => {
  it('links every step to the one before it, and delivers rows that the quote commits to', async () => {
    const bought = await purchase({ buyerKey, providerKey, rowCount: 300, quantity: 200, first: 50 })
    expect(bought.funding.quote).toEqual(bought.quote.digest)
    expect(bought.funding.commitment).toEqual(bought.stored.digest)
    expect(bought.received).toEqual(bought.sold)
    expect(bought.stored.bytes.length).toBeLessThan(1_024)
  })
})
