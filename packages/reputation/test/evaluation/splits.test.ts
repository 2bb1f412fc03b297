import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  groupKFold,
  leaveOneGroupOut,
  nodeSplits,
  type Split,
  splitTime,
  timeSplit,
} from '../../src/index.ts'
import { seeded } from '../../src/random.ts'

const groupsOf = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 8, maxLength: 80 })

/** Every row is in exactly one half of each split, and tested exactly once over all of them. */
function requirePartition(splits: readonly Split[], rows: number): void {
  const tested = new Array<number>(rows).fill(0)
  for (const { train, test } of splits) {
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...tested.keys()])
    for (const row of test) tested[row] = (tested[row] as number) + 1
  }
  expect(tested).toEqual(new Array(rows).fill(1))
}

describe('splits', () => {
  it('of groups never let a group straddle', () => {
    fc.assert(
      fc.property(groupsOf, fc.integer({ min: 2, max: 4 }), fc.nat(), (groups, folds, seed) => {
        if (new Set(groups).size < folds) return
        for (const splits of [groupKFold(groups, folds, seeded(seed)), leaveOneGroupOut(groups)]) {
          requirePartition(splits, groups.length)
          for (const { train, test } of splits) {
            const trained = new Set<string | undefined>([...train].map((row) => groups[row]))
            for (const row of test) expect(trained.has(groups[row])).toBe(false)
            expect(test.length).toBeGreaterThan(0)
            expect(train.length).toBeGreaterThan(0)
          }
        }
      }),
    )
  })

  it('of groups are even where the sizes allow', () => {
    const groups = Array.from({ length: 120 }, (_, row) => `g${row % 12}`)
    for (const { test } of groupKFold(groups, 4, seeded(2))) expect(test.length).toBe(30)
  })

  it('of nodes spread each class over the folds', () => {
    const labels = Array.from({ length: 103 }, (_, row) => (row % 10 === 0 ? 1 : 0))
    const splits = nodeSplits(labels, 5, seeded(1))
    requirePartition(splits, 103)
    for (const { test } of splits) {
      const positives = [...test].filter((row) => labels[row] === 1).length
      expect(positives).toBeGreaterThanOrEqual(2)
      expect(positives).toBeLessThanOrEqual(3)
    }
  })

  it('of time train on the past alone', () => {
    const times = [5, 1, 9, 3, 7, 9]
    const { train, test } = timeSplit(times, 7)
    expect([[...train], [...test]]).toEqual([
      [0, 1, 3],
      [2, 4, 5],
    ])
    expect(splitTime(times, 0.5)).toBe(7)
    expect(timeSplit(times, splitTime(times, 0.2)).test.length).toBe(2)
  })

  it('follow their seed', () => {
    const groups = Array.from({ length: 60 }, (_, row) => `g${row % 20}`)
    expect(groupKFold(groups, 4, seeded(3))).toEqual(groupKFold(groups, 4, seeded(3)))
    expect(groupKFold(groups, 4, seeded(3))).not.toEqual(groupKFold(groups, 4, seeded(4)))
  })

  it.each<[string, () => unknown]>([
    ['one group left out of one', () => leaveOneGroupOut(['a', 'a'])],
    ['more folds than groups', () => groupKFold(['a', 'b'], 3, seeded(1))],
    ['one fold', () => groupKFold(['a', 'b'], 1, seeded(1))],
    ['more folds than rows', () => nodeSplits([1, 0], 3, seeded(1))],
    ['a time before all', () => timeSplit([1, 2], 0)],
    ['a time after all', () => timeSplit([1, 2], 3)],
    ['a row without time', () => timeSplit([1, Number.NaN], 1)],
    ['equal times', () => splitTime([4, 4, 4], 0.2)],
  ])('are refused where a part would be empty: %s', (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'SPLIT_IMPOSSIBLE' }))
  })
})
