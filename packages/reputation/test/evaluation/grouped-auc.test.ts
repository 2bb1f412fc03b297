import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auc, aucInterval, groupedAucInterval } from '../../src/index.ts'
import { seeded } from '../../src/random.ts'

describe('AUC with groups resampled whole', () => {
  it('has the plain AUC as its value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9), fc.constantFrom(0, 1), fc.nat(4)), { minLength: 2, maxLength: 50 }),
        (rows) => {
          const [scores, labels, groups] = [0, 1, 2].map((at) => rows.map((row) => row[at] as number)) as [
            number[],
            number[],
            number[],
          ]
          const { value } = groupedAucInterval(scores, labels, groups, seeded(1), 5)
          const expected = auc(scores, labels)
          if (Number.isNaN(expected)) expect(value).toBeNaN()
          else expect(value).toBeCloseTo(expected, 12)
        },
      ),
    )
  })

  it('agrees with DeLong where every row is a group of its own', () => {
    const random = seeded(8)
    const labels = Array.from({ length: 300 }, (_, row) => (row % 3 === 0 ? 1 : 0))
    const scores = labels.map((label) => random.normal() + label)
    const grouped = groupedAucInterval(scores, labels, [...labels.keys()], seeded(2), 2000)
    const single = aucInterval(scores, labels)
    expect(Math.abs(grouped.low - single.low)).toBeLessThan(0.012)
    expect(Math.abs(grouped.high - single.high)).toBeLessThan(0.012)
  })

  it('is wider where rows of a group are alike', () => {
    const random = seeded(9)
    // Forty groups of ten rows that say nearly the same: forty observations, not four hundred.
    const groups = Array.from({ length: 400 }, (_, row) => Math.floor(row / 10))
    const level = Array.from({ length: 40 }, (_, group) => random.normal() + (group % 2))
    const labels = groups.map((group) => group % 2)
    const scores = groups.map((group) => (level[group] as number) + 0.01 * random.normal())
    const width = ({ low, high }: { low: number; high: number }): number => high - low
    const grouped = groupedAucInterval(scores, labels, groups, seeded(2), 500)
    const single = groupedAucInterval(scores, labels, [...labels.keys()], seeded(2), 500)
    expect(width(grouped)).toBeGreaterThan(2 * width(single))
  })
})
