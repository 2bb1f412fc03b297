/**
 * Sparse matrices in compressed sparse rows. Columns ascend within a row, so every sum over a row has one order and a
 * permuted input gives the same matrix, bit for bit (TRU-012).
 */

export interface Csr {
  /** Rows and columns: the matrices of a graph are square. */
  readonly size: number
  /** Row i holds the entries `offsets[i]` … `offsets[i + 1] − 1`; `size + 1` entries, 32-bit. */
  readonly offsets: Uint32Array
  /** Ascending within a row, each column once. */
  readonly columns: Uint32Array
  /** Positive and finite. */
  readonly weights: Float64Array
}

/** The transposed matrix, O(entries), two passes. `places[k]`, if wanted, is the entry of `of` that became entry k. */
export function transpose(of: Csr): Csr {
  const { size, columns, weights } = of
  const offsets = new Uint32Array(size + 1)
  for (let k = 0; k < columns.length; k++)
    offsets[(columns[k] as number) + 1] = (offsets[(columns[k] as number) + 1] as number) + 1
  for (let i = 0; i < size; i++) offsets[i + 1] = (offsets[i + 1] as number) + (offsets[i] as number)
  const next = offsets.slice(0, size)
  const back = new Uint32Array(columns.length)
  const values = new Float64Array(columns.length)
  for (let row = 0; row < size; row++) {
    const end = of.offsets[row + 1] as number
    for (let k = of.offsets[row] as number; k < end; k++) {
      const column = columns[k] as number
      const place = next[column] as number
      next[column] = place + 1
      back[place] = row
      values[place] = weights[k] as number
    }
  }
  return { size, offsets, columns: back, weights: values }
}
