/** The graph that a command works on: edges from a file, anchors from a file or chosen, rules applied or not. */
import { basename } from 'node:path'
import {
  applyEdgeRules,
  automaticAnchors,
  carouselRule,
  type EdgeFormat,
  graphOf,
  type HeaderSeen,
  type RuleRecord,
  readAnchors,
  readEdges,
  reciprocalRule,
  shownText,
  type TrustGraph,
} from '@symbolon/reputation'
import type { Context } from '../context.ts'
import type { Output } from '../output/output.ts'
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

/** Errors: USAGE, FILE_UNREADABLE, those of readEdges, readAnchors and of the rules; ANCHOR_UNKNOWN. */
export async function readGraph({ output }: Context, options: GraphOptions): Promise<GraphInput> {
  const { edges, rules } = options
  const format = options.format === undefined ? undefined : oneOf(options.format, FORMATS, '--format')
  const read = await readEvidence(edges, (bytes) => readEdges(bytes, format, undefined, sayHeader(output)))
  if (read.value.size === 0) throw usage(`--edges: ${edges} holds no edge`)
  const whole = graphOf(read.value)
  output.note(`${whole.nodes.size} nodes, ${whole.support.columns.length} edges`)
  const { graph, applied: ruled } =
    rules === true
      ? applyEdgeRules(whole, [reciprocalRule(), carouselRule()], {})
      : { graph: whole, applied: [] }
  const anchors =
    options.anchors === undefined ? automaticAnchors(graph) : await namedAnchors(graph, options.anchors)
  if (options.anchors === undefined && anchors.size === 0)
    throw usage(
      `--edges: in ${edges} nobody supports another (all edges are distrust, of a node to itself, or of weight 0), so no anchor can be chosen; name some in --anchors`,
    )
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

/** A rating under a name that nobody knows would be taken for none, and an amount for a weight: what is not read must be said. */
export function sayHeader(output: Output): (seen: HeaderSeen) => void {
  return ({ passedOver, read }) => {
    if (passedOver.length > 0)
      output.note(`columns that are not read: ${passedOver.map((name) => shownText(name, 40)).join(', ')}`)
    if (!read.includes('weight') && (passedOver.length > 0 || read.includes('value')))
      output.note('no column is called weight or rating: each line counts 1, whatever its value')
  }
}

async function namedAnchors(graph: TrustGraph, path: string): Promise<ReadonlyMap<number, number>> {
  const { value } = await readEvidence(path, readAnchors)
  const anchors = new Map<number, number>()
  for (const [id, weight] of value) {
    const node = graph.nodes.indexOf(id)
    if (node === undefined)
      throw usage(
        `--anchors: ${shownText(id, 80)} of ${path} has no edge; correct the identifier or leave it out`,
      )
    if (weight > 0) anchors.set(node, weight)
  }
  if (anchors.size === 0) throw usage(`--anchors: ${path} names no anchor with a weight above 0`)
  return anchors
}

/** The node that a person named. Errors: USAGE. */
export function nodeNamed(graph: TrustGraph, id: string): number {
  const node = graph.nodes.indexOf(id)
  if (node === undefined) throw usage(`"${shownText(id, 80)}" is not in the graph`)
  return node
}
