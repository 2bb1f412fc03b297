import { describe, expect, it } from 'vitest'
import { isSymbolonError } from '../../src/errors.ts'
import {
  createNodeHashProvider,
  HASH_CHAIN_STEPS_MAX,
  hashChainStep,
  hashChainWalk,
  hashProvider,
  hmacSha256,
  keccak256,
  nobleHashProvider,
  portableHashProvider,
  setHashProvider,
  sha256,
  sha256Pairs,
  sha512,
} from '../../src/hash/index.ts'
import { toHex, utf8 } from '../vectors.ts'
import { describeHashProvider } from './provider-compliance.ts'

describeHashProvider(portableHashProvider)
describeHashProvider(nobleHashProvider)
describeHashProvider(createNodeHashProvider(await import('node:crypto')))

/** The code of the error that `run` throws; fails when it throws none of ours. */
function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isSymbolonError(error)) return error.code
    throw error
  }
  throw new Error('expected a SymbolonError, nothing was thrown')
}

describe('digests', () => {
  it('uses node:crypto in Node unless told otherwise', () => {
    expect(hashProvider().name).toBe('node:crypto')
  })

  it('follows setHashProvider', () => {
    const before = hashProvider()
    setHashProvider({ ...portableHashProvider, name: 'test', sha256: () => new Uint8Array(32).fill(0xaa) })
    try {
      expect(toHex(sha256(utf8('x')))).toBe('aa'.repeat(32))
    } finally {
      setHashProvider(before)
    }
    expect(toHex(sha256(utf8('')))).toMatch(/^e3b0c442/)
  })

  it('gives Keccak-256, not SHA3-256 (digest of nothing, and of abc)', () => {
    expect(toHex(keccak256(utf8('')))).toBe(
      'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
    )
    expect(toHex(keccak256(utf8('abc')))).toBe(
      '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45',
    )
  })

  it('gives RFC 4231 test case 2 for HMAC-SHA-256', () => {
    expect(toHex(hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('gives SHA-512 of nothing', () => {
    expect(toHex(sha512(utf8('')))).toMatch(
      /^cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce/,
    )
  })
})

describe('sha256Pairs', () => {
  it('takes an empty level', () => {
    expect(() => sha256Pairs(new Uint8Array(0), new Uint8Array(0))).not.toThrow()
  })

  it('refuses half blocks and outputs of another size, writing nothing', () => {
    const output = new Uint8Array(32)
    expect(codeOf(() => sha256Pairs(new Uint8Array(63), output))).toBe('INPUT_LENGTH')
    expect(codeOf(() => sha256Pairs(new Uint8Array(128), output))).toBe('INPUT_LENGTH')
    expect(codeOf(() => sha256Pairs(new Uint8Array(64), new Uint8Array(33)))).toBe('INPUT_LENGTH')
    expect(output).toEqual(new Uint8Array(32))
  })
})

describe('hash chain', () => {
  const preimage = new Uint8Array(32).fill(3)
  const tag = new Uint8Array(32).fill(4)

  it('steps by SHA-256 of preimage and tag', () => {
    const block = new Uint8Array([...preimage, ...tag])
    expect(toHex(hashChainStep(preimage, tag))).toBe(toHex(sha256(block)))
  })

  it('returns a copy of the preimage after zero steps', () => {
    const end = hashChainWalk(preimage, tag, 0)
    expect(end).toEqual(preimage)
    expect(end).not.toBe(preimage)
  })

  it('composes: a then b steps are a + b steps', () => {
    expect(hashChainWalk(hashChainWalk(preimage, tag, 7), tag, 5)).toEqual(hashChainWalk(preimage, tag, 12))
  })

  it('separates chains by their tag', () => {
    expect(hashChainStep(preimage, tag)).not.toEqual(hashChainStep(preimage, new Uint8Array(32).fill(5)))
  })

  it('refuses other lengths before anything else', () => {
    expect(codeOf(() => hashChainStep(new Uint8Array(31), tag))).toBe('INPUT_LENGTH')
    expect(codeOf(() => hashChainStep(preimage, new Uint8Array(33)))).toBe('INPUT_LENGTH')
    expect(codeOf(() => hashChainWalk(preimage, tag, 1, new Uint8Array(31)))).toBe('INPUT_LENGTH')
    expect(codeOf(() => hashChainWalk(new Uint8Array(0), tag, -1))).toBe('INPUT_LENGTH')
  })

  it('bounds the walk, so that a forged counter cannot stall the process', () => {
    for (const steps of [-1, 0.5, Number.NaN, HASH_CHAIN_STEPS_MAX + 1, Number.POSITIVE_INFINITY])
      expect(codeOf(() => hashChainWalk(preimage, tag, steps))).toBe('HASH_CHAIN_STEPS')
  })
})
