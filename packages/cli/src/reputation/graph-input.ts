/** The graph that a command works on: edges from a file, anchors from a file or chosen, rules applied or not. */
import { basename } from 'node:path'
import {
  applyEdgeRules,
  automaticAnchors,
  carouselRule,
  type EdgeFormat,
  graphOf,
  type RuleRecord,
  readAnchors,
  readEdges,
  reciprocalRule,
  type TrustGraph,
} from '@symbolon/reputation'
import type { Context } from '../context.ts'
import { oneOf, usage } from '../parse.ts'
import { readEvidence } from './evidence-file.ts'

export interface GraphOptions {
  readonly edges: string
  readonly format?: string
  readonly anchors?: string
  readonly rules?: boolean
}

export interface GraphInput {
  readonly graph: TrustGraph
  readonly anchors: ReadonlyMap<number, number>
  readonly isAutomatic: boolean
  /** Name of the file without its path, and SHA-256 of its bytes. */
  readonly file: string
  readonly digest: string
  /** What the rules took from edges, and why. */
  readonly ruled: readonly RuleRecord[]
}

const FORMATS: readonly EdgeFormat[] = ['csv', 'ndjson', 'adjacency']

/** `isolated`: identifiers that become nodes even without an edge. Errors: USAGE, FILE_UNREADABLE, those of readEdges, readAnchors and of the rules; ANCHOR_UNKNOWN. */
export async function readGraph(
  { output }: Context,
  options: GraphOptions,
  isolated: Iterable<string> = [],
): Promise<GraphInput> {
  const { edges, rules } = options
  const format = options.format === undefined ? undefined : oneOf(options.format, FORMATS, '--format')
  const read = await readEvidence(edges, (bytes) => readEdges(bytes, format))
  if (read.value.size === 0) throw usage(`--edges: ${edges} holds no edge`)
  for (const id of isolated) read.value.node(id)
  const whole = graphOf(read.value)
  output.note(`${whole.nodes.size} nodes, ${whole.support.columns.length} edges`)
  const { graph, applied: ruled } =
    rules === true
      ? applyEdgeRules(whole, [reciprocalRule(), carouselRule()], {})
      : { graph: whole, applied: [] }
  const anchors =
    options.anchors === undefined ? automaticAnchors(graph) : await namedAnchors(graph, options.anchors)
  if (options.anchors === undefined)
    output.note(
      `no --anchors: ${anchors.size} chosen, whom many others want in return; whoever can arrange that becomes one, so name verified agents for scores that matter`,
    )
  return {
    graph,
    anchors,
    isAutomatic: options.anchors === undefined,
    file: basename(edges),
    digest: read.digest,
    ruled: [...ruled],
  }
}

async function namedAnchors(graph: TrustGraph, path: string): Promise<ReadonlyMap<number, number>> {
  const { value } = await readEvidence(path, readAnchors)
  const anchors = new Map<number, number>()
  for (const [id, weight] of value) {
    const node = graph.nodes.indexOf(id)
    if (node === undefined)
      throw usage(
        `--anchors: ${id.slice(0, 80)} of ${path} has no edge; correct the identifier or leave it out`,
      )
    if (weight > 0) anchors.set(node, weight)
  }
  if (anchors.size === 0) throw usage(`--anchors: ${path} names no anchor with a weight above 0`)
  return anchors
}

/** The node that a person named. Errors: USAGE. */
export function nodeNamed(graph: TrustGraph, id: string): number {
  const node = graph.nodes.indexOf(id)
  if (node === undefined) throw usage(`"${id.slice(0, 80)}" is not in the graph`)
  return node
}
