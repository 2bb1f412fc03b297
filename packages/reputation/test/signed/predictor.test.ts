import { describe, expect, it, vi } from 'vitest'
import { pearson } from '../../src/evaluation/index.ts'
import { trainSigned } from '../../src/index.ts'
import { edgesFrom, market } from './networks.ts'

vi.setConfig({ testTimeout: 600_000 })

const edges = market(21, { nodes: 100, ratings: 1100 })
const seen = edges.slice(0, 950)
const unseen = edges.slice(950)

describe('a trained predictor', () => {
  const predictor = trainSigned(seen)

  it('predicts ratings that it has not seen', () => {
    const predicted = predictor.predictAll(unseen.map(({ from, to }) => [from, to]))
    expect(
      pearson(
        predicted.map(({ rating }) => rating),
        unseen.map(({ rating }) => rating),
      ),
    ).toBeGreaterThan(0.6)
    for (const { rating, trust } of predicted) {
      expect(Math.abs(rating)).toBeLessThanOrEqual(predictor.scale)
      expect(trust > 0 && trust < 1).toBe(true)
    }
  })

  it('answers one pair as it answers it among others', () => {
    const pairs = unseen.slice(0, 5).map(({ from, to }): [string, string] => [from, to])
    const together = predictor.predictAll(pairs)
    for (const [place, [from, to]] of pairs.entries())
      expect(predictor.predict(from, to)).toEqual(together[place])
  })

  it('answers for strangers from what it knows of the other, and of nobody', () => {
    const ranked = [...new Set(seen.map(({ to }) => to))].map((id) => {
      const got = seen.filter(({ to }) => to === id).map(({ rating }) => rating)
      return { id, count: got.length, mean: got.reduce((sum, value) => sum + value, 0) / got.length }
    })
    const well = ranked.filter(({ count }) => count >= 8).sort((a, b) => b.mean - a.mean)
    const best = predictor.predict('a stranger', well[0]!.id)
    const worst = predictor.predict('a stranger', well.at(-1)!.id)
    expect(best.rating).toBeGreaterThan(worst.rating)
    expect(best.trust).toBeGreaterThan(worst.trust)
    expect(Number.isFinite(predictor.predict('a stranger', 'another').rating)).toBe(true)
  })

  it('says when it has been told the answer', () => {
    const [{ from, to, rating }] = seen as [(typeof seen)[number]]
    expect(predictor.predict(from, to).known).toBeCloseTo(rating, 9)
    expect(predictor.predict(unseen[0]!.from, unseen[0]!.to).known).toBeUndefined()
  })

  it('refuses a name that rates itself', () => {
    expect(() => predictor.predict('n1', 'n1')).toThrowError(
      expect.objectContaining({
        code: 'SIGNED_OPTION_INVALID',
        message: expect.stringContaining('nobody rates itself'),
      }),
    )
  })

  it('is the same whatever the order of what it was trained on', () => {
    const again = trainSigned([...seen].reverse())
    const pairs = unseen.map(({ from, to }): [string, string] => [from, to])
    expect(again.predictAll(pairs)).toEqual(predictor.predictAll(pairs))
    expect(again.importance).toEqual(predictor.importance)
  })

  it('has reasons: the shares of its features, largest first', () => {
    const shares = predictor.importance.map(({ share }) => share)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    expect([...shares].sort((a, b) => b - a)).toEqual(shares)
  })

  it('answers nothing for nothing', () => {
    expect(predictor.predictAll([])).toEqual([])
  })
})

describe('a predictor of what comes next', () => {
  it('learns from windows of time, and reads what was lately', () => {
    const predictor = trainSigned(seen, { missing: 'future' })
    const predicted = predictor.predictAll(unseen.map(({ from, to }) => [from, to]))
    expect(
      pearson(
        predicted.map(({ rating }) => rating),
        unseen.map(({ rating }) => rating),
      ),
    ).toBeGreaterThan(0.5)
  })

  it('needs times', () => {
    expect(() => trainSigned(edgesFrom('a b 1\nb c -1'), { missing: 'future' })).toThrowError(
      expect.objectContaining({ code: 'TIMES_MISSING' }),
    )
  })
})

describe('training that cannot be', () => {
  it.each([
    ['too few pairs', edges.slice(0, 9), {}, 'SIGNED_TOO_SMALL'],
    ['a rating that is none', [{ from: 'a', to: 'b', rating: Number.NaN }], {}, 'RATING_INVALID'],
    ['a seed that is none', edges, { seed: 0.5 }, 'SIGNED_OPTION_INVALID'],
  ])('%s', (_, list, options, code) => {
    expect(() => trainSigned(list, options)).toThrowError(expect.objectContaining({ code }))
  })
})

describe('praise alone', () => {
  it('is ranked by the rating, as no sign was seen', () => {
    const predictor = trainSigned(seen.map((edge) => ({ ...edge, rating: edge.rating + 11 })))
    const { rating, trust } = predictor.predict('n1', 'n2')
    expect(trust).toBeCloseTo(rating / predictor.scale, 12)
  })
})
