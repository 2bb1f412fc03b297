import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelAwareScores, seeded } from '../../src/index.ts'
import { beside, Columns, rowsOf } from '../../src/labels/columns.ts'
import { crossFit, withoutFold } from '../../src/labels/cross-fit.ts'
import { learn } from '../../src/labels/learner.ts'
import { meanRank } from '../../src/labels/mean-rank.ts'
import { seedWeights } from '../../src/labels/opinions.ts'
import { fractionsBelow, placeOf } from '../../src/labels/ranks.ts'
import { probabilitiesOf } from '../../src/labels/seed-calibration.ts'
import { planted } from './support.ts'

describe('cross-fitting', () => {
  it('describes a seed without its fold and everybody else with all seeds', () => {
    const folds = Int32Array.of(0, 1, -1, 1)
    const asked: number[] = []
    const { all, held } = crossFit(folds, 2, (fold) => {
      asked.push(fold)
      return { names: ['x'], rows: 4, columns: [new Float64Array(4).fill(fold)] }
    })
    expect(asked).toEqual([-1, 0, 1])
    expect([...all.columns[0]!]).toEqual([-1, -1, -1, -1])
    expect([...held.columns[0]!]).toEqual([0, 1, -1, 1])
  })

  it('takes the seeds of one fold away, or of none', () => {
    const seeds = Int8Array.of(1, 0, -1, 1)
    const folds = Int32Array.of(0, 1, -1, 1)
    expect([...withoutFold(seeds, folds, 1)]).toEqual([1, -1, -1, -1])
    expect([...withoutFold(seeds, folds, -1)]).toEqual([1, 0, -1, 1])
  })
})

describe('columns', () => {
  it('stand side by side and give up some rows', () => {
    const one = new Columns(3)
    one.each('a', (node) => node)
    const two = new Columns(3)
    two.add('b', Float64Array.of(5, 6, 7))
    const both = beside(one.matrix(), two.matrix())
    expect(both.names).toEqual(['a', 'b'])
    expect(rowsOf(both, Int32Array.of(2, 0))).toEqual({
      names: ['a', 'b'],
      rows: 2,
      columns: [Float64Array.of(2, 0), Float64Array.of(7, 5)],
    })
  })
})

describe('the learner', () => {
  const random = seeded(3)
  const rows = 200
  const truth = Float64Array.from({ length: rows }, () => random.below(2))
  const all = Int32Array.from({ length: rows }, (_, row) => row)
  const weights = new Float64Array(rows).fill(1)

  it('learns what separates, and answers only for the rows asked for', () => {
    const matrix = {
      names: ['x', 'y'],
      rows,
      columns: [truth.map((y) => y + 0.1 * random.next()), truth.map((y) => 3 - y)],
    }
    const margins = learn(
      matrix,
      matrix,
      { rows: all.slice(0, 150), labels: truth.slice(0, 150), weights: weights.slice(0, 150) },
      all.slice(100),
      { bags: 2, seed: 1 },
    )
    expect([...margins.slice(0, 100)].every(Number.isNaN)).toBe(true)
    for (let row = 100; row < rows; row++) expect(margins[row]! > 0).toBe(truth[row] === 1)
  })

  it('cannot learn that Sybils nearby are a good sign', () => {
    // In this sample the share is lower for Sybils; with the constraint it must not count against anybody.
    const share = truth.map((y) => 0.5 - 0.3 * y + 0.1 * random.next())
    const matrix = { names: ['near.share'], rows, columns: [share] }
    const grid = {
      names: ['near.share'],
      rows: 11,
      columns: [Float64Array.from({ length: 11 }, (_, k) => k / 10)],
    }
    const margins = learn(
      matrix,
      grid,
      { rows: all, labels: truth, weights },
      Int32Array.from({ length: 11 }, (_, k) => k),
      { bags: 3, seed: 1 },
    )
    for (let k = 1; k < 11; k++) expect(margins[k]).toBeGreaterThanOrEqual(margins[k - 1]!)
  })
})

describe('seeds of a group', () => {
  it('count together as the square root of their number', () => {
    const weights = seedWeights(Int32Array.of(0, 1, 2, 3, 4), Int32Array.of(7, 7, 7, 7, -1))
    expect(weights[4]! / weights[0]!).toBeCloseTo(2, 12)
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(5, 12)
    expect([...seedWeights(Int32Array.of(3, 5))]).toEqual([1, 1])
  })
})

describe('ranks', () => {
  it('are the share below, equals by half', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: -1, max: 7 }),
        (list, value) => {
          const sorted = fractionsBelow(Float64Array.from(list), new Uint8Array(list.length).fill(1))
          const below = list.filter((x) => x < value).length + list.filter((x) => x === value).length / 2
          expect(placeOf(sorted, value)).toBeCloseTo(below / list.length, 12)
        },
      ),
    )
    expect(placeOf(new Float64Array(0), 3)).toBe(0.5)
  })
})

describe('several opinions as one', () => {
  const count = 200
  const seeds = Int8Array.from({ length: count }, (_, node) => (node < 100 ? node % 2 : -1))
  const everyone = new Uint8Array(count).fill(1)
  const random = seeded(8)
  const right = Float64Array.from({ length: count }, (_, node) => (node % 2) + 0.9 * random.next())
  const noise = Float64Array.from({ length: count }, () => random.next())
  const opinion = (scores: Float64Array) => ({ member: { all: scores, held: scores }, share: 0.5 })

  it('follow the one that ranks held-out seeds right, if there are seeds enough to tell', () => {
    const { all } = meanRank([opinion(right), opinion(noise)], seeds, 50, everyone)
    const wrong = [...all.keys()].filter((node) => node % 2 === 1 && all[node]! < 0.5)
    expect(wrong.length).toBeLessThan(5)
  })

  it('count as shared out while nobody can tell', () => {
    const { all } = meanRank([opinion(right), opinion(noise)], seeds, 0, everyone)
    const [sortedRight, sortedNoise] = [right, noise].map((scores) => fractionsBelow(scores, everyone)) as [
      Float64Array,
      Float64Array,
    ]
    all.forEach((value, node) => {
      expect(value).toBeCloseTo(
        (placeOf(sortedRight, right[node]!) + placeOf(sortedNoise, noise[node]!)) / 2,
        12,
      )
    })
  })
})

describe('probabilities from an order', () => {
  const count = 400
  const random = seeded(2)
  const scores = Float64Array.from({ length: count }, () => random.next())
  const connected = new Uint8Array(count).fill(1)

  it('keep the order and meet the rate', () => {
    const seeds = Int8Array.from(scores, (score, node) => (node < 200 ? (random.next() < score ? 1 : 0) : -1))
    const found = probabilitiesOf({ all: scores, held: scores }, seeds, connected)
    const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!)
    for (let k = 1; k < count; k++) expect(found[order[k]!]).toBeGreaterThanOrEqual(found[order[k - 1]!]!)
    expect(Math.abs(found.reduce((sum, p) => sum + p, 0) / count - 0.5)).toBeLessThan(0.1)
  })

  it('do not turn around where held-out scores say the opposite', () => {
    const seeds = Int8Array.from(scores, (score) => (score < 0.5 ? 1 : 0))
    const found = probabilitiesOf({ all: scores, held: scores }, seeds, connected)
    const [low, high] = [scores.indexOf(Math.min(...scores)), scores.indexOf(Math.max(...scores))]
    expect(found[high]).toBeGreaterThan(found[low]!)
    expect(found[high]! - found[low]!).toBeLessThan(0.01)
  })
})

describe('what label-aware scores refuse', () => {
  const { graph, labels } = planted(1, { honest: 30, sybilGroups: 2 })
  const invalid = expect.objectContaining({ code: 'EVALUATION_INVALID' })

  it('names what does not fit', () => {
    expect(() => labelAwareScores(graph, labels.slice(1))).toThrow(invalid)
    expect(() => labelAwareScores(graph, labels, { groups: Int32Array.of(1) })).toThrow(invalid)
    expect(() =>
      labelAwareScores(
        graph,
        labels.map(() => 3),
      ),
    ).toThrow(/label 3 of node 0 must be 1, 0 or −1/)
  })
})
