/** Refuses data that the page could only misreport. Text is never refused: it is escaped and shortened where it is shown. */
import { ReputationError } from '../errors.ts'
import { REPORT_COLUMNS_MAX } from '../limits.ts'
import type { ReportColumn, ReportData, ReportNodes } from './data.ts'

function refuse(message: string): never {
  throw new ReputationError('REPORT_INVALID', message)
}

function requireShare(share: number, what: string): void {
  if (!(share >= 0 && share <= 1) && !Number.isNaN(share))
    refuse(`${what}: ${share} must be in 0 … 1, or NaN`)
}

function requireLength(column: ReportColumn | undefined, size: number, name: string): void {
  if (column !== undefined && column.length !== size)
    refuse(`nodes.${name} has ${column.length} entries for ${size} nodes; give one per node`)
}

function requireNodes(nodes: ReportNodes, graphSize: number | undefined): void {
  const size = graphSize ?? nodes.reputation.length
  requireLength(nodes.reputation, size, 'reputation')
  requireLength(nodes.probability, size, 'probability')
  requireLength(nodes.flagged, size, 'flagged')
  requireLength(nodes.capped, size, 'capped')
  requireLength(nodes.labels, size, 'labels')
  for (const group of ['scores', 'signals'] as const) {
    const columns = Object.entries(nodes[group] ?? {})
    if (columns.length > REPORT_COLUMNS_MAX)
      refuse(
        `nodes.${group} has ${columns.length} columns, REPORT_COLUMNS_MAX is ${REPORT_COLUMNS_MAX}; leave some out`,
      )
    for (const [name, column] of columns) requireLength(column, size, `${group}.${name}`)
  }
  for (let node = 0; node < size; node++) {
    const reputation = nodes.reputation[node] as number
    if (!(Number.isInteger(reputation) && reputation >= 0 && reputation <= 1000))
      refuse(`node ${node}: reputation ${reputation} must be a whole number in 0 … 1000`)
    if (nodes.probability !== undefined)
      requireShare(nodes.probability[node] as number, `node ${node}, probability`)
  }
  for (const anchor of nodes.anchors?.keys() ?? [])
    if (!(Number.isInteger(anchor) && anchor >= 0 && anchor < size))
      refuse(`anchor ${anchor} is not one of the ${size} nodes`)
}

/** Errors: REPORT_INVALID. O(nodes). */
export function requireReportable(data: ReportData): void {
  if (data.nodes !== undefined) requireNodes(data.nodes, data.graph?.nodes.size)
  if (data.threshold !== undefined) requireShare(data.threshold, 'threshold')
  for (const { attack, detection, falsePositives } of data.attacks ?? []) {
    requireShare(detection, `attack ${attack.slice(0, 40)}, detection`)
    requireShare(falsePositives, `attack ${attack.slice(0, 40)}, falsePositives`)
  }
  for (const { method, auc, interval } of data.evaluation ?? []) {
    requireShare(auc, `evaluation of ${method.slice(0, 40)}, auc`)
    for (const bound of interval ?? []) requireShare(bound, `evaluation of ${method.slice(0, 40)}, interval`)
  }
  for (const [row, { predicted, observed, count }] of (data.calibration?.bins ?? []).entries()) {
    requireShare(predicted, `calibration bin ${row}, predicted`)
    requireShare(observed, `calibration bin ${row}, observed`)
    if (!(Number.isInteger(count) && count >= 0))
      refuse(`calibration bin ${row}: count ${count} must be a whole number`)
  }
}
