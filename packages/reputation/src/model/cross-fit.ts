/** Scores of every row by a classifier that did not train on it, and probabilities by a calibration that did not see it either. */
import { type Calibration, calibrated, fitCalibration } from '../calibration/index.ts'
import { ReputationError } from '../errors.ts'
import { groupKFold, nodeSplits, splitTime } from '../evaluation/index.ts'
import { seeded } from '../random.ts'
import { type Classifier, type ClassifierOptions, classifierMargins, trainClassifier } from './classifier.ts'
import type { JudgedRows } from './figures.ts'
import { type PreparedGraph, stackRows } from './prepared-graph.ts'

export interface HeldOut extends JudgedRows {
  readonly margins: Float64Array
  /** Fold of each row. */
  readonly folds: Uint32Array
  /** The classifier that scored each fold. */
  readonly classifiers: readonly Classifier[]
}

/** Fold of each row of `graph.rows`, by graph. */
type Assignment = readonly Uint32Array[]

const restricted = (graph: PreparedGraph, keep: (place: number) => boolean): PreparedGraph => ({
  ...graph,
  rows: graph.rows.filter((_, place) => keep(place)),
})

function fit(
  pool: readonly PreparedGraph[],
  assignment: Assignment,
  folds: number,
  options: ClassifierOptions,
  kind: Calibration['kind'],
): HeldOut {
  const rows = assignment.reduce((sum, { length }) => sum + length, 0)
  const margins = new Float64Array(rows)
  const labels = new Float64Array(rows)
  const graphs = new Uint32Array(rows)
  const foldOf = new Uint32Array(rows)
  const classifiers: Classifier[] = []
  for (let fold = 0; fold < folds; fold++) {
    const parts = (inTest: boolean): PreparedGraph[] =>
      pool.map((graph, number) =>
        restricted(graph, (place) => ((assignment[number] as Uint32Array)[place] === fold) === inTest),
      )
    const classifier = trainClassifier(parts(false), options)
    classifiers.push(classifier)
    const test = stackRows(parts(true), classifier.normalisation, classifier.features)
    const scored = classifierMargins(classifier, test.matrix)
    let from = 0
    let place = 0
    for (const [number, of] of assignment.entries())
      for (const at of of) {
        if (at === fold) {
          margins[place] = scored[from] as number
          labels[place] = test.labels[from++] as number
          graphs[place] = number
          foldOf[place] = fold
        }
        place++
      }
  }
  const probability = new Float64Array(rows)
  for (let fold = 0; fold < folds; fold++) {
    const others = (values: Float64Array): Float64Array => values.filter((_, row) => foldOf[row] !== fold)
    const calibration = fitCalibration(kind, others(margins), others(labels))
    for (let row = 0; row < rows; row++)
      if (foldOf[row] === fold) probability[row] = calibrated(calibration, margins[row] as number)
  }
  const attacks = pool.map(({ attack }) => attack)
  return { margins, probability, labels, graphs, attacks, folds: foldOf, classifiers }
}

/** Whole graphs are held out; with as many folds as graphs, one at a time. Errors: SPLIT_IMPOSSIBLE. */
export function graphSplit(
  pool: readonly PreparedGraph[],
  options: ClassifierOptions,
  folds: number,
  kind: Calibration['kind'],
): HeldOut {
  const names = pool.map(({ name }, place) => `${name} ${place}`)
  const count = Math.min(folds, pool.length)
  const splits = groupKFold(names, count, seeded(options.seed))
  const assignment = pool.map(({ rows }, number) =>
    new Uint32Array(rows.length).fill(splits.findIndex(({ test }) => test.includes(number))),
  )
  return fit(pool, assignment, count, options, kind)
}

/** Nodes of every graph are held out, while the rest of the same graph trains: for comparison, because it leaks (TRU-055). */
export function nodeSplit(
  pool: readonly PreparedGraph[],
  options: ClassifierOptions,
  folds: number,
  kind: Calibration['kind'],
): HeldOut {
  const random = seeded(options.seed)
  const assignment = pool.map(({ rows, labels }) => {
    const of = new Uint32Array(rows.length)
    if (rows.length < folds) return of.map((_, place) => place)
    const known = Array.from(rows, (row) => labels[row] as number)
    for (const [fold, { test }] of nodeSplits(known, folds, random).entries())
      for (const place of test) of[place] = fold
    return of
  })
  return fit(pool, assignment, folds, options, kind)
}

/** Graphs before and from the time that leaves `share` of them later. Errors: SPLIT_IMPOSSIBLE. */
export function graphsByTime(
  pool: readonly PreparedGraph[],
  share: number,
): { earlier: PreparedGraph[]; later: PreparedGraph[] } {
  const times = pool.map(({ name, time }) => {
    if (time !== undefined) return time
    throw new ReputationError(
      'SPLIT_IMPOSSIBLE',
      `graph ${name} has no time; a time split needs one for every graph`,
    )
  })
  const at = splitTime(times, share)
  return {
    earlier: pool.filter((_, number) => (times[number] as number) < at),
    later: pool.filter((_, number) => (times[number] as number) >= at),
  }
}

/** Share of the graphs that a time split judges. */
export const LATER_SHARE = 0.3

/** The earlier `1 − share` of the graphs train and calibrate, the later ones are scored. Errors: SPLIT_IMPOSSIBLE. */
export function timeSplit(
  pool: readonly PreparedGraph[],
  options: ClassifierOptions,
  folds: number,
  kind: Calibration['kind'],
  share = LATER_SHARE,
): HeldOut {
  const { earlier, later } = graphsByTime(pool, share)
  const calibrating = graphSplit(earlier, options, folds, kind)
  const calibration = fitCalibration(kind, calibrating.margins, calibrating.labels)
  const classifier = trainClassifier(earlier, options)
  const { matrix, labels, graphs } = stackRows(later, classifier.normalisation, classifier.features)
  const margins = classifierMargins(classifier, matrix)
  return {
    margins,
    probability: margins.map((margin) => calibrated(calibration, margin)),
    labels,
    graphs,
    attacks: later.map(({ attack }) => attack),
    folds: new Uint32Array(labels.length),
    classifiers: [classifier],
  }
}
