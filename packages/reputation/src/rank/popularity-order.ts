/**
 * A matrix with its nodes renumbered by falling number of entries in their columns. Where degrees have a heavy tail, most reads of a
 * product go to few nodes; next to each other these stay in the cache. Rows keep the order of their
 * entries, so the sum over a row has the same bits as before.
 */
import type { Csr } from '../graph/csr.ts'
import { descendingOrder } from './descending-order.ts'

export interface Renumbered {
  /** Columns of a row do not ascend any more: for products alone. */
  readonly matrix: Csr
  /** The node that was `order[i]` is i. */
  readonly order: Uint32Array
}

export function byPopularity({ size, offsets, columns, weights }: Csr): Renumbered {
  const reads = new Float64Array(size)
  for (const column of columns) reads[column] = (reads[column] as number) + 1
  const order = descendingOrder(reads)
  const places = new Uint32Array(size)
  for (let i = 0; i < size; i++) places[order[i] as number] = i
  const moved = {
    size,
    offsets: new Uint32Array(size + 1),
    columns: new Uint32Array(columns.length),
    weights: new Float64Array(columns.length),
  }
  let place = 0
  for (let i = 0; i < size; i++) {
    const node = order[i] as number
    const end = offsets[node + 1] as number
    for (let k = offsets[node] as number; k < end; k++) {
      moved.columns[place] = places[columns[k] as number] as number
      moved.weights[place++] = weights[k] as number
    }
    moved.offsets[i + 1] = place
  }
  return { matrix: moved, order }
}
