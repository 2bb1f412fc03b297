/** Entries of a matrix by row and column. */
import type { Csr } from './csr.ts'

/** The place of entry (row, column), or −1. Binary search within the row. */
export function entryAt({ offsets, columns }: Csr, row: number, column: number): number {
  let low = offsets[row]!
  let high = offsets[row + 1]!
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = columns[middle]!
    if (found === column) return middle
    if (found < column) low = middle + 1
    else high = middle
  }
  return -1
}

/** 0 where there is no entry. */
export function weightAt(csr: Csr | undefined, row: number, column: number): number {
  const place = csr === undefined ? -1 : entryAt(csr, row, column)
  return place < 0 ? 0 : csr!.weights[place]!
}
