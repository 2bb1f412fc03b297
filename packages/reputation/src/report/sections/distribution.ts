import { SCORE_CAVEAT_BRIEF } from '../caveat.ts'
import { type Bins, binned, histogram } from '../charts/histogram.ts'
import type { ReportData } from '../data.ts'
import { figure, percent } from '../figures.ts'
import { html, type Markup } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import type { Summary } from '../summary.ts'
import { table, tableBehind } from '../table.ts'

const BINS = 20

function binTable(name: string, bins: Bins): Markup {
  const last = bins.counts.length - 1
  const rows = bins.counts.map((count, i) => [
    `${figure(bins.low + i * bins.width)} to ${i === last ? '' : 'below '}${figure(bins.low + (i + 1) * bins.width)}`,
    figure(count),
    figure(bins.flagged[i]),
  ])
  return table(
    name,
    [{ head: 'from, to' }, { head: 'nodes', numeric: true }, { head: 'flagged', numeric: true }],
    rows,
  )
}

function quantileTable({ quantiles }: Summary): Markup {
  const nameOf = (share: number): string =>
    share === 0 ? 'lowest' : share === 0.5 ? 'median' : share === 1 ? 'highest' : percent(share)
  return table(
    'Reputation that this share of nodes does not exceed',
    [{ head: 'share of nodes' }, { head: 'reputation', numeric: true }],
    quantiles.map(([share, reputation]) => [nameOf(share), figure(reputation)]),
  )
}

function probabilityFigure(data: ReportData): Markup | undefined {
  const probability = data.nodes?.probability
  if (probability === undefined) return undefined
  const bins = binned(probability, data.nodes?.flagged, 0, 1, BINS)
  const mark =
    data.threshold === undefined
      ? undefined
      : { value: data.threshold, label: `flagged from ${figure(data.threshold)}` }
  const missing = bins.missing > 0 ? ` ${figure(bins.missing)} nodes have none.` : ''
  return html`${figureOf(
    histogram(
      bins,
      'stripes-probability',
      'Histogram of P(Sybil); the table below holds its bins.',
      'P(Sybil)',
      mark,
    ),
    `Calibrated probability of being a Sybil.${missing}`,
  )}${tableBehind('The bins of P(Sybil) as a table', binTable('P(Sybil)', bins))}`
}

export function distributionSection(data: ReportData, summary: Summary | undefined): Section | undefined {
  const { nodes } = data
  if (nodes === undefined || summary === undefined || summary.nodes === 0) return undefined
  const bins = binned(nodes.reputation, nodes.flagged, 0, 1000, BINS)
  const share = summary.flagged / summary.nodes
  const content = html`<p>${figure(summary.flagged)} of ${figure(summary.nodes)} nodes are flagged (${percent(share)})${
    nodes.capped === undefined
      ? ''
      : `, ${figure(summary.capped)} are held down by the cap of their identity state`
  }. The striped part of a bar is flagged.</p>
<div class="pair"><div>${figureOf(
    histogram(
      bins,
      'stripes-reputation',
      'Histogram of reputation; the table below holds its bins.',
      'reputation (rmt)',
    ),
    'Reputation, 0 to 1000, in bins of 50.',
  )}${tableBehind('The bins of reputation as a table', binTable('Reputation', bins))}${tableBehind('Quantiles of reputation', quantileTable(summary))}</div>
<div>${probabilityFigure(data)}</div></div>
<p class="caveat">${SCORE_CAVEAT_BRIEF}</p>`
  return { id: 'distribution', title: 'Distribution of scores', content }
}
