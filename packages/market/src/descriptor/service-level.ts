/** What a provider promises about its service, and what a breach costs it (CD-4, CD-5, CD-6). */
import {
  domainDigest,
  encode,
  enumeration,
  type Hash,
  type Infer,
  list,
  optional,
  record,
  text,
  uint,
} from '@symbolon/primitives'
import { LABELS_MAX, RESOURCE_BYTES_MAX } from '../limits.ts'
import { PPM } from './pricing.ts'
import { label } from './resource.ts'

/** Who measures: the buyer's round trip, or the provider's processing time without the network. */
export const MEASUREMENTS = ['client-round-trip', 'provider-processing'] as const
export const PERCENTILES = ['p50', 'p95', 'p99'] as const

/** Lower the rate in the channel; activate the refund output; end the contract and publish the final state. */
export const PENALTIES = ['rate-reduction', 'refund', 'terminate'] as const
export const penalty = record('penalty', {
  kind: [1, enumeration(PENALTIES, 'penalty')],
  /** Breaches within one agreement before the penalty applies. */
  breaches: [2, uint(PPM, 'breaches')],
  /** How far the rate falls; only for `rate-reduction`. */
  reductionPpm: [3, optional(uint(PPM, 'reduction'))],
})
export type Penalty = Infer<typeof penalty>

/** The promise that a quote names by digest and a commitment repeats in full, so that neither side can shift it later. */
export const serviceLevel = record('service-level', {
  latencyCeilingMs: [1, uint(86_400_000, 'latency')],
  percentile: [2, enumeration(PERCENTILES, 'percentile')],
  measurement: [3, enumeration(MEASUREMENTS, 'measurement')],
  /** Units per second. */
  throughputFloorOps: [4, uint(1_000_000_000, 'throughput')],
  availabilityPpm: [5, uint(PPM, 'availability')],
  /** Data-sovereignty zone that the promise is limited to; absent = global. */
  region: [6, optional(label('region'))],
  penalties: [7, list(penalty, PENALTIES.length)],
  /** Where a dispute is decided: a policy document or an arbiter's address. */
  disputeReference: [8, text(RESOURCE_BYTES_MAX, { name: 'dispute reference' })],
})
export type ServiceLevel = Infer<typeof serviceLevel>

/**
 * Named in the domain of commitments, because that is where it is signed in full. A commitment's own bytes are a map of
 * more fields than this record has, so no service level can be read as one.
 */
export function serviceLevelDigest(frame: Hash, of: ServiceLevel): Hash {
  return domainDigest('commitment', frame, encode(serviceLevel, of))
}

/** What remains of the promise when the network does not hold. */
export const degraded = record('degraded', {
  /** Uptime in each network-partition scenario. */
  partitions: [
    1,
    list(
      record('partition', { scenario: [1, label('scenario')], uptimePpm: [2, uint(PPM, 'uptime')] }),
      LABELS_MAX,
    ),
  ],
  /** The only zones in which data is processed; empty = no constraint. */
  sovereignty: [2, list(label('zone'), LABELS_MAX)],
})
export type Degraded = Infer<typeof degraded>
