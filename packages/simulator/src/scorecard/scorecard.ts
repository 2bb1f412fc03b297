/**
 * The scorecard of eighteen gates (TRU-057): what can be measured here is measured against the scorer that is given; what
 * cannot is pending, with the reason, and counts as not passed (TRU-058). Sums are computed from the rows.
 */
import { DEFAULT_ECONOMY, type Economy } from '../economy/economy.ts'
import { baselineOf, type Judged } from '../outcome/judged.ts'
import { EXPOSURE_POLICY } from '../policy/access-policy.ts'
import { returnBound } from '../policy/worst-case.ts'
import type { Scorer } from '../scoring/scorer.ts'
import { ROI_MAX, type SimulationRow } from '../simulate/row.ts'
import { simulate } from '../simulate/simulate.ts'
import { recorded, TOPOLOGIES, type TopologyName } from '../topology/index.ts'
import { honestWorld } from '../world/honest-world.ts'
import {
  balancedAccuracy,
  convergenceEpochs,
  falsePositiveRate,
  judgeClean,
  rankingQuality,
  wealthCorrelation,
} from './accuracy.ts'
import { anchorCompromise } from './anchor-compromise.ts'
import { coldStartExploits } from './cold-start.ts'
import { GATES, type GateName, type GateRow, measured, pending, type Verdict } from './gate.ts'
import { PENDING } from './pending.ts'

export interface ScorecardOptions {
  readonly scorer: Scorer
  /** Default 1. */
  readonly seed?: number
  readonly economy?: Economy
  /** Edge list `from,to,…` of a recorded network: the ninth topology of A4. Without it A4 is pending. */
  readonly recordedNetwork?: { readonly name: string; readonly csv: string }
  /** Result of an evaluation on labelled real data, for S1: shares, and where they come from. */
  readonly realData?: { readonly detected: number; readonly falsePositives: number; readonly source: string }
  /** Rows of a simulation that has been run already, under the deployed policy. */
  readonly simulation?: readonly SimulationRow[]
  /** Seconds instead of a minute: small worlds. Figures are not for publication. */
  readonly smoke?: boolean
}

export interface Scorecard {
  readonly scorer: string
  readonly rows: readonly GateRow[]
  /** Computed from the rows. */
  readonly sums: Readonly<Record<Verdict | 'total', number>>
  /** Every gate passes (TRU-058). */
  readonly releasable: boolean
}

export function scorecard(options: ScorecardOptions): Scorecard {
  const measures = [...security(options), ...accuracy(options), ...economics(options)]
  const held = new Map(measures.map((row) => [row.gate, row]))
  const rows = (Object.keys(GATES) as GateName[]).map((gate) => held.get(gate) ?? pendingRow(gate))
  return { scorer: options.scorer.name, rows, ...sumsOf(rows) }
}

/** What a scorecard says below its rows. */
export function sumsOf(rows: readonly GateRow[]): Pick<Scorecard, 'sums' | 'releasable'> {
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length
  const sums = { pass: count('pass'), fail: count('fail'), pending: count('pending'), total: rows.length }
  return { sums, releasable: rows.length > 0 && sums.pass === sums.total }
}

function pendingRow(gate: GateName): GateRow {
  const { threshold, reason } = PENDING[gate] ?? { threshold: '', reason: 'not measured' }
  return pending(gate, threshold, reason)
}

const sizeOf = ({ smoke = false }: ScorecardOptions): number => (smoke ? 80 : 300)

function world(options: ScorecardOptions, changes: Partial<Parameters<typeof honestWorld>[0]> = {}) {
  const { seed = 1 } = options
  return honestWorld({ seed, topology: 'stochastic-block-model', size: sizeOf(options), ...changes })
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`

const deployedRows = new WeakMap<ScorecardOptions, readonly SimulationRow[]>()

/** S2, E3 and A2 read the same simulation: run once for one call. */
function deployed(options: ScorecardOptions): readonly SimulationRow[] {
  const held = deployedRows.get(options)
  if (held !== undefined) return held
  const { scorer, seed = 1, economy = DEFAULT_ECONOMY, smoke = false } = options
  const rows = options.simulation ?? simulate({ scorer, seed, economy, smoke, policies: [EXPOSURE_POLICY] })
  deployedRows.set(options, rows)
  return rows
}

function security(options: ScorecardOptions): GateRow[] {
  const { scorer, seed = 1, economy = DEFAULT_ECONOMY, realData } = options
  const rows: GateRow[] = []
  if (realData !== undefined)
    rows.push(
      measured(
        'S1',
        '≥ 95 % detected at ≤ 1 % false positives',
        realData.detected,
        realData.detected >= 0.95 && realData.falsePositives <= 0.01,
        `${percent(realData.falsePositives)} false positives; ${realData.source}`,
      ),
    )
  const worst = deployed(options).reduce((held, row) => (row.roiWorst > held.roiWorst ? row : held))
  rows.push(
    measured(
      'S2',
      'ROI ≤ −10 %',
      worst.roiWorst,
      worst.roiWorst <= ROI_MAX,
      `highest of ${deployed(options).length} attacks: ${worst.attack}; bound of the policy against any scorer, ${percent(returnBound(EXPOSURE_POLICY, economy))}`,
    ),
  )
  const uniform = anchorCompromise(world(options), scorer, economy, seed)
  const concentrated = anchorCompromise(
    world(options, { placement: 'concentrated', anchors: options.smoke === true ? 5 : 21 }),
    scorer,
    economy,
    seed,
  )
  const retained = Math.min(uniform.worstTwo, concentrated.worstTwo)
  rows.push(
    measured(
      'S3',
      '≥ 95 % of access decisions unchanged',
      retained,
      retained >= 0.95,
      `worst one and worst two: uniform ${percent(uniform.worstOne)}, ${percent(uniform.worstTwo)}; two anchors with 85 % of the weight ${percent(concentrated.worstOne)}, ${percent(concentrated.worstTwo)}`,
    ),
  )
  // A mesh and a network without cycles, in which newcomers are the rule: an exploit counts as blocked if it fails in both.
  const meshed = coldStartExploits(world(options), scorer, economy, seed)
  const sparse = coldStartExploits(world(options, { topology: 'tree' }), scorer, economy, seed)
  const exploits = meshed.map((exploit, k) => (exploit.blocked ? (sparse[k] ?? exploit) : exploit))
  const blocked = exploits.filter((exploit) => exploit.blocked).length
  rows.push(
    measured(
      'S4',
      '5 of 5 exploits blocked',
      blocked,
      blocked === exploits.length,
      exploits.map(({ name, note }) => `${name}: ${note}`).join('; '),
    ),
  )
  return rows
}

function accuracy(options: ScorecardOptions): GateRow[] {
  const { scorer, seed = 1, economy = DEFAULT_ECONOMY, recordedNetwork, smoke = false } = options
  const clean = judgeClean(world(options), scorer, economy)
  const quality = rankingQuality(clean)
  const rates = [falsePositiveRate(clean), ...deployed(options).map((row) => row.falsePositives)]
  const falsePositives = rates.reduce((sum, value) => sum + value, 0) / rates.length
  const epochs = convergenceEpochs(world(options), scorer, 21)
  const names = Object.keys(TOPOLOGIES) as TopologyName[]
  const perTopology = names.map((topology) =>
    balancedAccuracy(world(options, { topology, size: smoke ? 60 : 200 }), scorer, economy, seed),
  )
  if (recordedNetwork !== undefined) {
    const topology = { name: recordedNetwork.name, generator: recorded(recordedNetwork.csv) }
    perTopology.push(
      balancedAccuracy(world(options, { topology, size: smoke ? 60 : 200 }), scorer, economy, seed),
    )
  }
  const mean = perTopology.reduce((sum, value) => sum + value, 0) / perTopology.length
  const deviation = Math.sqrt(
    perTopology.reduce((sum, value) => sum + (value - mean) ** 2, 0) / perTopology.length,
  )
  const a4 = `balanced accuracy ${percent(mean)} on average, from ${percent(Math.min(...perTopology))} to ${percent(Math.max(...perTopology))}`
  return [
    measured(
      'A1',
      'Spearman ≥ 0.85',
      quality.rmt,
      quality.rmt >= 0.85,
      `rmt against the quality of deliveries; it says how surely an agent is no Sybil, not how good it is. Observed satisfaction alone: ${quality.satisfaction.toFixed(3)}`,
    ),
    measured(
      'A2',
      '≤ 5 %',
      falsePositives,
      falsePositives <= 0.05,
      `mean over a clean world and ${rates.length - 1} attacks; highest ${percent(Math.max(...rates))}`,
    ),
    measured(
      'A3',
      '≤ 20 epochs',
      epochs,
      epochs <= 20,
      'last epoch of 7 days in which a score moved by 1/1000, after a batch of a tenth of all edges and attestations that wait 30 days',
    ),
    recordedNetwork === undefined
      ? pending(
          'A4',
          'standard deviation ≤ 15 % over 9 topologies',
          `eight of nine measured (${a4}): supply a recorded network`,
          deviation,
        )
      : measured('A4', 'standard deviation ≤ 15 % over 9 topologies', deviation, deviation <= 0.15, a4),
  ]
}

function economics(options: ScorecardOptions): GateRow[] {
  const { scorer, seed = 1, economy = DEFAULT_ECONOMY, smoke = false } = options
  const clean: Judged = baselineOf(world(options), scorer, EXPOSURE_POLICY, economy)
  const wealth = wealthCorrelation(clean, economy)
  const largest = Math.max(Math.abs(wealth.rmt), Math.abs(wealth.scs))
  const cheapest = deployed(options)
    .map((row) => ({
      attack: row.attack,
      ratio: row.benefit > 0 ? row.cost / row.benefit : Number.POSITIVE_INFINITY,
    }))
    .reduce((held, next) => (next.ratio < held.ratio ? next : held))
  const sizes = smoke ? [40, 80] : [75, 150, 300, 600]
  const byUsers = sizes.map((size) => balancedAccuracy(world(options, { size }), scorer, economy, seed))
  const [first, last] = [byUsers[0] as number, byUsers.at(-1) as number]
  return [
    measured(
      'E1',
      'correlation with wealth ≤ 0.1',
      largest,
      largest <= 0.1,
      `rmt ${wealth.rmt.toFixed(3)}, credit score ${wealth.scs.toFixed(3)}; credit itself is bounded by what one puts at risk, which wealth can buy`,
    ),
    measured('E3', 'cost ≥ 10 × benefit', cheapest.ratio, cheapest.ratio >= 10, `lowest: ${cheapest.attack}`),
    measured(
      'D2',
      'detection rises with users',
      last - first,
      last > first,
      `balanced accuracy at ${sizes.map((size, k) => `${size}: ${percent(byUsers[k] as number)}`).join(', ')}`,
    ),
  ]
}
