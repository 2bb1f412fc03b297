import { buildGraph, type Csr, type Edge, type Random, seeded, type TrustGraph } from '../../src/index.ts'

/** Undirected pairs as edges of weight 1 from the first to the second. */
export function pairs(...list: readonly (readonly [string, string])[]): Edge[] {
  return list.map(([from, to]) => ({ from, to, weight: 1 }))
}

export function labelsOf(graph: TrustGraph, known: Readonly<Record<string, 0 | 1>>): Int8Array {
  const labels = new Int8Array(graph.nodes.size).fill(-1)
  for (const [id, label] of Object.entries(known)) labels[graph.nodes.indexOf(id)!] = label
  return labels
}

/** The matrix in full, for brute force. */
export function dense({ size, offsets, columns, weights }: Csr): number[][] {
  const rows = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  for (let i = 0; i < size; i++)
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) rows[i]![columns[k]!] = weights[k]!
  return rows
}

export interface Planted {
  readonly graph: TrustGraph
  readonly labels: Int8Array
  readonly groups: Int32Array
}

/** Identifiers say nothing: a number drawn at random. */
function names(count: number, random: Random): string[] {
  const taken = new Set<string>()
  while (taken.size < count) taken.add(random.uint32().toString(16).padStart(8, '0'))
  return [...taken]
}

/**
 * Honest nodes deal at random with each other and with shops; every Sybil group is a star around one funder that pays all
 * members, who pay each other along a chain. `attack` edges join Sybils to honest nodes. Funders and shops are unlabelled.
 */
export function planted(
  seed: number,
  { honest = 300, sybilGroups = 20, perGroup = 8, attack = 40, plain = false } = {},
): Planted {
  const random = seeded(seed)
  const shops = Math.ceil(honest / 10)
  const ids = names(honest + shops + sybilGroups * (perGroup + 1), random)
  let next = 0
  const take = (count: number): string[] => {
    next += count
    return ids.slice(next - count, next)
  }
  const people = take(honest)
  const places = take(shops)
  const edges: Edge[] = []
  const deal = (from: string, to: string): void => {
    edges.push({ from, to, weight: 1 + random.below(5) })
  }
  for (const person of people) {
    for (let k = 0; k < 2; k++) deal(person, people[random.below(honest)]!)
    deal(person, places[random.below(shops)]!)
  }
  const rings = Array.from({ length: sybilGroups }, () => take(perGroup))
  for (const ring of rings) {
    const [funder] = take(1)
    ring.forEach((member, place) => {
      if (plain) for (let k = 0; k < 3; k++) deal(member, people[random.below(honest)]!)
      else {
        deal(funder!, member)
        if (place > 0) deal(ring[place - 1]!, member)
      }
    })
  }
  for (let k = 0; k < attack; k++)
    deal(rings[random.below(sybilGroups)]![random.below(perGroup)]!, people[random.below(honest)]!)
  const graph = buildGraph(edges, [...people, ...rings.flat()])
  const labels = new Int8Array(graph.nodes.size).fill(-1)
  const groups = new Int32Array(graph.nodes.size).fill(-1)
  for (const person of people) labels[graph.nodes.indexOf(person)!] = 0
  rings.forEach((ring, group) => {
    for (const member of ring) {
      labels[graph.nodes.indexOf(member)!] = 1
      groups[graph.nodes.indexOf(member)!] = group
    }
  })
  return { graph, labels, groups }
}
