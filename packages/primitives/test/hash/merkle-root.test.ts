/** The fast hashes against noble and against the Merkle tree that keeps its levels. */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MerkleTree, merkleRootOf, sha256, sha256At } from '../../src/index.ts'

test('SHA-256 of every length around the block boundaries, at any offset', () => {
  for (let length = 0; length <= 330; length++) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 89 + length) & 255)
    const output = new Uint8Array(48).fill(9)
    sha256At(data, output, 5)
    expect(output.slice(5, 37)).toEqual(nobleSha256(data))
    expect([...output.slice(0, 5), ...output.slice(37)]).toEqual(new Array(16).fill(9))
    expect(sha256(data)).toEqual(nobleSha256(data))
  }
})

test('roots of any leaves are those of RFC 9162, from the tree and from its definition', () => {
  const concat = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))
  /** MTH as §2.1.1 defines it, over an independent hash. */
  const defined = (leaves: readonly Uint8Array[]): Uint8Array => {
    if (leaves.length === 0) return nobleSha256(new Uint8Array(0))
    if (leaves.length === 1) return nobleSha256(concat(Uint8Array.of(0), leaves[0] as Uint8Array))
    const split = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1)
    return nobleSha256(
      concat(Uint8Array.of(1), defined(leaves.slice(0, split)), defined(leaves.slice(split))),
    )
  }
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 140 }), { maxLength: 40 }), (leaves) => {
      expect(merkleRootOf(leaves)).toEqual(defined(leaves))
      expect(merkleRootOf(leaves)).toEqual(MerkleTree.fromLeaves(leaves).root)
    }),
    { numRuns: 200 },
  )
})

test('leaves of every length around the block boundaries', () => {
  for (let length = 0; length <= 200; length++) {
    const leaf = Uint8Array.from({ length }, (_, i) => (i * 31 + 7) & 255)
    expect(merkleRootOf([leaf])).toEqual(nobleSha256(Uint8Array.from([0, ...leaf])))
  }
})
