import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSymbolonError } from '../../src/errors.ts'
import {
  emptyMerkleRoot,
  MERKLE_LOG_SIZE_MAX,
  MerkleFrontier,
  MerkleLog,
  MerkleTree,
  merkleLeafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../src/merkle-log/index.ts'
import { hex, toHex } from '../vectors.ts'

// The model: RFC 9162 §2.1.1, §2.1.3.1 and §2.1.4.1 transcribed as recursions, on node:crypto.
const digest = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}
function k(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}
function MTH(D: Uint8Array[]): Uint8Array {
  if (D.length === 0) return digest()
  if (D.length === 1) return digest(Uint8Array.of(0), D[0]!)
  const split = k(D.length)
  return digest(Uint8Array.of(1), MTH(D.slice(0, split)), MTH(D.slice(split)))
}
function PATH(m: number, D: Uint8Array[]): Uint8Array[] {
  if (D.length === 1) return []
  const split = k(D.length)
  return m < split
    ? [...PATH(m, D.slice(0, split)), MTH(D.slice(split))]
    : [...PATH(m - split, D.slice(split)), MTH(D.slice(0, split))]
}
function SUBPROOF(m: number, D: Uint8Array[], b: boolean): Uint8Array[] {
  if (m === D.length) return b ? [] : [MTH(D)]
  const split = k(D.length)
  return m <= split
    ? [...SUBPROOF(m, D.slice(0, split), b), MTH(D.slice(split))]
    : [...SUBPROOF(m - split, D.slice(split), false), MTH(D.slice(0, split))]
}

const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => Uint8Array.of(i & 0xff, i >> 8, i % 3))
const hexes = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex)
const ALL = leavesOf(130)
const log = new MerkleLog()
for (const leaf of ALL) log.append(leaf)

/** Certificate Transparency's well-known example: eight leaves and the root after each. */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex)
const CT_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isSymbolonError(error)) return error.code
    throw error
  }
  throw new Error('expected a SymbolonError, nothing was thrown')
}

describe('roots', () => {
  it('are those of the Certificate Transparency example', () => {
    expect(toHex(emptyMerkleRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(CT_LEAVES.map((_, i) => toHex(merkleRoot(CT_LEAVES.slice(0, i + 1))))).toEqual(CT_ROOTS)
  })

  it('equal the recursion of the RFC at all sizes 0 to 130, in log, tree and frontier', () => {
    const frontier = new MerkleFrontier()
    for (let size = 0; size <= 130; size++) {
      const expected = toHex(MTH(ALL.slice(0, size)))
      expect(toHex(log.root(size))).toBe(expected)
      expect(toHex(merkleRoot(ALL.slice(0, size)))).toBe(expected)
      expect(toHex(frontier.root())).toBe(expected)
      if (size < 130) frontier.append(ALL[size]!)
    }
  })

  it('equal the recursion for random larger sizes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 131, max: 3000 }), (size) => {
        const leaves = leavesOf(size)
        expect(toHex(merkleRoot(leaves))).toBe(toHex(MTH(leaves)))
      }),
      { numRuns: 8 },
    )
  })

  it('are given out as copies', () => {
    const tree = MerkleTree.fromLeaves(CT_LEAVES)
    tree.root.fill(0)
    tree.leafHash(0).fill(0)
    tree.inclusionProof(0)[0]!.fill(0)
    log.root(64).fill(0)
    expect(toHex(tree.root)).toBe(CT_ROOTS[7])
    expect(toHex(log.root(64))).toBe(toHex(MTH(ALL.slice(0, 64))))
  })
})

describe('inclusion', () => {
  it('proofs equal PATH, and verify, for every index of all sizes 1 to 70', () => {
    for (let size = 1; size <= 70; size++) {
      const root = log.root(size)
      for (let index = 0; index < size; index++) {
        const proof = log.inclusionProof(index, size)
        expect(hexes(proof)).toEqual(hexes(PATH(index, ALL.slice(0, size))))
        expect(verifyInclusion({ leafHash: log.leafHash(index), index, treeSize: size, root, proof })).toBe(
          true,
        )
      }
    }
  })

  it('holds for one index only, in a tree of one shape only', () => {
    for (let size = 1; size <= 33; size++)
      for (let index = 0; index < size; index++) {
        const claim = {
          leafHash: log.leafHash(index),
          index,
          treeSize: size,
          root: log.root(size),
          proof: log.inclusionProof(index, size),
        }
        for (let other = 0; other < size + 2; other++)
          expect(verifyInclusion({ ...claim, index: other }), `${index} of ${size} at ${other}`).toBe(
            other === index,
          )
        // A size with the same path shape cannot be told apart by the path; the root at that size can.
        for (const treeSize of [size - 1, size + 1])
          if (treeSize >= 0)
            expect(
              verifyInclusion({ ...claim, treeSize, root: log.root(treeSize) }),
              `${size}→${treeSize}`,
            ).toBe(false)
      }
  })

  it('fails for every single-bit change, truncation and extension', () => {
    for (const [index, size] of [
      [0, 1],
      [5, 7],
      [6, 7],
      [0, 64],
      [129, 130],
    ] as const) {
      const claim = {
        leafHash: log.leafHash(index),
        index,
        treeSize: size,
        root: log.root(size),
        proof: log.inclusionProof(index, size),
      }
      for (const target of [claim.leafHash, claim.root, ...claim.proof])
        for (let bit = 0; bit < 256; bit++) {
          target[bit >> 3]! ^= 1 << (bit & 7)
          expect(verifyInclusion(claim)).toBe(false)
          target[bit >> 3]! ^= 1 << (bit & 7)
        }
      expect(verifyInclusion(claim)).toBe(true)
      for (const extra of [new Uint8Array(32), claim.root, new Uint8Array(31), new Uint8Array(0)]) {
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, extra] })).toBe(false)
        expect(verifyInclusion({ ...claim, proof: [extra, ...claim.proof] })).toBe(false)
      }
      if (claim.proof.length > 0) {
        expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false)
        expect(verifyInclusion({ ...claim, proof: claim.proof.slice(0, -1) })).toBe(false)
      }
      if (claim.proof.length > 1)
        expect(verifyInclusion({ ...claim, proof: claim.proof.toReversed() })).toBe(false)
    }
  })

  it('does not take an inner node for a leaf', () => {
    // Dropping the last level and calling the left inner node "leaf 0 of 2" is the attack the prefixes stop.
    const tree = MerkleTree.fromLeaves(CT_LEAVES.slice(0, 4))
    const [sibling, right] = tree.inclusionProof(0)
    const inner = merkleLeafHash(new Uint8Array([...tree.leafHash(0), ...sibling!]))
    expect(
      verifyInclusion({ leafHash: inner, index: 0, treeSize: 2, root: tree.root, proof: [right!] }),
    ).toBe(false)
  })

  it('refuses indices and sizes that are no such numbers', () => {
    const claim = { leafHash: log.leafHash(0), index: 0, treeSize: 1, root: log.root(1), proof: [] }
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MERKLE_LOG_SIZE_MAX + 1]) {
      expect(verifyInclusion({ ...claim, index: bad })).toBe(false)
      expect(verifyInclusion({ ...claim, treeSize: bad })).toBe(false)
    }
  })
})

describe('consistency', () => {
  it('proofs equal PROOF, and verify, for every pair of sizes up to 40', () => {
    for (let second = 1; second <= 40; second++)
      for (let first = 1; first <= second; first++) {
        const proof = log.consistencyProof(first, second)
        expect(hexes(proof)).toEqual(hexes(SUBPROOF(first, ALL.slice(0, second), true)))
        const claim = {
          firstSize: first,
          firstRoot: log.root(first),
          secondSize: second,
          secondRoot: log.root(second),
          proof,
        }
        expect(verifyConsistency(claim), `${first} → ${second}`).toBe(true)
      }
  })

  it('fails when history was rewritten, whatever proof is offered', () => {
    const rewritten = new MerkleLog()
    for (const [i, leaf] of ALL.entries()) rewritten.append(i === 3 ? Uint8Array.of(99) : leaf)
    for (const [firstSize, secondSize] of [
      [4, 8],
      [5, 9],
      [7, 130],
      [64, 128],
    ] as const)
      for (const source of [log, rewritten])
        expect(
          verifyConsistency({
            firstSize,
            firstRoot: log.root(firstSize),
            secondSize,
            secondRoot: rewritten.root(secondSize),
            proof: source.consistencyProof(firstSize, secondSize),
          }),
        ).toBe(false)
  })

  it('fails for every single-bit change, truncation, extension and wrong size', () => {
    for (const [firstSize, secondSize] of [
      [1, 2],
      [3, 7],
      [4, 7],
      [6, 8],
      [64, 130],
      [129, 130],
    ] as const) {
      const claim = {
        firstSize,
        firstRoot: log.root(firstSize),
        secondSize,
        secondRoot: log.root(secondSize),
        proof: log.consistencyProof(firstSize, secondSize),
      }
      for (const target of [claim.firstRoot, claim.secondRoot, ...claim.proof])
        for (let bit = 0; bit < 256; bit++) {
          target[bit >> 3]! ^= 1 << (bit & 7)
          expect(verifyConsistency(claim)).toBe(false)
          target[bit >> 3]! ^= 1 << (bit & 7)
        }
      expect(verifyConsistency(claim)).toBe(true)
      expect(verifyConsistency({ ...claim, proof: [...claim.proof, new Uint8Array(32)] })).toBe(false)
      expect(verifyConsistency({ ...claim, proof: claim.proof.slice(0, -1) })).toBe(false)
      expect(verifyConsistency({ ...claim, proof: claim.proof.slice(1) })).toBe(false)
      expect(verifyConsistency({ ...claim, proof: [] })).toBe(false)
      expect(verifyConsistency({ ...claim, firstSize: secondSize, secondSize: firstSize })).toBe(false)
      expect(verifyConsistency({ ...claim, firstSize: firstSize + 1 })).toBe(false)
    }
  })

  it('treats equal sizes and the empty log as the bare comparison of roots', () => {
    const root = log.root(5)
    const equal = { firstSize: 5, firstRoot: root, secondSize: 5, secondRoot: root, proof: [] }
    expect(verifyConsistency(equal)).toBe(true)
    expect(verifyConsistency({ ...equal, secondRoot: log.root(6) })).toBe(false)
    expect(verifyConsistency({ ...equal, proof: [root] })).toBe(false)
    const fromEmpty = { ...equal, firstSize: 0, firstRoot: emptyMerkleRoot() }
    expect(verifyConsistency(fromEmpty)).toBe(true)
    expect(verifyConsistency({ ...fromEmpty, firstRoot: root })).toBe(false)
    expect(verifyConsistency({ ...fromEmpty, proof: [root] })).toBe(false)
    expect(verifyConsistency({ ...fromEmpty, firstRoot: root, secondSize: 0 })).toBe(false)
  })
})

describe('bounds', () => {
  it('name the argument and leave the log as it was', () => {
    const small = new MerkleLog()
    small.append(Uint8Array.of(1))
    for (const run of [
      () => small.root(2),
      () => small.root(-1),
      () => small.inclusionProof(1),
      () => small.inclusionProof(0, 2),
      () => small.consistencyProof(2, 1),
      () => small.leafHash(1),
      () => new MerkleLog(-1),
      () => new MerkleLog(2 ** 27),
    ])
      expect(codeOf(run)).toBe('MERKLE_LOG_RANGE')
    expect(codeOf(() => small.appendLeafHash(new Uint8Array(31)))).toBe('INPUT_LENGTH')
    expect(small.size).toBe(1)
  })
})

describe('frontier', () => {
  it('continues after a restart exactly where it stopped', () => {
    for (const cut of [0, 1, 2, 3, 63, 64, 100]) {
      const before = new MerkleFrontier()
      for (const leaf of ALL.slice(0, cut)) before.append(leaf)
      const after = MerkleFrontier.restore(before.size, before.export())
      for (const leaf of ALL.slice(cut)) after.append(leaf)
      expect(toHex(after.root())).toBe(toHex(log.root()))
      expect(after.size).toBe(130)
    }
  })

  it('refuses a state that no log can have', () => {
    expect(codeOf(() => MerkleFrontier.restore(3, [new Uint8Array(32)]))).toBe('INPUT_LENGTH')
    expect(codeOf(() => MerkleFrontier.restore(1, [new Uint8Array(31)]))).toBe('INPUT_LENGTH')
    expect(codeOf(() => MerkleFrontier.restore(-1, []))).toBe('MERKLE_LOG_RANGE')
    const full = MerkleFrontier.restore(MERKLE_LOG_SIZE_MAX, [new Uint8Array(32)])
    expect(codeOf(() => full.append(Uint8Array.of(1)))).toBe('MERKLE_LOG_RANGE')
    expect(full.size).toBe(MERKLE_LOG_SIZE_MAX)
  })
})
