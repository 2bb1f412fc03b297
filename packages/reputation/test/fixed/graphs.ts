/** Graphs with whole weights for the tests of fixed point, and arbitraries of them. */
import * as fc from 'fast-check'
import type { Csr } from '../../src/graph/csr.ts'
import type { ReferenceEdge } from './reference.ts'

export interface WeightedGraph {
  readonly size: number
  readonly edges: readonly ReferenceEdge[]
  readonly prior: readonly bigint[]
}

/** Parallel edges must have been merged. */
export function csrOf(size: number, edges: readonly ReferenceEdge[]): Csr {
  const sorted = [...edges].sort((a, b) => a.from - b.from || a.to - b.to)
  const offsets = new Uint32Array(size + 1)
  for (const { from } of sorted) offsets[from + 1] = (offsets[from + 1] as number) + 1
  for (let i = 0; i < size; i++) offsets[i + 1] = (offsets[i + 1] as number) + (offsets[i] as number)
  return {
    size,
    offsets,
    columns: Uint32Array.from(sorted, ({ to }) => to),
    weights: Float64Array.from(sorted, ({ weight }) => Number(weight)),
  }
}

const weight = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n }),
  fc.bigInt({ min: 1n, max: 2n ** 44n }),
  fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }),
)

/** Directed, no loops, weights up to 2^53 − 1, priors that are sparse, huge or absent. */
export const graphs: fc.Arbitrary<WeightedGraph> = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    edges: fc
      .uniqueArray(fc.record({ from: fc.nat(size - 1), to: fc.nat(size - 1), weight }), {
        maxLength: 50,
        selector: ({ from, to }) => from * 64 + to,
      })
      .map((edges) => edges.filter(({ from, to }) => from !== to)),
    prior: fc.array(fc.oneof(fc.constant(0n), fc.constant(1n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), {
      minLength: size,
      maxLength: size,
    }),
  }),
)

export function symmetric(edges: readonly ReferenceEdge[]): ReferenceEdge[] {
  const merged = new Map<string, ReferenceEdge>()
  for (const { from, to, weight } of edges)
    for (const [a, b] of [
      [from, to],
      [to, from],
    ] as const) {
      const before = merged.get(`${a} ${b}`)?.weight ?? 0n
      merged.set(`${a} ${b}`, { from: a, to: b, weight: before + weight })
    }
  return [...merged.values()]
}
