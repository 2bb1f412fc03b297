import { SCORE_CAVEAT } from '../caveat.ts'
import type { ReportData } from '../data.ts'
import { figure, percent } from '../figures.ts'
import { html, type Markup } from '../markup.ts'
import type { Section } from '../section.ts'
import type { Summary } from '../summary.ts'

function sourceLine({ source, date }: ReportData): Markup {
  return html`<dl class="source">${source?.file === undefined ? '' : html`<div><dt>Input</dt><dd><bdi>${source.file}</bdi></dd></div>`}${
    source?.digest === undefined
      ? ''
      : html`<div><dt>Digest</dt><dd class="digest">${source.digest}</dd></div>`
  }${date === undefined ? '' : html`<div><dt>Date</dt><dd>${date}</dd></div>`}</dl>`
}

function tiles({ source, nodes, scorecard }: ReportData, summary: Summary | undefined): Markup {
  const facts: [string, string][] = []
  const count = source?.nodes ?? summary?.nodes
  if (count !== undefined) facts.push(['nodes', figure(count)])
  if (source !== undefined) facts.push(['edges', figure(source.edges)])
  if (summary !== undefined && nodes !== undefined) {
    if (nodes.anchors !== undefined) facts.push(['anchors', figure(summary.anchors)])
    if (nodes.flagged !== undefined && summary.nodes > 0)
      facts.push([`flagged (${percent(summary.flagged / summary.nodes)})`, figure(summary.flagged)])
    const median = summary.quantiles.find(([share]) => share === 0.5)?.[1]
    if (median !== undefined) facts.push(['median reputation', figure(median)])
  }
  if (scorecard !== undefined && scorecard.length > 0)
    facts.push([
      'gates passed',
      `${figure(scorecard.filter(({ verdict }) => verdict === 'pass').length)} of ${figure(scorecard.length)}`,
    ])
  return facts.length === 0
    ? html``
    : html`<dl class="tiles">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

export function header(data: ReportData, summary: Summary | undefined, sections: readonly Section[]): Markup {
  return html`<header><h1>${data.title}</h1>
${sourceLine(data)}${tiles(data, summary)}
<aside class="limits" aria-labelledby="limits"><h2 id="limits">What a score cannot tell</h2><p>${SCORE_CAVEAT}</p></aside>
${
  sections.length < 2
    ? ''
    : html`<nav aria-label="Sections"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>`
}</header>`
}
