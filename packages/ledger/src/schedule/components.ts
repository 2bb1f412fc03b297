/**
 * Which transactions may run at the same time (CON-072…076). Two conflict if one writes a key that the other reads or writes;
 * the connected components of that relation share no key that either of them writes, so they can run in any order.
 *
 * The graph is never built: for each key with at least one writer, everything that touches it is united (CON-075). Keys that are
 * only read join nothing. PERF: O(declared accesses) map operations; one transaction that declares many keys can merge
 * as many components, which is why declared keys are bounded and priced (CON-079).
 */
import { UnionFind } from './union-find.ts'

/** The declared keys of one transaction, as names that are equal exactly when the keys are. */
export interface DeclaredKeys {
  readonly reads: Iterable<string>
  /** May also be read. */
  readonly writes: Iterable<string>
}

/** What is known of a key while the block is scanned. */
interface Touched {
  /** Some transaction that writes it; -1 while there is none. */
  writer: number
  /** Readers that wait for a first writer. */
  readers: number[]
}

/** Components in the order of their first transaction, each with its positions in ascending order. */
export function componentsOf(transactions: readonly DeclaredKeys[]): number[][] {
  const sets = new UnionFind(transactions.length)
  const keys = new Map<string, Touched>()
  for (const [position, { reads, writes }] of transactions.entries()) {
    for (const key of writes) {
      const touched = keys.get(key)
      if (touched === undefined) {
        keys.set(key, { writer: position, readers: [] })
        continue
      }
      if (touched.writer >= 0) sets.union(position, touched.writer)
      touched.writer = position
      for (const reader of touched.readers) sets.union(position, reader)
      touched.readers = []
    }
    for (const key of reads) {
      const touched = keys.get(key)
      if (touched === undefined) keys.set(key, { writer: -1, readers: [position] })
      else if (touched.writer >= 0) sets.union(position, touched.writer)
      else touched.readers.push(position)
    }
  }
  const components = new Map<number, number[]>()
  for (let position = 0; position < transactions.length; position++) {
    const set = sets.find(position)
    const component = components.get(set)
    if (component === undefined) components.set(set, [position])
    else component.push(position)
  }
  return [...components.values()]
}
