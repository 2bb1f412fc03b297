/**
 * The capability descriptor: the signed record that discovery returns (CD-1…CD-11). Everything a buyer needs to decide
 * without asking: what is sold, what it costs at which load, what is promised, where to go.
 */
import {
  address,
  encode,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  text,
  u64,
  uint,
} from '@symbolon/primitives'
import {
  capability,
  ENDPOINT_BYTES_MAX,
  operationalDomain,
  SERVICES_MAX,
  type Signer,
} from '@symbolon/protocol'
import { MarketError } from '../errors.ts'
import { DESCRIPTOR_AGE_SECONDS_MAX, DESCRIPTOR_BYTES_MAX, LABELS_MAX } from '../limits.ts'
import {
  type KeyResolver,
  recordDigest,
  recordForm,
  type Signed,
  signRecord,
  verifyRecord,
} from '../signature/signed-record.ts'
import { pricing } from './pricing.ts'
import { label, resource } from './resource.ts'
import { degraded, serviceLevel } from './service-level.ts'

export const endpoint = record('endpoint', {
  name: [1, text(32, { name: 'endpoint name', pattern: /^[a-z0-9-]+$/, bytesMin: 1 })],
  url: [
    2,
    text(ENDPOINT_BYTES_MAX, { name: 'endpoint URL', pattern: /^(https?|wss?):\/\/[!-~]+$/, bytesMin: 1 }),
  ],
})
export type Endpoint = Infer<typeof endpoint>

export const descriptor = record('descriptor', {
  frame: [1, hash],
  provider: [2, address],
  /** Rises with every change; a reader keeps the highest. */
  version: [3, u64('version')],
  capability: [4, capability],
  domain: [5, optional(operationalDomain)],
  resource: [6, resource],
  pricing: [7, pricing],
  serviceLevel: [8, serviceLevel],
  degraded: [9, optional(degraded)],
  /** Unix seconds. */
  published: [10, u64('published')],
  /** Seconds after which the record must not be used any more (CD-6). */
  ageMax: [11, uint(31_536_000, 'maximum age')],
  endpoints: [12, list(endpoint, SERVICES_MAX, { lengthMin: 1 })],
  /** Credentials accepted, most preferred first, such as `l402`. */
  credentialTypes: [13, list(label('credential type'), LABELS_MAX, { lengthMin: 1 })],
})
export type Descriptor = Infer<typeof descriptor>
export type SignedDescriptor = Signed<Descriptor>

export const descriptorForm = recordForm(
  'descriptor',
  descriptor,
  (body) => body.provider,
  DESCRIPTOR_BYTES_MAX,
)

/** What quotes and beacons refer to. */
export function descriptorDigest(of: Descriptor): Hash {
  return recordDigest(descriptorForm, of)
}

/** Errors: SchemaError, PRICING_NOT_MONOTONE, DESCRIPTOR_TOO_LARGE. */
export async function signDescriptor(body: Descriptor, signer: Signer): Promise<SignedDescriptor> {
  const signed = await signRecord(descriptorForm, body, signer)
  const size = encode(descriptorForm.signed, signed).length
  if (size > DESCRIPTOR_BYTES_MAX)
    throw new MarketError(
      'DESCRIPTOR_TOO_LARGE',
      `the descriptor has ${size} bytes, directories keep at most ${DESCRIPTOR_BYTES_MAX}; shorten its lists`,
      { size },
    )
  return signed
}

export interface DescriptorTrust {
  readonly frame: Hash
  readonly currentKey?: KeyResolver
  /** Unix seconds. */
  readonly now: bigint
  /**
   * The reader's own cutoff, seconds (default DESCRIPTOR_AGE_SECONDS_MAX); the record's `ageMax` counts as well. A reader
   * who holds a fresh beacon or an identity record with this digest knows that it is current, and raises the cutoff.
   */
  readonly ageMax?: bigint
}

/**
 * Returns the digest. A record from the future beyond any age is not stale: its signer's clock harms only the signer.
 * Errors: RecordErrorCode, then DESCRIPTOR_STALE (stale = offline, FR-6).
 */
export function verifyDescriptor(signed: SignedDescriptor, trust: DescriptorTrust): Hash {
  const digest = verifyRecord(descriptorForm, signed, trust)
  const { published, ageMax } = signed.body
  const own = trust.ageMax ?? DESCRIPTOR_AGE_SECONDS_MAX
  const bound = own < BigInt(ageMax) ? own : BigInt(ageMax)
  if (trust.now > published + bound)
    throw new MarketError(
      'DESCRIPTOR_STALE',
      `the descriptor is ${trust.now - published} s old, at most ${bound} s allowed; treat the provider as offline`,
    )
  return digest
}
