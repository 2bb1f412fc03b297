import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HashProvider, nobleHashProvider } from '../../src/hash/index.ts'
import {
  hex,
  readVectors,
  toHex,
  utf8,
  vectorsPresent,
  vectorTitle,
  type WycheproofFile,
} from '../vectors.ts'

/** FIPS 180-4 examples (NIST "SHA_All"), and lengths around the block boundary by comparison with @noble/hashes. */
const SHA256_KNOWN: [string, string][] = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
]

interface HmacGroup {
  tagSize: number
  tests: { tcId: number; key: string; msg: string; tag: string; result: string }[]
}
const HMAC_VECTORS = 'wycheproof/hmac_sha256_test.json'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

/** What every `HashProvider` must do. Run it for each implementation. */
export function describeHashProvider(provider: HashProvider): void {
  describe(`hash provider ${provider.name}`, () => {
    it('gives the published SHA-256 digests', () => {
      for (const [message, digest] of SHA256_KNOWN) expect(toHex(provider.sha256(utf8(message)))).toBe(digest)
    })

    it('hashes a million letters a (FIPS 180-4 example, many blocks)', () => {
      expect(toHex(provider.sha256(new Uint8Array(1_000_000).fill(0x61)))).toBe(
        'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
      )
    })

    it('gives the published SHA-512 digest of abc', () => {
      expect(toHex(provider.sha512(utf8('abc')))).toBe(
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
          '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      )
    })

    it('agrees with noble at every length from 0 to 520, where padding moves from block to block', () => {
      const data = Uint8Array.from({ length: 520 }, (_, i) => (i * 167 + 13) & 0xff)
      for (let length = 0; length <= 520; length++) {
        const part = data.subarray(0, length)
        expect(toHex(provider.sha256(part))).toBe(toHex(nobleHashProvider.sha256(part)))
      }
    })

    it('does not write to its input and returns a fresh array', () => {
      const data = new Uint8Array(64).fill(9)
      const first = provider.sha256(data)
      const copy = first.slice()
      provider.sha256(new Uint8Array(64))
      expect(first).toEqual(copy)
      expect(data).toEqual(new Uint8Array(64).fill(9))
      expect(first.constructor).toBe(Uint8Array)
    })

    it('agrees with noble on HMAC for keys and messages of any length', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 150 }), fc.uint8Array({ maxLength: 400 }), (key, data) => {
          expect(toHex(provider.hmacSha256(key, data))).toBe(toHex(nobleHashProvider.hmacSha256(key, data)))
        }),
      )
    })

    it('hashes each pair of a level as if alone', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 40 }).chain((pairs) => bytes(pairs * 64)),
          (input) => {
            const output = new Uint8Array(input.length / 2)
            provider.sha256Pairs(input, output)
            for (let i = 0; i < input.length / 64; i++)
              expect(toHex(output.subarray(i * 32, i * 32 + 32))).toBe(
                toHex(nobleHashProvider.sha256(input.subarray(i * 64, i * 64 + 64))),
              )
          },
        ),
        { numRuns: 50 },
      )
    })

    it('walks a chain as repeated single steps do, and leaves the inputs alone', () => {
      fc.assert(
        fc.property(bytes(32), bytes(32), fc.integer({ min: 0, max: 50 }), (preimage, tag, steps) => {
          const expected = new Uint8Array(32)
          nobleHashProvider.hashChainWalk(preimage, tag, steps, expected)
          const before = toHex(preimage) + toHex(tag)
          const output = new Uint8Array(32)
          provider.hashChainWalk(preimage, tag, steps, output)
          expect(toHex(output)).toBe(toHex(expected))
          expect(toHex(preimage) + toHex(tag)).toBe(before)
        }),
      )
    })

    it('accepts an output that is the preimage itself', () => {
      const expected = new Uint8Array(32)
      nobleHashProvider.hashChainWalk(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2), 3, expected)
      const inPlace = new Uint8Array(32).fill(1)
      provider.hashChainWalk(inPlace, new Uint8Array(32).fill(2), 3, inPlace)
      expect(toHex(inPlace)).toBe(toHex(expected))
    })

    it('works on views into a larger buffer', () => {
      const buffer = new Uint8Array(300).fill(5)
      const output = new Uint8Array(100).fill(7)
      provider.sha256Pairs(buffer.subarray(13, 13 + 128), output.subarray(3, 3 + 64))
      const digest = toHex(nobleHashProvider.sha256(new Uint8Array(64).fill(5)))
      expect(toHex(output)).toBe('07'.repeat(3) + digest + digest + '07'.repeat(33))
    })
  })

  describe.skipIf(!vectorsPresent(HMAC_VECTORS))(
    vectorTitle(`hash provider ${provider.name}: Wycheproof HMAC-SHA-256`, HMAC_VECTORS),
    () => {
      it('accepts exactly the valid tags', () => {
        const file = readVectors<WycheproofFile<HmacGroup>>(HMAC_VECTORS)
        let seen = 0
        for (const group of file.testGroups)
          for (const test of group.tests) {
            const tag = toHex(provider.hmacSha256(hex(test.key), hex(test.msg))).slice(0, group.tagSize / 4)
            expect(tag === test.tag, `tcId ${test.tcId}`).toBe(test.result === 'valid')
            seen++
          }
        expect(seen).toBe(file.numberOfTests)
      })
    },
  )
}
