/**
 * The frozen normalisation (TRU-045): each feature's place among the quantiles of the training pool, 0 … 1, clipped. It was fitted
 * once and travels with the model, so no node of a graph can move another node's values by being extreme; and a value means the
 * same in every graph and on every day. Missing stays missing.
 */
import { ReputationError } from '../errors.ts'
import type { FeatureMatrix } from '../features/matrix.ts'

export interface FeatureQuantiles {
  /** Strictly ascending. */
  readonly values: readonly number[]
  /** Share of the pool below each value, half of the equal ones included; ascending, 0 … 1. */
  readonly places: readonly number[]
}

/** By name of feature. Plain data. */
export type QuantileMap = Readonly<Record<string, FeatureQuantiles>>

/** Knots per feature: a 64th of the pool between two. */
const KNOTS = 64
/** Digits that are stored. */
const DIGITS = 7

/** Missing values take no part. A feature without any value maps everything to ½. */
function quantilesOf(column: Float64Array): FeatureQuantiles {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort()
  const rows = sorted.length
  if (rows === 0) return { values: [0], places: [0.5] }
  const chosen = new Set<number>()
  for (let knot = 0; knot <= KNOTS; knot++)
    chosen.add(sorted[Math.round((knot / KNOTS) * (rows - 1))] as number)
  const values: number[] = []
  const places: number[] = []
  for (const value of [...chosen].sort((a, b) => a - b)) {
    const below = countBelow(sorted, value, false)
    const upTo = countBelow(sorted, value, true)
    const stored = Number(value.toPrecision(DIGITS))
    const last = values[values.length - 1]
    if (last !== undefined && stored <= last) continue
    values.push(stored)
    places.push(Number(((below + upTo) / (2 * rows)).toFixed(5)))
  }
  return { values, places }
}

/** Entries below `value`, or also those equal to it. */
function countBelow(sorted: ArrayLike<number>, value: number, equal: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = sorted[middle] as number
    if (at < value || (equal && at === value)) low = middle + 1
    else high = middle
  }
  return low
}

export function fitQuantileMap({ names, columns }: FeatureMatrix): QuantileMap {
  return Object.fromEntries(names.map((name, place) => [name, quantilesOf(columns[place] as Float64Array)]))
}

/** Linear between knots, constant beyond the outermost. */
export function placeOf({ values, places }: FeatureQuantiles, value: number): number {
  if (Number.isNaN(value)) return value
  const above = countBelow(values, value, true)
  if (above === 0) return places[0] as number
  if (above === values.length) return places[above - 1] as number
  const low = values[above - 1] as number
  const share = (value - low) / ((values[above] as number) - low)
  const from = places[above - 1] as number
  return from + share * ((places[above] as number) - from)
}

/** Errors: FEATURES_MISMATCH for a feature that the map does not know. */
export function applyQuantileMap(map: QuantileMap, matrix: FeatureMatrix): FeatureMatrix {
  const columns = matrix.columns.map((column, place) => {
    const quantiles = map[matrix.names[place] as string]
    if (quantiles === undefined)
      throw new ReputationError(
        'FEATURES_MISMATCH',
        `the model's quantiles do not know ${matrix.names[place]}`,
      )
    return column.map((value) => placeOf(quantiles, value))
  })
  return { ...matrix, columns }
}
