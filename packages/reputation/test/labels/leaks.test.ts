import { describe, expect, it } from 'vitest'
import {
  auc,
  buildGraph,
  drawSeeds,
  evaluateLabels,
  labelAwareScores,
  seeded,
  surroundingsOf,
} from '../../src/index.ts'
import { crossFit, withoutFold } from '../../src/labels/cross-fit.ts'
import { evidenceOf } from '../../src/labels/evidence.ts'
import { foldsOf } from '../../src/labels/groups.ts'
import { learnedOpinions } from '../../src/labels/opinions.ts'
import { countSeeds } from '../../src/labels/seeds.ts'
import { planted } from './support.ts'

const { graph, labels, groups } = planted(11, { honest: 200, sybilGroups: 14 })
const surroundings = surroundingsOf(graph)
const seeds = drawSeeds(labels, 0.5, seeded(3))
const COUNT = 5
const folds = foldsOf(seeds, COUNT, seeded(1))

/** A Sybil and an honest seed of one fold, all of them: swapping their labels leaves all counts as they are. */
function swapped(): { changed: Int8Array; nodes: [number, number] } {
  const of = (kind: number): number => seeds.findIndex((label, node) => label === kind && folds[node] === 2)
  const [sybil, honest] = [of(1), of(0)]
  const changed = seeds.slice()
  changed[sybil] = 0
  changed[honest] = 1
  return { changed, nodes: [sybil, honest] }
}

describe('no column leaks a label', () => {
  it('describes a teaching seed as it would with the opposite label', () => {
    const { changed, nodes } = swapped()
    const fit = (known: Int8Array) =>
      crossFit(folds, COUNT, (fold) =>
        evidenceOf(surroundings, withoutFold(known, folds, fold), countSeeds(known)),
      )
    const before = fit(seeds)
    const after = fit(changed)
    let others = 0
    before.held.columns.forEach((column, k) => {
      for (const node of nodes) expect(after.held.columns[k]![node]).toBe(column[node])
      if (column.some((value, node) => !Object.is(value, after.held.columns[k]![node]))) others++
    })
    // The same labels do speak to others, or the test would prove nothing.
    expect(others).toBeGreaterThan(5)
  })

  it('scores held-out seeds by structural models that have not seen their labels', () => {
    const { changed, nodes } = swapped()
    const structural = (known: Int8Array): Float64Array => {
      const evidence = crossFit(folds, COUNT, (fold) =>
        evidenceOf(surroundings, withoutFold(known, folds, fold), countSeeds(known)),
      )
      return learnedOpinions(surroundings, known, evidence, { folds, count: COUNT }, { seed: 5 })[0]!.held
    }
    const before = structural(seeds)
    const after = structural(changed)
    for (const node of nodes) expect(after[node]).toBe(before[node])
    expect(
      [...after].some((value, node) => folds[node] !== 2 && folds[node]! >= 0 && value !== before[node]),
    ).toBe(true)
  })

  it('does not tell folds apart by how many seeds of each kind they hold', () => {
    // A ring of twenty, every second a Sybil; fold 0 holds eight of the ten Sybils and one honest node.
    const ring = buildGraph(
      [...Array(20).keys()].map((k) => ({ from: `n${k}`, to: `n${(k + 1) % 20}`, weight: 1 })),
    )
    const known = Int8Array.from({ length: 20 }, (_, node) => node % 2)
    const lopsided = Int32Array.from({ length: 20 }, (_, node) =>
      node === 0 || (node % 2 === 1 && node < 16) ? 0 : 1,
    )
    const around = surroundingsOf(ring)
    for (const fold of [0, 1]) {
      const { names, columns } = evidenceOf(around, withoutFold(known, lopsided, fold), countSeeds(known))
      // Ten and ten, and the imagined seed is half a Sybil: what the whole set says, whoever is missing.
      for (const value of columns[names.indexOf('component.mass')]!)
        expect(value).toBeCloseTo(Math.log(21), 12)
      for (const value of columns[names.indexOf('component.share')]!) expect(value).toBeCloseTo(0.5, 12)
    }
  })

  it('finds nothing where labels are drawn at random', () => {
    const areas: number[] = []
    for (let run = 0; run < 5; run++) {
      const random = seeded(100 + run)
      const drawn = labels.map((label) => (label === -1 ? -1 : random.below(3) === 0 ? 1 : 0))
      const known = drawSeeds(drawn, 0.3, random)
      const test = drawn.map((label, node) => (known[node] === -1 ? label : -1))
      areas.push(auc(labelAwareScores(graph, known, { surroundings, seed: run }), test))
    }
    // About 220 test nodes a run: the standard error of one AUC is 0.04, of the mean of five 0.018.
    expect(Math.abs(areas.reduce((sum, area) => sum + area, 0) / areas.length - 0.5)).toBeLessThan(0.08)
  })

  it('never reads the label of a test node: it may be anything', () => {
    const known = drawSeeds(labels, 0.2, seeded(8), groups)
    const scores = labelAwareScores(graph, known, { surroundings, groups })
    // Groups of nodes that are no seeds must not matter either.
    const others = groups.map((group, node) => (known[node] === -1 ? 999 : group))
    expect(labelAwareScores(graph, known, { surroundings, groups: others })).toEqual(scores)
  })

  it('reports chance for chance: labels shuffled among all nodes, evaluated as a user would', () => {
    const random = seeded(21)
    const order = random.shuffle([...labels].filter((label) => label !== -1))
    const shuffled = labels.map((label) => (label === -1 ? -1 : order.pop()!))
    const { rows } = evaluateLabels(graph, shuffled, undefined, { fractions: [0.2], draws: 3 })
    for (const { auc: area, population } of rows)
      if (population === 'all') expect(Math.abs(area.value - 0.5)).toBeLessThan(0.12)
  })
})
