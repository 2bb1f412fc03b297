import { describe, expect, it } from 'vitest'
import {
  ablation,
  auc,
  classifierMargins,
  confusionAt,
  costThreshold,
  DEFAULT_THRESHOLD,
  FEATURE_WORDS,
  FEATURES,
  type FeatureMatrix,
  figuresOf,
  graphSplit,
  graphTimeSplit,
  type JudgedRows,
  MODEL_FEATURES,
  modelCard,
  prepareGraph,
  rateBoundWithoutEvent,
  thresholdStability,
  trainClassifier,
  trainPrepared,
  withoutPositiveWeight,
} from '../../src/index.ts'
import { FEATURE_GROUPS } from '../../src/model/feature-groups.ts'
import { anchorWeights, sampleRows, stackRows } from '../../src/model/prepared-graph.ts'
import { seeded } from '../../src/random.ts'
import { planted, plantedPool } from './planted.ts'

/** Three graphs: a ring that is found whole, a star half found, and one without attack where one of four is flagged. */
const judged: JudgedRows = {
  probability: Float64Array.of(0.9, 0.8, 0.1, 0.2, 0.7, 0.1, 0.05, 0.15, 0.5, 0.1, 0.1, 0.1),
  labels: Float64Array.of(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0),
  graphs: Uint32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2),
  attacks: ['ring', 'star', undefined],
}

describe('figures of held-out rows', () => {
  const figures = figuresOf('graph split', judged, 0.4, 1)

  it('count by attack, and on graphs without one', () => {
    expect(figures.graphs).toBe(3)
    expect(figures.rows).toBe(12)
    expect(figures.sybils).toBe(4)
    expect(figures.recall.value).toBe(0.75)
    expect(figures.falsePositiveRate.value).toBe(0.125)
    expect(figures.precision.value).toBe(0.75)
    expect(figures.cleanFalsePositiveRate.value).toBe(0.25)
    expect(figures.attacks.map(({ attack, sybils, detected }) => [attack, sybils, detected.value])).toEqual([
      ['ring', 2, 1],
      ['star', 2, 0.5],
    ])
  })

  it('state a bound where nothing was missed, and none elsewhere', () => {
    const [ring, star] = figures.attacks
    expect(ring?.missedAtMost).toBeCloseTo(rateBoundWithoutEvent(2), 4)
    expect(star?.missedAtMost).toBeNull()
  })

  it('have the AUC of all rows, and the mean of those of single graphs that have both classes', () => {
    expect(figures.auc.value).toBeCloseTo(auc(judged.probability, judged.labels), 4)
    // Ring 1; star: 0.7 beats both, 0.1 beats 0.05: 3 of 4.
    expect(figures.meanGraphAuc).toBeCloseTo((1 + 0.75) / 2, 4)
    expect(figures.auc.low).toBeLessThanOrEqual(figures.auc.value)
    expect(figures.auc.high).toBeGreaterThanOrEqual(figures.auc.value)
  })

  it('say how a threshold does graph by graph', () => {
    const stability = thresholdStability(judged)
    // 1 % of eight honest rows is none: the threshold is above the highest honest score.
    expect(stability.threshold).toBe(0.7)
    expect(stability.max).toBe(0)
    expect(confusionAt(judged.probability, judged.labels, stability.threshold).falsePositives).toBe(0)
  })
})

describe('rows to learn from', () => {
  const graphs = [planted(1), planted(2, { attack: 'clique' })].map(prepareGraph)

  it('lie under one another, by name of column', () => {
    const { matrix, labels, graphs: of } = stackRows(graphs, 'quantile', ['sybilRank', 'inDegree'])
    expect(matrix.rows).toBe((graphs[0]?.rows.length ?? 0) + (graphs[1]?.rows.length ?? 0))
    const [first] = graphs
    const column = first?.scaleFree.columns[first.scaleFree.names.indexOf('inDegree')] as Float64Array
    for (const [place, node] of (first?.rows ?? new Uint32Array(0)).entries()) {
      expect(matrix.columns[1]?.[place]).toBe(column[node])
      expect(labels[place]).toBe(first?.labels[node])
      expect(of[place]).toBe(0)
    }
  })

  it('are sampled graph by graph, without repetition, by seed', () => {
    const chosen = sampleRows(graphs, 20, seeded(3))
    for (const [number, rows] of chosen.entries()) {
      expect(rows.length).toBe(20)
      expect(new Set(rows).size).toBe(20)
      for (const row of rows) expect(graphs[number]?.rows).toContain(row)
    }
    expect(sampleRows(graphs, 20, seeded(3))).toEqual(chosen)
    expect(sampleRows(graphs, 10_000, seeded(3))[0]).toEqual(graphs[0]?.rows)
  })

  it('must have the columns that a model reads', () => {
    const classifier = trainClassifier(graphs, {
      normalisation: 'quantile',
      rowsPerGraph: 50,
      seed: 1,
      boosting: { trees: 2 },
    })
    const { matrix } = stackRows(graphs, 'quantile', ['sybilRank', 'inDegree'])
    expect(() => classifierMargins(classifier, matrix)).toThrow(
      expect.objectContaining({ code: 'FEATURES_MISMATCH', message: expect.stringContaining('pageRank') }),
    )
    const whole = graphs[0]?.scaleFree as FeatureMatrix
    const shuffled = { ...whole, names: [...whole.names].reverse(), columns: [...whole.columns].reverse() }
    expect([...classifierMargins(classifier, shuffled)]).toEqual([...classifierMargins(classifier, whole)])
  })

  it('take anchors by node as weights', () => {
    const { graph, anchors } = planted(1)
    const weights = anchorWeights(graph, anchors) as Float64Array
    for (const [node, weight] of weights.entries()) expect(weight).toBe(anchors.get(node) ?? 0)
  })

  it('hold the paper’s 22 columns within [0, 1] and no missing value', () => {
    for (const { paper } of graphs) {
      expect(paper.names.length).toBe(22)
      for (const column of paper.columns) expect(column.every((value) => value >= 0 && value <= 1)).toBe(true)
    }
  })
})

describe('the time split', () => {
  const pool = plantedPool(12).map(prepareGraph)
  const settings = {
    normalisation: 'quantile',
    rowsPerGraph: 200,
    seed: 1,
    boosting: { trees: 20, depth: 3 },
  } as const

  it('judges the later graphs alone', () => {
    const held = graphTimeSplit(pool, settings, 3, 'logistic', 0.25)
    const later = pool.filter(({ time }) => (time as number) >= 9)
    expect(held.labels.length).toBe(later.reduce((sum, { rows }) => sum + rows.length, 0))
    expect(held.attacks).toEqual(later.map(({ attack }) => attack))
  })

  it('does not look ahead: changing later graphs changes no earlier model', () => {
    const before = graphTimeSplit(pool, settings, 3, 'logistic', 0.25)
    const changed = pool.map((graph) =>
      (graph.time as number) >= 9 ? { ...graph, labels: graph.labels.map((label) => 1 - label) } : graph,
    )
    expect([...graphTimeSplit(changed, settings, 3, 'logistic', 0.25).probability]).toEqual([
      ...before.probability,
    ])
  })

  it('and the graph split take as many folds as there are graphs at most', () => {
    const few = pool.slice(0, 4)
    const held = graphSplit(few, settings, 50, 'logistic')
    expect(held.classifiers.length).toBe(4)
    for (const fold of [0, 1, 2, 3])
      expect(new Set(held.graphs.filter((_, row) => held.folds[row] === fold)).size).toBe(1)
  })
})

describe('the ablation table (TRU-056)', () => {
  const pool = plantedPool(12).map(prepareGraph)
  const rows = ablation(pool, { trees: 15, folds: 3, rowsPerGraph: 80 })
  const row = (name: string) => rows.find((of) => of.name === name)

  it('has the eight scores alone, everything, and each of the seven algorithms left out', () => {
    expect(rows.filter(({ kind }) => kind === 'alone').length).toBe(8)
    expect(rows.filter(({ name }) => name.startsWith('everything without')).length).toBe(8)
    for (const { attacks } of rows) expect(Object.keys(attacks)).toEqual(['clique', 'ring'])
  })

  it('judges all rows of a time split on the later graphs alone', () => {
    const later = ablation(
      pool.filter(({ time }) => (time as number) >= 9),
      { trees: 5, folds: 2 },
    )
    const byTime = ablation(pool, { protocol: 'time split', trees: 5, folds: 2 })
    for (const [place, of] of byTime.entries())
      if (of.kind === 'alone') expect({ ...of, protocol: 'graph split' }).toEqual(later[place])
  })

  it('shows what the definitions imply: anchored scores find planted rings that PageRank does not', () => {
    expect(row('sybilRank')?.meanGraphAuc).toBeGreaterThan(0.9)
    expect(row('personalisedPageRank')?.meanGraphAuc).toBeGreaterThan(0.9)
    expect(row('everything')?.meanGraphAuc).toBeGreaterThan(0.95)
  })
})

describe('what goes with a model', () => {
  it('has words for every feature, and a group for each', () => {
    expect(Object.keys(FEATURE_WORDS).sort()).toEqual([...FEATURES].sort())
    expect(FEATURE_GROUPS.flat().sort()).toEqual([...FEATURES].sort())
  })

  it('flags from more likely than not; the printed 0.65 without its class weight is 0.3125 (TRU-048)', () => {
    expect(DEFAULT_THRESHOLD).toBe(costThreshold(1, 1))
    expect(costThreshold(5, 11)).toBeCloseTo(withoutPositiveWeight(0.65, 9429 / 2308), 4)
  })

  it('learns from the columns that it is given, and says which', () => {
    const pool = plantedPool(6).map(prepareGraph)
    const features = ['absorbing', 'sybilRank']
    const model = trainPrepared(pool, {
      features,
      boosting: { trees: 5 },
      folds: 2,
      calibration: 'isotonic',
      protocols: ['time split', 'node split'],
    })
    expect(model.trees.features).toEqual(features)
    expect(Object.keys(model.quantiles)).toEqual(features)
    expect(model.calibration.kind).toBe('isotonic')
    expect(model.importance.flatMap((of) => of.features).sort()).toEqual([...features].sort())
    expect(model.figures.map(({ protocol }) => protocol)).toEqual(['graph split', 'time split', 'node split'])
    const card = modelCard(model)
    expect(card).toContain('leaks through the graph')
    expect(card).toContain('isotonic')
    expect(MODEL_FEATURES).not.toContain('log10NodeCount')
  })

  it('lets trust from anchors lower suspicion only: no answer rises with it', () => {
    const pool = plantedPool(9).map(prepareGraph)
    const model = trainPrepared(pool, {
      features: ['absorbing', 'inDegree'],
      boosting: { trees: 30 },
      folds: 3,
    })
    // Every split on `absorbing` must have the lower answer on the right, whatever in-degree says.
    const { values, places } = model.quantiles['absorbing'] ?? { values: [], places: [] }
    expect(values.length).toBe(places.length)
    for (const { feature, left, value } of model.trees.trees) {
      const highest = (node: number): number =>
        (feature[node] as number) < 0
          ? (value[node] as number)
          : Math.max(highest(left[node] as number), highest((left[node] as number) + 1))
      const lowest = (node: number): number =>
        (feature[node] as number) < 0
          ? (value[node] as number)
          : Math.min(lowest(left[node] as number), lowest((left[node] as number) + 1))
      for (const [node, asked] of feature.entries())
        if (asked === 0)
          expect(lowest(left[node] as number)).toBeGreaterThanOrEqual(
            highest((left[node] as number) + 1) - 1e-7,
          )
    }
  })
})
