/**
 * Logistic ("Platt") calibration: probability = 1/(1 + e^−(intercept + slope · margin)), by maximum likelihood with Platt's
 * softened labels (Platt 1999) and the damped Newton steps of Lin, Lin and Weng (2007).
 */
import { exponential, logistic } from '../boosting/exponential.ts'
import { labelledScores } from '../evaluation/labelled-scores.ts'

export interface LogisticCalibration {
  readonly kind: 'logistic'
  readonly slope: number
  readonly intercept: number
}

const STEPS_MAX = 100
const GRADIENT_MAX = 1e-10
/** Keeps the Hessian invertible when all margins are equal. */
const RIDGE = 1e-12

/** Keeps the order of the margins wherever higher ones go with label 1. O(n) per step, some ten steps. Errors: EVALUATION_INVALID. */
export function fitLogistic(margins: ArrayLike<number>, labels: ArrayLike<number>): LogisticCalibration {
  const { scores, labels: y, positives, negatives } = labelledScores(margins, labels)
  const high = (positives + 1) / (positives + 2)
  const low = 1 / (negatives + 2)
  const targets = Float64Array.from(y, (label) => (label === 1 ? high : low))
  const rows = scores.length
  const lossOf = (slope: number, intercept: number): number => {
    let loss = 0
    for (let row = 0; row < rows; row++) {
      const f = slope * (scores[row] as number) + intercept
      loss += Math.max(f, 0) - (targets[row] as number) * f + Math.log1p(exponential(-Math.abs(f)))
    }
    return loss
  }
  let slope = 0
  let intercept = Math.log((positives + 1) / (negatives + 1))
  let loss = lossOf(slope, intercept)
  for (let step = 0; step < STEPS_MAX; step++) {
    let [g1, g2, h11, h12, h22] = [0, 0, RIDGE, 0, RIDGE]
    for (let row = 0; row < rows; row++) {
      const x = scores[row] as number
      const p = logistic(slope * x + intercept)
      const error = p - (targets[row] as number)
      const curvature = p * (1 - p)
      g1 += error * x
      g2 += error
      h11 += curvature * x * x
      h12 += curvature * x
      h22 += curvature
    }
    if (Math.abs(g1) < GRADIENT_MAX * rows && Math.abs(g2) < GRADIENT_MAX * rows) break
    const determinant = h11 * h22 - h12 * h12
    const down1 = (h22 * g1 - h12 * g2) / determinant
    const down2 = (h11 * g2 - h12 * g1) / determinant
    let size = 1
    let next = lossOf(slope - down1, intercept - down2)
    while (!(next <= loss) && size > 1e-10) {
      size /= 2
      next = lossOf(slope - size * down1, intercept - size * down2)
    }
    if (!(next < loss)) break
    slope -= size * down1
    intercept -= size * down2
    loss = next
  }
  return { kind: 'logistic', slope, intercept }
}

export function logisticProbability({ slope, intercept }: LogisticCalibration, margin: number): number {
  return logistic(slope * margin + intercept)
}
