/**
 * The report: one HTML file that works offline. Nothing is fetched, and nothing could be: the page's own policy refuses every
 * source, and of scripts and styles it lets run only the two of this package, by their hash. What a file smuggled in as an
 * identifier would still be inert if escaping failed.
 */
import { sha256 } from '@symbolon/primitives'
import { requireReportable } from './check.ts'
import type { ReportData } from './data.ts'
import { html, Markup } from './markup.ts'
import type { Section } from './section.ts'
import { attacksSection } from './sections/attacks.ts'
import { calibrationSection } from './sections/calibration.ts'
import { distributionSection } from './sections/distribution.ts'
import { evaluationSection } from './sections/evaluation.ts'
import { graphSection } from './sections/graph.ts'
import { header } from './sections/header.ts'
import { importanceSection } from './sections/importance.ts'
import { methodSection } from './sections/method.ts'
import { nodesSection } from './sections/nodes.ts'
import { scorecardSection } from './sections/scorecard.ts'
import { STYLE } from './style.ts'
import { summaryOf } from './summary.ts'
import { VIEWER } from './viewer.ts'

/** A source of the content security policy (CSP level 3, §2.3.1). */
function hashSource(text: string): string {
  return `'sha256-${btoa(String.fromCharCode(...sha256(new TextEncoder().encode(text))))}'`
}

function policy(): string {
  return [
    "default-src 'none'",
    `script-src ${hashSource(VIEWER)}`,
    `style-src ${hashSource(STYLE)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/**
 * Pure: the same data gives the same text, on every machine; no clock, no I/O. At most REPORT_BYTES_MAX bytes of UTF-8; what
 * is left out says so where it would stand. Errors: REPORT_INVALID.
 */
export function reportPage(data: ReportData): string {
  requireReportable(data)
  const summary = data.nodes === undefined ? undefined : summaryOf(data.nodes)
  const graph = graphSection(data)
  const sections = [
    graph?.section,
    distributionSection(data, summary),
    nodesSection(data, graph?.drawing),
    attacksSection(data),
    scorecardSection(data),
    evaluationSection(data),
    calibrationSection(data),
    importanceSection(data),
    methodSection(data),
  ].filter((section): section is Section => section !== undefined)
  const body = sections.map(
    ({ id, title, content }) =>
      html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}
</section>
`,
  )
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${data.title}</title>
<style>${Markup.trusted(STYLE)}</style>
</head>
<body>
<main>
${header(data, summary, sections)}
${body}</main>
${graph === undefined ? '' : html`<script>${Markup.trusted(VIEWER)}</script>`}
</body>
</html>
`
  return page.toString()
}
