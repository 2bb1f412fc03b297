import { describe, expect, it } from 'vitest'
import { latencyRow, rateRow, skippedRow } from '../src/harness/row.ts'

const named = { name: 'row', title: 'a row' }

describe('rateRow', () => {
  it('meets a bar on the ratio to its peer, which goes before the ceiling', () => {
    const row = rateRow({
      ...named,
      rates: [30, 40, 20],
      ceiling: [100, 100, 100],
      peer: [10, 10, 10],
      bar: 3,
    })
    expect(row).toMatchObject({ value: 30, ceiling: 100, peer: 10, ratio: 3, barOn: 'ratio', met: true })
  })

  it('misses it by any margin', () => {
    expect(rateRow({ ...named, rates: [69], ceiling: [100], bar: 0.7 })).toMatchObject({
      ratio: 0.69,
      met: false,
    })
    expect(rateRow({ ...named, rates: [70], ceiling: [100], bar: 0.7 })).toMatchObject({
      ratio: 0.7,
      met: true,
    })
  })

  it('holds a bar on the value against the value, whatever the ratio', () => {
    const of = { ...named, rates: [1_500], ceiling: [1_000], bar: 2_000, barOn: 'value' as const }
    expect(rateRow(of)).toMatchObject({ ratio: 1.5, met: false })
  })

  it('judges nothing without a bar, and compares nothing without a reference', () => {
    expect(rateRow({ ...named, rates: [5, 7, 6] })).toEqual({
      name: 'row',
      title: 'a row',
      value: 6,
      unit: '1/s',
      ceiling: null,
      peer: null,
      ratio: null,
      against: '',
      bar: null,
      barOn: null,
      met: null,
      samples: 3,
      note: '',
    })
  })
})

it('a latency is met at or below its bar', () => {
  expect(latencyRow({ ...named, ms: 15, samples: 100, bar: 15 })).toMatchObject({ unit: 'ms', met: true })
  expect(latencyRow({ ...named, ms: 15.1, samples: 100, bar: 15 })).toMatchObject({ met: false })
  expect(latencyRow({ ...named, ms: 1, samples: 99, bar: 15, failures: 1 })).toMatchObject({ met: false })
  expect(latencyRow({ ...named, ms: 15.1, samples: 100 })).toMatchObject({ met: null, barOn: null })
})

it('what was skipped is neither met nor missed, and says why', () => {
  expect(skippedRow('row', 'a row', 'no server')).toMatchObject({
    value: null,
    ratio: null,
    met: null,
    samples: 0,
    skipped: 'no server',
  })
})
