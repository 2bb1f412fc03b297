/**
 * The nodes of one trie in typed arrays: about 190 bytes per leaf with 33-byte keys, so that a million accounts take
 * 190 MB and no garbage collector ever walks them.
 *
 * A reference is a number: ≥ 0 a branch, < 0 the leaf `~reference`, NONE nothing. Each node remembers the stage that made it;
 * nodes of earlier stages are never changed (copy on write), which is what lets a proposed block be discarded.
 */
import { sha256 } from '@symbolon/primitives'

export const NONE = 0x7fffffff
const CAPACITY_INITIAL = 256

export class NodeStore {
  readonly keyBytesMax: number
  bits = new Uint16Array(CAPACITY_INITIAL)
  left = new Int32Array(CAPACITY_INITIAL)
  right = new Int32Array(CAPACITY_INITIAL)
  branchHashes = new Uint8Array(CAPACITY_INITIAL * 32)
  branchStages = new Uint32Array(CAPACITY_INITIAL)
  keyLengths = new Uint8Array(CAPACITY_INITIAL)
  keys: Uint8Array
  /** SHA-256 of the key: kept, because the accounts that change are mostly the same ones again. */
  keyHashes = new Uint8Array(CAPACITY_INITIAL * 32)
  valueHashes = new Uint8Array(CAPACITY_INITIAL * 32)
  leafHashes = new Uint8Array(CAPACITY_INITIAL * 32)
  leafStages = new Uint32Array(CAPACITY_INITIAL)
  #branchesUsed = 0
  #leavesUsed = 0
  readonly #branchesFree: number[] = []
  readonly #leavesFree: number[] = []

  constructor(keyBytesMax: number) {
    this.keyBytesMax = keyBytesMax
    this.keys = new Uint8Array(CAPACITY_INITIAL * keyBytesMax)
  }

  /** Nodes in use, for metrics and for the tests that look for leaks. */
  get size(): { branches: number; leaves: number } {
    return {
      branches: this.#branchesUsed - this.#branchesFree.length,
      leaves: this.#leavesUsed - this.#leavesFree.length,
    }
  }

  newBranch(stage: number, bit: number, left: number, right: number): number {
    const at = this.#branchesFree.pop() ?? this.#branchesUsed++
    if (at >= this.bits.length) this.#growBranches()
    this.bits[at] = bit
    this.left[at] = left
    this.right[at] = right
    this.branchStages[at] = stage
    return at
  }

  /** The reference (< 0) of a new leaf for a new key. The hash of the leaf itself is filled in by rehashing. */
  newLeaf(stage: number, key: Uint8Array, valueHash: Uint8Array): number {
    const leaf = this.#leafWith(stage, key, valueHash)
    this.keyHashes.set(sha256(key), ~leaf * 32)
    return leaf
  }

  /** A leaf for the key of `of` with another value. */
  newValue(stage: number, of: number, key: Uint8Array, valueHash: Uint8Array): number {
    const leaf = this.#leafWith(stage, key, valueHash)
    this.keyHashes.copyWithin(~leaf * 32, ~of * 32, ~of * 32 + 32)
    return leaf
  }

  #leafWith(stage: number, key: Uint8Array, valueHash: Uint8Array): number {
    const at = this.#leavesFree.pop() ?? this.#leavesUsed++
    if (at >= this.keyLengths.length) this.#growLeaves()
    this.keys.set(key, at * this.keyBytesMax)
    this.keyLengths[at] = key.length
    this.valueHashes.set(valueHash, at * 32)
    this.leafStages[at] = stage
    return ~at
  }

  stageOf(node: number): number {
    return (node < 0 ? this.leafStages[~node] : this.branchStages[node]) as number
  }

  /** Makes the slot available again. Stage 0 marks it, so that no list of created nodes frees it a second time. */
  free(node: number): void {
    if (node < 0) {
      this.leafStages[~node] = 0
      this.#leavesFree.push(~node)
    } else {
      this.branchStages[node] = 0
      this.#branchesFree.push(node)
    }
  }

  /** A view: valid until the next node is made. */
  keyOf(leaf: number): Uint8Array {
    const start = ~leaf * this.keyBytesMax
    return this.keys.subarray(start, start + (this.keyLengths[~leaf] as number))
  }

  /** A view: valid until the next node is made. */
  hashOf(node: number): Uint8Array {
    return node < 0
      ? this.leafHashes.subarray(~node * 32, ~node * 32 + 32)
      : this.branchHashes.subarray(node * 32, node * 32 + 32)
  }

  keyEquals(leaf: number, key: Uint8Array): boolean {
    const start = ~leaf * this.keyBytesMax
    if (this.keyLengths[~leaf] !== key.length) return false
    for (let i = 0; i < key.length; i++) if (this.keys[start + i] !== key[i]) return false
    return true
  }

  /** The first bit in which the key differs from the leaf's; -1 if one is the other or its beginning. */
  firstDifference(leaf: number, key: Uint8Array): number {
    const start = ~leaf * this.keyBytesMax
    const shared = Math.min(key.length, this.keyLengths[~leaf] as number)
    for (let i = 0; i < shared; i++) {
      const difference = (this.keys[start + i] as number) ^ (key[i] as number)
      if (difference !== 0) return i * 8 + Math.clz32(difference) - 24
    }
    return -1
  }

  /** Where the key turns at a branch on `bit`. */
  goesRight(key: Uint8Array, bit: number): boolean {
    return (((key[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
  }

  #growBranches(): void {
    const capacity = this.bits.length * 2
    this.bits = grown(this.bits, new Uint16Array(capacity))
    this.left = grown(this.left, new Int32Array(capacity))
    this.right = grown(this.right, new Int32Array(capacity))
    this.branchHashes = grown(this.branchHashes, new Uint8Array(capacity * 32))
    this.branchStages = grown(this.branchStages, new Uint32Array(capacity))
  }

  #growLeaves(): void {
    const capacity = this.keyLengths.length * 2
    this.keyLengths = grown(this.keyLengths, new Uint8Array(capacity))
    this.keys = grown(this.keys, new Uint8Array(capacity * this.keyBytesMax))
    this.keyHashes = grown(this.keyHashes, new Uint8Array(capacity * 32))
    this.valueHashes = grown(this.valueHashes, new Uint8Array(capacity * 32))
    this.leafHashes = grown(this.leafHashes, new Uint8Array(capacity * 32))
    this.leafStages = grown(this.leafStages, new Uint32Array(capacity))
  }
}

function grown<A extends Uint8Array | Uint16Array | Uint32Array | Int32Array>(from: A, to: A): A {
  to.set(from)
  return to
}
