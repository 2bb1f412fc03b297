import { SCORE_CAVEAT_BRIEF } from '../caveat.ts'
import type { ReportData } from '../data.ts'
import { type Drawing, drawingOf } from '../drawing.ts'
import { figure } from '../figures.ts'
import { html, jsonBlock, type Markup } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'

function extent(drawing: Drawing, nodes: number, edges: number): Markup {
  const all = drawing.nodes.length === nodes
  return html`Drawn: ${figure(drawing.nodes.length)} of ${figure(nodes)} nodes, and ${figure(drawing.edges)} of ${figure(edges)} directed edges as ${figure(drawing.lines)} lines.${
    all
      ? ''
      : ' The sample holds anchors first, then flagged nodes by probability, then short random walks; it shows shapes, not shares.'
  }`
}

const KEY = html`<ul class="key" aria-label="Key"><li><svg width="16" height="16" aria-hidden="true"><circle class="sample" cx="8" cy="8" r="5"/></svg> node</li>
<li><svg width="16" height="16" aria-hidden="true"><rect class="sample" x="3.5" y="3.5" width="9" height="9" transform="rotate(45 8 8)"/></svg> anchor</li>
<li><svg width="16" height="16" aria-hidden="true"><path class="sample flagged" d="M8 2 14.5 13.5H1.5Z"/></svg> flagged</li>
<li><svg width="16" height="16" aria-hidden="true"><rect class="sample flagged" x="3.5" y="3.5" width="9" height="9" transform="rotate(45 8 8)"/></svg> flagged anchor</li></ul>`

/** The graph coloured by score. Everything that the picture says about a node is in the panel beside it, as text. */
export function graphSection(data: ReportData): { section: Section; drawing: Drawing } | undefined {
  const { graph, nodes } = data
  if (graph === undefined || nodes === undefined || graph.nodes.size === 0) return undefined
  const drawing = drawingOf(graph, nodes)
  const edges = graph.support.columns.length
  const content = html`<p>Every point is a node, every line a vouching edge, in one or both directions. What is close together vouches for each other. Choose a node to see its scores, signals and neighbours.</p>
<noscript><p class="notice">The picture needs the script inside this file. The tables below hold the figures.</p></noscript>
<div class="tools"><label>Colour by <select id="colour-by"></select></label>
<label>Find a node <input id="find" type="search" autocomplete="off" spellcheck="false" placeholder="identifier" aria-controls="found"></label>
<span class="zoom"><button type="button" id="closer" aria-label="Zoom in">+</button><button type="button" id="wider" aria-label="Zoom out">−</button><button type="button" id="whole">Whole graph</button></span></div>
<div id="found" aria-live="polite"></div>
<div class="graph">${figureOf(
    html`<div class="stage"><canvas id="canvas" tabindex="0" role="application" aria-label="${`Graph of ${figure(drawing.nodes.length)} nodes coloured by score. Arrow keys move it, plus and minus zoom, 0 shows all of it, N and P choose the next and the previous node.`}"></canvas><div id="hint" hidden></div></div>
<div class="legend"><span id="low">0</span><span class="ramp" role="img" aria-label="Colours from dark, low, to light, high"></span><span id="high">1000</span> ${KEY}</div>`,
    extent(drawing, graph.nodes.size, edges),
  )}<aside id="node" class="panel" aria-live="polite" aria-label="Chosen node"><p class="hint">No node chosen. Point at one, search for one, or follow a link in the table of nodes.</p></aside></div>
<p class="caveat">${SCORE_CAVEAT_BRIEF}</p>
${jsonBlock('drawing', drawing.block)}`
  return { section: { id: 'graph', title: 'The graph, coloured by score', content }, drawing }
}
