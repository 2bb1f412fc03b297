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
  for (let from = 0; from < leaves.length; from += NODES_PER_CALL) {
    const count = Math.min(NODES_PER_CALL, leaves.length - from)
    for (let i = 0; i < count; i++) {
      const leaf = ~(leaves[from + i] as number)
      copyHash(store.keyHashes, leaf * 32, blocks, i * 64)
      copyHash(store.valueHashes, leaf * 32, blocks, i * 64 + 32)
    }
    hashBlocks(count)
    for (let i = 0; i < count; i++) tag(i, TAG_LEAF, 0)
    hashBlocks(count)
    for (let i = 0; i < count; i++)
      copyHash(digests, i * 32, store.leafHashes, ~(leaves[from + i] as number) * 32)
  }
}

function hashBranches(store: NodeStore, branches: readonly number[]): void {
  for (let from = 0; from < branches.length; from += NODES_PER_CALL) {
    const count = Math.min(NODES_PER_CALL, branches.length - from)
    for (let i = 0; i < count; i++) {
      const branch = branches[from + i] as number
      copyNodeHash(store, store.left[branch] as number, i * 64)
      copyNodeHash(store, store.right[branch] as number, i * 64 + 32)
    }
    hashBlocks(count)
    for (let i = 0; i < count; i++) tag(i, TAG_BRANCH, store.bits[branches[from + i] as number] as number)
    hashBlocks(count)
    for (let i = 0; i < count; i++)
      copyHash(digests, i * 32, store.branchHashes, (branches[from + i] as number) * 32)
  }
}

function hashBlocks(count: number): void {
  sha256Pairs(blocks.subarray(0, count * 64), digests.subarray(0, count * 32))
}

function copyNodeHash(store: NodeStore, node: number, at: number): void {
  if (node < 0) copyHash(store.leafHashes, ~node * 32, blocks, at)
  else copyHash(store.branchHashes, node * 32, blocks, at)
}

/** Byte by byte: for 32 bytes that is faster than a view and its `set`. */
function copyHash(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number): void {
  for (let i = 0; i < 32; i++) to[toAt + i] = from[fromAt + i] as number
}

/** Makes block i out of digest i and the tag with its bit index (16 of the 32 bits suffice, see STATE_KEY_BYTES_MAX). */
function tag(i: number, kind: number, bit: number): void {
  const at = i * 64
  copyHash(digests, i * 32, blocks, at)
  blocks.fill(0, at + 32, at + 64)
  blocks[at + 32] = kind
  blocks[at + 62] = bit >> 8
  blocks[at + 63] = bit & 0xff
}
