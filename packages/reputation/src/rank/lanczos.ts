/**
 * The largest eigenpair of a symmetric operator by the Lanczos iteration with full reorthogonalisation and thick restart
 * (Lanczos 1950; Wu and Simon 2000). The basis never exceeds LANCZOS_BASIS vectors, so memory is 8 · LANCZOS_BASIS bytes a
 * node whatever the spectrum; vectors in `locked` are deflated, so repeated calls find further pairs, repeated values too.
 */
import { LANCZOS_BASIS, LANCZOS_STEPS_MAX } from '../limits.ts'
import type { Random } from '../random.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

export interface Eigenpair {
  readonly value: number
  /** Length 1. */
  readonly vector: Float64Array
  /** ‖A u − value · u‖. */
  readonly residual: number
  /** Applications of the operator. */
  readonly steps: number
  readonly converged: boolean
}

export interface LanczosOptions {
  /** A random start finds every direction; a given one stays in the directions it has. */
  readonly start: Random | Float64Array
  /** Orthonormal vectors that are kept out. */
  readonly locked?: readonly Float64Array[]
  /** `vectorWithin(1e-9)` unless told. */
  readonly accept?: Accept
  readonly stepsMax?: number
  /** False if only the value is wanted; `vector` may then be empty. */
  readonly wantsVector?: boolean
}

/** Below this, in an operator of norm 1, a vector is rounding. */
const ROUNDING = 1e-13

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function subtract(from: Float64Array, times: number, what: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - times * (what[i] as number)
}

export function scale(values: Float64Array, by: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * by
}

/** coefficients = ⟨v, w⟩ and w −= Σ ⟨v, w⟩ v, for four vectors at once, so that w is read and written a quarter as often. */
function project4(
  w: Float64Array,
  v0: Float64Array,
  v1: Float64Array,
  v2: Float64Array,
  v3: Float64Array,
  coefficients: Float64Array,
): void {
  let c0 = 0
  let c1 = 0
  let c2 = 0
  let c3 = 0
  for (let i = 0; i < w.length; i++) {
    const value = w[i] as number
    c0 += value * (v0[i] as number)
    c1 += value * (v1[i] as number)
    c2 += value * (v2[i] as number)
    c3 += value * (v3[i] as number)
  }
  for (let i = 0; i < w.length; i++)
    w[i] =
      (w[i] as number) -
      c0 * (v0[i] as number) -
      c1 * (v1[i] as number) -
      c2 * (v2[i] as number) -
      c3 * (v3[i] as number)
  coefficients[0] = c0
  coefficients[1] = c1
  coefficients[2] = c2
  coefficients[3] = c3
}

/** Removes the span of `locked` and `basis[0 … count − 1]` from w; adds the coefficients on the basis to `row`. Returns ‖w‖. */
function orthogonalise(
  w: Float64Array,
  locked: readonly Float64Array[],
  basis: readonly Float64Array[],
  count: number,
  row: Float64Array,
): number {
  const four = new Float64Array(4)
  let before = Math.sqrt(dot(w, w))
  // What one pass leaves behind grows by before/after, and from step to step: once more unless hardly anything cancelled (Kahan
  // and Parlett); a looser test lets the basis decay within some twenty steps.
  for (let pass = 0; pass < 3; pass++) {
    for (const vector of locked) subtract(w, dot(vector, w), vector)
    let i = 0
    for (; i + 4 <= count; i += 4) {
      const [v0, v1, v2, v3] = basis.slice(i, i + 4) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ]
      project4(w, v0, v1, v2, v3, four)
      for (let k = 0; k < 4; k++) row[i + k] = (row[i + k] as number) + (four[k] as number)
    }
    for (; i < count; i++) {
      const vector = basis[i] as Float64Array
      const part = dot(vector, w)
      subtract(w, part, vector)
      row[i] = (row[i] as number) + part
    }
    const after = Math.sqrt(dot(w, w))
    if (after > 0.7 * before) return after
    before = after
  }
  return before
}

/** Nodes that are recombined at a time: their part of the basis stays in the cache. */
const CHUNK = 512

/** basis[0 … kept − 1] ← basis[0 … count − 1] · vectors, in place. */
function recombine(basis: readonly Float64Array[], count: number, kept: number, vectors: Float64Array): void {
  const size = (basis[0] as Float64Array).length
  const mixed = new Float64Array(kept * CHUNK)
  for (let start = 0; start < size; start += CHUNK) {
    const length = Math.min(CHUNK, size - start)
    mixed.fill(0)
    for (let i = 0; i < count; i++) {
      const part = (basis[i] as Float64Array).subarray(start, start + length)
      for (let c = 0; c < kept; c++) {
        const coefficient = vectors[i * count + c] as number
        const at = c * CHUNK
        for (let node = 0; node < length; node++)
          mixed[at + node] = (mixed[at + node] as number) + coefficient * (part[node] as number)
      }
    }
    for (let c = 0; c < kept; c++)
      (basis[c] as Float64Array).set(mixed.subarray(c * CHUNK, c * CHUNK + length), start)
  }
}

/** Whether a residual is small enough, given the distance to the next Ritz value and the Ritz value itself. */
type Accept = (residual: number, gap: number, value: number) => boolean

/** For the vector, whose error is about residual/gap. */
export const vectorWithin =
  (error: number): Accept =>
  (residual, gap) =>
    residual <= error * Math.min(1, gap)

/** For the value alone, whose error is at most residual²/gap. */
export const valueWithin =
  (error: number): Accept =>
  (residual, gap) =>
    residual * residual <= error * Math.min(1, gap)

/** Undefined if nothing is left outside `locked`. The operator should have a norm of about 1. */
export function largestEigenpair(
  apply: (source: Float64Array, target: Float64Array) => void,
  size: number,
  { start, locked = [], accept = vectorWithin(1e-9), stepsMax = LANCZOS_STEPS_MAX }: LanczosOptions,
): Eigenpair | undefined {
  const dimension = Math.min(LANCZOS_BASIS, size - locked.length)
  if (dimension < 1) return undefined
  const kept = Math.max(1, Math.min(dimension - 2, dimension >> 1))
  const first: Float64Array =
    start instanceof Float64Array ? start.slice() : Float64Array.from({ length: size }, () => start.normal())
  scale(first, 1 / Math.sqrt(dot(first, first)))
  scale(first, 1 / orthogonalise(first, locked, [], 0, new Float64Array(0)))
  // One buffer more than the basis: the next vector grows in it.
  const basis = [first]
  const rayleigh = new Float64Array(dimension * dimension)
  let count = 1
  for (let steps = 1; ; steps++) {
    basis[count] ??= new Float64Array(size)
    const w = basis[count] as Float64Array
    apply(basis[count - 1] as Float64Array, w)
    const row = new Float64Array(dimension)
    const beta = orthogonalise(w, locked, basis, count, row)
    for (let i = 0; i < count; i++) {
      rayleigh[i * dimension + count - 1] = row[i] as number
      rayleigh[(count - 1) * dimension + i] = row[i] as number
    }
    const exhausted = beta < ROUNDING || count === size - locked.length
    if (exhausted || count === dimension || steps >= stepsMax) {
      const small = new Float64Array(count * count)
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) small[i * count + j] = rayleigh[i * dimension + j] as number
      const { values, vectors } = symmetricEigen(small, count)
      const value = values[0] as number
      const residual = exhausted
        ? Math.min(beta, ROUNDING)
        : beta * Math.abs(vectors[(count - 1) * count] as number)
      const gap = count > 1 ? value - (values[1] as number) : 1
      const converged = residual <= ROUNDING || accept(residual, gap, value)
      if (converged || steps >= stepsMax) {
        recombine(basis, count, 1, vectors)
        scale(first, 1 / Math.sqrt(dot(first, first)))
        return { value, vector: first, residual, steps, converged }
      }
      recombine(basis, count, kept, vectors)
      basis[count] = basis[kept] as Float64Array
      basis[kept] = w
      rayleigh.fill(0)
      for (let i = 0; i < kept; i++) rayleigh[i * dimension + i] = values[i] as number
      count = kept
    }
    scale(w, 1 / beta)
    count++
  }
}
