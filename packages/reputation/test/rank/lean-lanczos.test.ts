import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildGraph } from '../../src/index.ts'
import { seeded } from '../../src/random.ts'
import { descendingOrder } from '../../src/rank/descending-order.ts'
import { gather } from '../../src/rank/gather.ts'
import { dot, largestEigenpair, valueWithin } from '../../src/rank/lanczos.ts'
import { leanEigenpair } from '../../src/rank/lean-lanczos.ts'
import { byPopularity } from '../../src/rank/popularity-order.ts'
import { symmetricEigen } from '../../src/rank/symmetric-eigen.ts'
import { tridiagonalTop } from '../../src/rank/tridiagonal.ts'

type Operator = (source: Float64Array, target: Float64Array) => void

const diagonalOperator =
  (values: ArrayLike<number>): Operator =>
  (source, target) => {
    for (let i = 0; i < target.length; i++) target[i] = (values[i] as number) * (source[i] as number)
  }

/** D^-½ A D^-½ of a path of `size` nodes: eigenvalues cos(πk/(size − 1)), k = 0 … size − 1. */
const pathOperator: Operator = (source, target) => {
  const last = target.length - 1
  const tie = (i: number): number => 1 / Math.sqrt((i === 0 ? 1 : 2) * (i + 1 === last ? 1 : 2))
  for (let i = 0; i <= last; i++)
    target[i] =
      (i > 0 ? tie(i - 1) * (source[i - 1] as number) : 0) +
      (i < last ? tie(i) * (source[i + 1] as number) : 0)
}

const pathTrivial = (size: number): Float64Array => {
  const vector = Float64Array.from({ length: size }, (_, i) => (i === 0 || i === size - 1 ? 1 : Math.SQRT2))
  const length = Math.sqrt(dot(vector, vector))
  return vector.map((value) => value / length)
}

describe('the largest eigenpair of a tridiagonal matrix', () => {
  const entry = fc.double({ min: -2, max: 2, noNaN: true })

  it('is that of the dense method', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, entry), { minLength: 1, maxLength: 30 }), (rows) => {
        const size = rows.length
        const diagonal = rows.map(([d]) => d)
        const beside = rows.map(([, b]) => b)
        const dense = new Float64Array(size * size)
        for (let i = 0; i < size; i++) {
          dense[i * size + i] = diagonal[i] as number
          if (i + 1 < size) {
            dense[i * size + i + 1] = beside[i] as number
            dense[(i + 1) * size + i] = beside[i] as number
          }
        }
        const expected = symmetricEigen(dense.slice(), size)
        const { value, second, vector } = tridiagonalTop(diagonal, beside, size)
        expect(Math.abs(value - (expected.values[0] as number))).toBeLessThan(1e-12)
        if (size > 1) expect(Math.abs(second - (expected.values[1] as number))).toBeLessThan(1e-12)
        expect(dot(vector, vector)).toBeCloseTo(1, 12)
        for (let i = 0; i < size; i++) {
          let sum = -value * (vector[i] as number)
          for (let j = 0; j < size; j++) sum += (dense[i * size + j] as number) * (vector[j] as number)
          expect(Math.abs(sum)).toBeLessThan(1e-11)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('the Lanczos iteration without a basis', () => {
  it('finds the second eigenvector of a path, which is known in closed form', () => {
    const size = 300
    const pair = leanEigenpair(pathOperator, size, { start: seeded(1), locked: [pathTrivial(size)] })
    expect(pair?.converged).toBe(true)
    expect(Math.abs((pair?.value as number) - Math.cos(Math.PI / (size - 1)))).toBeLessThan(1e-12)
    const exact = pathTrivial(size).map((root, i) => root * Math.cos((Math.PI * i) / (size - 1)))
    const length = Math.sqrt(dot(exact, exact))
    const alignment = dot(pair?.vector as Float64Array, exact) / length
    expect(1 - Math.abs(alignment)).toBeLessThan(1e-12)
  })

  it('finds a repeated value again when its first vector is locked', () => {
    const values = [1, 1, 0.5, ...Array.from({ length: 60 }, (_, i) => 0.4 - i / 200)]
    const apply = diagonalOperator(values)
    const first = leanEigenpair(apply, values.length, { start: seeded(2) })
    expect(first?.value).toBeCloseTo(1, 12)
    const again = leanEigenpair(apply, values.length, {
      start: seeded(3),
      locked: [first?.vector as Float64Array],
    })
    expect(again?.value).toBeCloseTo(1, 12)
    expect(Math.abs(dot(first?.vector as Float64Array, again?.vector as Float64Array))).toBeLessThan(1e-12)
    // A loose demand on the value alone spares the second run.
    const value = leanEigenpair(apply, values.length, {
      start: seeded(4),
      locked: [first?.vector as Float64Array, again?.vector as Float64Array],
      accept: valueWithin(1e-8),
      wantsVector: false,
    })
    expect(Math.abs((value?.value as number) - 0.5)).toBeLessThan(1e-7)
  })

  it('agrees with the iteration that keeps a basis, also where it has to hand over to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 120 }), fc.nat(), (size, seed) => {
        const random = seeded(seed)
        const values = Float64Array.from({ length: size }, () => random.next())
        const apply = diagonalOperator(values)
        const lean = leanEigenpair(apply, size, { start: seeded(seed + 1) })
        const full = largestEigenpair(apply, size, { start: seeded(seed + 1) })
        expect(Math.abs((lean?.value as number) - Math.max(...values))).toBeLessThan(1e-12)
        expect(lean?.converged).toBe(true)
        const gap = [...values].sort((a, b) => b - a)
        if ((gap[0] as number) - (gap[1] as number) > 1e-6)
          expect(1 - Math.abs(dot(lean?.vector as Float64Array, full?.vector as Float64Array))).toBeLessThan(
            1e-9,
          )
      }),
      { numRuns: 100 },
    )
  })

  it('gives the same bits twice', () => {
    const run = (): unknown =>
      leanEigenpair(pathOperator, 200, { start: seeded(9), locked: [pathTrivial(200)] })
    expect(run()).toEqual(run())
  })
})

describe('descending order', () => {
  it('is that of a stable comparison, for all finite and infinite doubles', () => {
    const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, -1, 1e-320))
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const expected = values
          .map((_, i) => i)
          .sort((a, b) => {
            const [x, y] = [values[a] as number, values[b] as number]
            return x === y ? a - b : y > x ? 1 : -1
          })
        expect([...descendingOrder(Float64Array.from(values))]).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the order by popularity', () => {
  it('gives every product the same bits, most linked nodes first', () => {
    const random = seeded(6)
    const edges = Array.from({ length: 3_000 }, () => ({
      from: `n${random.below(200)}`,
      to: `n${Math.floor(200 * random.next() ** 3)}`,
      weight: random.next() + 0.1,
    }))
    const { support } = buildGraph(edges)
    const { matrix, order } = byPopularity(support)
    const source = Float64Array.from({ length: support.size }, () => random.next())
    const expected = new Float64Array(support.size)
    gather(support, source, expected)
    const found = new Float64Array(support.size)
    gather(
      matrix,
      source.map((_, i) => source[order[i] as number] as number),
      found,
    )
    expect([...found]).toEqual([...order].map((node) => expected[node]))
    const reads = new Array<number>(support.size).fill(0)
    for (const column of matrix.columns) reads[column] = (reads[column] as number) + 1
    expect(reads).toEqual([...reads].sort((a, b) => b - a))
  })
})
