/** Features of an ordered pair (u, v), computed from a rating graph that does not hold the pair, in groups. */
import type { FeatureMatrix } from '../../features/matrix.ts'

export interface FeatureGroup {
  readonly names: readonly string[]
  /** Called once before the pairs of one source, so that a group can mark its neighbours. */
  enter?(source: number): void
  /** Called after them: whatever was marked must be unmarked. */
  leave?(source: number): void
  /** Writes `names.length` values from `at` on; NaN where there is nothing to say. */
  write(source: number, target: number, row: Float64Array, at: number): void
}

export interface Pairs {
  readonly from: Uint32Array
  readonly to: Uint32Array
}

/** Rows in the order of the pairs. Sources are visited in ascending order, each once. */
export function featuresOf(groups: readonly FeatureGroup[], { from, to }: Pairs): FeatureMatrix {
  const names = groups.flatMap((group) => group.names)
  const columns = names.map(() => new Float64Array(from.length))
  const order = Uint32Array.from(from, (_, row) => row).sort(
    (a, b) => (from[a] as number) - (from[b] as number) || a - b,
  )
  const row = new Float64Array(names.length)
  for (let start = 0; start < order.length; ) {
    const source = from[order[start] as number] as number
    for (const group of groups) group.enter?.(source)
    let end = start
    for (; end < order.length && from[order[end] as number] === source; end++) {
      const pair = order[end] as number
      let at = 0
      for (const group of groups) {
        group.write(source, to[pair] as number, row, at)
        at += group.names.length
      }
      for (let c = 0; c < columns.length; c++) (columns[c] as Float64Array)[pair] = row[c] as number
    }
    for (const group of groups) group.leave?.(source)
    start = end
  }
  return { names, rows: from.length, columns }
}
