/**
 * Proofs in the binary Merkle Patricia trie of a namespace, and their verification.
 *
 * The trie is path-compressed, radix 2 (a crit-bit tree). Keys are prefix-free bit strings, most significant bit first.
 * A branch names the bit index at which its two subtrees first differ; all keys below share the bits before it.
 *
 *   leaf   = N( N(SHA-256(key) ‖ SHA-256(value)) ‖ "L" ‖ 0³¹ )
 *   branch = N( N(left ‖ right) ‖ "B" ‖ 0²⁷ ‖ bit index (32 bits, big-endian) )      N = SHA-256 of 64 bytes
 *   empty  = 0³²
 *
 * Every input of N is 64 bytes, so that whole levels are hashed at once by a vectorised hasher. The second N separates
 * leaves from branches and commits to the bit index: without it a prover could choose another index and lie about
 * absence.
 */
import {
  bytes,
  compareBytes,
  equalBytes,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  SymbolonError,
  sha256,
  sha256Pairs,
  uint,
} from '@symbolon/primitives'
import { STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX } from './root.ts'

const BIT_INDEX_MAX = STATE_KEY_BYTES_MAX * 8 - 1
export const EMPTY_TRIE_ROOT = new Uint8Array(32) as Hash

/** The way from the root to a leaf: bit indices ascending, each with the hash of the subtree not taken. */
export const trieProof = record('trie-proof', {
  path: [
    1,
    list(record('trie-step', { bit: [1, uint(BIT_INDEX_MAX)], sibling: [2, hash] }), BIT_INDEX_MAX + 1),
  ],
  /** For absence: the key and value hash of the leaf that stands where the key would be; none in an empty trie. */
  other: [
    2,
    optional(record('trie-leaf', { key: [1, bytes(1, STATE_KEY_BYTES_MAX)], valueHash: [2, hash] })),
  ],
})
export type TrieProof = Infer<typeof trieProof>

export function keyBit(key: Uint8Array, index: number): 0 | 1 {
  return (((key[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) as 0 | 1
}

const block = new Uint8Array(64)

function hash64(left: Uint8Array, right: Uint8Array): Uint8Array {
  block.set(left, 0)
  block.set(right, 32)
  const out = new Uint8Array(32)
  sha256Pairs(block, out)
  return out
}

export function leafHash(key: Uint8Array, valueHash: Uint8Array): Hash {
  const meta = new Uint8Array(32)
  meta[0] = 0x4c
  return hash64(hash64(sha256(key), valueHash), meta) as Hash
}

export function branchHash(bit: number, left: Uint8Array, right: Uint8Array): Hash {
  const meta = new Uint8Array(32)
  meta[0] = 0x42
  new DataView(meta.buffer).setUint32(28, bit)
  return hash64(hash64(left, right), meta) as Hash
}

function rootFrom(key: Uint8Array, start: Hash, proof: TrieProof): Hash {
  let node = start
  for (let i = proof.path.length - 1; i >= 0; i--) {
    const step = proof.path[i]
    if (step === undefined) break
    node =
      keyBit(key, step.bit) === 0
        ? branchHash(step.bit, node, step.sibling)
        : branchHash(step.bit, step.sibling, node)
  }
  return node
}

function pathAscends(proof: TrieProof, bits: number): boolean {
  return proof.path.every(
    (step, i) => step.bit < bits && (i === 0 || (proof.path[i - 1]?.bit ?? bits) < step.bit),
  )
}

/**
 * Checks that under `root` the key holds `value`, or holds nothing when `value` is undefined.
 * Throws TRIE_PROOF_INVALID; a return means proven.
 */
export function verifyTrieProof(
  root: Hash,
  key: Uint8Array,
  value: Uint8Array | undefined,
  proof: TrieProof,
): void {
  if (key.length > STATE_KEY_BYTES_MAX || (value?.length ?? 0) > STATE_VALUE_BYTES_MAX)
    throw invalid('key or value is too long')
  if (value !== undefined) {
    if (!pathAscends(proof, key.length * 8)) throw invalid('the path is malformed')
    if (!equalBytes(rootFrom(key, leafHash(key, sha256(value)), proof), root))
      throw invalid('the value is not in the state')
    return
  }
  verifyAbsence(root, key, proof)
}

/**
 * No key starts with `prefix` (a whole key is its own prefix). The other leaf must stand on the prefix's own way: the same
 * direction at every branch whose bit lies within the prefix. All leaves below a branch share the bits before it, so below a
 * branch beyond the prefix they all start as the other leaf does, which is differently.
 */
function verifyAbsence(root: Hash, prefix: Uint8Array, proof: TrieProof): void {
  const { other, path } = proof
  if (other === undefined) {
    if (!equalBytes(root, EMPTY_TRIE_ROOT) || path.length > 0) throw invalid('the trie is not empty')
    return
  }
  if (!pathAscends(proof, other.key.length * 8)) throw invalid('the path is malformed')
  if (other.key.length >= prefix.length && equalBytes(other.key.subarray(0, prefix.length), prefix))
    throw invalid('the key is present')
  for (const step of path)
    if (step.bit < prefix.length * 8 && keyBit(other.key, step.bit) !== keyBit(prefix, step.bit))
      throw invalid('the other leaf is elsewhere')
  if (!equalBytes(rootFrom(other.key, leafHash(other.key, other.valueHash), proof), root))
    throw invalid('the other leaf is not in the state')
}

/** Everything under a prefix, provably complete: the leaves, and the way to their subtree. */
export const prefixProof = record('prefix-proof', {
  path: [1, trieProof],
  leaves: [
    2,
    list(record('prefix-leaf', { key: [1, bytes(1, STATE_KEY_BYTES_MAX)], valueHash: [2, hash] }), 10_000),
  ],
})
export type PrefixProof = Infer<typeof prefixProof>

/**
 * Checks that the keys under `prefix` are exactly `proof.leaves`, in ascending order. With no leaves, `proof.path` must be
 * an absence proof for some key under the prefix: its other leaf leaves the prefix. Throws TRIE_PROOF_INVALID.
 */
export function verifyPrefixProof(root: Hash, prefix: Uint8Array, proof: PrefixProof): void {
  const { leaves, path } = proof
  if (leaves.length === 0) {
    verifyAbsence(root, prefix, path)
    return
  }
  if (!pathAscends(path, prefix.length * 8)) throw invalid('the path is malformed')
  for (const [i, leaf] of leaves.entries()) {
    if (leaf.key.length <= prefix.length || !equalBytes(leaf.key.subarray(0, prefix.length), prefix))
      throw invalid('a leaf is outside the prefix')
    const before = leaves[i - 1]
    if (before !== undefined && compareBytes(before.key, leaf.key) >= 0)
      throw invalid('the leaves are not in ascending order')
  }
  if (!equalBytes(rootFrom(prefix, subtreeRoot(leaves, 0, leaves.length), path), root))
    throw invalid('the leaves are not the whole subtree')
}

/** Root of the crit-bit tree over leaves[from, to), which are sorted: the keys alone determine its shape. */
function subtreeRoot(leaves: PrefixProof['leaves'], from: number, to: number): Hash {
  const first = leaves[from]
  const last = leaves[to - 1]
  if (first === undefined || last === undefined) throw invalid('an empty subtree')
  if (to - from === 1) return leafHash(first.key, first.valueHash)
  // Sorted: the first and last differ at the branch bit, and the boundary is where that bit turns to 1.
  let bit = 0
  while (keyBit(first.key, bit) === keyBit(last.key, bit))
    if (++bit > BIT_INDEX_MAX) throw invalid('two leaves share a key')
  let split = from + 1
  while (split < to - 1 && keyBit(leaves[split]?.key ?? first.key, bit) === 0) split++
  return branchHash(bit, subtreeRoot(leaves, from, split), subtreeRoot(leaves, split, to))
}

function invalid(why: string): SymbolonError {
  return new SymbolonError('TRIE_PROOF_INVALID', `the state proof does not hold: ${why}`)
}
