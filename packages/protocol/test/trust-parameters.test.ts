/** Trust parameters of a genesis: what is refused, what is the default, and that an older genesis keeps its identifier. */
import { type Address, decode, encode, sha256, utf8 } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import {
  checkGenesis,
  DEFAULT_PARAMETERS,
  DEFAULT_TRUST_PARAMETERS,
  frameId,
  type Genesis,
  parameters,
  type TrustParameters,
  trustEpochKey,
  trustEvidenceKey,
  trustHeadKey,
  trustPageKey,
  trustParametersOf,
} from '../src/index.ts'

const anchor = sha256(utf8('anchor')) as Address
const genesisWith = (trust?: Partial<TrustParameters>): Genesis => ({
  name: 'test',
  salt: sha256(utf8('salt')),
  parameters:
    trust === undefined
      ? DEFAULT_PARAMETERS
      : { ...DEFAULT_PARAMETERS, trust: { ...DEFAULT_TRUST_PARAMETERS, ...trust } },
  validators: [
    {
      address: sha256(utf8('validator')) as Address,
      voteKey: new Uint8Array(48).fill(1),
      possession: new Uint8Array(96).fill(2),
      vrfKey: new Uint8Array(32).fill(3),
      stake: 1_000n,
      reputation: 1_000_000,
    },
  ],
  allocations: [],
})

describe('trust parameters', () => {
  it('are optional: without them a genesis has the defaults, and the bytes that it had before there were any', () => {
    const { trust, ...older } = { trust: undefined, ...DEFAULT_PARAMETERS }
    expect(encode(parameters, DEFAULT_PARAMETERS)).toEqual(encode(parameters, older))
    // Thirteen fields: a map of 13 in the first byte.
    expect(encode(parameters, DEFAULT_PARAMETERS)[0]).toBe(0xad)
    expect(trustParametersOf(DEFAULT_PARAMETERS)).toBe(DEFAULT_TRUST_PARAMETERS)
    expect(() => checkGenesis(genesisWith())).not.toThrow()
    expect(trust).toBeUndefined()
  })

  it('are part of what the frame is', () => {
    const frames = [
      genesisWith(),
      genesisWith({}),
      genesisWith({ bond: 1n }),
      genesisWith({ anchors: [anchor] }),
    ].map((genesis) => Buffer.from(frameId(genesis)).toString('hex'))
    expect(new Set(frames).size).toBe(4)
    const { trust } = decode(parameters, encode(parameters, genesisWith({ anchors: [anchor] }).parameters))
    expect(trust?.anchors).toEqual([anchor])
  })

  it.each([
    [{ publishWindow: 0n }, 'at least one checkpoint'],
    [{ challengeWindow: 0n }, 'at least one checkpoint'],
    [{ epochLength: 164n }, 'longer than publishWindow and challengeWindow'],
    [{ stakeMin: 5n, stakeCap: 5n }, 'stakeCap must exceed stakeMin'],
    [{ anchors: [anchor, anchor] }, 'named twice'],
  ])('that cannot work are refused: %o', (change, why) => {
    expect(() => checkGenesis(genesisWith(change))).toThrow(
      expect.objectContaining({ code: 'GENESIS_INVALID', message: expect.stringContaining(why) }),
    )
  })

  it('one checkpoint more than both windows is enough', () => {
    expect(() => checkGenesis(genesisWith({ epochLength: 165n }))).not.toThrow()
  })

  it('at most 64 anchors fit', () => {
    const anchors = Array.from({ length: 65 }, (_, i) => sha256(utf8(`anchor ${i}`)) as Address)
    expect(() => frameId(genesisWith({ anchors }))).toThrow(
      expect.objectContaining({ code: 'SCHEMA_BOUND_EXCEEDED' }),
    )
    expect(() => frameId(genesisWith({ anchors: anchors.slice(1) }))).not.toThrow()
  })
})

describe('keys of scoring', () => {
  it('are prefix-free: no key begins another', () => {
    const keys = [
      trustHeadKey(),
      ...[0n, 1n, 256n, 2n ** 64n - 1n].map(trustEpochKey),
      ...[0, 1].flatMap((slot) =>
        (['nodes', 'edges'] as const).flatMap((part) =>
          [0, 1, 31].map((page) => trustPageKey(slot, part, page)),
        ),
      ),
      ...[0, 1, 255, 256].map(trustEvidenceKey),
    ].map((key) => Buffer.from(key).toString('hex'))
    expect(new Set(keys).size).toBe(keys.length)
    for (const one of keys) expect(keys.filter((other) => other.startsWith(one))).toEqual([one])
  })
})
