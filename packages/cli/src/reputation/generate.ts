/** `symbolon reputation generate`: an economy with an attack in it, as files that the other commands read. */

import { join } from 'node:path'
import { HONEST, SYBIL, type TrustGraph } from '@symbolon/reputation'
import {
  ATTACK_KINDS,
  type AttackKind,
  attack,
  honestWorld,
  TOPOLOGIES,
  type TopologyName,
} from '@symbolon/simulator'
import type { Context } from '../context.ts'
import { oneOf } from '../parse.ts'
import { parseWhole } from './numbers.ts'
import { type Cell, makeFolder, writeResult } from './result-file.ts'

export interface GenerateOptions {
  readonly out: string
  readonly attack: string
  readonly topology: string
  readonly honest: string
  readonly attackers?: string
  readonly bridges?: string
  readonly seed: string
}

export function generate({ output }: Context, options: GenerateOptions): void {
  const kind = oneOf<AttackKind>(options.attack, ATTACK_KINDS, '--attack')
  const topology = oneOf(options.topology, Object.keys(TOPOLOGIES) as TopologyName[], '--topology')
  const seed = parseWhole(options.seed, '--seed', 0, 2 ** 32 - 1)
  const count = (text: string | undefined, what: string): number | undefined =>
    text === undefined ? undefined : parseWhole(text, what, 0, 1_000_000)
  const size = count(options.attackers, '--attackers')
  const bridges = count(options.bridges, '--bridges')
  const world = honestWorld({ seed, topology, size: parseWhole(options.honest, '--honest', 10, 1_000_000) })
  const { after, spending } = attack(world, {
    kind,
    seed,
    ...(size === undefined ? {} : { size }),
    ...(bridges === undefined ? {} : { bridges }),
  })
  const { graph, anchors, labels } = after
  const idOf = (node: number): string => graph.nodes.idOf(node)
  makeFolder(options.out)
  const edges = writeResult(
    join(options.out, 'edges.csv'),
    ['from', 'to', 'weight', 'time', 'accepted'],
    edgeRows(graph),
  )
  writeResult(
    join(options.out, 'anchors.csv'),
    ['id', 'weight'],
    [...anchors].map(([node, weight]) => [idOf(node), weight]),
  )
  const known = [...labels.keys()].filter((node) => labels[node] === SYBIL || labels[node] === HONEST)
  writeResult(
    join(options.out, 'labels.csv'),
    ['id', 'label'],
    known.map((node) => [idOf(node), labels[node] === SYBIL ? 'sybil' : 'honest']),
  )
  const sybils = known.filter((node) => labels[node] === SYBIL).length
  const sumOf = (locked: boolean): number =>
    spending.reduce((sum, { kind: what, amount }) => ((what === 'bond') === locked ? sum + amount : sum), 0)
  const [spent, locked] = [sumOf(false), sumOf(true)]
  output.result(
    {
      folder: options.out,
      attack: kind,
      topology,
      nodes: graph.nodes.size,
      edges,
      anchors: anchors.size,
      sybils,
      spent,
      locked,
    },
    `${options.out}: ${graph.nodes.size} agents, ${edges} edges, ${anchors.size} anchors, ${sybils} agents of the attacker (${kind}), who spent ${spent.toFixed(2)} USDC and locked ${locked.toFixed(2)}`,
  )
}

/** What was accepted of an edge on a line of its own; distrust as negative weight. */
function* edgeRows(graph: TrustGraph): Generator<Cell[]> {
  const { nodes, support, accepted, distrust, times } = graph
  for (let i = 0; i < nodes.size; i++) {
    for (let k = support.offsets[i] as number; k < (support.offsets[i + 1] as number); k++) {
      const j = support.columns[k] as number
      const weight = support.weights[k] as number
      const agreed = accepted === undefined ? 0 : entryAt(accepted, i, j)
      const time = times?.last[k]
      if (weight > agreed) yield [nodes.idOf(i), nodes.idOf(j), weight - agreed, time, false]
      if (agreed > 0) yield [nodes.idOf(i), nodes.idOf(j), agreed, time, true]
    }
    for (let k = distrust.offsets[i] as number; k < (distrust.offsets[i + 1] as number); k++)
      yield [
        nodes.idOf(i),
        nodes.idOf(distrust.columns[k] as number),
        -(distrust.weights[k] as number),
        undefined,
        false,
      ]
  }
}

function entryAt({ offsets, columns, weights }: TrustGraph['support'], row: number, column: number): number {
  for (let k = offsets[row] as number; k < (offsets[row + 1] as number); k++)
    if (columns[k] === column) return weights[k] as number
  return 0
}
