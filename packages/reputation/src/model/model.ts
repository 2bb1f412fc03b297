/** The stored model: everything that a verdict needs, and what is known about its quality. Plain data; its JSON is the artefact. */
import { sha256, toHex, utf8 } from '@symbolon/primitives'
import { boostedFromObject, boostedToJson } from '../boosting/artefact.ts'
import { type Calibration, calibrationFromObject } from '../calibration/calibration.ts'
import { ReputationError } from '../errors.ts'
import { MODEL_BYTES_MAX } from '../limits.ts'
import type { Classifier } from './classifier.ts'
import type { ProtocolFigures } from './figures.ts'
import type { FeatureQuantiles, QuantileMap } from './quantile-map.ts'

export const MODEL_FORMAT = 'symbolon-sybil-model'

/** What it was trained on. */
export interface DataDescription {
  /** How to make the data again: the command and its seed, or where the user's data came from. */
  readonly source: string
  readonly graphs: number
  /** Labelled nodes that are no anchors. */
  readonly nodes: number
  readonly sybils: number
  /** Graphs per kind of attack; `none` for graphs without. */
  readonly attacks: Readonly<Record<string, number>>
  /** Graphs per topology. */
  readonly topologies: Readonly<Record<string, number>>
  /** Least and largest number of nodes of a graph. */
  readonly sizes: readonly [number, number]
  /** Rows of one graph that trained, at most. */
  readonly rowsPerGraph: number
}

export interface FeatureImportance {
  readonly features: readonly string[]
  /** AUC lost on held-out graphs when these columns are shuffled together. */
  readonly aucLost: number
  /** Share of training gain. */
  readonly gain: number
}

export interface Model extends Classifier {
  readonly format: typeof MODEL_FORMAT
  readonly version: 1
  readonly name: string
  /** Margin → probability, fitted on held-out graphs. */
  readonly calibration: Calibration
  /** Share of Sybils among the rows that calibrated. */
  readonly baseRate: number
  /** Flag iff the calibrated probability is at least this. */
  readonly threshold: number
  readonly data: DataDescription
  /** Each with its protocol; measured on rows that did not train. */
  readonly figures: readonly ProtocolFigures[]
  readonly importance: readonly FeatureImportance[]
}

/** One text per model, members in a fixed order. */
export function modelToJson(model: Model): string {
  const { format, version, name, normalisation, features, quantiles, calibration, baseRate, threshold } =
    model
  const head = {
    format,
    version,
    name,
    normalisation,
    features,
    quantiles,
    calibration,
    baseRate,
    threshold,
    data: model.data,
    figures: model.figures,
    importance: model.importance,
  }
  return `${JSON.stringify(head).slice(0, -1)},"trees":${boostedToJson(model.trees)}}`
}

/** SHA-256 of `modelToJson`, hexadecimal: names the model in scores, cards and appeals. */
export function modelHash(model: Model): string {
  return toHex(sha256(utf8(modelToJson(model))))
}

function invalid(message: string): never {
  throw new ReputationError('MODEL_INVALID', `${message}; train or download the model again`)
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1

function ascends(values: unknown): values is number[] {
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    values.every((value, k) => Number.isFinite(value) && (k === 0 || value >= values[k - 1]))
  )
}

function quantilesFrom(json: unknown, features: readonly string[]): QuantileMap {
  const map = (json ?? {}) as Record<string, Partial<FeatureQuantiles>>
  for (const feature of features) {
    const { values, places } = map[feature] ?? {}
    if (!ascends(values) || !ascends(places) || values.length !== places.length)
      invalid(`quantiles of ${feature} are not two ascending lists`)
  }
  return map as QuantileMap
}

/** Reads a stored model; what decides verdicts is checked, what describes them is taken as given. Errors: MODEL_INVALID. */
export function modelFromObject(json: unknown): Model {
  const given = (json ?? {}) as Partial<Record<keyof Model, unknown>>
  if (given.format !== MODEL_FORMAT || given.version !== 1) invalid(`this is no ${MODEL_FORMAT} of version 1`)
  const trees = boostedFromObject(given.trees)
  if (trees.objective !== 'logistic') invalid('the trees must answer probabilities')
  if (given.normalisation !== 'quantile' && given.normalisation !== 'paper')
    invalid('normalisation must be quantile or paper')
  if (JSON.stringify(given.features) !== JSON.stringify(trees.features))
    invalid('the features are not those of the trees')
  if (!isShare(given.baseRate) || !isShare(given.threshold))
    invalid('baseRate and threshold must be within 0 … 1')
  if (typeof given.name !== 'string' || typeof given.data !== 'object' || given.data === null)
    invalid('name or data description is missing')
  if (!Array.isArray(given.figures) || !Array.isArray(given.importance)) invalid('figures are missing')
  return {
    format: MODEL_FORMAT,
    version: 1,
    name: given.name,
    normalisation: given.normalisation,
    features: trees.features,
    quantiles: given.normalisation === 'paper' ? {} : quantilesFrom(given.quantiles, trees.features),
    calibration: calibrationFromObject(given.calibration),
    baseRate: given.baseRate,
    threshold: given.threshold,
    data: given.data as DataDescription,
    figures: given.figures as ProtocolFigures[],
    importance: given.importance as FeatureImportance[],
    trees,
  }
}

/** Errors: MODEL_INVALID. `hash`, if given, is what the model must have. */
export function modelFromJson(text: string, hash?: string): Model {
  if (text.length > MODEL_BYTES_MAX)
    invalid(`${text.length} characters exceed MODEL_BYTES_MAX (${MODEL_BYTES_MAX})`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    invalid('this is no JSON')
  }
  const model = modelFromObject(json)
  if (hash !== undefined && modelHash(model) !== hash)
    invalid(`the model has hash ${modelHash(model)}, not ${hash}`)
  return model
}
