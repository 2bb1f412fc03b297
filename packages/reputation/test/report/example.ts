/** A small graph whose every figure is known by hand: two honest triangles around an anchor, a ring of three beside them. */
import { buildGraph, type ReportData, type ReportNodes, type TrustGraph } from '../../src/index.ts'

export const HOSTILE = '</script><img src=x onerror=alert(1)>'

export function graphOf(
  pairs: readonly (readonly [string, string])[],
  isolated: readonly string[] = [],
): TrustGraph {
  return buildGraph(
    pairs.map(([from, to]) => ({ from, to, weight: 1 })),
    isolated,
  )
}

/** A ring of `size` nodes named by `idOf`. */
export function ring(
  size: number,
  idOf: (i: number) => string = (i) => `n${String(i).padStart(7, '0')}`,
): TrustGraph {
  return graphOf(Array.from({ length: size }, (_, i) => [idOf(i), idOf((i + 1) % size)] as const))
}

export function nodesOf(graph: TrustGraph, more: Partial<ReportNodes> = {}): ReportNodes {
  return { reputation: new Array(graph.nodes.size).fill(500), ...more }
}

// In the order of identifiers: a, b, c, d, e, s, t, u.
export const GRAPH = graphOf([
  ['a', 'b'],
  ['b', 'a'],
  ['b', 'c'],
  ['c', 'a'],
  ['a', 'd'],
  ['d', 'e'],
  ['e', 'a'],
  ['s', 't'],
  ['t', 'u'],
  ['u', 's'],
  ['e', 's'],
])

export const NODES: ReportNodes = {
  reputation: [1000, 950, 949, 612, 587, 121, 50, 0],
  probability: [0, 0.05, 0.051, 0.388, 0.413, 0.879, 0.95, 1],
  flagged: [0, 0, 0, 0, 0, 1, 1, 1],
  capped: [0, 0, 0, 1, 0, 0, 0, 0],
  anchors: new Map([[0, 2000]]),
  labels: Int8Array.of(0, 0, 0, 0, -1, 1, 1, 1),
  scores: {
    pageRank: [0.31, 0.12, 0.08, 0.11, 0.09, 0.13, 0.09, 0.07],
    spectral: new Array(8).fill(Number.NaN),
  },
  signals: { anchorDistance: [0, 0.2, 0.3, 0.2, 0.3, 0.9, 1, 1] },
}

export const FULL: ReportData = {
  title: 'Two triangles and a ring',
  source: { file: 'triangles.csv', nodes: 8, edges: 11, digest: 'ab12'.repeat(16) },
  date: '2026-04-01',
  parameters: { damping: 0.614, 'reciprocal factor': 0.82, consented: true },
  algorithms: [
    { name: 'PageRank', steps: 57, residual: 8.31e-13, converged: true },
    {
      name: 'HITS authority',
      steps: 1000,
      residual: 2.2e-7,
      converged: false,
      note: 'singular value repeated',
    },
  ],
  graph: GRAPH,
  nodes: NODES,
  threshold: 0.65,
  unit: 'USDC',
  attacks: [
    {
      attack: 'ring',
      detection: 0.974,
      falsePositives: 0.012,
      costPerPoint: 4.25,
      gainPerPoint: 1.125,
      roi: -0.735,
      verdict: 'pass',
    },
    {
      attack: 'bridge buying',
      detection: 0.41,
      falsePositives: 0.02,
      costPerPoint: 8.5,
      gainPerPoint: 12.9,
      roi: 0.518,
      verdict: 'fail',
      note: 'acceptance is cheap',
    },
    {
      attack: 'sleeper',
      detection: Number.NaN,
      falsePositives: Number.NaN,
      costPerPoint: Number.NaN,
      gainPerPoint: Number.NaN,
      roi: Number.NaN,
      verdict: 'pending',
    },
  ],
  scorecard: [
    { gate: 'S1', name: 'Sybil detection', threshold: '≥ 95 %', measured: '97.4 %', verdict: 'pass' },
    { gate: 'S2', name: 'attack profitability', threshold: '≤ −10 %', measured: '51.8 %', verdict: 'fail' },
    { gate: 'A1', name: 'ranking quality', threshold: '≥ 0.85', measured: 0.8712, verdict: 'pass' },
    {
      gate: 'G2',
      name: 'governance',
      threshold: 'in force',
      measured: '',
      verdict: 'pending',
      note: 'no module',
    },
  ],
  evaluation: [
    {
      method: 'classifier',
      protocol: 'time split',
      auc: 0.957,
      interval: [0.941, 0.971],
      figures: { 'detection at 1 % false positives': 0.787 },
    },
    { method: 'SybilRank', auc: 0.823 },
  ],
  calibration: {
    bins: [
      { predicted: 0.048, observed: 0.031, count: 1289 },
      { predicted: 0.934, observed: 0.957, count: 46 },
    ],
    brier: 0.0412,
    ece: 0.0187,
  },
  importance: [
    { feature: 'degree', importance: 0.0361 },
    { feature: 'absorbing walks', importance: 0.1723 },
  ],
  importanceMeasure: 'permutation, AUC lost',
}
