/** What is negotiated (NG-1, NG-5). Names and units are those of the descriptor. */
import { amount, hash, type Infer, record, text, u64, uint } from '@symbolon/primitives'
import { label } from '../descriptor/resource.ts'
import { CREDIT_WINDOW_MAX, RESOURCE_BYTES_MAX } from '../limits.ts'

/** Pass or fail: a provider that cannot meet one rejects at once (NG-2). */
export const hardTerms = record('hard-terms', {
  /** The descriptor the buyer read: if it has changed since, the offer fails at once and not at the first breach (PL-4). */
  descriptor: [1, hash],
  resource: [2, text(RESOURCE_BYTES_MAX, { name: 'resource', bytesMin: 1 })],
  quantity: [3, u64('quantity')],
  latencyCeilingMs: [4, uint(86_400_000, 'latency')],
  throughputFloorOps: [5, uint(1_000_000_000, 'throughput')],
  credentialType: [6, label('credential type')],
})
export type HardTerms = Infer<typeof hardTerms>
export const HARD_FIELDS = [
  'descriptor',
  'resource',
  'quantity',
  'latencyCeilingMs',
  'throughputFloorOps',
  'credentialType',
] as const satisfies readonly (keyof HardTerms)[]

/** Values within bounded ranges: these can be countered. Each side keeps its own ranges to itself. */
export const softTerms = record('soft-terms', {
  /** Base units per unit. */
  priceCapPerUnit: [1, amount],
  /** Base units that the buyer locks in the channel. */
  collateral: [2, amount],
  /** Checkpoints in which a unilateral close can be answered. */
  challengePeriod: [3, u64('challenge period', 100_000n)],
  /** Units delivered and not yet paid. */
  creditWindow: [4, u64('credit window', BigInt(CREDIT_WINDOW_MAX))],
})
export type SoftTerms = Infer<typeof softTerms>
export const SOFT_FIELDS = [
  'priceCapPerUnit',
  'collateral',
  'challengePeriod',
  'creditWindow',
] as const satisfies readonly (keyof SoftTerms)[]
export type SoftField = (typeof SOFT_FIELDS)[number]

/** Inclusive. */
export interface Range {
  readonly min: bigint
  readonly max: bigint
}
export type SoftRanges = Readonly<Record<SoftField, Range>>

export function within(value: bigint, range: Range): boolean {
  return value >= range.min && value <= range.max
}

/** The value of the range that is nearest to the one asked for. */
export function clamp(value: bigint, range: Range): bigint {
  if (value < range.min) return range.min
  return value > range.max ? range.max : value
}
