/** Groups of nodes that belong together (one owner, one investigation): what a group split must never tear apart. */
import type { NodeIndex } from '../graph/index.ts'
import { UNLABELLED } from '../model/labelled-graph.ts'
import type { Random } from '../random.ts'
import type { NodeLabels } from './seeds.ts'

/** The group of every node, numbered from 0; −1 for a node in no group. */
export type NodeGroups = Int32Array

/** Lists that share a member are one group (union–find); identifiers that the graph does not hold are passed over. */
export function groupsOf(nodes: NodeIndex, lists: Iterable<readonly string[]>): NodeGroups {
  const parent = Int32Array.from({ length: nodes.size }, (_, node) => node)
  const listed = new Uint8Array(nodes.size)
  const root = (node: number): number => {
    while (parent[node] !== node) {
      parent[node] = parent[parent[node]!]!
      node = parent[node]!
    }
    return node
  }
  for (const list of lists) {
    let first = -1
    for (const id of list) {
      const node = nodes.indexOf(id)
      if (node === undefined) continue
      listed[node] = 1
      if (first < 0) first = node
      else parent[root(node)] = root(first)
    }
  }
  const numbers = new Map<number, number>()
  return Int32Array.from(parent, (_, node) => {
    if (listed[node] === 0) return -1
    const top = root(node)
    if (!numbers.has(top)) numbers.set(top, numbers.size)
    return numbers.get(top)!
  })
}

/** The labelled nodes in units that stay together: whole groups, and every other labelled node alone. */
export function unitsOf(labels: NodeLabels, groups?: NodeGroups): number[][] {
  const units: number[][] = []
  const places = new Map<number, number>()
  for (let node = 0; node < labels.length; node++) {
    if (labels[node] === UNLABELLED) continue
    const group = groups?.[node] ?? -1
    const place = group < 0 ? undefined : places.get(group)
    if (place !== undefined) units[place]!.push(node)
    else {
      if (group >= 0) places.set(group, units.length)
      units.push([node])
    }
  }
  return units
}

/**
 * The fold of every labelled node, −1 elsewhere; no unit straddles two folds. The units are shuffled, then the larger go
 * first, each to the fold that has the fewest nodes of its more frequent label.
 */
export function foldsOf(labels: NodeLabels, folds: number, random: Random, groups?: NodeGroups): Int32Array {
  const result = new Int32Array(labels.length).fill(-1)
  const load = [new Float64Array(folds), new Float64Array(folds)]
  const units = random.shuffle(unitsOf(labels, groups)).sort((a, b) => b.length - a.length)
  for (const unit of units) {
    let sybils = 0
    for (const node of unit) sybils += labels[node]!
    const mine = load[2 * sybils > unit.length ? 1 : 0]!
    let fold = 0
    for (let k = 1; k < folds; k++) if (mine[k]! < mine[fold]!) fold = k
    load[0]![fold] = load[0]![fold]! + unit.length - sybils
    load[1]![fold] = load[1]![fold]! + sybils
    for (const node of unit) result[node] = fold
  }
  return result
}
