/**
 * The largest eigenpair of a large symmetric operator by the plain Lanczos recurrence (Lanczos 1950): three vectors, no basis
 * is reorthogonalised, so a step costs one application and a few passes over a vector, where the restarted
 * iteration of `lanczos.ts` pays some twenty passes over its basis. Orthogonality is lost only as a pair converges (Paige 1971),
 * which shows up as copies of values that are found already, never as a wrong value or vector; the pair is taken before
 * that, its residual is checked by one more application, and what is not good enough goes on in the restarted iteration.
 *
 * The vector is the same recurrence run a second time, adding up what the first run says, unless its vectors fit in
 * LEAN_KEPT_BYTES_MAX.
 */
import { LEAN_KEPT_BYTES_MAX, LEAN_STEPS_MAX } from '../limits.ts'
import { dot, type Eigenpair, type LanczosOptions, largestEigenpair, scale, vectorWithin } from './lanczos.ts'
import { type TridiagonalTop, tridiagonalTop } from './tridiagonal.ts'

/** Steps between looks at the small matrix; a look costs less than a step from a few thousand nodes on. */
const LOOK_EVERY = 8
const ROUNDING = 1e-13
/** Keeping fewer vectors than this would hardly ever save the second run. */
const KEPT_MIN = 128

type Operator = (source: Float64Array, target: Float64Array) => void

/** As `largestEigenpair`, whose contract it keeps. The operator should have a norm of about 1. */
export function leanEigenpair(apply: Operator, size: number, options: LanczosOptions): Eigenpair | undefined {
  const { start, locked = [], accept = vectorWithin(1e-9), wantsVector = true } = options
  const stepsMax = Math.min(options.stepsMax ?? LEAN_STEPS_MAX, LEAN_STEPS_MAX, size - locked.length - 1)
  const first =
    start instanceof Float64Array ? start.slice() : Float64Array.from({ length: size }, () => start.normal())
  normalised(first, locked)
  const diagonal: number[] = []
  const beside: number[] = []
  let top: TridiagonalTop | undefined
  // As long as they take little memory the vectors are kept, and need not be made again.
  const keptMax = wantsVector ? Math.floor(LEAN_KEPT_BYTES_MAX / (8 * size)) : 0
  const kept: Float64Array[] = []
  const step = recurrence(apply, size, locked, first, (vector) => {
    if (keptMax >= KEPT_MIN && kept.length < keptMax) kept.push(vector.slice())
  })
  let converged = false
  while (!converged && diagonal.length < stepsMax) {
    const { alpha, beta } = step()
    diagonal.push(alpha)
    beside.push(beta)
    const count = diagonal.length
    if (count % LOOK_EVERY !== 0 && count < stepsMax && beta > ROUNDING) continue
    top = tridiagonalTop(diagonal, beside, count)
    const residual = beta * Math.abs(top.vector[count - 1] as number)
    converged = residual <= ROUNDING || accept(residual, top.value - top.second, top.value)
    if (converged && !wantsVector)
      return { value: top.value, vector: new Float64Array(0), residual, steps: count, converged }
    if (beta <= ROUNDING) break
  }
  const vector = top === undefined ? first : combined(apply, size, locked, first, top.vector, kept)
  const image = new Float64Array(size)
  normalised(vector, locked)
  apply(vector, image)
  const value = dot(vector, image)
  for (let i = 0; i < size; i++) image[i] = (image[i] as number) - value * (vector[i] as number)
  for (const other of locked) removeFrom(image, other)
  const residual = Math.sqrt(dot(image, image))
  const steps = (kept.length >= diagonal.length ? 1 : 2) * diagonal.length + 1
  const gap = top === undefined ? 0 : top.value - top.second
  if (converged && (residual <= 10 * ROUNDING || accept(residual, gap, value)))
    return { value, vector, residual, steps, converged: true }
  // Not alone good enough: the restarted iteration begins where this one ended.
  const finished = largestEigenpair(apply, size, { ...options, start: vector })
  return finished && { ...finished, steps: steps + finished.steps }
}

function removeFrom(vector: Float64Array, other: Float64Array): void {
  const part = dot(other, vector)
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - part * (other[i] as number)
}

function normalised(vector: Float64Array, locked: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) for (const other of locked) removeFrom(vector, other)
  scale(vector, 1 / Math.sqrt(dot(vector, vector)))
}

/** Each call is one step; `visit` sees the vector that the step starts from. */
function recurrence(
  apply: Operator,
  size: number,
  locked: readonly Float64Array[],
  first: Float64Array,
  visit?: (vector: Float64Array) => void,
): () => { alpha: number; beta: number } {
  let current = first.slice()
  let previous = new Float64Array(size)
  let next = new Float64Array(size)
  let betaBefore = 0
  const parts = new Float64Array(locked.length)
  return () => {
    visit?.(current)
    apply(current, next)
    const alpha = dot(current, next)
    withoutTwo(next, alpha, current, betaBefore, previous)
    // Out of both locked vectors at once: they are orthogonal, and what rounding leaves is taken out in the next step.
    for (const [i, other] of locked.entries()) parts[i] = dot(other, next)
    for (const [i, other] of locked.entries()) without(next, parts[i] as number, other)
    const beta = Math.sqrt(dot(next, next))
    if (beta > 0) scale(next, 1 / beta)
    betaBefore = beta
    ;[previous, current, next] = [current, next, previous]
    return { alpha, beta }
  }
}

/** w − a·x − b·y, in place. */
function withoutTwo(w: Float64Array, a: number, x: Float64Array, b: number, y: Float64Array): void {
  for (let i = 0; i < w.length; i++) w[i] = (w[i] as number) - a * (x[i] as number) - b * (y[i] as number)
}

function without(w: Float64Array, a: number, x: Float64Array): void {
  for (let i = 0; i < w.length; i++) w[i] = (w[i] as number) - a * (x[i] as number)
}

/** Σ weights[j] · (vector of step j). */
function combined(
  apply: Operator,
  size: number,
  locked: readonly Float64Array[],
  first: Float64Array,
  weights: Float64Array,
  kept: readonly Float64Array[],
): Float64Array {
  const sum = new Float64Array(size)
  if (kept.length >= weights.length) {
    for (const [place, weight] of weights.entries()) without(sum, -weight, kept[place] as Float64Array)
    return sum
  }
  let place = 0
  const step = recurrence(apply, size, locked, first, (vector) => {
    const weight = weights[place++] as number
    for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) + weight * (vector[i] as number)
  })
  while (place < weights.length) step()
  return sum
}
