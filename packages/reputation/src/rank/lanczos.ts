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
  /** Largest accepted residual, and its largest share of the distance to the next value: the error of the vector is about that share. */
  readonly tolerance?: number
  readonly stepsMax?: number
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

/** Removes the span of `locked` and `basis[0 … count − 1]` from w; adds the coefficients on the basis to `row`. Returns ‖w‖. */
function orthogonalise(
  w: Float64Array,
  locked: readonly Float64Array[],
  basis: readonly Float64Array[],
  count: number,
  row: Float64Array,
): number {
  let before = Math.sqrt(dot(w, w))
  // Once leaves errors where much cancels; a second time is enough (Kahan and Parlett). Until nothing much cancels: at most 3.
  for (let pass = 0; pass < 3; pass++) {
    for (const vector of locked) subtract(w, dot(vector, w), vector)
    for (let i = 0; i < count; i++) {
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

/** basis[0 … kept − 1] ← basis[0 … count − 1] · vectors, in place, node by node. */
function recombine(basis: readonly Float64Array[], count: number, kept: number, vectors: Float64Array): void {
  const old = new Float64Array(count)
  const size = (basis[0] as Float64Array).length
  for (let node = 0; node < size; node++) {
    for (let i = 0; i < count; i++) old[i] = (basis[i] as Float64Array)[node] as number
    for (let c = 0; c < kept; c++) {
      let sum = 0
      for (let i = 0; i < count; i++) sum += (old[i] as number) * (vectors[i * count + c] as number)
      ;(basis[c] as Float64Array)[node] = sum
    }
  }
}

/** Undefined if nothing is left outside `locked`. The operator should have a norm of about 1. */
export function largestEigenpair(
  apply: (source: Float64Array, target: Float64Array) => void,
  size: number,
  { start, locked = [], tolerance = 1e-9, stepsMax = LANCZOS_STEPS_MAX }: LanczosOptions,
): Eigenpair | undefined {
  const dimension = Math.min(LANCZOS_BASIS, size - locked.length)
  if (dimension < 1) return undefined
  const kept = Math.max(1, Math.min(dimension - 2, dimension >> 1))
  const basis = [
    start instanceof Float64Array ? start.slice() : Float64Array.from({ length: size }, () => start.normal()),
  ]
  const first = basis[0] as Float64Array
  scale(first, 1 / Math.sqrt(dot(first, first)))
  const norm = orthogonalise(first, locked, basis, 0, new Float64Array(dimension))
  scale(first, 1 / norm)
  const rayleigh = new Float64Array(dimension * dimension)
  let count = 1
  for (let steps = 1; ; steps++) {
    const w = new Float64Array(size)
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
      const converged = residual <= Math.max(ROUNDING, tolerance * Math.min(1, gap))
      if (converged || steps >= stepsMax) {
        recombine(basis, count, 1, vectors)
        const vector = basis[0] as Float64Array
        scale(vector, 1 / Math.sqrt(dot(vector, vector)))
        return { value, vector, residual, steps, converged }
      }
      recombine(basis, count, kept, vectors)
      basis.length = kept
      rayleigh.fill(0)
      for (let i = 0; i < kept; i++) rayleigh[i * dimension + i] = values[i] as number
      count = kept
    }
    scale(w, 1 / beta)
    basis[count++] = w
  }
}
