import { REPORT_ROWS_MAX } from '../../limits.ts'
import { HONEST, SYBIL } from '../../model/labelled-graph.ts'
import { SCORE_CAVEAT_BRIEF } from '../caveat.ts'
import type { ReportData, ReportNodes } from '../data.ts'
import type { Drawing } from '../drawing.ts'
import { figure } from '../figures.ts'
import { html, type Markup, named } from '../markup.ts'
import type { Section } from '../section.ts'
import { type Column, table } from '../table.ts'

/** Who deserves a look first: flagged before others, then the lowest reputation, then the likelier Sybil. */
function inOrder(nodes: ReportNodes): Uint32Array {
  const { reputation, flagged, probability } = nodes
  const order = Uint32Array.from({ length: reputation.length }, (_, node) => node)
  return order.sort(
    (a, b) =>
      (flagged?.[b] ? 1 : 0) - (flagged?.[a] ? 1 : 0) ||
      (reputation[a] as number) - (reputation[b] as number) ||
      (probability?.[b] || 0) - (probability?.[a] || 0) ||
      a - b,
  )
}

function standing(nodes: ReportNodes, node: number): string {
  const label = nodes.labels?.[node]
  return [
    nodes.flagged?.[node] ? 'flagged' : '',
    nodes.capped?.[node] ? 'capped' : '',
    nodes.anchors?.has(node) ? 'anchor' : '',
    label === SYBIL ? 'known Sybil' : label === HONEST ? 'known honest' : '',
  ]
    .filter((word) => word !== '')
    .join(', ')
}

export function nodesSection(data: ReportData, drawing: Drawing | undefined): Section | undefined {
  const { nodes, graph } = data
  if (nodes === undefined) return undefined
  const order = inOrder(nodes)
  const places = new Map(drawing?.nodes.map((node, place) => [node, place]))
  const nameOf = (node: number): Markup => {
    const name = graph === undefined ? html`node ${node}` : named(graph.nodes.idOf(node))
    const place = places.get(node)
    return place === undefined ? name : html`<a href="#node-${place}">${name}</a>`
  }
  const columns: Column[] = [{ head: 'node' }, { head: 'reputation', numeric: true }]
  if (nodes.probability !== undefined) columns.push({ head: 'P(Sybil)', numeric: true })
  columns.push({ head: 'standing' })
  const rows = [...order.subarray(0, REPORT_ROWS_MAX)].map((node) => [
    nameOf(node),
    figure(nodes.reputation[node]),
    ...(nodes.probability === undefined ? [] : [figure(nodes.probability[node])]),
    standing(nodes, node),
  ])
  const content = html`<p>Flagged nodes come first, then ascending reputation. Being flagged and having a low score are two things: gates must ask for both.</p>
${table('Nodes to look at first', columns, rows, order.length)}
<p class="caveat">${SCORE_CAVEAT_BRIEF}</p>`
  return { id: 'nodes', title: 'Nodes', content }
}
