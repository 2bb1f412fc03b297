/** Eigenvalues of small symmetric matrices by cyclic Jacobi rotations: a few dozen rows, inside the Lanczos iteration. */

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array
  /** Column c of row r at `r * size + c` belongs to `values[c]`; orthonormal. */
  readonly vectors: Float64Array
}

const SWEEPS_MAX = 60

/** `matrix` holds size × size entries by rows and is used up. O(size³) per sweep, about six to ten sweeps. */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const a = matrix
  const v = new Float64Array(size * size)
  for (let i = 0; i < size; i++) v[i * size + i] = 1
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let off = 0
    let scale = 0
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const square = (a[i * size + j] as number) ** 2
        scale += square
        if (i !== j) off += square
      }
    if (off <= 1e-34 * scale) break
    for (let p = 0; p < size - 1; p++)
      for (let q = p + 1; q < size; q++) {
        const apq = a[p * size + q] as number
        if (apq === 0) continue
        const theta = ((a[q * size + q] as number) - (a[p * size + p] as number)) / (2 * apq)
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        rotate(a, v, size, p, q, c, t * c)
      }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (i, j) => (a[j * size + j] as number) - (a[i * size + i] as number) || i - j,
  )
  const vectors = new Float64Array(size * size)
  for (let r = 0; r < size; r++)
    for (const [place, from] of order.entries()) vectors[r * size + place] = v[r * size + from] as number
  return { values: Float64Array.from(order, (i) => a[i * size + i] as number), vectors }
}

function rotate(
  a: Float64Array,
  v: Float64Array,
  size: number,
  p: number,
  q: number,
  c: number,
  s: number,
): void {
  for (let k = 0; k < size; k++) {
    const kp = a[k * size + p] as number
    const kq = a[k * size + q] as number
    a[k * size + p] = c * kp - s * kq
    a[k * size + q] = s * kp + c * kq
  }
  for (let k = 0; k < size; k++) {
    const pk = a[p * size + k] as number
    const qk = a[q * size + k] as number
    a[p * size + k] = c * pk - s * qk
    a[q * size + k] = s * pk + c * qk
    const vp = v[k * size + p] as number
    const vq = v[k * size + q] as number
    v[k * size + p] = c * vp - s * vq
    v[k * size + q] = s * vp + c * vq
  }
}
