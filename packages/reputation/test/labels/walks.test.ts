import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildGraph, neighbourhood } from '../../src/index.ts'
import { neighbourExtreme, neighbourMean, neighbourSpread, partMean } from '../../src/labels/diffusion.ts'
import { peerColumns } from '../../src/labels/peers.ts'
import { collect, handOut, startOf, walk } from '../../src/labels/seed-walks.ts'
import { surroundingsOf } from '../../src/labels/surroundings.ts'
import { suspicionOf } from '../../src/labels/suspicion.ts'
import { dense, pairs } from './support.ts'

const N = 12
const drawn = fc.tuple(
  fc.array(fc.tuple(fc.nat(N - 1), fc.nat(N - 1)), { minLength: 1, maxLength: 40 }).map((list) =>
    neighbourhood(
      buildGraph(
        list.map(([a, b]) => ({ from: `n${a}`, to: `n${b}`, weight: 1 })),
        [...Array(N).keys()].map((k) => `n${k}`),
      ),
    ),
  ),
  fc.array(fc.constantFrom(-1, 0, 1), { minLength: N, maxLength: N }).map((list) => Int8Array.from(list)),
  fc
    .array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: N, maxLength: N })
    .map((list) => Float64Array.from(list)),
)

describe('means over neighbours', () => {
  it('are what the definitions say', () => {
    fc.assert(
      fc.property(drawn, ([of, , column]) => {
        const near = dense(of).map((row) => [...column].filter((_, other) => row[other] === 1))
        const mean = (list: number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length
        near.forEach((list, node) => {
          if (list.length === 0) {
            expect(neighbourMean(of, column)[node]).toBeNaN()
            expect(neighbourExtreme(of, column, 'least')[node]).toBeNaN()
            return
          }
          expect(neighbourMean(of, column)[node]).toBeCloseTo(mean(list), 9)
          expect(neighbourExtreme(of, column, 'least')[node]).toBe(Math.min(...list))
          expect(neighbourExtreme(of, column, 'greatest')[node]).toBe(Math.max(...list))
          const variance = mean(list.map((x) => (x - mean(list)) ** 2))
          expect(neighbourSpread(of, column)[node]! ** 2).toBeCloseTo(variance, 6)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('leave out what is missing', () => {
    const of = neighbourhood(buildGraph(pairs(['a', 'b'], ['a', 'c'])))
    expect(neighbourMean(of, Float64Array.of(1, Number.NaN, 5))[0]).toBe(5)
    expect([...partMean(Int32Array.of(0, 0, 1), Float64Array.of(4, Number.NaN, 6))]).toEqual([4, 4, 6])
  })
})

describe('walks from the seeds', () => {
  it('lose nothing on the way: what all nodes with neighbours have is handed out whole', () => {
    fc.assert(
      fc.property(drawn, ([of, seeds]) => {
        const start = startOf(seeds)
        const after = handOut(of, start)
        let before = 0
        for (let node = 0; node < N; node++)
          if (of.offsets[node + 1]! > of.offsets[node]!) before += start.sybil[node]!
        expect(after.sybil.reduce((sum, x) => sum + x, 0)).toBeCloseTo(before, 9)
      }),
      { numRuns: 40 },
    )
  })

  it('visit as the powers of the transition matrix say', () => {
    fc.assert(
      fc.property(drawn, ([of, seeds]) => {
        const w = dense(of)
        const degree = w.map((row) => row.reduce((sum, x) => sum + x, 0))
        let mass: number[] = [...seeds].map((label) => (label === 0 ? 1 : 0))
        const expected = mass.slice()
        for (let step = 1; step <= 3; step++) {
          mass = w.map((_, to) =>
            mass.reduce((sum, x, from) => sum + (w[from]![to] ? x / degree[from]! : 0), 0),
          )
          mass.forEach((x, node) => {
            expected[node] = expected[node]! + 0.5 ** step * x
          })
        }
        walk(of, startOf(seeds), 0.5, 3).honest.forEach((x, node) => {
          expect(x).toBeCloseTo(expected[node]!, 9)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('count neighbours of each kind, each as much as the totals say', () => {
    const of = neighbourhood(buildGraph(pairs(['a', 'b'], ['a', 'c'], ['a', 'd'])))
    const seeds = Int8Array.of(-1, 1, 1, 0)
    const { sybil, honest } = collect(of, startOf(seeds))
    expect([sybil[0], honest[0]]).toEqual([2, 1])
    const scaled = collect(of, startOf(seeds, { sybil: 10, honest: 3 }))
    expect([scaled.sybil[0], scaled.honest[0]]).toEqual([10, 3])
  })
})

describe('peers', () => {
  it('agree with brute force over all pairs', () => {
    fc.assert(
      fc.property(drawn, ([of, , column]) => {
        const w = dense(of)
        const zero = new Float64Array(N)
        const { count, shared, closest, several } = peerColumns(of, column, zero, zero)
        for (let a = 0; a < N; a++) {
          const common = w.map((row, b) => (a === b ? 0 : row.filter((x, m) => x && w[a]![m]).length))
          const union = w.map((row) => row.filter((x, m) => x || w[a]![m]).length)
          expect(count[a]).toBeCloseTo(Math.log1p(common.filter((c) => c > 0).length), 12)
          expect(shared[a]).toBe(Math.max(...common))
          expect(several[a]).toBeCloseTo(Math.log1p(common.filter((c) => c > 1).length), 12)
          expect(closest[a]).toBeCloseTo(Math.max(...common.map((c, b) => (c > 0 ? c / union[b]! : 0))), 12)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('are not made by a counterparty of everybody', () => {
    const list = [...Array(200).keys()].map((k): [string, string] => ['exchange', `n${k}`])
    const of = neighbourhood(buildGraph(pairs(...list)))
    const column = new Float64Array(of.size)
    expect(Math.max(...peerColumns(of, column, column, column).count)).toBe(0)
  })
})

describe('suspicion', () => {
  const graph = buildGraph(pairs(['a', 'b'], ['b', 'c']), ['alone'])
  const surroundings = surroundingsOf(graph)
  const [a, alone, b, c] = ['a', 'alone', 'b', 'c'].map((id) => graph.nodes.indexOf(id)!) as [
    number,
    number,
    number,
    number,
  ]
  const probabilities = new Float64Array(4)
  probabilities[a] = 0.2
  probabilities[b] = 0.5
  probabilities[c] = 0.9
  const seeds = new Int8Array(4).fill(-1)
  seeds[c] = 0
  const { names, columns } = suspicionOf(surroundings, probabilities, seeds)
  const of = (name: string): Float64Array => columns[names.indexOf(`suspicion.${name}`)]!

  it('is what the neighbours are accused of, and known seeds are what they are', () => {
    expect(of('near')[a]).toBe(0.5)
    expect(of('near')[b]).toBeCloseTo(0.1, 12)
    expect(of('far')[a]).toBeCloseTo(0.1, 12)
  })

  it('of a component is that of the others', () => {
    expect(of('component')[a]).toBeCloseTo((0.5 + 0) / 2, 12)
    expect(of('component')[alone]).toBeNaN()
  })

  it('smooths as the fixed point x = 0.2 p + 0.8 mean(neighbours), seeds held', () => {
    // a = 0.04 + 0.8 b; b = 0.1 + 0.4 (a + 0).
    const atB = (0.1 + 0.4 * 0.04) / (1 - 0.32)
    expect(of('smooth')[b]).toBeCloseTo(atB, 4)
    expect(of('smooth')[a]).toBeCloseTo(0.04 + 0.8 * atB, 4)
    expect(of('smooth')[c]).toBe(0)
  })
})
