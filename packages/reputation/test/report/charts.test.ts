import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportPage } from '../../src/index.ts'
import { axis, shareOf } from '../../src/report/charts/axis.ts'
import { figure, percent } from '../../src/report/figures.ts'
import { FULL } from './example.ts'
import { tagsOf } from './read-page.ts'

const percentOf = (text: string | undefined): number => Number.parseFloat(text ?? 'NaN')
const withClass = (page: string, name: string) =>
  tagsOf(page).filter(({ attributes }) => attributes['class']?.split(' ').includes(name))

describe('what the pictures draw', () => {
  it('bars of return: from 0 to the value, on an axis of −100 % to 100 %', () => {
    const { attacks = [], unit = '' } = FULL
    const page = reportPage({ title: 'attacks', attacks, unit })
    const [ring] = withClass(page, 'pass').filter(({ name }) => name === 'rect')
    const [bridge] = withClass(page, 'fail').filter(({ name }) => name === 'rect')
    // −73.5 % and 51.8 % of steps of 50 %: the axis ends at 100 %, so 0 stands in the middle.
    expect(percentOf(ring?.attributes['x'])).toBeCloseTo(13.25, 2)
    expect(percentOf(ring?.attributes['width'])).toBeCloseTo(36.75, 2)
    expect(percentOf(bridge?.attributes['x'])).toBeCloseTo(50, 2)
    expect(percentOf(bridge?.attributes['width'])).toBeCloseTo(25.9, 2)
    // The bar that decides stands at −10 %; what was not measured has no bar.
    expect(percentOf(withClass(page, 'mark')[0]?.attributes['x1'])).toBeCloseTo(45, 2)
    expect(withClass(page, 'bar')).toHaveLength(2)
  })

  it('a return beyond the axis ends at its edge', () => {
    const row = { ...FULL.attacks?.[1], attack: 'huge', roi: 40, verdict: 'fail' } as NonNullable<
      typeof FULL.attacks
    >[number]
    const page = reportPage({ title: 'huge', attacks: [row] })
    const [bar] = withClass(page, 'bar')
    expect(percentOf(bar?.attributes['x']) + percentOf(bar?.attributes['width'])).toBeCloseTo(100, 2)
    expect(page).toContain('4000.0 %')
  })

  it('reliability: predicted across, observed upwards, area by count', () => {
    const page = reportPage({
      title: 'reliability',
      ...(FULL.calibration && { calibration: FULL.calibration }),
    })
    const [low, high] = withClass(page, 'point')
    expect([percentOf(low?.attributes['cx']), percentOf(low?.attributes['cy'])]).toEqual([4.8, 96.9])
    expect([percentOf(high?.attributes['cx']), percentOf(high?.attributes['cy'])]).toEqual([93.4, 4.3])
    expect(Number(low?.attributes['r'])).toBeGreaterThan(Number(high?.attributes['r']))
  })

  it('histogram: heights in proportion to counts', () => {
    const page = reportPage({ title: 'histogram', nodes: { reputation: [10, 20, 30, 980] } })
    const heights = withClass(page, 'bar').map(({ attributes }) => percentOf(attributes['height']))
    expect(heights).toHaveLength(20)
    expect(heights[0]).toBeCloseTo(3 * (heights[19] as number), 2)
    expect(heights.slice(1, 19).every((height) => height === 0)).toBe(true)
  })
})

describe('axes', () => {
  it('cover their range with few round ticks', () => {
    const values = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        fc.pre(high - low > 1e-6)
        const scale = axis(low, high)
        const slack = 1e-6 * Math.max(1, Math.abs(low), Math.abs(high))
        expect(scale.low).toBeLessThanOrEqual(low + slack)
        expect(scale.high).toBeGreaterThanOrEqual(high - slack)
        expect(scale.ticks.length).toBeGreaterThanOrEqual(2)
        expect(scale.ticks.length).toBeLessThanOrEqual(8)
        expect(shareOf(scale, scale.low)).toBe(0)
        expect(shareOf(scale, scale.high)).toBe(1)
      }),
    )
  })

  it('a range of nothing', () => {
    expect(axis(0, 0).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  })
})

describe('numbers in print', () => {
  it.each([
    [0, '0'],
    [-0.5, '−0.5'],
    [1234567, '1,234,567'],
    [-1000, '−1,000'],
    [12345.678, '12,346'],
    [0.123456, '0.1235'],
    [0.00001234, '0.00001234'],
    [1.5e-9, '1.5e−9'],
    [Number.NaN, '—'],
    [Number.POSITIVE_INFINITY, '∞'],
  ])('%d', (value, printed) => expect(figure(value)).toBe(printed))

  it('shares', () => {
    expect([0, 0.0004, 1, -0.1, Number.NaN].map(percent)).toEqual([
      '0.0 %',
      '0.0 %',
      '100.0 %',
      '−10.0 %',
      '—',
    ])
  })
})
