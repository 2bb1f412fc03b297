/** A publishable descriptor from what a seller already has: an HTTP API or a data file (CD-12). */
import type { Address, Amount, Hash } from '@symbolon/primitives'
import { fileRows } from '../goods/rows.ts'
import { columnsOf } from './columns.ts'
import type { Descriptor } from './descriptor.ts'
import type { PriceSegment, Unit } from './pricing.ts'
import type { DataFormat, HTTP_METHODS, Resource } from './resource.ts'
import type { Penalty, ServiceLevel } from './service-level.ts'

export type DescriptorSource =
  | {
      readonly kind: 'api'
      readonly method: (typeof HTTP_METHODS)[number]
      readonly path: string
      readonly requestMedia?: string
      readonly responseMedia: string
    }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly format: DataFormat
      readonly content: Uint8Array
    }

/** What only the seller can say. Everything else has a default that promises little. */
export interface DescriptorTerms {
  readonly frame: Hash
  readonly provider: Address
  /** Where the service is reached: `https://…` for requests, `wss://…` for channels. */
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  /** Base units per row or request. */
  readonly price: Amount
  /** Unix seconds. */
  readonly now: bigint
  readonly version?: bigint
  readonly capability?: string
  readonly domain?: string
  readonly segments?: readonly PriceSegment[]
  readonly serviceLevel?: Partial<ServiceLevel>
  readonly penalties?: readonly Penalty[]
  readonly ageMaxSeconds?: number
  readonly credentialTypes?: readonly string[]
}

/** A day: long enough to be cached, short enough that a vanished seller is forgotten. */
const AGE_MAX_SECONDS_DEFAULT = 86_400

function describe(source: DescriptorSource): { resource: Resource; unit: Unit; capability: string } {
  if (source.kind === 'api') {
    const { method, path, requestMedia, responseMedia } = source
    const body = { method, path, responseMedia, ...(requestMedia === undefined ? {} : { requestMedia }) }
    return { resource: { kind: 'api', body }, unit: 'request', capability: 'api.request' }
  }
  const { header, rows } = fileRows(source.content, source.format)
  const columns = columnsOf(source.format, header, rows)
  let rowBytesMax = 0
  for (const row of rows) rowBytesMax = Math.max(rowBytesMax, row.length)
  const body = { name: source.name, format: source.format, columns, rowCount: rows.length, rowBytesMax }
  return { resource: { kind: 'data', body }, unit: 'row', capability: 'data.rows' }
}

/**
 * The caller signs the result with `signDescriptor`, which checks every field.
 * Errors: DESCRIPTOR_DRAFT_REFUSED, GOODS_ROW_TOO_LARGE, GOODS_ROWS_EXCEEDED, GOODS_CSV_MALFORMED, UTF8_MALFORMED.
 */
export function draftDescriptor(source: DescriptorSource, terms: DescriptorTerms): Descriptor {
  const { resource, unit, capability } = describe(source)
  return {
    frame: terms.frame,
    provider: terms.provider,
    version: terms.version ?? 1n,
    capability: terms.capability ?? capability,
    ...(terms.domain === undefined ? {} : { domain: terms.domain }),
    resource,
    pricing: { unit, base: terms.price, segments: [...(terms.segments ?? [])], auction: false },
    serviceLevel: {
      latencyCeilingMs: 5_000,
      percentile: 'p95',
      measurement: 'client-round-trip',
      throughputFloorOps: 1,
      availabilityPpm: 990_000,
      penalties: [...(terms.penalties ?? [])],
      disputeReference: '',
      ...terms.serviceLevel,
    },
    published: terms.now,
    ageMax: terms.ageMaxSeconds ?? AGE_MAX_SECONDS_DEFAULT,
    endpoints: terms.endpoints.map(({ name, url }) => ({ name, url })),
    credentialTypes: [...(terms.credentialTypes ?? ['l402'])],
  }
}
