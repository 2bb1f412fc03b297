/**
 * What a report shows. Columns hold one entry per node, in the order of the graph's nodes, as everywhere in this package.
 * Every section but the title may be absent. All text may come from strangers: the page escapes and shortens it.
 */
import type { TrustGraph } from '../graph/index.ts'
import type { Convergence } from '../rank/index.ts'

export interface ReportSource {
  /** Name of the file, not its path. */
  readonly file?: string
  readonly nodes: number
  /** Directed edges after parallel ones were added up. */
  readonly edges: number
  /** Digest of the input, hexadecimal. */
  readonly digest?: string
}

/** One value per node. */
export type ReportColumn = ArrayLike<number>

export interface ReportNodes {
  /** Reputation `rmt`, whole numbers 0 … 1000 (TRU-086). */
  readonly reputation: ReportColumn
  /** Calibrated P(Sybil) in [0, 1]; NaN where unknown. */
  readonly probability?: ReportColumn
  /** Not 0: flagged. Never to be inferred from the score (TRU-084). */
  readonly flagged?: ReportColumn
  /** Not 0: held down by the cap of its identity state. */
  readonly capped?: ReportColumn
  /** Name → values; NaN where an algorithm publishes nothing. At most REPORT_COLUMNS_MAX. */
  readonly scores?: Readonly<Record<string, ReportColumn>>
  readonly signals?: Readonly<Record<string, ReportColumn>>
  /** Node → weight. */
  readonly anchors?: ReadonlyMap<number, number>
  /** Known truth: SYBIL, HONEST or UNLABELLED. */
  readonly labels?: ReportColumn
}

export interface ReportAlgorithm extends Convergence {
  readonly name: string
  /** Such as why nothing was published. */
  readonly note?: string
}

export type Verdict = 'pass' | 'fail' | 'pending'

export interface ReportAttack {
  readonly attack: string
  /** Shares in [0, 1]; NaN where not measured. */
  readonly detection: number
  readonly falsePositives: number
  /** Cost of one point of score, and what one point earns, in `ReportData.unit`. */
  readonly costPerPoint: number
  readonly gainPerPoint: number
  /** (benefit − cost) ÷ cost: −0.1 is a loss of a tenth (TRU-060). */
  readonly roi: number
  readonly verdict: Verdict
  readonly note?: string
}

export interface ReportGate {
  /** `S1`, `A2`, … */
  readonly gate: string
  readonly name: string
  readonly threshold: string
  readonly measured: string | number
  readonly verdict: Verdict
  readonly note?: string
}

export interface ReportEvaluation {
  readonly method: string
  /** `leave one graph out`, `time split`, … */
  readonly protocol?: string
  readonly auc: number
  /** 95 % confidence interval of the AUC. */
  readonly interval?: readonly [low: number, high: number]
  /** Further figures by name, such as precision at a fixed false-positive rate. */
  readonly figures?: Readonly<Record<string, number>>
}

export interface ReportReliability {
  /** Mean predicted probability of the bin, observed share of Sybils in it, nodes in it. */
  readonly predicted: number
  readonly observed: number
  readonly count: number
}

export interface ReportCalibration {
  readonly bins: readonly ReportReliability[]
  readonly brier?: number
  /** Expected calibration error. */
  readonly ece?: number
}

export interface ReportImportance {
  readonly feature: string
  /** Any unit, one per report; the page names it by `ReportData.importanceMeasure`. */
  readonly importance: number
}

export interface ReportData {
  readonly title: string
  readonly source?: ReportSource
  /** Printed as it is: the page reads no clock. */
  readonly date?: string
  readonly parameters?: Readonly<Record<string, string | number | boolean>>
  readonly algorithms?: readonly ReportAlgorithm[]
  readonly nodes?: ReportNodes
  /** Drawn with `nodes`; without it there is no picture of the graph, and nodes are named by their number. */
  readonly graph?: TrustGraph
  /** P(Sybil) from which a node is flagged. */
  readonly threshold?: number
  /** Unit of the costs and gains, such as `USDC`. */
  readonly unit?: string
  readonly attacks?: readonly ReportAttack[]
  readonly scorecard?: readonly ReportGate[]
  readonly evaluation?: readonly ReportEvaluation[]
  readonly calibration?: ReportCalibration
  readonly importance?: readonly ReportImportance[]
  /** `permutation importance on held-out graphs (AUC lost)`, … */
  readonly importanceMeasure?: string
}
