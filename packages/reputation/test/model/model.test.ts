import { describe, expect, it } from 'vitest'
import {
  applyEdges,
  auc,
  contributions,
  explainNode,
  graphSplit,
  type LabelledGraph,
  type Model,
  modelCard,
  modelFromJson,
  modelHash,
  modelToJson,
  nodeSplit,
  prepareGraph,
  scoreGraph,
  strangerEffect,
  thresholdStability,
  trainModel,
  trainPrepared,
} from '../../src/index.ts'
import { withoutPairs } from '../../src/model/without-pairs.ts'
import { seeded } from '../../src/random.ts'
import { planted, plantedPool } from './planted.ts'

const BOOSTING = { trees: 40, depth: 3 }
const pool = plantedPool(18)
const prepared = pool.map(prepareGraph)
const model = trainPrepared(prepared, { name: 'planted', source: 'a test', boosting: BOOSTING, folds: 6 })
const unseen = planted(1001, { honest: 90, sybils: 20, bridges: 1, attack: 'clique' })

/** Probability and label of nodes that are no anchors. */
function judged({ graph, anchors, labels }: LabelledGraph, by: Model): [number[], number[]] {
  const { probability } = scoreGraph(graph, { anchors, model: by })
  const rows = [...labels.keys()].filter((node) => !anchors.has(node))
  return [rows.map((row) => probability[row] as number), rows.map((row) => labels[row] as number)]
}

describe('a trained model', () => {
  it('finds the Sybils of a world that it has not seen', () => {
    const [probability, labels] = judged(unseen, model)
    expect(auc(probability, labels)).toBeGreaterThan(0.97)
  })

  it('flags nearly nobody in a world without attack', () => {
    const clean = planted(2002, { honest: 120, attack: 'none' })
    const { flagged } = scoreGraph(clean.graph, { anchors: clean.anchors, model })
    expect(flagged.reduce((sum, flag) => sum + flag, 0)).toBeLessThan(6)
  })

  it('is the same for the same data, byte for byte, and another for another seed', () => {
    const again = trainPrepared(prepared, { name: 'planted', source: 'a test', boosting: BOOSTING, folds: 6 })
    expect(modelToJson(again)).toBe(modelToJson(model))
    const other = trainPrepared(prepared, {
      name: 'planted',
      source: 'a test',
      boosting: BOOSTING,
      folds: 6,
      seed: 2,
    })
    expect(modelHash(other)).not.toBe(modelHash(model))
  })

  it('comes back from its JSON with its hash and its verdicts', () => {
    const back = modelFromJson(modelToJson(model), modelHash(model))
    const { graph, anchors } = unseen
    expect([...scoreGraph(graph, { anchors, model: back }).probability]).toEqual([
      ...scoreGraph(graph, { anchors, model }).probability,
    ])
  })

  it.each<[string, (json: Record<string, unknown>) => void]>([
    ['format', (json) => Object.assign(json, { format: 'x' })],
    ['normalisation', (json) => Object.assign(json, { normalisation: 'x' })],
    ['other features', (json) => Object.assign(json, { features: ['a'] })],
    ['threshold 1', (json) => Object.assign(json, { threshold: 1 })],
    ['base rate', (json) => Object.assign(json, { baseRate: 0 })],
    ['no quantiles', (json) => Object.assign(json, { quantiles: {} })],
    ['calibration', (json) => Object.assign(json, { calibration: { kind: 'logistic' } })],
    ['trees', (json) => Object.assign(json, { trees: null })],
    ['figures', (json) => Object.assign(json, { figures: 3 })],
  ])('is refused when damaged: %s', (_, damage) => {
    const json = JSON.parse(modelToJson(model))
    damage(json)
    expect(() => modelFromJson(JSON.stringify(json))).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    )
  })

  it('is refused under another hash, and as no JSON', () => {
    const json = JSON.parse(modelToJson(model))
    json.threshold = 0.4
    expect(() => modelFromJson(JSON.stringify(json), modelHash(model))).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID' }),
    )
    expect(() => modelFromJson('{')).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  })

  it('states its data, its figures and what it cannot do on its card', () => {
    const card = modelCard(model)
    expect(card).toContain(modelHash(model))
    expect(card).toContain(`${prepared.length} graphs`)
    expect(card).toContain('No symmetric reputation function is Sybil-proof')
    for (const attack of ['ring', 'clique']) expect(card).toContain(`| ${attack} |`)
    const sybils = prepared.reduce(
      (sum, { rows, labels }) => sum + rows.filter((row) => labels[row] === 1).length,
      0,
    )
    expect(model.data.sybils).toBe(sybils)
    expect(model.figures[0]?.sybils).toBe(sybils)
  })

  it('needs at least two graphs, and times for a time split', () => {
    expect(() => trainModel(pool.slice(0, 1), { boosting: BOOSTING })).toThrow(
      expect.objectContaining({ code: 'SPLIT_IMPOSSIBLE' }),
    )
    const timeless = prepared.map((graph) => ({ ...graph, time: undefined }))
    expect(() => trainPrepared(timeless, { boosting: BOOSTING, protocols: ['time split'] })).toThrow(
      expect.objectContaining({ code: 'SPLIT_IMPOSSIBLE' }),
    )
  })
})

describe('held-out figures', () => {
  const settings = { normalisation: 'quantile', rowsPerGraph: 400, seed: 1, boosting: BOOSTING } as const

  it('come from classifiers that never saw the graph: labels of a graph do not move its own scores', () => {
    const before = graphSplit(prepared, settings, 6, 'logistic')
    const first = before.graphs.indexOf(0)
    const fold = before.folds[first]
    // All labels of graph 0 turned around.
    const turned = prepared.map((graph, number) =>
      number === 0 ? { ...graph, labels: graph.labels.map((label) => 1 - label) } : graph,
    )
    const after = graphSplit(turned, settings, 6, 'logistic')
    for (const [row, of] of before.folds.entries())
      if (of === fold) expect(after.margins[row]).toBe(before.margins[row])
  })

  it('are about one half when labels are drawn at random', () => {
    const random = seeded(7)
    const shuffled = prepared.map((graph) => ({
      ...graph,
      labels: graph.labels.map(() => (random.next() < 0.3 ? 1 : 0)),
    }))
    const { probability, labels } = graphSplit(shuffled, settings, 6, 'logistic')
    expect(Math.abs(auc(probability, labels) - 0.5)).toBeLessThan(0.06)
  })

  it('judge every row once, whichever way they are split', () => {
    const rows = prepared.reduce((sum, graph) => sum + graph.rows.length, 0)
    for (const held of [
      graphSplit(prepared, settings, 6, 'isotonic'),
      nodeSplit(prepared, settings, 3, 'logistic'),
    ]) {
      expect(held.labels.length).toBe(rows)
      expect(held.probability.every((p) => p > 0 && p < 1)).toBe(true)
    }
  })

  it('leave anchors and unlabelled nodes out', () => {
    const labelled = planted(5)
    labelled.labels[1] = -1
    const { rows } = prepareGraph(labelled)
    expect(rows.includes(1)).toBe(false)
    for (const anchor of labelled.anchors.keys()) expect(rows.includes(anchor)).toBe(false)
  })
})

describe('scores of a graph', () => {
  const { graph, anchors } = unseen
  const scores = scoreGraph(graph, { anchors, model })

  it('hold together: flag, rmt and rank follow from the probability (TRU-086)', () => {
    for (const [node, p] of scores.probability.entries()) {
      expect(scores.flagged[node]).toBe(p >= model.threshold ? 1 : 0)
      expect(scores.rmt[node]).toBe(Math.round(1000 * (1 - p)))
      const better = scores.probability.filter((other) => other < p).length
      expect(scores.rank[node]).toBe(better + 1)
    }
    expect(Object.keys(scores.raw).length).toBe(8)
    expect(Object.keys(scores.signals.columns).length).toBe(9)
  })

  it('take anchors by node, by identifier or as weights', () => {
    const weights = new Float64Array(graph.nodes.size)
    for (const [node, weight] of anchors) weights[node] = weight
    const byId = new Map([...anchors].map(([node, weight]) => [graph.nodes.idOf(node), weight]))
    for (const form of [weights, byId])
      expect([...scoreGraph(graph, { anchors: form, model }).probability]).toEqual([...scores.probability])
    expect(() => scoreGraph(graph, { anchors: new Map<number, number>(), model })).toThrow(
      expect.objectContaining({ code: 'ANCHORS_MISSING' }),
    )
  })

  it('shift with the base rate of the network, in order (TRU-048)', () => {
    const rare = scoreGraph(graph, { anchors, model, baseRate: 0.01 })
    for (const [node, p] of scores.probability.entries()) expect(rare.probability[node]).toBeLessThan(p)
    expect([...rare.rank]).toEqual([...scores.rank])
    expect(rare.flagged.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(
      scores.flagged.reduce((a, b) => a + b, 0),
    )
  })

  it('call an isolated group unsupported', () => {
    const apart = applyEdges(graph, [
      { from: 'new1', to: 'new2', weight: 1 },
      { from: 'new2', to: 'new1', weight: 1 },
    ])
    const byId = new Map([...anchors].map(([node, weight]) => [graph.nodes.idOf(node), weight]))
    const { unsupported } = scoreGraph(apart, { anchors: byId, model })
    expect(unsupported[apart.nodes.indexOf('new1') as number]).toBe(1)
    expect(unsupported[apart.nodes.indexOf('h0000') as number]).toBe(0)
  })
})

describe('explanations (TRU-052)', () => {
  const { graph, anchors, labels } = unseen
  const options = { anchors, model }
  const scores = scoreGraph(graph, options)
  const sybil = labels.indexOf(1)
  const explained = explainNode(graph, scores, sybil, options)

  it('account for the whole margin', () => {
    const sum = explained.reasons.reduce(
      (total, { contribution }) => total + contribution,
      explained.baseMargin,
    )
    expect(sum).toBeCloseTo(scores.margin[sybil] as number, 9)
    const { values } = contributions(model.trees, scores.input, sybil)
    expect(explained.reasons.flatMap(({ features }) => features).length).toBe(values.length)
  })

  it('name edges with what the graph would say without them', () => {
    expect(explained.edges.length).toBeGreaterThan(0)
    for (const { neighbour, probabilityWithout } of explained.edges) {
      const other = graph.nodes.indexOf(neighbour) as number
      const thinner = withoutPairs(graph, sybil, new Set([other]))
      expect(thinner.support.columns.length).toBeLessThan(graph.support.columns.length)
      expect(probabilityWithout).toBe(scoreGraph(thinner, options).probability[sybil])
    }
    expect(explained.edges.reduce((sum, { trustShare }) => sum + trustShare, 0)).toBeLessThanOrEqual(
      1 + 1e-12,
    )
  })

  it('say what would change the verdict, best first, measured', () => {
    const probabilities = explained.changes.map(({ probability }) => probability)
    expect(probabilities).toEqual([...probabilities].sort((a, b) => a - b))
    for (const { probability, flagged } of explained.changes)
      expect(flagged).toBe(probability >= model.threshold)
    expect(explained.text).toContain(explained.id)
    expect(explained.text).toContain('What would change it')
  })

  it('do without scoring again where the graph is too large', () => {
    const short = explainNode(graph, scores, sybil, { ...options, rescoreNodesMax: 10 })
    expect(short.changes).toEqual([])
    expect(short.edges.every(({ probabilityWithout }) => probabilityWithout === undefined)).toBe(true)
    expect(short.reasons).toEqual(explained.reasons)
  })

  it('of an agent without edges stand, too', () => {
    const lonely = applyEdges(graph, [], ['zzz'])
    const byId = { anchors: new Map([...anchors].map(([node, w]) => [graph.nodes.idOf(node), w])), model }
    const node = lonely.nodes.indexOf('zzz') as number
    const { text, edges } = explainNode(lonely, scoreGraph(lonely, byId), node, byId)
    expect(edges).toEqual([])
    expect(text).toContain('It has no edges')
    expect(text).toContain('Newcomers start like this')
  })

  it('take pairs out of all layers, with their times', () => {
    const timed = applyEdges(graph, [{ from: 'h0001', to: 'h0002', weight: 1, time: 5 }])
    const node = timed.nodes.indexOf('h0001') as number
    const other = timed.nodes.indexOf('h0002') as number
    const thinner = withoutPairs(timed, node, new Set([other]))
    expect(thinner.times?.first.length).toBe(thinner.support.columns.length)
    for (const layer of [thinner.support, thinner.consented])
      for (const [a, b] of [
        [node, other],
        [other, node],
      ] as const)
        expect([...layer.columns.slice(layer.offsets[a], layer.offsets[a + 1])]).not.toContain(b)
  })
})

describe('normalisation (TRU-045)', () => {
  const paper = trainPrepared(prepared, {
    normalisation: 'paper',
    boosting: { ...BOOSTING, scalePosWeight: 4.0854, subsample: 1, minChildWeight: 1 },
    folds: 6,
  })

  it('per graph lets a stranger move others far more than frozen quantiles do', () => {
    const worlds = [
      planted(31),
      planted(32, { attack: 'none' }),
      planted(33, { attack: 'clique', bridges: 3 }),
    ]
    const shift = (by: Model): number =>
      worlds.reduce((sum, world) => sum + strangerEffect(world, by).meanShift, 0) / worlds.length
    expect(shift(paper)).toBeGreaterThan(shift(model))
  })

  it('has a threshold whose meaning can be measured graph by graph', () => {
    const held = graphSplit(
      prepared,
      { normalisation: 'quantile', rowsPerGraph: 400, seed: 1, boosting: BOOSTING },
      6,
      'logistic',
    )
    const stability = thresholdStability(held)
    expect(stability.median).toBeLessThanOrEqual(stability.percentile90)
    expect(stability.percentile90).toBeLessThanOrEqual(stability.max)
  })
})
