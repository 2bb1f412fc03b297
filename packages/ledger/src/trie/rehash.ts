/**
 * Hashes what a stage has changed, level by level from the leaves up, each level in one call of the vectorised hasher:
 * two calls per level, because a node is N(N(left ‖ right) ‖ tag) (see trie-proof.ts in the protocol).
 *
 * PERF: O(nodes of the stage). Per changed leaf at a million leaves: one hash of the value and about
 * 2 × (1 + 20 − log₂ changes) of 64 bytes.
 */
import { sha256Pairs } from '@symbolon/primitives'
import { NONE, type NodeStore } from './node-store.ts'

const TAG_LEAF = 0x4c
const TAG_BRANCH = 0x42

/** Nodes per call of the hasher: enough for its full speed (runs of thousands), and 384 KiB of buffers that stay in the cache. */
const NODES_PER_CALL = 4_096

const blocks = new Uint8Array(64 * NODES_PER_CALL)
const digests = new Uint8Array(32 * NODES_PER_CALL)
const blockWords = wordsOf(blocks)
const digestWords = wordsOf(digests)

/** @param leaves the leaves that the stage made, freed ones included: those are skipped */
export function rehash(store: NodeStore, stage: number, root: number, leaves: readonly number[]): void {
  hashLeaves(
    store,
    leaves.filter((leaf) => store.leafStages[~leaf] === stage),
  )
  const levels: number[][] = []
  if (root !== NONE) collect(store, stage, root, levels)
  for (const level of levels) hashBranches(store, level)
}

/** Height of the node over nodes that are already hashed, -1 for such a node; the stage's branches go to `levels`. */
function collect(store: NodeStore, stage: number, node: number, levels: number[][]): number {
  if (node < 0 || store.branchStages[node] !== stage) return -1
  const left = collect(store, stage, store.left[node] as number, levels)
  const right = collect(store, stage, store.right[node] as number, levels)
  const height = Math.max(left, right) + 1
  const level = levels[height]
  if (level === undefined) levels[height] = [node]
  else level.push(node)
  return height
}

function hashLeaves(store: NodeStore, leaves: readonly number[]): void {
  const keyHashes = wordsOf(store.keyHashes)
  const valueHashes = wordsOf(store.valueHashes)
  const leafHashes = wordsOf(store.leafHashes)
  for (let from = 0; from < leaves.length; from += NODES_PER_CALL) {
    const count = Math.min(NODES_PER_CALL, leaves.length - from)
    for (let i = 0; i < count; i++) {
      const leaf = ~(leaves[from + i] as number)
      copyHash(keyHashes, leaf, blockWords, 2 * i)
      copyHash(valueHashes, leaf, blockWords, 2 * i + 1)
    }
    hashBlocks(count)
    for (let i = 0; i < count; i++) tag(i, TAG_LEAF, 0)
    hashBlocks(count)
    for (let i = 0; i < count; i++) copyHash(digestWords, i, leafHashes, ~(leaves[from + i] as number))
  }
}

function hashBranches(store: NodeStore, branches: readonly number[]): void {
  const leafHashes = wordsOf(store.leafHashes)
  const branchHashes = wordsOf(store.branchHashes)
  const copyNode = (node: number, at: number): void => {
    if (node < 0) copyHash(leafHashes, ~node, blockWords, at)
    else copyHash(branchHashes, node, blockWords, at)
  }
  for (let from = 0; from < branches.length; from += NODES_PER_CALL) {
    const count = Math.min(NODES_PER_CALL, branches.length - from)
    for (let i = 0; i < count; i++) {
      const branch = branches[from + i] as number
      copyNode(store.left[branch] as number, 2 * i)
      copyNode(store.right[branch] as number, 2 * i + 1)
    }
    hashBlocks(count)
    for (let i = 0; i < count; i++) tag(i, TAG_BRANCH, store.bits[branches[from + i] as number] as number)
    hashBlocks(count)
    for (let i = 0; i < count; i++) copyHash(digestWords, i, branchHashes, branches[from + i] as number)
  }
}

function hashBlocks(count: number): void {
  sha256Pairs(blocks.subarray(0, count * 64), digests.subarray(0, count * 32))
}

/** The same memory in words: copying hashes is a third of rehashing when done by bytes. No word is ever looked into. */
function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}

/** Copies hash number `source` to place number `target`, both counted in hashes. A loop beats a view and its `set`. */
function copyHash(from: Int32Array, source: number, to: Int32Array, target: number): void {
  const fromAt = source * 8
  const toAt = target * 8
  for (let i = 0; i < 8; i++) to[toAt + i] = from[fromAt + i] as number
}

/** Makes block i out of digest i and the tag with its bit index (16 of the 32 bits suffice, see STATE_KEY_BYTES_MAX). */
function tag(i: number, kind: number, bit: number): void {
  copyHash(digestWords, i, blockWords, 2 * i)
  for (let word = i * 16 + 8; word < i * 16 + 16; word++) blockWords[word] = 0
  const at = i * 64
  blocks[at + 32] = kind
  blocks[at + 62] = bit >> 8
  blocks[at + 63] = bit & 0xff
}
