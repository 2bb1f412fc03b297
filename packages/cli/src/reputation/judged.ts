/** Which labels the scores are held against: the same in a table and in a report, so that both print the same figures. */
import { UNLABELLED } from '@symbolon/reputation'
import type { GraphInput } from './graph-input.ts'

/** Without nodes that have no edge, of which a graph can say nothing, and without anchors: who is one was said by the user. */
export function judgedLabels(input: GraphInput, labels: Int8Array): Int8Array {
  const { anchors, isAutomatic } = input
  const connected = connectedLabels(input, labels)
  return isAutomatic ? connected : connected.map((label, node) => (anchors.has(node) ? UNLABELLED : label))
}

/** The labels of nodes with an edge of any layer, in or out. */
export function connectedLabels({ graph }: GraphInput, labels: Int8Array): Int8Array {
  const found = new Uint8Array(graph.nodes.size)
  for (const { offsets, columns } of [graph.support, graph.distrust]) {
    for (let node = 0; node < found.length; node++)
      if ((offsets[node + 1] as number) > (offsets[node] as number)) found[node] = 1
    for (const node of columns) found[node] = 1
  }
  return labels.map((label, node) => (found[node] === 1 ? label : UNLABELLED))
}
