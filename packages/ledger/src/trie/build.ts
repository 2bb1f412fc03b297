/** Builds a trie from sorted keys in one pass: the branch between two neighbours is the first bit in which they differ. */
import { compareBytes, SymbolonError, sha256 } from '@symbolon/primitives'
import { NONE, type NodeStore } from './node-store.ts'

/**
 * The right edge of the tree so far is a stack of branches of ascending bit index; a new key closes those that branch
 * later than it does. Amortised O(1) nodes per key. Throws TRIE_ORDER, TRIE_KEY.
 */
export function buildSorted(
  store: NodeStore,
  stage: number,
  entries: Iterable<readonly [key: Uint8Array, value: Uint8Array]>,
): { root: number; leaves: number[] } {
  const leaves: number[] = []
  const edge: number[] = []
  let last = NONE
  for (const [key, value] of entries) {
    if (key.length === 0 || key.length > store.keyBytesMax)
      throw new SymbolonError('TRIE_KEY', `a key has 1 to ${store.keyBytesMax} bytes, not ${key.length}`)
    if (last !== NONE) {
      if (compareBytes(store.keyOf(last), key) >= 0)
        throw new SymbolonError(
          'TRIE_ORDER',
          'the entries must be in ascending order of their keys, without repetition',
        )
      const bit = store.firstDifference(last, key)
      if (bit < 0) throw new SymbolonError('TRIE_KEY', 'a key must not be the beginning of another key')
      edge.push(store.newBranch(stage, bit, closeEdge(store, edge, last, bit), NONE))
    }
    last = store.newLeaf(stage, key, sha256(value))
    leaves.push(last)
  }
  return { root: last === NONE ? NONE : closeEdge(store, edge, last, -1), leaves }
}

/** Pops the branches beyond `bit`, giving each what was built to its right. */
function closeEdge(store: NodeStore, edge: number[], last: number, bit: number): number {
  let below = last
  for (let top = edge.at(-1); top !== undefined && (store.bits[top] as number) > bit; top = edge.at(-1)) {
    store.right[top] = below
    below = top
    edge.pop()
  }
  return below
}
