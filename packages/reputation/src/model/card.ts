/** The model card: what the artefact says about itself, in words and tables. Generated, so it cannot drift from the model. */
import type { Interval } from '../evaluation/index.ts'
import { precisionAtPrevalence } from '../evaluation/index.ts'
import type { ProtocolFigures } from './figures.ts'
import { type Model, modelHash } from './model.ts'

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`
const figure = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : '–')
const range = ({ value, low, high }: Interval): string =>
  `${figure(value)} (${figure(low)} … ${figure(high)})`
const share = ({ value, low, high }: Interval): string =>
  Number.isFinite(value) ? `${percent(value)} (${percent(low)} … ${percent(high)})` : '–'

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, graphs]) => `${name} ${graphs}`)
    .join(', ')

const PROTOCOLS: Readonly<Record<string, string>> = {
  'graph split': 'whole graphs held out in turn: the figure to quote',
  'time split': 'earlier graphs train and calibrate, later ones are judged',
  'node split': 'nodes of the same graphs held out: leaks through the graph, for comparison only',
}

function protocols(figures: readonly ProtocolFigures[]): string {
  return table(
    [
      'protocol',
      'AUC, all rows (95 %, by graph)',
      'mean AUC per graph',
      'average precision',
      'recall at 1 % / 5 % false positives',
      'log loss',
      'Brier',
      'calibration error',
    ],
    figures.map((of) => [
      of.protocol,
      range(of.auc),
      figure(of.meanGraphAuc),
      figure(of.averagePrecision),
      `${percent(of.recallAt1)} / ${percent(of.recallAt5)}`,
      figure(of.logLoss),
      figure(of.brier),
      figure(of.calibrationError),
    ]),
  )
}

function attacks({ attacks: rows }: ProtocolFigures): string {
  return table(
    ['attack', 'graphs', 'Sybils', 'detected', 'false positives', 'AUC'],
    rows.map((row) => [
      row.attack,
      row.graphs,
      row.sybils,
      row.missedAtMost === null
        ? share(row.detected)
        : `${percent(row.detected.value)}: misses at most ${percent(row.missedAtMost)}`,
      share(row.falsePositives),
      figure(row.auc),
    ]),
  )
}

function prevalences({ recall, falsePositiveRate }: ProtocolFigures): string {
  return table(
    ['Sybils among all', 'a flag is right'],
    [0.2, 0.05, 0.01, 0.001].map((prevalence) => [
      percent(prevalence),
      percent(precisionAtPrevalence(prevalence, recall.value, falsePositiveRate.value)),
    ]),
  )
}

/** Markdown. */
export function modelCard(model: Model): string {
  const { data, trees, calibration, figures, importance } = model
  const main = figures[0] as ProtocolFigures
  const { parameters } = trees
  const calibrating =
    calibration.kind === 'logistic'
      ? `logistic, slope ${figure(calibration.slope)}, intercept ${figure(calibration.intercept)}`
      : `isotonic, ${calibration.scores.length} knots`
  return `# Model card: ${model.name}

Generated from the artefact. SHA-256 \`${modelHash(model)}\`.

**What it is.** ${trees.trees.length} gradient-boosted trees of depth ${parameters.depth} over ${model.features.length} features of a node in a trust
graph; answers the probability that the node is a Sybil, calibrated on graphs that the trees had not seen. Normalisation:
\`${model.normalisation}\`.

**What it is for.** Ordering agents for review and setting limits. A flag starts a review; it slashes nobody. Access asks for
*not flagged and rmt at least the minimum*, never for the score alone.

**What it cannot do.** No symmetric reputation function is Sybil-proof (Cheng and Friedman 2005). Structure finds sparse cuts
(Viswanath and others 2010; Alvisi and others 2013): it misses attackers whom many honest agents endorse and suspects honest agents
whom no anchor reaches. It was trained on generated attacks: figures below say how it does on *other generated* graphs, not on a
network that it has never met. Calibrate again there (\`symbolon reputation evaluate --labels\`) before a threshold decides anything.

## Data

- source: ${data.source}
- ${data.graphs} graphs of ${data.sizes[0]} to ${data.sizes[1]} nodes; ${data.nodes} labelled nodes that are no anchors, ${data.sybils} of them Sybils (${percent(data.sybils / data.nodes)})
- at most ${data.rowsPerGraph} nodes of one graph trained
- attacks: ${counts(data.attacks)}
- topologies: ${counts(data.topologies)}
- anchors were chosen without looking at labels

## Training

learning rate ${parameters.learningRate}, lambda ${parameters.lambda}, gamma ${parameters.gamma}, min child weight ${parameters.minChildWeight}, subsample ${parameters.subsample}, weight of positives ${parameters.scalePosWeight},
${parameters.bins} bins, seed ${parameters.seed}. Trust that flows from anchors can only lower suspicion (monotone constraints). Calibration: ${calibrating}.
Base rate ${percent(model.baseRate)}; threshold ${model.threshold} on the calibrated probability.

## Figures

${protocols(figures)}

${figures.map(({ protocol }) => `- **${protocol}**: ${PROTOCOLS[protocol] ?? ''}`).join('\n')}

At the threshold, graph split: ${share(main.recall)} of Sybils flagged, ${share(main.falsePositiveRate)} of honest nodes,
${share(main.cleanFalsePositiveRate)} of the nodes of graphs without attack; ${share(main.precision)} of flags right. Intervals
of shares take nodes as independent (Wilson); nodes of one graph are not, so trust the interval by graph above more.

### By attack (graph split, at the threshold)

${attacks(main)}

### How often a flag is right elsewhere

${prevalences(main)}

### Reliability (graph split)

${table(
  ['predicted', 'nodes', 'mean predicted', 'observed'],
  main.reliability.map((row) => [
    `${row.low.toFixed(1)} … ${row.high.toFixed(1)}`,
    row.count,
    figure(row.meanPredicted),
    range(row.observed),
  ]),
)}

## Importance

AUC lost on held-out graphs when a group of columns is shuffled (copies of one fact together), and share of training gain.

${table(
  ['features', 'AUC lost', 'gain'],
  importance.map(({ features, aucLost, gain }) => [features.join(', '), aucLost.toFixed(4), percent(gain)]),
)}
`
}
