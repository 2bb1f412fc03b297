import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildGraph, drawSeeds, groupsOf, seeded } from '../../src/index.ts'
import { foldsOf, unitsOf } from '../../src/labels/groups.ts'
import { pairs } from './support.ts'

const graph = buildGraph(pairs(['a', 'b'], ['c', 'd'], ['e', 'f']))

/** Labels and groups of 40 nodes; about a third in no group. */
const labelled = fc.tuple(
  fc
    .array(fc.constantFrom(-1, 0, 0, 1), { minLength: 40, maxLength: 40 })
    .map((list) => Int8Array.from(list)),
  fc
    .array(fc.integer({ min: -4, max: 8 }), { minLength: 40, maxLength: 40 })
    .map((list) => Int32Array.from(list, (g) => Math.max(-1, g))),
  fc.integer({ min: 1, max: 1000 }),
)

describe('groups', () => {
  it('joins lists that share a member, and passes over strangers', () => {
    const groups = groupsOf(graph.nodes, [['a', 'b'], ['stranger', 'd'], ['b', 'c'], ['stranger']])
    expect([...groups]).toEqual([0, 0, 0, 1, -1, -1])
  })

  it('makes units of labelled nodes only', () => {
    expect(unitsOf(Int8Array.of(1, 1, -1, 0, 0, -1), Int32Array.of(0, 0, 0, 1, -1, 1))).toEqual([
      [0, 1],
      [3],
      [4],
    ])
  })

  it('never tears a unit apart between folds, and gives every labelled node one', () => {
    fc.assert(
      fc.property(labelled, ([labels, groups, seed]) => {
        const folds = foldsOf(labels, 3, seeded(seed), groups)
        for (const unit of unitsOf(labels, groups))
          expect(new Set(unit.map((node) => folds[node])).size).toBe(1)
        folds.forEach((fold, node) => {
          expect(fold >= 0).toBe(labels[node] !== -1)
        })
      }),
    )
  })

  it('spreads both kinds over the folds', () => {
    const labels = Int8Array.from({ length: 100 }, (_, node) => (node < 20 ? 1 : 0))
    const folds = foldsOf(labels, 5, seeded(4))
    for (let fold = 0; fold < 5; fold++) {
      expect([...folds].filter((own, node) => own === fold && labels[node] === 1)).toHaveLength(4)
      expect([...folds].filter((own, node) => own === fold && labels[node] === 0)).toHaveLength(16)
    }
  })
})

describe('drawing seeds', () => {
  it('shows true labels, whole groups, and at least one of each kind', () => {
    fc.assert(
      fc.property(labelled, fc.constantFrom(0.01, 0.2, 0.5), ([labels, groups, seed], fraction) => {
        const seeds = drawSeeds(labels, fraction, seeded(seed), groups)
        seeds.forEach((label, node) => {
          if (label !== -1) expect(label).toBe(labels[node])
        })
        for (const unit of unitsOf(labels, groups))
          expect(new Set(unit.map((node) => seeds[node] !== -1)).size).toBe(1)
        for (const kind of [0, 1]) if (labels.includes(kind)) expect(seeds.includes(kind)).toBe(true)
      }),
    )
  })

  it('takes the share of each kind that was asked for, node by node', () => {
    const labels = Int8Array.from({ length: 1000 }, (_, node) => (node % 5 === 0 ? 1 : 0))
    const seeds = drawSeeds(labels, 0.05, seeded(9))
    expect(seeds.filter((label) => label === 1)).toHaveLength(10)
    expect(seeds.filter((label) => label === 0)).toHaveLength(40)
  })

  it('takes the smallest group if every group is larger than the share', () => {
    const labels = Int8Array.from({ length: 20 }, (_, node) => (node < 9 ? 1 : 0))
    const groups = Int32Array.from({ length: 20 }, (_, node) => (node < 4 ? 0 : node < 9 ? 1 : -1))
    const seeds = drawSeeds(labels, 0.1, seeded(2), groups)
    expect([...seeds].map((label, node) => (label === 1 ? node : -1)).filter((node) => node >= 0)).toEqual([
      0, 1, 2, 3,
    ])
  })

  it('is the same for the same seed and another for another', () => {
    const labels = Int8Array.from({ length: 500 }, (_, node) => (node % 3 === 0 ? 1 : 0))
    expect(drawSeeds(labels, 0.1, seeded(5))).toEqual(drawSeeds(labels, 0.1, seeded(5)))
    expect(drawSeeds(labels, 0.1, seeded(5))).not.toEqual(drawSeeds(labels, 0.1, seeded(6)))
  })
})
