import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accuracyOf } from '../../src/signed/accuracy.ts'
import { groupedAccuracy } from '../../src/signed/grouped-accuracy.ts'

const rows = fc.array(
  fc.record({
    actual: fc.integer({ min: -4, max: 4 }).map((value) => value / 4),
    rating: fc.integer({ min: -8, max: 8 }).map((value) => value / 8),
    trust: fc.integer({ min: 0, max: 5 }).map((value) => value / 5),
    group: fc.integer({ min: 3, max: 7 }),
  }),
  { minLength: 2, maxLength: 40 },
)

describe('accuracy of a resample of groups', () => {
  it('is the accuracy of its rows, written out', () => {
    fc.assert(
      fc.property(
        rows,
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
        (list, copies) => {
          const column = (name: 'actual' | 'rating' | 'trust'): Float64Array =>
            Float64Array.from(list, (row) => row[name])
          const order = [...new Set(list.map(({ group }) => group))]
          const multiplicity = Uint32Array.from(order, (_, place) => copies[place]!)
          const expanded = list.flatMap((row) =>
            Array<typeof row>(multiplicity[order.indexOf(row.group)]!).fill(row),
          )
          if (expanded.length < 2) return
          const grouped = groupedAccuracy(
            column('actual'),
            { rating: column('rating'), trust: column('trust') },
            list.map(({ group }) => group),
          )
          const pick = (name: 'actual' | 'rating' | 'trust'): Float64Array =>
            Float64Array.from(expanded, (row) => row[name])
          const expected = accuracyOf(pick('actual'), { rating: pick('rating'), trust: pick('trust') })
          const found = grouped.of(multiplicity)
          expect(grouped.groups).toBe(order.length)
          expect(found.rmse).toBeCloseTo(expected.rmse, 9)
          if (Number.isNaN(expected.auc)) expect(found.auc).toBeNaN()
          else expect(found.auc).toBeCloseTo(expected.auc, 9)
          if (Number.isNaN(expected.pcc)) return
          expect(found.pcc).toBeCloseTo(expected.pcc, 6)
        },
      ),
    )
  })
})

describe('accuracy', () => {
  it('of a worked example: errors 0.5, 0, 0.5; order of signs 3 of 4 pairs, a zero left out', () => {
    const actual = Float64Array.of(1, 0, -0.5, 0.5, -1)
    const rating = Float64Array.of(0.5, 0, 0, 0.5, -1)
    const trust = Float64Array.of(0.9, 0, 0.7, 0.6, 0.1)
    const { rmse, auc } = accuracyOf(actual, { rating, trust })
    expect(rmse).toBeCloseTo(Math.sqrt(0.5 / 5), 12)
    expect(auc).toBe(0.75)
  })

  it('is undefined, not zero, where nothing can be said', () => {
    const all = accuracyOf(Float64Array.of(1, 0.5), {
      rating: Float64Array.of(0.7, 0.7),
      trust: Float64Array.of(1, 0),
    })
    expect([all.pcc, all.auc]).toEqual([Number.NaN, Number.NaN])
  })
})
