import { encode } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import {
  acceptCommitment,
  Commitment,
  type CommitmentRecord,
  type CommitmentTerms,
  commitmentDigest,
  commitmentRecord,
  decodeCommitment,
  fundingTerms,
  proposeCommitment,
  signQuote,
  type VerifiedQuote,
  verifyQuote,
} from '../src/index.ts'
import {
  altered,
  buyer,
  buyerKey,
  codeOf,
  codeOfAsync,
  expectation,
  frame,
  hashOf,
  NOW,
  otherFrame,
  provider,
  providerKey,
  quote,
  soft,
  stranger,
  strangerKey,
  terms,
} from './fixture.ts'

const context = { frame, now: NOW + 3n }
const verified = async (): Promise<VerifiedQuote> =>
  verifyQuote(await signQuote(quote, providerKey), expectation)
const propose = async (change: Partial<CommitmentTerms> = {}, key = buyerKey) =>
  proposeCommitment({ ...terms, ...change }, await verified(), key)
const accept = async (
  proposal: CommitmentRecord,
  own: CommitmentTerms = terms,
  key = providerKey,
  now = NOW + 3n,
) => acceptCommitment(proposal, { quote: await verified(), terms: own }, key, { frame, now })
const complete = async () => accept(await propose())
const verify = async (record: CommitmentRecord, change: Partial<typeof context> = {}) =>
  Commitment.verify(record, await verified(), { ...context, ...change })

describe('a service-level commitment', () => {
  it('signed by both over one digest is complete, survives the wire, and yields the channel terms', async () => {
    const record = await complete()
    const commitment = await verify(decodeCommitment(encode(commitmentRecord, record)))
    expect(commitment.digest).toEqual(commitmentDigest(terms))
    expect(await fundingTerms(commitment, async () => {})).toEqual({
      parties: [buyer, provider],
      deposits: [1_000_000n, 0n],
      challengePeriod: 100n,
      quote: (await verified()).digest,
      commitment: commitment.digest,
    })
  })

  it('is stored before there is anything to fund; if storing fails, there is nothing (SLA-3)', async () => {
    const commitment = await verify(await complete())
    const order: string[] = []
    await fundingTerms(commitment, async (bytes, digest) => {
      await Promise.resolve()
      expect(commitmentDigest(decodeCommitment(bytes).terms)).toEqual(digest)
      order.push('stored')
    }).then(() => order.push('funded'))
    expect(order).toEqual(['stored', 'funded'])
    await expect(fundingTerms(commitment, () => Promise.reject(new Error('disk full')))).rejects.toThrow(
      'disk full',
    )
  })

  it('cannot be made in any other way than by verification', async () => {
    const commitment = await verify(await complete())
    const lookalike = { ...commitment } as Commitment
    expect(await codeOfAsync(() => fundingTerms(lookalike, async () => {}))).toBe('COMMITMENT_UNVERIFIED')
    const Constructor = Commitment as unknown as new (token: symbol, record: CommitmentRecord) => Commitment
    expect(codeOf(() => new Constructor(Symbol('commitment'), commitment.record))).toBe(
      'COMMITMENT_UNVERIFIED',
    )
    // @ts-expect-error a half-signed record is not a commitment
    const half: Parameters<typeof fundingTerms>[0] = await propose()
    expect(await codeOfAsync(() => fundingTerms(half, async () => {}))).toBe('COMMITMENT_UNVERIFIED')
  })

  it('half signed funds nothing', async () => {
    expect(await codeOfAsync(async () => verify(await propose()))).toBe('COMMITMENT_INCOMPLETE')
  })

  it('lapses without an acceptance in its validity (SLA-4)', async () => {
    const at = async (now: bigint) =>
      codeOfAsync(async () => accept(await propose(), terms, providerKey, now))
    // Proposed at NOW + 2, valid 30 s, clocks may differ by 30 s.
    expect(await at(NOW + 62n)).toBeUndefined()
    expect(await at(NOW + 63n)).toBe('COMMITMENT_EXPIRED')
    expect(await at(NOW - 28n)).toBeUndefined()
    expect(await at(NOW - 29n)).toBe('COMMITMENT_VALIDITY')
    const record = await complete()
    expect(await codeOfAsync(() => verify(record, { now: NOW + 63n }))).toBe('COMMITMENT_EXPIRED')
  })

  it('is refused by the provider unless it is exactly what was negotiated (SLA-2, SLA-5)', async () => {
    const bait = { ...terms.serviceLevel, availabilityPpm: 995_000 }
    // 99.5 % where 99.9 % was quoted: the buyer does not sign it, and neither does the provider.
    expect(await codeOfAsync(() => propose({ serviceLevel: bait }))).toBe('COMMITMENT_TERMS_MISMATCH')
    for (const change of [
      { budget: 1_000_001n, negotiated: { ...soft, collateral: 1_000_001n } },
      { negotiated: { ...soft, challengePeriod: 99n } },
      { disputes: 'arbiter' as const },
      { negotiation: hashOf('other') },
    ])
      expect(await codeOfAsync(async () => accept(await propose(change)))).toBe('COMMITMENT_TERMS_MISMATCH')
    // Nonce and time are the buyer's to choose.
    expect(
      await codeOfAsync(async () => accept(await propose({ nonce: new Uint8Array(16), validity: 20n }))),
    ).toBeUndefined()
  })

  it('must follow from the quote', async () => {
    expect(await codeOfAsync(() => propose({ quote: hashOf('other quote') }))).toBe(
      'COMMITMENT_QUOTE_MISMATCH',
    )
    expect(await codeOfAsync(() => propose({ buyer: stranger }))).toBe('COMMITMENT_QUOTE_MISMATCH')
    expect(await codeOfAsync(() => propose({ provider: stranger }))).toBe('COMMITMENT_QUOTE_MISMATCH')
    expect(await codeOfAsync(() => propose({ frame: otherFrame }))).toBe('COMMITMENT_QUOTE_MISMATCH')
    expect(await codeOfAsync(() => propose({ budget: 999_999n }))).toBe('COMMITMENT_TERMS_MISMATCH')
    expect(await codeOfAsync(() => propose({ negotiated: { ...soft, priceCapPerUnit: 1_999n } }))).toBe(
      'COMMITMENT_TERMS_MISMATCH',
    )
    expect(await codeOfAsync(() => propose({ negotiated: { ...soft, collateral: 999_999n } }))).toBe(
      'COMMITMENT_TERMS_MISMATCH',
    )
    expect(await codeOfAsync(() => propose({ negotiated: { ...soft, creditWindow: 17n } }))).toBe(
      'COMMITMENT_TERMS_MISMATCH',
    )
  })

  it('needs the keys of both parties; one cannot sign for the other', async () => {
    expect(await codeOfAsync(async () => accept(await propose({}, strangerKey)))).toBe('RECORD_KEY_UNKNOWN')
    const bySelf = await accept(await propose(), terms, buyerKey)
    expect(await codeOfAsync(() => verify(bySelf))).toBe('RECORD_KEY_UNKNOWN')
    const record = await complete()
    const swapped = {
      ...record,
      proposal: record.acceptance as CommitmentRecord['proposal'],
      acceptance: record.proposal,
    }
    expect(await codeOfAsync(() => verify(swapped))).toBe('RECORD_KEY_UNKNOWN')
    expect(await codeOfAsync(() => verify(record, { frame: otherFrame }))).toBe('RECORD_FRAME_MISMATCH')
  })

  it('breaks when any term is changed after signing', async () => {
    const record = await complete()
    for (const field of Object.keys(terms) as (keyof CommitmentTerms)[]) {
      const forged = { ...record, terms: { ...terms, [field]: altered(terms[field]) } } as CommitmentRecord
      expect(await codeOfAsync(() => verify(forged)), field).toMatch(/^(COMMITMENT|RECORD|SCHEMA)_/)
    }
    const acceptance = {
      publicKey: providerKey.publicKey,
      signature: altered(record.acceptance?.signature) as Uint8Array,
    }
    expect(await codeOfAsync(() => verify({ ...record, acceptance }))).toBe('RECORD_SIGNATURE_INVALID')
  })
})
