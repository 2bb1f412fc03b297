/** The evidence of one epoch, as the end of each block notes it: a log of settled interactions, in pages. */
import { type Address, asAddress } from '@symbolon/primitives'
import { ReputationError } from '../errors.ts'
import { PPM } from '../fixed/scale.ts'
import { EVIDENCE_PER_PAGE, LATENCY_MS_MAX } from '../limits.ts'

/**
 *   settlement   `from` bought from `to`, and both closed the channel in agreement
 *   dispute      `to` was proven to have closed with a stale state against `from`
 *   rating       `from`, the buyer of a settled channel, rates what `to` delivered
 */
export const EVIDENCE_KINDS = ['settlement', 'dispute', 'rating'] as const
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number]

export interface Evidence {
  readonly kind: EvidenceKind
  readonly from: Address
  readonly to: Address
  /** Base units of fees that this evidence burned at least. */
  readonly weight: number
  /** Of a rating: 0 … 1,000,000, 500,000 says nothing; 0 otherwise. */
  readonly rating: number
  /** Of a rating, if it reports one: milliseconds plus one; 0 otherwise. */
  readonly latency: number
}

const BYTES = 80
/** Weights beyond are worth no more: a pair is capped far below. */
export const EVIDENCE_WEIGHT_MAX = 2 ** 32 - 1

/** At most EVIDENCE_PER_PAGE of them. */
export function encodeEvidence(of: readonly Evidence[]): Uint8Array {
  const page = new Uint8Array(of.length * BYTES)
  const view = new DataView(page.buffer)
  for (const [i, { kind, from, to, weight, rating, latency }] of of.entries()) {
    const at = i * BYTES
    page.set(from, at)
    page.set(to, at + 32)
    view.setUint32(at + 64, EVIDENCE_KINDS.indexOf(kind))
    view.setUint32(at + 68, weight)
    view.setUint32(at + 72, rating)
    view.setUint32(at + 76, latency)
  }
  return page
}

/** Errors: EPOCH_INPUT_INVALID. */
export function decodeEvidence(page: Uint8Array): Evidence[] {
  const count = page.length / BYTES
  if (!Number.isInteger(count) || count > EVIDENCE_PER_PAGE)
    throw new ReputationError('EPOCH_INPUT_INVALID', `a page of evidence has ${page.length} bytes`)
  const view = new DataView(page.buffer, page.byteOffset, page.length)
  return Array.from({ length: count }, (_, i) => {
    const at = i * BYTES
    const kind = EVIDENCE_KINDS[view.getUint32(at + 64)]
    const rating = view.getUint32(at + 72)
    const latency = view.getUint32(at + 76)
    if (kind === undefined || rating > PPM || latency > LATENCY_MS_MAX + 1)
      throw new ReputationError('EPOCH_INPUT_INVALID', `evidence ${i} of a page is out of range`)
    return {
      kind,
      from: asAddress(page.slice(at, at + 32)),
      to: asAddress(page.slice(at + 32, at + 64)),
      weight: view.getUint32(at + 68),
      rating,
      latency,
    }
  })
}
