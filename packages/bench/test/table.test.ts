import { describe, expect, it } from 'vitest'
import { latencyRow, rateRow, skippedRow } from '../src/harness/row.ts'
import { formatFigure, renderTable } from '../src/harness/table.ts'

describe('figures', () => {
  it.each([
    [1_234_567, '1,230,000'],
    [45_678, '45,700'],
    [999.9, '1,000'],
    [12.34, '12.3'],
    [7.996, '8.00'],
    [0.6543, '0.654'],
    [0, '0.00'],
  ])('%d is shown with three significant digits', (value, shown) => {
    expect(formatFigure(value)).toBe(shown)
  })
})

describe('the table', () => {
  const rows = [
    rateRow({
      name: 'fast',
      title: 'things done',
      rates: [200],
      peer: [100],
      against: 'the other one',
      bar: 1.5,
      note: 'small things',
    }),
    rateRow({ name: 'slow', title: 'others', rates: [50], ceiling: [100], bar: 100, barOn: 'value' }),
    latencyRow({ name: 'late', title: 'waiting', ms: 12.5, samples: 40, bar: 15 }),
    skippedRow('absent', 'not here', 'nothing to run it with'),
  ]

  it('shows every row, its bar and whether it is met, then what the rows mean', () => {
    expect(renderTable(rows)).toBe(`benchmark    value  ceiling   peer    ratio      bar  met  turns
---------  -------  -------  -----  -------  -------  ---  -----
fast         200/s        -  100/s   2.00 ×  ≥ 1.5 ×  yes      1
slow        50.0/s    100/s      -  0.500 ×  ≥ 100/s   NO      1
late       12.5 ms        -      -        -  ≤ 15 ms  yes     40
absent     skipped

fast: things done; ratio to the other one; small things
slow: others
late: waiting
absent: not here. skipped: nothing to run it with`)
  })

  it('without rows is the head alone', () => {
    expect(renderTable([]).split('\n')[0]).toMatch(/^benchmark {2}value {2}ceiling {2}peer/)
  })
})
