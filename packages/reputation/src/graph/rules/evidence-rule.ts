/** Rules on evidence, before it is merged: what of it counts, and how much. */
import { ReputationError } from '../../errors.ts'
import { EdgeTable } from '../edge-table.ts'
import { type Finding, RuleLog } from './rule-log.ts'

export interface EvidenceContext {
  /** Identifiers of anchors. No node, unless told. */
  readonly anchors?: ReadonlySet<string> | ReadonlyMap<string, number>
  /** The moment of the computation, in the unit of times. */
  readonly now: number
  /** Length of an epoch, in the unit of times; a day in seconds unless told. Edges without a time share one epoch. */
  readonly epochLength?: number
}

export interface EvidenceInput {
  readonly table: EdgeTable
  readonly context: EvidenceContext
  /** By number of the table. */
  readonly isAnchor: Uint8Array
  readonly weightOf: (place: number) => number
  /** 0 takes the edge out; its nodes stay. */
  readonly setWeight: (place: number, weight: number, finding: number) => void
  readonly find: (finding: Finding) => number
  /** Of the edge at this place; −Infinity without a time. */
  readonly epochOf: (place: number) => number
}

export type EvidenceRule = (input: EvidenceInput) => void

/**
 * The evidence after the rules, one after another, and what each did. The table that is given stays as it is.
 * Errors: RULE_INVALID.
 */
export function applyEvidenceRules(
  table: EdgeTable,
  rules: readonly EvidenceRule[],
  context: EvidenceContext,
): { table: EdgeTable; applied: RuleLog } {
  const { now, epochLength = 86_400 } = context
  if (!Number.isFinite(now) || !(epochLength > 0 && Number.isFinite(epochLength)))
    throw new ReputationError(
      'RULE_INVALID',
      `now ${now} and epochLength ${epochLength} must be finite, and the length positive`,
    )
  const weights = Float64Array.from({ length: table.size }, (_, place) => table.weightAt(place))
  const { ids } = table
  const log = new RuleLog((place) => [ids.idOf(table.sources[place]!), ids.idOf(table.targets[place]!)])
  const isAnchor = new Uint8Array(ids.size)
  const anchors = context.anchors ?? new Set<string>()
  for (let node = 0; anchors.size > 0 && node < ids.size; node++)
    isAnchor[node] = anchors.has(ids.idOf(node)) ? 1 : 0
  for (const rule of rules)
    rule({
      table,
      context,
      isAnchor,
      weightOf: (place) => weights[place]!,
      setWeight: (place, weight, finding) => {
        log.record(place, finding, weights[place]!, weight)
        weights[place] = weight
      },
      find: (finding) => log.find(finding),
      epochOf: (place) => {
        const time = table.times?.[place] ?? Number.NaN
        return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : Math.floor(time / epochLength)
      },
    })
  return { table: reweighted(table, weights), applied: log }
}

/** A table with the same edges and numbers, and other weights. */
function reweighted(table: EdgeTable, weights: Float64Array): EdgeTable {
  const copy = new EdgeTable()
  for (let node = 0; node < table.ids.size; node++) copy.node(table.ids.idOf(node))
  for (let place = 0; place < table.size; place++)
    copy.push(
      table.sources[place]!,
      table.targets[place]!,
      weights[place]!,
      table.marks?.[place],
      table.times?.[place],
      table.values?.[place],
    )
  return copy
}

/**
 * Places of the edges that `wanted` takes, group by group: first those with the earliest time. Edges of one group that agree in
 * everything a rule looks at may change places: none of them is told from another by the result.
 */
export function grouped(
  { table, epochOf, weightOf }: EvidenceInput,
  wanted: (place: number) => boolean,
  sameTarget: boolean,
): Uint32Array[] {
  const { sources, targets, times, values, marks } = table
  const { places } = table.ids.sorted()
  const chosen = new Uint32Array(table.size)
  let count = 0
  for (let place = 0; place < table.size; place++) if (wanted(place)) chosen[count++] = place
  const order = chosen.subarray(0, count)
  const byTarget = (a: number, b: number): number => places[targets[a]!]! - places[targets[b]!]!
  const inGroup = (a: number, b: number): number =>
    sources[a]! - sources[b]! ||
    (sameTarget ? targets[a]! - targets[b]! : 0) ||
    (epochOf(a) === epochOf(b) ? 0 : epochOf(a) - epochOf(b))
  order.sort(
    (a, b) =>
      inGroup(a, b) ||
      compare(times, a, b) ||
      byTarget(a, b) ||
      compare(values, a, b) ||
      weightOf(a) - weightOf(b) ||
      (marks?.[a] ?? 0) - (marks?.[b] ?? 0),
  )
  const groups: Uint32Array[] = []
  for (let start = 0; start < count; ) {
    let end = start + 1
    while (end < count && inGroup(order[start]!, order[end]!) === 0) end++
    groups.push(order.subarray(start, end))
    start = end
  }
  return groups
}

/** NaN first. */
function compare(column: Float64Array | undefined, a: number, b: number): number {
  const [x, y] = [column?.[a] ?? Number.NaN, column?.[b] ?? Number.NaN]
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : -1
  return Number.isNaN(y) ? 1 : x - y
}
