/** Communities by modularity (Louvain: Blondel, Guillaume, Lambiotte and Lefebvre 2008), at every level of the hierarchy. */
import type { Csr } from '../graph/index.ts'
import type { Random } from '../random.ts'
import { strengths } from './neighbourhood.ts'

/** Passes over the nodes of one level at most; moves become rare long before. */
const PASSES_MAX = 20
/** Levels at most; every level at least merges something, real graphs end after four to six. */
const LEVELS_MAX = 12

interface Level {
  readonly of: Csr
  /** Weight of the edges inside each node of this level, both directions: what merging has swallowed. */
  readonly loops: Float64Array
}

/** Communities numbered 0 … count − 1 in the order of their first node. */
function renumber(community: Int32Array): number {
  const numbers = new Map<number, number>()
  for (let node = 0; node < community.length; node++) {
    const old = community[node]!
    if (!numbers.has(old)) numbers.set(old, numbers.size)
    community[node] = numbers.get(old)!
  }
  return numbers.size
}

/** Moves nodes to the neighbouring community of greatest gain until none gains; ties go to the lower number. */
function moveNodes({ of, loops }: Level, random: Random): { community: Int32Array; moved: boolean } {
  const { size, offsets, columns, weights } = of
  const degree = strengths(of)
  let total = 0
  for (let node = 0; node < size; node++) {
    degree[node] = degree[node]! + loops[node]!
    total += degree[node]!
  }
  const community = Int32Array.from({ length: size }, (_, node) => node)
  const mass = degree.slice()
  const order = random.shuffle([...community])
  const links = new Float64Array(size)
  let moved = false
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    let moves = 0
    for (const node of order) {
      const own = community[node]!
      const near: number[] = [own]
      for (let k = offsets[node]!; k < offsets[node + 1]!; k++) {
        const other = community[columns[k]!]!
        if (links[other] === 0 && other !== own) near.push(other)
        links[other] = links[other]! + weights[k]!
      }
      mass[own] = mass[own]! - degree[node]!
      let best = own
      let gain = links[own]! - (mass[own]! * degree[node]!) / total
      for (const other of near) {
        const value = links[other]! - (mass[other]! * degree[node]!) / total
        if (value > gain + 1e-12 || (value > gain - 1e-12 && other < best && best !== own)) {
          gain = value
          best = other
        }
      }
      for (const other of near) links[other] = 0
      mass[best] = mass[best]! + degree[node]!
      if (best !== own) {
        community[node] = best
        moves++
      }
    }
    if (moves === 0) break
    moved = true
  }
  return { community, moved }
}

/** The graph of the communities: one node for each, parallel edges summed. */
function merge({ of, loops }: Level, community: Int32Array, count: number): Level {
  const members: number[][] = Array.from({ length: count }, () => [])
  for (let node = 0; node < of.size; node++) members[community[node]!]!.push(node)
  const inside = new Float64Array(count)
  const offsets = new Uint32Array(count + 1)
  const columns: number[] = []
  const weights: number[] = []
  const sums = new Map<number, number>()
  for (let own = 0; own < count; own++) {
    sums.clear()
    for (const node of members[own]!) {
      inside[own] = inside[own]! + loops[node]!
      for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++) {
        const other = community[of.columns[k]!]!
        if (other === own) inside[own] = inside[own]! + of.weights[k]!
        else sums.set(other, (sums.get(other) ?? 0) + of.weights[k]!)
      }
    }
    for (const other of [...sums.keys()].sort((a, b) => a - b)) {
      columns.push(other)
      weights.push(sums.get(other)!)
    }
    offsets[own + 1] = columns.length
  }
  return {
    of: { size: count, offsets, columns: Uint32Array.from(columns), weights: Float64Array.from(weights) },
    loops: inside,
  }
}

/** The community of every node, from the finest level to the coarsest; at least one level. O(edges) per pass. */
export function louvain(of: Csr, random: Random): Int32Array[] {
  const levels: Int32Array[] = []
  let level: Level = { of, loops: new Float64Array(of.size) }
  for (let depth = 0; depth < LEVELS_MAX; depth++) {
    const { community, moved } = moveNodes(level, random)
    if (!moved && levels.length > 0) break
    const count = renumber(community)
    const last = levels.at(-1)
    levels.push(last === undefined ? community : last.map((merged) => community[merged]!))
    if (!moved) break
    level = merge(level, community, count)
  }
  return levels
}

/** The connected component of every node, numbered in the order of their first nodes. */
export function components(of: Csr): Int32Array {
  const component = new Int32Array(of.size).fill(-1)
  let count = 0
  for (let start = 0; start < of.size; start++) {
    if (component[start] !== -1) continue
    const waiting = [start]
    component[start] = count
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop())
      for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++)
        if (component[of.columns[k]!] === -1) {
          component[of.columns[k]!] = count
          waiting.push(of.columns[k]!)
        }
    count++
  }
  return component
}
