import type { BoostingParameters, Objective } from './options.ts'

/**
 * One tree as parallel lists over its nodes; node 0 is the root, and the right child follows the left. Plain data, so that a
 * model is its JSON.
 */
export interface BoostedTree {
  /** Column that the node asks for; −1 marks a leaf. */
  readonly feature: readonly number[]
  /** x < threshold goes left. 0 at leaves. */
  readonly threshold: readonly number[]
  /** The left child; `left + 1` is the right one. 0 at leaves. */
  readonly left: readonly number[]
  /** 1 if a missing value goes left. */
  readonly missingLeft: readonly number[]
  /** Added to the margin at leaves, learning rate included; 0 elsewhere. */
  readonly value: readonly number[]
  /** Sum of second derivatives of the training rows that passed. */
  readonly cover: readonly number[]
  /** What the split gained; 0 at leaves. */
  readonly gain: readonly number[]
}

export const BOOSTED_FORMAT = 'symbolon-boosted-trees'

export interface BoostedTrees {
  readonly format: typeof BOOSTED_FORMAT
  readonly version: 1
  readonly objective: Objective
  /** Names of the columns, in the order that the trees count them. */
  readonly features: readonly string[]
  /** Margin before the first tree. */
  readonly baseMargin: number
  readonly parameters: BoostingParameters
  readonly trees: readonly BoostedTree[]
}

/** All trees in flat arrays, for prediction. */
export interface FlatTrees {
  /** First node of each tree, and the end. */
  readonly roots: Int32Array
  readonly feature: Int32Array
  readonly threshold: Float64Array
  /** Counted from the start of all nodes. */
  readonly left: Int32Array
  readonly missingLeft: Uint8Array
  readonly value: Float64Array
  readonly cover: Float64Array
}

const flattened = new WeakMap<BoostedTrees, FlatTrees>()

/** Flat arrays of a model, made once per model object. */
export function flatTrees(model: BoostedTrees): FlatTrees {
  const known = flattened.get(model)
  if (known !== undefined) return known
  const flat = flatten(model.trees)
  flattened.set(model, flat)
  return flat
}

export function flatten(trees: readonly BoostedTree[]): FlatTrees {
  const roots = new Int32Array(trees.length + 1)
  trees.forEach((tree, place) => {
    roots[place + 1] = (roots[place] as number) + tree.feature.length
  })
  const nodes = roots[trees.length] as number
  const feature = new Int32Array(nodes)
  const threshold = new Float64Array(nodes)
  const left = new Int32Array(nodes)
  const missingLeft = new Uint8Array(nodes)
  const value = new Float64Array(nodes)
  const cover = new Float64Array(nodes)
  trees.forEach((tree, place) => {
    const root = roots[place] as number
    feature.set(tree.feature, root)
    threshold.set(tree.threshold, root)
    missingLeft.set(tree.missingLeft, root)
    value.set(tree.value, root)
    cover.set(tree.cover, root)
    tree.left.forEach((child, node) => {
      left[root + node] = root + child
    })
  })
  return { roots, feature, threshold, left, missingLeft, value, cover }
}

/** The leaf that a row reaches. */
export function leafOf(flat: FlatTrees, root: number, columns: readonly Float64Array[], row: number): number {
  let node = root
  for (;;) {
    const feature = flat.feature[node] as number
    if (feature < 0) return node
    const x = (columns[feature] as Float64Array)[row] as number
    const left = x < (flat.threshold[node] as number) || (Number.isNaN(x) && flat.missingLeft[node] === 1)
    node = (flat.left[node] as number) + (left ? 0 : 1)
  }
}
