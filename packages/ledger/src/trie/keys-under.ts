/** Keys in order, without what a proof of them costs: for reading an index. */
import { equalBytes } from '@symbolon/primitives'
import { NONE } from './node-store.ts'
import type { Trie } from './trie.ts'

/**
 * The keys that start with `prefix`, ascending, of what is committed now. O(depth) to the first one, amortised O(1) to each
 * further one. Reads the committed trie as it goes: not to be held across a commit.
 */
export function* keysUnder({ store, rootNode }: Trie, prefix: Uint8Array): Generator<Uint8Array> {
  if (rootNode === NONE) return
  const end = prefix.length * 8
  let node = rootNode
  while (node >= 0 && (store.bits[node] as number) < end)
    node = (
      store.goesRight(prefix, store.bits[node] as number) ? store.right[node] : store.left[node]
    ) as number
  // All leaves of this subtree agree in the first `end` bits: one of them tells whether these are the prefix.
  const waiting = [node]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next >= 0) {
      waiting.push(store.right[next] as number, store.left[next] as number)
      continue
    }
    const key = store.keyOf(next)
    if (key.length < prefix.length || !equalBytes(key.subarray(0, prefix.length), prefix)) return
    yield key.slice()
  }
}
