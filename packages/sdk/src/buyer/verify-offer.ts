/** A provider's own documents against what the registry says of it: its signed descriptor, and a beacon that shows it alive. */
import { type Descriptor, type SignedDescriptor, verifyBeacon, verifyDescriptor } from '@symbolon/market'
import { type Address, equalBytes, type Hash } from '@symbolon/primitives'
import { blockHash, type IdentityRecord } from '@symbolon/protocol'
import type { FrameClient } from '../client/frame-client.ts'
import { SdkError } from '../errors.ts'
import type { SellerClient } from './seller-client.ts'

export interface VerifiedOffer {
  readonly descriptor: SignedDescriptor
  readonly digest: Hash
  readonly channelUrl: string
}

export interface OfferExpectation {
  /** Unix seconds. */
  readonly now: bigint
  /** Check the beacon's anchor against the validator set. */
  readonly verify: boolean
  /** Where the frame stands, at least. */
  readonly height: bigint
  readonly epoch: bigint
  /** False: this descriptor is not what is looked for, and its beacon is not asked for. */
  readonly accept: (descriptor: Descriptor) => boolean
}

export function currentKeyOf(record: IdentityRecord): Uint8Array | undefined {
  return record.deactivated === undefined
    ? record.keys.find((key) => key.until === undefined)?.publicKey
    : undefined
}

/**
 * Errors: those of `SellerClient`, `verifyDescriptor` and `verifyBeacon`; DESCRIPTOR_MISMATCH, DESCRIPTOR_MISSING (no
 * channel endpoint). Undefined if `accept` says no.
 */
export async function verifyOffer(
  frame: FrameClient,
  seller: SellerClient,
  registered: { readonly provider: Address; readonly identity: IdentityRecord; readonly digest: Hash },
  expected: OfferExpectation,
  signal?: AbortSignal,
): Promise<VerifiedOffer | undefined> {
  const { provider, identity, digest } = registered
  const currentKey = (of: Address): Uint8Array | undefined =>
    equalBytes(of, provider) ? currentKeyOf(identity) : undefined
  const descriptor = await seller.descriptor(digest, signal)
  // The registry names this digest, so the descriptor is current however old its text is.
  const verified = verifyDescriptor(descriptor, {
    frame: frame.frame,
    now: expected.now,
    currentKey,
    ageMax: BigInt(descriptor.body.ageMax),
  })
  if (!equalBytes(verified, digest))
    throw new SdkError('DESCRIPTOR_MISMATCH', 'the provider serves another descriptor than it registered')
  if (!expected.accept(descriptor.body)) return undefined
  const signed = await seller.beacon(digest, signal)
  const anchor = await frame.call('block.get', { height: signed.body.anchorHeight })
  if (expected.verify) await frame.verifyCheckpoint(anchor.checkpoint)
  verifyBeacon(signed, {
    frame: frame.frame,
    currentKey,
    epoch: newest([expected.epoch, signed.body.epoch, anchor.checkpoint.header.epoch]),
    height: newest([expected.height, anchor.checkpoint.header.height]),
    blockHashAt: () => blockHash(anchor.checkpoint.header),
    descriptor: digest,
    bondOf: () => identity.bond,
  })
  const channelUrl = descriptor.body.endpoints.find(({ name }) => name === 'channel')?.url
  if (channelUrl === undefined)
    throw new SdkError('DESCRIPTOR_MISSING', 'the descriptor names no channel endpoint')
  return { descriptor, digest, channelUrl }
}

/** The frame moves on while a provider answers: the newest thing seen of it is where it stands. */
function newest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b))
}
