import { buildGraph, type Edge, type LabelledGraph } from '../../src/index.ts'
import { seeded } from '../../src/random.ts'

/**
 * A small world with a planted attack: honest agents with mutual edges to near and random others, Sybils in a ring or in mutual
 * pairs, `bridges` mutual edges between the two. Anchors are the honest agents 0, 7, 14, …
 */
export function planted(
  seed: number,
  { honest = 60, sybils = 15, bridges = 1, attack = 'ring' as 'ring' | 'clique' | 'none' } = {},
): LabelledGraph {
  const random = seeded(seed)
  const edges: Edge[] = []
  const id = (kind: string, place: number): string => `${kind}${String(place).padStart(4, '0')}`
  const mutual = (a: string, b: string): void => {
    const weight = 1 + random.below(4)
    edges.push({ from: a, to: b, weight }, { from: b, to: a, weight })
  }
  for (let i = 0; i < honest; i++) {
    mutual(id('h', i), id('h', (i + 1) % honest))
    for (let k = 0; k < 2; k++) {
      const other = random.below(honest)
      if (other === i) continue
      if (random.next() < 0.8) mutual(id('h', i), id('h', other))
      else edges.push({ from: id('h', i), to: id('h', other), weight: 1 })
    }
  }
  const count = attack === 'none' ? 0 : sybils
  for (let i = 0; i < count; i++) {
    if (attack === 'ring') edges.push({ from: id('s', i), to: id('s', (i + 1) % count), weight: 2 })
    else for (let k = 1; k < 4; k++) mutual(id('s', i), id('s', (i + k) % count))
    edges.push({ from: id('s', i), to: id('h', random.below(honest)), weight: 1 })
  }
  for (let k = 0; k < (count > 0 ? bridges : 0); k++)
    mutual(id('h', random.below(honest)), id('s', random.below(count)))
  const graph = buildGraph(edges)
  const labels = new Int8Array(graph.nodes.size)
  const anchors = new Map<number, number>()
  for (let node = 0; node < graph.nodes.size; node++) {
    const name = graph.nodes.idOf(node)
    labels[node] = name.startsWith('s') ? 1 : 0
    if (name.startsWith('h') && Number(name.slice(1)) % 7 === 0) anchors.set(node, 1)
  }
  return {
    name: `planted ${seed}`,
    graph,
    anchors,
    labels,
    time: seed,
    topology: 'small world',
    ...(attack === 'none' ? {} : { attack }),
  }
}

/** Rings, cliques and worlds without attack in turn, of different size. */
export function plantedPool(graphs: number, seed = 0): LabelledGraph[] {
  return Array.from({ length: graphs }, (_, place) =>
    planted(seed + place, {
      honest: 40 + 13 * (place % 5),
      sybils: 6 + 4 * (place % 4),
      bridges: place % 3,
      attack: (['ring', 'clique', 'none'] as const)[place % 3],
    }),
  )
}
