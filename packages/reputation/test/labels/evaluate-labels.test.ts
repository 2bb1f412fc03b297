import { describe, expect, it } from 'vitest'
import { buildGraph, evaluateLabels, type LabelEvaluation, labelEvaluationTable } from '../../src/index.ts'
import { overDraws } from '../../src/labels/over-draws.ts'
import { labelsOf, pairs, planted } from './support.ts'

const { graph, labels, groups } = planted(12, { honest: 150, sybilGroups: 10, attack: 20 })
const found = evaluateLabels(graph, labels, groups, { fractions: [0.1, 0.3], draws: 2 })

function row(of: LabelEvaluation, protocol: string, fraction: number, population: string, method: string) {
  return of.rows.find(
    (one) =>
      one.protocol === protocol &&
      one.fraction === fraction &&
      one.population === population &&
      one.method === method,
  )!
}

describe('evaluation of labels', () => {
  it('has a row per split, share, population and method', () => {
    expect(found.rows).toHaveLength(2 * 2 * 2 * 4)
    expect(found.sizes).toHaveLength(4)
  })

  it('sees the share asked for and judges all others: no label is both', () => {
    const total = { honest: 150, sybil: 80 }
    for (const { protocol, fraction, seeds, test } of found.sizes) {
      expect(seeds.honest + test.all.honest).toBeCloseTo(total.honest, 9)
      expect(seeds.sybil + test.all.sybil).toBeCloseTo(total.sybil, 9)
      if (protocol === 'node')
        expect(seeds).toEqual({ honest: total.honest * fraction, sybil: total.sybil * fraction })
      // Groups of eight: one of the ten at a tenth, three at 30 %.
      else expect(seeds.sybil).toBe(fraction === 0.1 ? 8 : 24)
    }
  })

  it('measures what was planted: new groups are found by label-aware scores, above label propagation', () => {
    expect(row(found, 'group', 0.3, 'connected', 'labelAware').auc.value).toBeGreaterThan(0.95)
    expect(row(found, 'group', 0.3, 'connected', 'labelPropagation').behind.value).toBeGreaterThan(0.02)
    expect(row(found, 'node', 0.3, 'connected', 'labelAware').detection.value).toBeGreaterThan(0.8)
  })

  it('compares within a draw: what a method is behind is the difference of the means', () => {
    for (const one of found.rows) {
      const own = row(found, one.protocol, one.fraction, one.population, 'labelAware')
      expect(one.behind.value).toBeCloseTo(own.auc.value - one.auc.value, 12)
      expect(one.brier === undefined).toBe(one.method !== 'labelAware')
    }
  })

  it('is the same for the same seed', () => {
    const options = { fractions: [0.1], draws: 1, protocols: ['node'] as const, seed: 3 }
    expect(evaluateLabels(graph, labels, groups, options)).toEqual(
      evaluateLabels(graph, labels, groups, options),
    )
  })

  it('evaluates by node where nobody knows groups', () => {
    const { sizes } = evaluateLabels(graph, labels, undefined, { fractions: [0.1], draws: 1 })
    expect(sizes.map(({ protocol }) => protocol)).toEqual(['node'])
  })

  it('copes with four labels', () => {
    const small = buildGraph(pairs(['a', 'b'], ['b', 'c'], ['c', 'd'], ['d', 'a'], ['x', 'y']), ['z'])
    const { rows } = evaluateLabels(small, labelsOf(small, { a: 1, b: 1, x: 0, y: 0 }), undefined, {
      draws: 3,
    })
    for (const { auc: area } of rows) {
      expect(area.value).toBeGreaterThanOrEqual(0)
      expect(area.value).toBeLessThanOrEqual(1)
    }
  })

  it('prints a Markdown table with every row', () => {
    const lines = labelEvaluationTable(found).split('\n')
    expect(lines).toHaveLength(4 + found.rows.length)
    expect(lines[0]).toContain('Mean of 2 draws')
    for (const line of lines.slice(2)) expect(line.split('|')).toHaveLength(10)
    expect(lines[4]).toContain(
      '| by group | 10 %: 8 Sybil, 15 honest | connected: 72 Sybil, 135 honest | label-aware |',
    )
  })

  it.each([
    ['no shares', { fractions: [] }, 'LEARNING_OPTION_INVALID'],
    ['a share of all', { fractions: [1] }, 'LEARNING_OPTION_INVALID'],
    ['half a draw', { draws: 0.5 }, 'LEARNING_OPTION_INVALID'],
    ['more draws than LABEL_DRAWS_MAX', { draws: 101 }, 'LEARNING_OPTION_INVALID'],
    ['a rate above 1', { falsePositiveRate: 1.1 }, 'LEARNING_OPTION_INVALID'],
  ])('refuses %s', (_, options, code) => {
    expect(() => evaluateLabels(graph, labels, groups, options)).toThrow(expect.objectContaining({ code }))
  })

  it('refuses groups that are not there, labels of another graph, unknown labels, and labels of one kind', () => {
    const invalid = expect.objectContaining({ code: 'EVALUATION_INVALID' })
    expect(() => evaluateLabels(graph, labels, undefined, { protocols: ['group'] })).toThrow(
      expect.objectContaining({ code: 'LEARNING_OPTION_INVALID' }),
    )
    expect(() => evaluateLabels(graph, Int8Array.of(1, 0))).toThrow(invalid)
    expect(() => evaluateLabels(graph, labels, Int32Array.of(1))).toThrow(invalid)
    expect(() =>
      evaluateLabels(
        graph,
        labels.map((label) => (label === 1 ? 2 : label)),
      ),
    ).toThrow(invalid)
    expect(() =>
      evaluateLabels(
        graph,
        labels.map((label) => (label === 1 ? -1 : label)),
      ),
    ).toThrow(invalid)
  })
})

describe('several draws', () => {
  it('give the interval of Student: 1, 2, 3 have mean 2 ± 4.303 / √3', () => {
    const { value, low, high } = overDraws([1, 2, 3])
    expect(value).toBe(2)
    expect(high - 2).toBeCloseTo(4.303 / Math.sqrt(3), 12)
    expect(2 - low).toBeCloseTo(4.303 / Math.sqrt(3), 12)
  })

  it('leave out what does not exist, and one alone has no interval', () => {
    expect(overDraws([Number.NaN, 1, 3]).value).toBe(2)
    expect(overDraws([5])).toEqual({ value: 5, low: Number.NaN, high: Number.NaN })
    expect(overDraws([]).value).toBeNaN()
  })
})
