/** Proofs from the committed trie; the protocol's trie-proof.ts says what they mean and verifies them. */
import { asHash, equalBytes, SymbolonError } from '@symbolon/primitives'
import type { PrefixProof, TrieProof } from '@symbolon/protocol'
import { PREFIX_LEAVES_MAX } from '../limits.ts'
import { NONE, type NodeStore } from './node-store.ts'
import type { Trie } from './trie.ts'

/** Where a walk along the bits of `towards` ends when it stops at the first branch at or beyond bit `end`. */
function walk(
  store: NodeStore,
  from: number,
  towards: Uint8Array,
  end: number,
  path: TrieProof['path'],
): number {
  let node = from
  while (node >= 0) {
    const bit = store.bits[node] as number
    if (bit >= end) break
    const right = store.goesRight(towards, bit)
    path.push({
      bit,
      sibling: asHash(store.hashOf((right ? store.left[node] : store.right[node]) as number).slice()),
    })
    node = (right ? store.right[node] : store.left[node]) as number
  }
  return node
}

function leafOf(store: NodeStore, leaf: number): { key: Uint8Array; valueHash: ReturnType<typeof asHash> } {
  return {
    key: store.keyOf(leaf).slice(),
    valueHash: asHash(store.valueHashes.slice(~leaf * 32, ~leaf * 32 + 32)),
  }
}

/** Proves the value of the key, or its absence (the proof then names another leaf, or the trie is empty). O(depth). */
export function prove(trie: Trie, key: Uint8Array): TrieProof {
  const { store, rootNode } = trie
  if (rootNode === NONE) return { path: [] }
  const path: TrieProof['path'] = []
  const leaf = walk(store, rootNode, key, Number.POSITIVE_INFINITY, path)
  return store.keyEquals(leaf, key) ? { path } : { path, other: leafOf(store, leaf) }
}

/**
 * Proves which keys start with `prefix`: all of them, in ascending order, or none. O(depth + leaves).
 * Throws PREFIX_TOO_LARGE above PREFIX_LEAVES_MAX leaves.
 */
export function provePrefix(trie: Trie, prefix: Uint8Array): PrefixProof {
  const { store, rootNode } = trie
  if (rootNode === NONE) return { path: { path: [] }, leaves: [] }
  const path: TrieProof['path'] = []
  const subtree = walk(store, rootNode, prefix, prefix.length * 8, path)
  const first = leftmost(store, subtree)
  const key = store.keyOf(first)
  if (key.length > prefix.length && equalBytes(key.subarray(0, prefix.length), prefix))
    return { path: { path }, leaves: leavesUnder(store, subtree, []) }
  walk(store, subtree, key, Number.POSITIVE_INFINITY, path)
  return { path: { path, other: leafOf(store, first) }, leaves: [] }
}

function leftmost(store: NodeStore, from: number): number {
  let node = from
  while (node >= 0) node = store.left[node] as number
  return node
}

function leavesUnder(store: NodeStore, node: number, into: PrefixProof['leaves']): PrefixProof['leaves'] {
  if (node >= 0) {
    leavesUnder(store, store.left[node] as number, into)
    return leavesUnder(store, store.right[node] as number, into)
  }
  if (into.length >= PREFIX_LEAVES_MAX)
    throw new SymbolonError(
      'PREFIX_TOO_LARGE',
      `more than ${PREFIX_LEAVES_MAX} keys share this prefix: ask for a longer one`,
    )
  into.push(leafOf(store, node))
  return into
}
