/**
 * No feature and no model may know the answer. By construction: predictors are given pairs without ratings. By test: changing what is
 * hidden changes nothing that is predicted, ratings that mean nothing cannot be predicted, and removing the future changes nothing.
 */
import { describe, expect, it, vi } from 'vitest'
import { evaluateSigned, type SignedEdge } from '../../src/index.ts'
import { seeded } from '../../src/random.ts'
import { ACCURACY } from '../../src/signed/accuracy.ts'
import { pairDescriber } from '../../src/signed/features/index.ts'
import { modelsOf, predictHidden } from '../../src/signed/hidden.ts'
import { ratingEvents } from '../../src/signed/ratings.ts'
import { firstRatings, foldsOf, knownBefore, pairsOf, timeAt } from '../../src/signed/splits.ts'
import { farWindows, inFolds, inWindows, nextWindows, scoresOf } from '../../src/signed/training-rows.ts'
import { market, ratingsFrom } from './networks.ts'

// Dozens of small models are trained; on a busy machine that takes a while, and says nothing.
vi.setConfig({ testTimeout: 600_000 })

const edges = market(1, { nodes: 100, ratings: 900 })

/** The same network with other ratings where `changes` says so; none beyond the scale of the rest. */
const perturbed = (changes: (place: number) => boolean): SignedEdge[] =>
  edges.map((edge, place) =>
    changes(place) && Math.abs(edge.rating) < 10 ? { ...edge, rating: -edge.rating / 2 + 1 } : edge,
  )

describe('a hidden rating', () => {
  it('changes no model, no feature and no prediction of its fold', () => {
    // Fold 3 of five, by the split that the evaluation makes.
    const rows = ratingsFrom(edges)
    const fold = foldsOf(rows.from.length, 5, 1)
    const { ids } = ratingEvents(edges)
    const hidden = new Set(
      Array.from(rows.from, (from, row) => (fold[row] === 3 ? `${ids[from]} ${ids[rows.to[row]!]}` : '')),
    )
    const changed = edges.map((edge) =>
      hidden.has(`${edge.from} ${edge.to}`) ? { ...edge, rating: edge.rating > 0 ? -1 : 1 } : edge,
    )
    const before = evaluateSigned(edges, { folds: 5, scale: 10, predictions: true })
    const after = evaluateSigned(changed, { folds: 5, scale: 10, predictions: true })
    const of = (report: typeof before, part: number) =>
      report
        .predictions!.filter((pair) => pair.part === part)
        .map(({ from, to, predicted, trust }) => ({ from, to, predicted, trust }))
    expect(of(after, 3)).toEqual(of(before, 3))
    // The change was seen where it was known: the test can fail.
    expect(of(after, 2)).not.toEqual(of(before, 2))
    expect(after.methods.at(-1)!.pcc.parts[3]).toBeLessThan(before.methods.at(-1)!.pcc.parts[3]!)
  })

  it('is not among the arguments: two networks that differ in it give the same model, bit for bit', () => {
    const time = timeAt(ratingEvents(edges), 0.7)
    const learn = (list: SignedEdge[]) => {
      const events = ratingEvents(list, 10)
      const hidden = firstRatings(events, time, Number.POSITIVE_INFINITY)
      const models = modelsOf(inWindows(events, time, farWindows, 1), 'future', 1)
      const methods = predictHidden(knownBefore(events, time), pairsOf(hidden), models)
      return { models, methods, ratings: hidden.rating }
    }
    const before = learn(edges)
    const after = learn(perturbed((place) => edges[place]!.time! >= time))
    expect(after.ratings).not.toEqual(before.ratings)
    expect(JSON.stringify(after.models)).toBe(JSON.stringify(before.models))
    expect(after.methods).toEqual(before.methods)
  })
})

describe('ratings without meaning', () => {
  it('cannot be predicted: permuted over the same pairs, correlation and order are those of chance', () => {
    const random = seeded(5)
    const ratings = random.shuffle(edges.map(({ rating }) => rating))
    const permuted = edges.map((edge, place) => ({ ...edge, rating: ratings[place]! }))
    const report = evaluateSigned(permuted, { folds: 5 })
    const own = report.methods.find(({ name }) => name === 'symbolon')!
    // The standard error of a correlation over 900 pairs is 1/30; of the AUC, with 200 negatives, about 0.023.
    expect(Math.abs(own.pooled.pcc)).toBeLessThan(0.12)
    expect(Math.abs(own.auc.mean - 0.5)).toBeLessThan(0.09)
    // On the true ratings the same method does far better: the test can fail.
    const real = evaluateSigned(edges, { folds: 5 }).methods.find(({ name }) => name === 'symbolon')!
    expect(real.pooled.pcc).toBeGreaterThan(0.6)
    expect(real.auc.mean).toBeGreaterThan(0.85)
  })

  it('cannot be predicted from ratings back that mean nothing either', () => {
    const random = seeded(6)
    const mutual: SignedEdge[] = []
    for (let pair = 0; pair < 300; pair++) {
      mutual.push({ from: `a${pair}`, to: `b${pair}`, rating: random.next() < 0.5 ? 1 : -1 })
      mutual.push({ from: `b${pair}`, to: `a${pair}`, rating: random.next() < 0.5 ? 1 : -1 })
    }
    const own = evaluateSigned(mutual, { folds: 4 }).methods.find(({ name }) => name === 'symbolon')!
    expect(Math.abs(own.pooled.pcc)).toBeLessThan(0.15)
  })
})

describe('the future', () => {
  const events = ratingEvents(edges, 10)
  const time = timeAt(events, 0.6)
  const past = ratingEvents(
    edges.filter((edge) => edge.time! < time),
    10,
  )
  const nameIn = (from: typeof events) => (node: number) => from.ids[node]!

  it.each([
    ['far', farWindows],
    ['next', nextWindows(0.05)],
  ])(
    'is in no training row (%s windows): they are the same when every rating from the cut on is removed',
    (_, windows) => {
      const full = inWindows(events, time, windows, 1)!
      const cut = inWindows(past, time, windows, 1)!
      expect(full.matrix.rows).toBeGreaterThan(300)
      expect(full.ratings).toEqual(cut.ratings)
      expect(full.matrix).toEqual(cut.matrix)
      expect(full.burst).toEqual(cut.burst)
    },
  )

  it('is in no feature of a tested pair', () => {
    const hidden = firstRatings(events, time, Number.POSITIVE_INFINITY)
    // Pairs of which the past knows both ends, so that they can be named there.
    const rows = Array.from(hidden.from.keys()).filter(
      (row) =>
        past.ids.includes(nameIn(events)(hidden.from[row]!)) &&
        past.ids.includes(nameIn(events)(hidden.to[row]!)),
    )
    expect(rows.length).toBeGreaterThan(100)
    const pairs = (ids: readonly string[]) => ({
      from: Uint32Array.from(rows, (row) => ids.indexOf(nameIn(events)(hidden.from[row]!))),
      to: Uint32Array.from(rows, (row) => ids.indexOf(nameIn(events)(hidden.to[row]!))),
    })
    const describeIn = (all: typeof events) =>
      pairDescriber(scoresOf(knownBefore(all, time)), { recency: true })(pairs(all.ids))
    expect(describeIn(events)).toEqual(describeIn(past))
  })

  it('is in no window: rows of a window that starts at t are described by what came before t', () => {
    const windows = { starts: [0.5], length: 0.2 }
    const start = timeAt(past, 0.5)
    const rows = inWindows(past, time, windows, 1)!
    const before = ratingEvents(edges, 10)
    const hidden = firstRatings(before, start, timeAt(past, 0.7))
    const kept = edges.filter((edge) => edge.time! < start)
    // The same pairs, asked of a network that ends at t; ends that it does not know are added without ratings.
    const names = [...new Set(edges.flatMap(({ from, to }) => [from, to]))]
    const truncated = ratingEvents(
      [...kept, ...names.map((name) => ({ from: name, to: 'zz', rating: 0, time: 1e9 }))],
      10,
    )
    const end = (nodes: Uint32Array) =>
      Uint32Array.from(nodes, (node) => truncated.ids.indexOf(before.ids[node]!))
    const asked = pairDescriber(scoresOf(knownBefore(truncated, start)), { recency: true })({
      from: end(hidden.from),
      to: end(hidden.to),
    })
    expect(rows.matrix).toEqual(asked)
    expect(rows.ratings).toEqual(hidden.rating)
  })

  it('is known block by block where asked for, and only to the blocks after it', () => {
    const run = (list: SignedEdge[]) =>
      evaluateSigned(list, { timeSplit: 0.6, refreshes: 4, scale: 10, predictions: true }).predictions!
    const last = timeAt(events, 0.9)
    const before = run(edges)
    const after = run(perturbed((place) => edges[place]!.time! >= last))
    const said = ({ from, to, predicted, trust }: (typeof before)[number]) => ({ from, to, predicted, trust })
    expect(after.map(said)).toEqual(before.map(said))
    const middle = run(perturbed((place) => edges[place]!.time! >= time && edges[place]!.time! < last))
    expect(middle.map(said)).not.toEqual(before.map(said))
  })
})

describe('times', () => {
  const events = ratingEvents(edges, 10)

  it('say nothing between random folds: the same figures without them', () => {
    const untimed = edges.map(({ from, to, rating }) => ({ from, to, rating }))
    const [a, b] = [evaluateSigned(edges, { folds: 3 }), evaluateSigned(untimed, { folds: 3 })]
    for (const [place, method] of a.methods.entries())
      for (const figure of ACCURACY) expect(b.methods[place]![figure]).toEqual(method[figure])
  })

  it('of a known rating are not read by the model of a missing part', () => {
    const rows = inFolds(ratingsFrom(edges), 1)!
    expect(rows.matrix.names.some((name) => /last|since|recent/.test(name))).toBe(false)
    expect(
      inWindows(events, 1e9, farWindows, 1)!.matrix.names.some((name) => /last|since|recent/.test(name)),
    ).toBe(true)
  })
})
