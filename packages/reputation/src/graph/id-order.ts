/**
 * Sorting byte strings that lie in one arena: three-way radix quicksort (Bentley and Sedgewick 1997). It looks at every
 * distinguishing byte about once, calls no comparator, and its recursion is a stack of numbers.
 */
import { compareBytes } from './node-index.ts'

/** Below this many strings, insertion is faster. */
const SMALL = 12

/** Numbers of the strings `arena[starts[i]] … arena[starts[i + 1] − 1]`, ascending by bytes. They have to be distinct. */
export function sortRanges(arena: Uint8Array, starts: Uint32Array, size: number): Uint32Array {
  const order = new Uint32Array(size)
  for (let i = 0; i < size; i++) order[i] = i
  // A string that ends here sorts before all that go on.
  const byteAt = (id: number, depth: number): number => {
    const at = starts[id]! + depth
    return at < starts[id + 1]! ? arena[at]! : -1
  }
  const swap = (a: number, b: number): void => {
    const held = order[a]!
    order[a] = order[b]!
    order[b] = held
  }
  const stack: number[] = [0, size, 0]
  while (stack.length > 0) {
    const depth = stack.pop()!
    const end = stack.pop()!
    const start = stack.pop()!
    if (end - start < SMALL) {
      insertionSort(arena, starts, order, start, end)
      continue
    }
    const pivot = median(
      byteAt(order[start]!, depth),
      byteAt(order[(start + end) >>> 1]!, depth),
      byteAt(order[end - 1]!, depth),
    )
    let [below, above, at] = [start, end, start]
    while (at < above) {
      const byte = byteAt(order[at]!, depth)
      if (byte < pivot) swap(below++, at++)
      else if (byte > pivot) swap(at, --above)
      else at++
    }
    stack.push(start, below, depth, above, end, depth)
    if (pivot >= 0) stack.push(below, above, depth + 1)
  }
  return order
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}

function insertionSort(
  arena: Uint8Array,
  starts: Uint32Array,
  order: Uint32Array,
  start: number,
  end: number,
): void {
  for (let i = start + 1; i < end; i++) {
    const id = order[i]!
    let at = i
    while (at > start) {
      const other = order[at - 1]!
      if (compareBytes(arena, starts[other]!, starts[other + 1]!, arena, starts[id]!, starts[id + 1]!) < 0)
        break
      order[at--] = other
    }
    order[at] = id
  }
}
