/** The labelled transfer graph of an airdrop investigation, if it lies beside the repository (it is not part of it). */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { buildGraph, groupsOf, type NodeGroups, type TrustGraph } from '../../src/index.ts'

const FOLDER = new URL('../../../../../shared/data/sybil/', import.meta.url)

export const AIRDROP_PRESENT = existsSync(new URL('airdrop-labels.csv.gz', FOLDER))

export interface Airdrop {
  readonly graph: TrustGraph
  readonly labels: Int8Array
  readonly groups: NodeGroups
}

export function airdrop(): Airdrop {
  const text = (name: string): string => gunzipSync(readFileSync(new URL(name, FOLDER))).toString()
  const rows = (name: string): string[][] =>
    text(name)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
  const known = rows('airdrop-labels.csv.gz')
  const edges = rows('airdrop-transfer-edges.csv.gz').map(([from, to, count]) => ({
    from: from!,
    to: to!,
    weight: Number(count),
  }))
  const graph = buildGraph(
    edges,
    known.map(([address]) => address!),
  )
  const labels = new Int8Array(graph.nodes.size).fill(-1)
  for (const [address, sybil] of known) labels[graph.nodes.indexOf(address!)!] = Number(sybil)
  const lists = JSON.parse(text('airdrop-groups.json.gz')) as { members: string[] }[]
  return {
    graph,
    labels,
    groups: groupsOf(
      graph.nodes,
      lists.map(({ members }) => members),
    ),
  }
}
