/** What the columns of a file of edges are called, and what an edge is made of once its fields are found. */
import { ACCEPTED, DISTRUST, EDGE_KINDS, type EdgeTable, markOf } from '../edge-table.ts'
import type { EdgeKind } from '../trust-graph.ts'

export const COLUMNS = ['from', 'to', 'weight', 'sign', 'time', 'value', 'kind', 'accepted'] as const
export type Column = (typeof COLUMNS)[number]

/** Other names, as the public data sets have them. A column with any other name is passed over. */
const SYNONYMS: Readonly<Record<string, Column>> = {
  source: 'from',
  src: 'from',
  rater: 'from',
  payer: 'from',
  sender: 'from',
  fromnodeid: 'from',
  target: 'to',
  dst: 'to',
  ratee: 'to',
  payee: 'to',
  receiver: 'to',
  tonodeid: 'to',
  rating: 'weight',
  vote: 'weight',
  trust: 'weight',
  count: 'weight',
  timestamp: 'time',
  amount: 'value',
}

export function columnNamed(name: string): Column | undefined {
  const lower = name.trim().toLowerCase()
  return (COLUMNS as readonly string[]).includes(lower) ? (lower as Column) : SYNONYMS[lower]
}

/** Ends of edges as exports of chains and shops spell them. */
const LOOSE_ENDS: Readonly<Record<string, Column>> = {
  ...ends('from', [
    'fromid',
    'fromaddress',
    'fromnode',
    'sourceid',
    'sourcenode',
    'buyerid',
    'payerid',
    'raterid',
  ]),
  ...ends('to', ['toid', 'toaddress', 'tonode', 'targetid', 'targetnode', 'sellerid', 'payeeid', 'rateeid']),
}

function ends(column: Column, names: readonly string[]): Record<string, Column> {
  return Object.fromEntries(names.map((name) => [name, column]))
}

/** The ends of an edge under a name that is looked for only where no column has one of those above, so that none is hidden. */
export function endNamed(name: string): Column | undefined {
  return LOOSE_ENDS[name.toLowerCase().replaceAll(/[\s_-]/g, '')]
}

/** Files without a header: by the number of their columns. The fourth of SNAP and KONECT is the time. */
export const COLUMNS_BY_POSITION: readonly Column[] = ['from', 'to', 'weight', 'time']

/** The fields of one line beside its ends; the same object is used for every line. */
export interface EdgeFields {
  source: number
  target: number
  /** Negative: distrust of that magnitude. */
  weight: number
  sign: number
  time: number
  value: number
  /** A mark with the kind alone. */
  kind: number
  accepted: boolean
}

export function clearFields(fields: EdgeFields): void {
  fields.source = -1
  fields.target = -1
  fields.weight = 1
  fields.sign = 1
  fields.time = Number.NaN
  fields.value = Number.NaN
  fields.kind = 0
  fields.accepted = false
}

/** A rating below zero is distrust, whatever `sign` says; so is a sign of −1. */
export function pushFields(table: EdgeTable, fields: EdgeFields): void {
  const { weight, sign, kind, accepted } = fields
  const mark = kind | (weight < 0 || sign < 0 ? DISTRUST : 0) | (accepted ? ACCEPTED : 0)
  table.push(fields.source, fields.target, Math.abs(weight), mark, fields.time, fields.value)
}

const KIND_MARKS: ReadonlyMap<string, number> = new Map(
  EDGE_KINDS.map((kind) => [kind, markOf(1, false, kind)]),
)

/** Undefined if it is none. */
export function kindMark(name: string): number | undefined {
  return KIND_MARKS.get(name)
}

export const KINDS_EXPECTED: string = (EDGE_KINDS as readonly EdgeKind[]).join(', ')
