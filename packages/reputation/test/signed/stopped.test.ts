import { describe, expect, it } from 'vitest'
import { predict, trainBoosted } from '../../src/boosting/index.ts'
import { rootMeanSquareError } from '../../src/evaluation/index.ts'
import { seeded } from '../../src/random.ts'
import { trainStopped } from '../../src/signed/stopped.ts'

const OPTIONS = {
  objective: 'squared',
  depth: 3,
  trees: 150,
  learningRate: 0.1,
  subsample: 0.8,
  seed: 1,
} as const

function sample(seed: number, rows: number, noise: number) {
  const random = seeded(seed)
  const columns = Array.from({ length: 3 }, () => Float64Array.from({ length: rows }, () => random.normal()))
  const labels = Float64Array.from(
    { length: rows },
    (_, row) =>
      Math.sin(2 * columns[0]![row]!) + columns[1]![row]! * columns[2]![row]! + noise * random.normal(),
  )
  return {
    matrix: { names: ['a', 'b', 'c'], rows, columns },
    labels,
    weights: new Float64Array(rows).fill(1),
  }
}

describe('trees up to where held-out rows no longer gain', () => {
  it('are few on noise and many on a law', () => {
    const law = sample(1, 1500, 0.01)
    const noise = sample(2, 1500, 30)
    const many = trainStopped(law.matrix, law.labels, law.weights, OPTIONS).trees.length
    const few = trainStopped(noise.matrix, noise.labels, noise.weights, OPTIONS).trees.length
    expect(many).toBeGreaterThan(100)
    expect(few).toBeLessThan(40)
    expect(few).toBeGreaterThanOrEqual(1)
  })

  it('predict noisy labels better than all trees would', () => {
    const { matrix, labels, weights } = sample(3, 1500, 4)
    const fresh = sample(4, 3000, 0)
    const error = (model: Parameters<typeof predict>[0]): number =>
      rootMeanSquareError(predict(model, fresh.matrix), fresh.labels)
    expect(error(trainStopped(matrix, labels, weights, OPTIONS))).toBeLessThan(
      error(trainBoosted(matrix, labels, { ...OPTIONS, weights })),
    )
  })

  it('are as many as asked for when there are too few rows to hold any out', () => {
    const { matrix, labels, weights } = sample(5, 400, 1)
    expect(trainStopped(matrix, labels, weights, OPTIONS)).toEqual(
      trainBoosted(matrix, labels, { ...OPTIONS, weights }),
    )
  })

  it('leave the rows as they were, and are the same twice', () => {
    const { matrix, labels, weights } = sample(6, 800, 1)
    const kept = structuredClone({ matrix, labels, weights })
    const first = trainStopped(matrix, labels, weights, OPTIONS)
    expect({ matrix, labels, weights }).toEqual(kept)
    expect(trainStopped(matrix, labels, weights, OPTIONS)).toEqual(first)
  })
})
