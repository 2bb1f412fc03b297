/**
 * The binary Merkle Patricia trie of a namespace, in memory. Its rules and the verification of its proofs are in the
 * protocol's trie-proof.ts: a crit-bit tree, so that the set of keys alone determines its shape.
 *
 * Changes are staged, then committed or discarded: `stage` copies the path to every changed leaf and leaves what is
 * committed as it was, so proofs go on being served from the last checkpoint while a block is proposed. All stages start
 * from the committed trie; committing one makes the others void.
 *
 * PERF: O(changes × depth) time, O(nodes on the changed paths) extra memory until the stage ends.
 */
import { asHash, type Hash, SymbolonError, sha256At } from '@symbolon/primitives'
import { EMPTY_TRIE_ROOT } from '@symbolon/protocol'
import { buildSorted } from './build.ts'
import type { Change } from './change.ts'
import { NONE, NodeStore } from './node-store.ts'
import { rehash } from './rehash.ts'

/** What a set of changes would make of the trie. */
export interface TrieStage {
  readonly id: number
  readonly root: number
  readonly hash: Hash
  /** Nodes made by this stage, and nodes of the committed trie that it replaces. */
  readonly created: readonly number[]
  readonly replaced: readonly number[]
  /** Change in the number of leaves. */
  readonly growth: number
}

/** The hash of the value in hand: every use copies it. */
const valueHash = new Uint8Array(32)

export class Trie {
  readonly store: NodeStore
  #root = NONE
  #hash: Hash = EMPTY_TRIE_ROOT
  #leaves = 0
  #stages = 0
  /** Stages that started from what is committed now. */
  readonly #open = new Set<TrieStage>()

  /** @param keyBytesMax longest key of the namespace; memory per leaf grows with it */
  constructor(keyBytesMax: number) {
    this.store = new NodeStore(keyBytesMax)
  }

  /** Builds from entries in ascending order of their keys; throws TRIE_ORDER if they are not. O(entries). */
  static fromSorted(
    keyBytesMax: number,
    entries: Iterable<readonly [key: Uint8Array, value: Uint8Array]>,
  ): Trie {
    const trie = new Trie(keyBytesMax)
    const stage = ++trie.#stages
    const { root, leaves } = buildSorted(trie.store, stage, entries)
    rehash(trie.store, stage, root, leaves)
    trie.#root = root
    trie.#leaves = leaves.length
    trie.#hash = trie.#hashAt(root)
    return trie
  }

  get rootNode(): number {
    return this.#root
  }

  /** Root hash of what is committed. */
  get hash(): Hash {
    return this.#hash
  }

  /** Number of keys committed. */
  get size(): number {
    return this.#leaves
  }

  /**
   * Applies the changes to a copy on write. A later change of the same key wins; deleting an absent key does nothing.
   * Throws TRIE_KEY (empty, too long, or the beginning of another key); the trie is then as before.
   */
  stage(changes: readonly Change[]): TrieStage {
    const edit = new Edit(this.store, ++this.#stages, this.#root)
    try {
      for (const { key, value } of changes)
        if (value === undefined) edit.delete(key)
        else {
          sha256At(value, valueHash, 0)
          edit.set(key, valueHash)
        }
    } catch (error) {
      this.#freeCreated(edit.created, edit.id)
      throw error
    }
    const { id, root, created, replaced, growth } = edit
    rehash(
      this.store,
      id,
      root,
      created.filter((node) => node < 0),
    )
    const stage: TrieStage = { id, root, hash: this.#hashAt(root), created, replaced, growth }
    this.#open.add(stage)
    return stage
  }

  /** Makes the stage what is committed, and discards all others. Throws TRIE_STAGE if the stage is void. */
  commit(stage: TrieStage): void {
    if (!this.#open.delete(stage))
      throw new SymbolonError(
        'TRIE_STAGE',
        'the staged changes are void: another stage was committed or this one discarded',
      )
    for (const other of this.#open) this.#freeCreated(other.created, other.id)
    this.#open.clear()
    for (const node of stage.replaced) this.store.free(node)
    this.#root = stage.root
    this.#hash = stage.hash
    this.#leaves += stage.growth
  }

  /** Forgets the stage; does nothing if it is void already. */
  discard(stage: TrieStage): void {
    if (this.#open.delete(stage)) this.#freeCreated(stage.created, stage.id)
  }

  #freeCreated(created: readonly number[], id: number): void {
    for (const node of created) if (this.store.stageOf(node) === id) this.store.free(node)
  }

  #hashAt(root: number): Hash {
    return root === NONE ? EMPTY_TRIE_ROOT : asHash(this.store.hashOf(root).slice())
  }
}

/** One stage while it is being made. */
class Edit {
  readonly id: number
  readonly created: number[] = []
  readonly replaced: number[] = []
  root: number
  growth = 0
  readonly #store: NodeStore
  /** Branches from the root to where the last walk ended. */
  readonly #path: Int32Array

  constructor(store: NodeStore, id: number, root: number) {
    this.#store = store
    this.id = id
    this.root = root
    this.#path = new Int32Array(store.keyBytesMax * 8)
  }

  set(key: Uint8Array, valueHash: Uint8Array): void {
    const store = this.#store
    if (key.length === 0 || key.length > store.keyBytesMax)
      throw new SymbolonError('TRIE_KEY', `a key has 1 to ${store.keyBytesMax} bytes, not ${key.length}`)
    if (this.root === NONE) {
      this.root = this.#leaf(key, valueHash)
      this.growth++
      return
    }
    const depth = this.#walk(key)
    const found = this.#childAt(depth, key)
    const bit = store.firstDifference(found, key)
    if (bit < 0) {
      if (!store.keyEquals(found, key))
        throw new SymbolonError('TRIE_KEY', 'a key must not be the beginning of another key')
      if (store.stageOf(found) === this.id) store.valueHashes.set(valueHash, ~found * 32)
      else {
        this.replaced.push(found)
        const leaf = store.newValue(this.id, found, key, valueHash)
        this.created.push(leaf)
        this.#relink(depth, key, leaf)
      }
      return
    }
    let above = depth
    while (above > 0 && (store.bits[this.#path[above - 1] as number] as number) > bit) above--
    const beside = this.#childAt(above, key)
    const leaf = this.#leaf(key, valueHash)
    this.growth++
    const branch = store.goesRight(key, bit)
      ? this.#branch(bit, beside, leaf)
      : this.#branch(bit, leaf, beside)
    this.#relink(above, key, branch)
  }

  delete(key: Uint8Array): void {
    const store = this.#store
    if (this.root === NONE) return
    const depth = this.#walk(key)
    const found = this.#childAt(depth, key)
    if (!store.keyEquals(found, key)) return
    this.growth--
    this.#drop(found)
    if (depth === 0) {
      this.root = NONE
      return
    }
    const branch = this.#path[depth - 1] as number
    const right = store.goesRight(key, store.bits[branch] as number)
    const beside = (right ? store.left[branch] : store.right[branch]) as number
    this.#drop(branch)
    this.#relink(depth - 1, key, beside)
  }

  /** Follows the key's bits to a leaf; returns the number of branches on the way, which stand in #path. */
  #walk(key: Uint8Array): number {
    const { bits, left, right } = this.#store
    let depth = 0
    let node = this.root
    while (node >= 0) {
      this.#path[depth++] = node
      const bit = bits[node] as number
      node = ((((key[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 0 ? left[node] : right[node]) as number
    }
    return depth
  }

  /** What hangs below the first `depth` branches of the path on the key's side. */
  #childAt(depth: number, key: Uint8Array): number {
    if (depth === 0) return this.root
    const branch = this.#path[depth - 1] as number
    return (
      this.#store.goesRight(key, this.#store.bits[branch] as number)
        ? this.#store.right[branch]
        : this.#store.left[branch]
    ) as number
  }

  /** Hangs `child` below the first `depth` branches, copying those that belong to what is committed. */
  #relink(depth: number, key: Uint8Array, child: number): void {
    const store = this.#store
    let below = child
    for (let i = depth - 1; i >= 0; i--) {
      const branch = this.#path[i] as number
      const bit = store.bits[branch] as number
      const right = store.goesRight(key, bit)
      if (store.branchStages[branch] === this.id) {
        // Its parents are of this stage too.
        if (right) store.right[branch] = below
        else store.left[branch] = below
        return
      }
      this.replaced.push(branch)
      below = right
        ? this.#branch(bit, store.left[branch] as number, below)
        : this.#branch(bit, below, store.right[branch] as number)
    }
    this.root = below
  }

  #leaf(key: Uint8Array, valueHash: Uint8Array): number {
    const leaf = this.#store.newLeaf(this.id, key, valueHash)
    this.created.push(leaf)
    return leaf
  }

  #branch(bit: number, left: number, right: number): number {
    const branch = this.#store.newBranch(this.id, bit, left, right)
    this.created.push(branch)
    return branch
  }

  /** A node that the stage itself made goes at once; one of the committed trie waits for the commit. */
  #drop(node: number): void {
    if (this.#store.stageOf(node) === this.id) this.#store.free(node)
    else this.replaced.push(node)
  }
}
