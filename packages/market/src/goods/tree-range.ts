/**
 * Shape of an RFC 9162 tree: which ranges of leaves are its nodes. MTH(D[a:b]) splits at the largest power of two below
 * b − a (§2.1.1), so a range is a node if walking down from the whole tree arrives at exactly that range.
 */

/** Leaves `start` … `end` − 1. */
export interface TreeRange {
  readonly start: number
  readonly end: number
}

/** One step of a walk from a node to a node below it: the sibling that is left behind, and on which side. */
export interface Descent extends TreeRange {
  readonly right: boolean
}

/** Largest power of two below `size`, for 2 ≤ size ≤ 2^31. */
function splitOf(size: number): number {
  return 2 ** (31 - Math.clz32(size - 1))
}

/** Siblings on the way from `from` down to `to`, topmost first; undefined if `to` is no node below `from`. */
export function descend(from: TreeRange, to: TreeRange): Descent[] | undefined {
  const siblings: Descent[] = []
  let { start, end } = from
  if (to.start < start || to.end > end || to.end <= to.start) return undefined
  while (start !== to.start || end !== to.end) {
    const middle = start + splitOf(end - start)
    if (to.end <= middle) {
      siblings.push({ start: middle, end, right: true })
      end = middle
    } else if (to.start >= middle) {
      siblings.push({ start, end: middle, right: false })
      start = middle
    } else return undefined
  }
  return siblings
}

/** Levels of the tree below a node of `size` leaves, along its leftmost leaf. */
export function depthOf(size: number): number {
  return size <= 1 ? 0 : 32 - Math.clz32(size - 1)
}

/**
 * How many rows the packet that starts at row `first` holds: the largest node that starts there, is not larger than
 * `rowsMax` and does not pass `end`.
 */
export function packetRows(rowCount: number, first: number, end: number, rowsMax: number): number {
  const aligned = first === 0 ? 2 ** 30 : first & -first
  let rows = Math.min(aligned, 2 ** (31 - Math.clz32(rowsMax)))
  // The last node of a tree may have any size.
  if (first + rows >= rowCount && end === rowCount) return rowCount - first
  while (first + rows > end) rows /= 2
  return rows
}
