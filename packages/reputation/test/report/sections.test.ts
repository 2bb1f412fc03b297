import { describe, expect, it } from 'vitest'
import { type ReportData, reportPage } from '../../src/index.ts'
import { FULL, GRAPH, nodesOf } from './example.ts'
import { sectionIdsOf, tagsOf, textOf } from './read-page.ts'

const ALL = [
  'graph',
  'distribution',
  'nodes',
  'attacks',
  'scorecard',
  'evaluation',
  'calibration',
  'importance',
  'method',
]

const without = (...names: (keyof ReportData)[]): ReportData =>
  Object.fromEntries(
    Object.entries(FULL).filter(([name]) => !names.includes(name as keyof ReportData)),
  ) as unknown as ReportData

describe('sections', () => {
  it('stand in one order when all are there', () => {
    expect(sectionIdsOf(reportPage(FULL))).toEqual(ALL)
  })

  it('a title alone makes a page', () => {
    const page = reportPage({ title: 'Nothing yet' })
    expect(sectionIdsOf(page)).toEqual([])
    expect(textOf(page)).toContain('Nothing yet')
    expect(tagsOf(page).some(({ name }) => name === 'script')).toBe(false)
  })

  it.each([
    ['attacks', 'attacks'],
    ['scorecard', 'scorecard'],
    ['evaluation', 'evaluation'],
    ['calibration', 'calibration'],
    ['importance', 'importance'],
  ] as const)('without %s the others stay', (name, id) => {
    expect(sectionIdsOf(reportPage(without(name)))).toEqual(ALL.filter((other) => other !== id))
    expect(
      sectionIdsOf(reportPage({ ...FULL, [name]: name === 'calibration' ? { bins: [] } : [] })),
    ).not.toContain(id)
  })

  it('without a graph nodes are named by number, and nothing is drawn', () => {
    const page = reportPage(without('graph'))
    expect(sectionIdsOf(page)).toEqual(ALL.filter((id) => id !== 'graph'))
    expect(textOf(page)).toContain('node 7')
  })

  it('without parameters and algorithms there is no method', () => {
    expect(sectionIdsOf(reportPage(without('parameters', 'algorithms')))).not.toContain('method')
  })

  it('without probability, flags and the rest nodes still have a page', () => {
    const text = textOf(reportPage({ title: 'bare', graph: GRAPH, nodes: nodesOf(GRAPH) }))
    expect(text).toContain('0 of 8 nodes are flagged')
    expect(text).not.toContain('P(Sybil) reputation')
  })

  it('an empty graph', () => {
    const graph = { ...GRAPH, nodes: { size: 0, idOf: () => '', indexOf: () => undefined } }
    expect(sectionIdsOf(reportPage({ title: 'empty', graph, nodes: { reputation: [] } }))).toEqual(['nodes'])
  })
})

describe('reading without eyes, mouse or width', () => {
  const tags = tagsOf(reportPage(FULL))

  it('every identifier names one element', () => {
    const ids = tags.flatMap(({ attributes }) => (attributes['id'] === undefined ? [] : [attributes['id']]))
    expect(new Set(ids).size).toBe(ids.length)
    const targets = tags.flatMap(({ attributes }) => [
      attributes['aria-labelledby'],
      attributes['aria-controls'],
    ])
    for (const target of targets) if (target !== undefined) expect(ids).toContain(target)
  })

  it('every picture has a text alternative', () => {
    const pictures = tags.filter(({ name, attributes }) => name === 'canvas' || attributes['role'] === 'img')
    expect(pictures.length).toBeGreaterThanOrEqual(6)
    for (const { attributes } of pictures) expect(attributes['aria-label']?.length ?? 0).toBeGreaterThan(10)
  })

  it('the graph and every wide table take the focus', () => {
    const focused = tags.filter(({ attributes }) => attributes['tabindex'] === '0')
    expect(focused.filter(({ name }) => name === 'canvas')).toHaveLength(1)
    expect(focused.filter(({ attributes }) => attributes['role'] === 'region')).toHaveLength(
      tags.filter(({ name }) => name === 'table').length,
    )
  })

  it('every table has its caption, every section its heading', () => {
    const count = (wanted: string): number => tags.filter(({ name }) => name === wanted).length
    expect(count('caption')).toBe(count('table'))
    expect(
      tags.filter(({ name, attributes }) => name === 'h2' && attributes['id']?.endsWith('-title')),
    ).toHaveLength(ALL.length)
  })

  it('links of the table of nodes lead to drawn nodes', () => {
    const links = tags.flatMap(({ name, attributes }) => (name === 'a' ? [attributes['href'] as string] : []))
    expect(links.filter((href) => href.startsWith('#node-'))).toEqual(
      [7, 6, 5, 4, 3, 2, 1, 0].map((place) => `#node-${place}`),
    )
  })
})
