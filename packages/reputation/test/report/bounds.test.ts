import { describe, expect, it } from 'vitest'
import {
  buildGraph,
  REPORT_BARS_MAX,
  REPORT_BYTES_MAX,
  REPORT_COLUMNS_MAX,
  REPORT_LINES_MAX,
  REPORT_NODES_MAX,
  REPORT_ROWS_MAX,
  type ReportData,
  reportPage,
  seeded,
} from '../../src/index.ts'
import { FULL, GRAPH, NODES, nodesOf, ring } from './example.ts'
import { drawingIn, tableOf, textOf } from './read-page.ts'

const columns = (count: number, size: number): Record<string, number[]> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`column ${i}`, new Array(size).fill(-1.234567e-7)]),
  )

describe('what is left out says so', () => {
  const size = REPORT_NODES_MAX + 500
  const graph = ring(size)
  const flagged = new Uint8Array(size).fill(1, 700, 720)
  const anchors = new Map([
    [3, 1],
    [size - 1, 5],
  ])
  const page = reportPage({ title: 'large', graph, nodes: nodesOf(graph, { flagged, anchors }) })
  const block = drawingIn(page)

  it('nodes: exactly the bound is drawn, anchors and flagged nodes among them', () => {
    expect(block.ids).toHaveLength(REPORT_NODES_MAX)
    expect(new Set(block.ids).size).toBe(REPORT_NODES_MAX)
    expect(block.marks.filter((marks) => marks === 4)).toHaveLength(2)
    expect(block.marks.filter((marks) => marks === 1)).toHaveLength(20)
    expect(textOf(page)).toContain('Drawn: 3,000 of 3,500 nodes')
  })

  it('edges: only those between drawn nodes, counted as they are', () => {
    const drawn = new Set(block.ids)
    const expected = [...drawn].filter((id) => {
      const next = (Number(id.slice(1)) + 1) % size
      return drawn.has(`n${String(next).padStart(7, '0')}`)
    }).length
    expect(block.lines.length / 4).toBe(expected)
    expect(textOf(page)).toContain(
      `and ${expected.toLocaleString('en')} of 3,500 directed edges as ${expected.toLocaleString('en')} lines`,
    )
  })

  it('rows', () => {
    expect(tableOf(page, 'Nodes to look at first')).toHaveLength(REPORT_ROWS_MAX)
    expect(textOf(page)).toContain('and 3,300 more')
  })

  it('bars', () => {
    const importance = Array.from({ length: REPORT_BARS_MAX + 3 }, (_, i) => ({
      feature: `f${i}`,
      importance: i,
    }))
    expect(textOf(reportPage({ title: 'bars', importance }))).toContain('and 3 more in the table')
  })

  it('bins of a reliability diagram', () => {
    const bins = new Array(20_000).fill({ predicted: 0.5, observed: 0.25, count: 1 })
    const page = reportPage({ title: 'bins', calibration: { bins } })
    expect(page.match(/<circle/g)).toHaveLength(REPORT_ROWS_MAX)
    expect(textOf(page)).toContain('and 19,800 more')
  })

  it('lines: the bound, and none of the nodes left alone', () => {
    const random = seeded(1)
    const edges = Array.from({ length: 40_000 }, () => ({
      from: `n${random.below(900)}`,
      to: `n${random.below(900)}`,
      weight: 1,
    }))
    const dense = buildGraph(edges)
    const drawing = drawingIn(reportPage({ title: 'dense', graph: dense, nodes: nodesOf(dense) }))
    expect(drawing.lines.length / 4).toBe(REPORT_LINES_MAX)
    const ends = new Set(drawing.lines.filter((_, i) => i % 4 < 2))
    expect(ends.size).toBe(dense.nodes.size)
  })
})

describe('size', () => {
  it('stays below REPORT_BYTES_MAX when every text, table and picture is at its bound', () => {
    const random = seeded(2)
    const idOf = (): string => '<'.repeat(300) + String(random.below(REPORT_NODES_MAX)).padStart(8, '<')
    const graph = buildGraph(
      Array.from({ length: 30_000 }, () => ({ from: idOf(), to: idOf(), weight: 1.23456789 })),
    )
    const size = graph.nodes.size
    // Six bytes each in a data block, four in a table: what costs most.
    const text = '<'.repeat(5000)
    const many = <Row>(row: Row): Row[] => new Array(500).fill(row)
    const named = (count: number, value: (i: number) => string | number): Record<string, never> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [text + i, value(i)])) as Record<
        string,
        never
      >
    const data: ReportData = {
      title: text,
      source: { file: text, nodes: size, edges: 1, digest: text },
      date: text,
      parameters: named(500, () => text),
      algorithms: many({ name: text, steps: 1, residual: 0.123456, converged: true, note: text }),
      graph,
      nodes: nodesOf(graph, {
        probability: new Array(size).fill(0.123456789),
        scores: columns(REPORT_COLUMNS_MAX, size),
        signals: columns(REPORT_COLUMNS_MAX, size),
      }),
      unit: text,
      attacks: many({
        attack: text,
        detection: 1,
        falsePositives: 0,
        costPerPoint: 1,
        gainPerPoint: 1,
        roi: 0,
        verdict: 'fail',
        note: text,
      }),
      scorecard: many({
        gate: text,
        name: text,
        threshold: text,
        measured: text,
        verdict: 'fail',
        note: text,
      }),
      evaluation: many({ method: text, protocol: text, auc: 0.5, figures: named(40, () => 0.123456) }),
      calibration: { bins: many({ predicted: 0.5, observed: 0.5, count: 1 }) },
      importance: many({ feature: text, importance: 1 }),
      importanceMeasure: text,
    }
    expect(new TextEncoder().encode(reportPage(data)).length).toBeLessThan(REPORT_BYTES_MAX)
  })
})

describe('data that would be misreported is refused by name', () => {
  const withNodes = (more: Partial<typeof NODES>): ReportData => ({
    title: 't',
    graph: GRAPH,
    nodes: { ...NODES, ...more },
  })
  it.each<[string, ReportData, RegExp]>([
    [
      'a column that is too short',
      withNodes({ probability: [0.5] }),
      /nodes\.probability has 1 entries for 8/,
    ],
    [
      'a score column that is too long',
      withNodes({ scores: { x: new Array(9).fill(0) } }),
      /nodes\.scores\.x/,
    ],
    ['too many columns', withNodes({ signals: columns(33, 8) }), /REPORT_COLUMNS_MAX is 32/],
    [
      'a reputation above 1000',
      withNodes({ reputation: [0, 0, 0, 0, 0, 0, 0, 1001] }),
      /node 7: reputation 1001/,
    ],
    ['a reputation that is no whole number', withNodes({ reputation: [0.5, 0, 0, 0, 0, 0, 0, 0] }), /node 0/],
    [
      'a reputation that is missing',
      withNodes({ reputation: new Array(8).fill(Number.NaN) }),
      /reputation NaN/,
    ],
    ['a probability above 1', withNodes({ probability: [0, 0, 0, 2, 0, 0, 0, 0] }), /node 3, probability: 2/],
    ['an anchor that is no node', withNodes({ anchors: new Map([[8, 1]]) }), /anchor 8/],
    ['a threshold below 0', { ...FULL, threshold: -0.1 }, /threshold: -0.1/],
    ['an AUC above 1', { title: 't', evaluation: [{ method: 'm', auc: 1.2 }] }, /evaluation of m, auc: 1.2/],
    [
      'a bin of half a node',
      { title: 't', calibration: { bins: [{ predicted: 0, observed: 0, count: 0.5 }] } },
      /calibration bin 0: count 0.5/,
    ],
  ])('%s', (_, data, message) => {
    expect(() => reportPage(data)).toThrow(
      expect.objectContaining({ code: 'REPORT_INVALID', message: expect.stringMatching(message) }),
    )
  })
})
