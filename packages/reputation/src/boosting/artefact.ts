/** Models as JSON: what is read from outside is checked before a tree of it is walked. */
import { sha256, toHex, utf8 } from '@symbolon/primitives'
import { ReputationError } from '../errors.ts'
import { BOOSTED_TREES_MAX, FEATURES_MAX, MODEL_BYTES_MAX, TREE_DEPTH_MAX } from '../limits.ts'
import { boostingParameters } from './options.ts'
import { BOOSTED_FORMAT, type BoostedTree, type BoostedTrees } from './trees.ts'

/** One text per model: members in a fixed order, no white space, numbers in ECMAScript's shortest form. */
export function boostedToJson(model: BoostedTrees): string {
  const { format, version, objective, features, baseMargin, parameters } = model
  const trees = model.trees.map(({ feature, threshold, left, missingLeft, value, cover, gain }) => ({
    feature,
    threshold,
    left,
    missingLeft,
    value,
    cover,
    gain,
  }))
  return JSON.stringify({
    format,
    version,
    objective,
    features,
    baseMargin,
    parameters: boostingParameters(parameters),
    trees,
  })
}

/** SHA-256 of `boostedToJson`, hexadecimal. */
export function boostedHash(model: BoostedTrees): string {
  return toHex(sha256(utf8(boostedToJson(model))))
}

function invalid(message: string): never {
  throw new ReputationError('MODEL_INVALID', `${message}; train or download the model again`)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function numbers(value: unknown, name: string, length: number | undefined): readonly number[] {
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'number' || !Number.isFinite(entry)))
    invalid(`${name} must be a list of finite numbers`)
  if (length !== undefined && value.length !== length)
    invalid(`${name} has ${value.length} entries, not ${length}`)
  return value as readonly number[]
}

function treeFrom(json: unknown, features: number, place: number): BoostedTree {
  if (!isRecord(json)) invalid(`tree ${place} is no object`)
  const feature = numbers(json['feature'], `feature of tree ${place}`, undefined)
  if (feature.length === 0) invalid(`tree ${place} has no node`)
  const list = (name: string): readonly number[] =>
    numbers(json[name], `${name} of tree ${place}`, feature.length)
  const left = list('left')
  const cover = list('cover')
  const depths = new Map([[0, 0]])
  for (const [node, asked] of feature.entries()) {
    if (!Number.isInteger(asked) || asked < -1 || asked >= features)
      invalid(`node ${node} of tree ${place} asks for feature ${asked}`)
    const depth = depths.get(node)
    if (depth === undefined || depth > TREE_DEPTH_MAX)
      invalid(`node ${node} of tree ${place} cannot be reached within TREE_DEPTH_MAX (${TREE_DEPTH_MAX})`)
    if (asked === -1) continue
    const child = left[node] as number
    // Children come after their parent and belong to nobody else: no cycles, no shared branches.
    if (!Number.isInteger(child) || child <= node || child + 1 >= feature.length || depths.has(child))
      invalid(`node ${node} of tree ${place} has child ${child}`)
    if (depths.has(child + 1)) invalid(`node ${node} of tree ${place} shares child ${child + 1}`)
    depths.set(child, depth + 1)
    depths.set(child + 1, depth + 1)
    if (!((cover[child] as number) > 0 && (cover[child + 1] as number) > 0 && (cover[node] as number) > 0))
      invalid(`a cover below node ${node} of tree ${place} is not positive`)
  }
  return {
    feature,
    threshold: list('threshold'),
    left,
    missingLeft: list('missingLeft'),
    value: list('value'),
    cover,
    gain: list('gain'),
  }
}

/** Errors: MODEL_INVALID, saying where. */
export function boostedFromObject(json: unknown): BoostedTrees {
  if (!isRecord(json) || json['format'] !== BOOSTED_FORMAT || json['version'] !== 1)
    invalid(`this is no ${BOOSTED_FORMAT} of version 1`)
  const { objective, features, baseMargin, parameters, trees } = json
  if (objective !== 'logistic' && objective !== 'squared') invalid('objective must be logistic or squared')
  if (
    !Array.isArray(features) ||
    features.length > FEATURES_MAX ||
    features.some((name) => typeof name !== 'string')
  )
    invalid(`features must be at most FEATURES_MAX (${FEATURES_MAX}) names`)
  if (typeof baseMargin !== 'number' || !Number.isFinite(baseMargin))
    invalid('baseMargin must be a finite number')
  if (!isRecord(parameters)) invalid('parameters are missing')
  if (!Array.isArray(trees) || trees.length > BOOSTED_TREES_MAX)
    invalid(`trees must be at most BOOSTED_TREES_MAX (${BOOSTED_TREES_MAX})`)
  return {
    format: BOOSTED_FORMAT,
    version: 1,
    objective,
    features: features as string[],
    baseMargin,
    parameters: boostingParameters(parameters),
    trees: trees.map((tree, place) => treeFrom(tree, features.length, place)),
  }
}

/** Errors: MODEL_INVALID. */
export function boostedFromJson(text: string): BoostedTrees {
  if (text.length > MODEL_BYTES_MAX)
    invalid(`${text.length} characters exceed MODEL_BYTES_MAX (${MODEL_BYTES_MAX})`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    invalid('this is no JSON')
  }
  return boostedFromObject(json)
}
