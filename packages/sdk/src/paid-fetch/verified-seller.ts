/** Who answers at an address, by the registry and not by its own word: only this is ever paid. */
import type { SignedDescriptor } from '@symbolon/market'
import { type Address, decode, equalBytes, formatDid, type Hash, toHex } from '@symbolon/primitives'
import { type IdentityRecord, identityKey, identityRecord } from '@symbolon/protocol'
import type { Buyer } from '../buyer/buyer.ts'
import { SellerClient } from '../buyer/seller-client.ts'
import { verifyOffer } from '../buyer/verify-offer.ts'
import { SdkError } from '../errors.ts'
import { matchesRoute } from '../paywall/route.ts'
import type { FirstChallenge } from './first-challenge.ts'

export interface VerifiedSeller {
  readonly provider: Address
  readonly client: SellerClient
  readonly descriptor: SignedDescriptor
  readonly digest: Hash
  readonly channelUrl: string
  readonly resource: string
  /** What the resource covers. */
  readonly route: { readonly method: string; readonly path: string }
}

/**
 * Errors, in order: FRAME_MISMATCH, PROVIDER_UNKNOWN (not registered, or no longer offering this), PROVIDER_ORIGIN (a
 * stranger shows another's challenge: it would get the credential), those of `verifyOffer`, RESOURCE_MISMATCH.
 */
export async function verifySeller(
  buyer: Buyer,
  origin: string,
  call: { readonly method: string; readonly path: string },
  first: FirstChallenge,
  signal?: AbortSignal,
): Promise<VerifiedSeller> {
  const { client: frame } = buyer.agent
  if (!equalBytes(first.frame, frame.frame))
    throw new SdkError(
      'FRAME_MISMATCH',
      `this seller settles in frame ${toHex(first.frame)}; your wallet is in ${toHex(frame.frame)}`,
    )
  const provider = first.provider as Address
  const { identity, height, epoch } = await lookUp(buyer, provider)
  const service = identity?.profile.services.find(
    ({ descriptor }) => descriptor !== undefined && equalBytes(descriptor, first.descriptor),
  )
  if (identity === undefined || service === undefined)
    throw new SdkError(
      'PROVIDER_UNKNOWN',
      `the registry does not know ${formatDid(provider)} with this offer; nothing was paid`,
    )
  if (!URL.canParse(service.endpoint) || new URL(service.endpoint).origin !== origin)
    throw new SdkError(
      'PROVIDER_ORIGIN',
      `${formatDid(provider)} sells at ${service.endpoint}, not at ${origin}; buy there`,
    )
  const client = new SellerClient(service.endpoint, buyer.fetch)
  const route = parseResource(first.resource)
  const offer = await verifyOffer(
    frame,
    client,
    { provider, identity, digest: first.descriptor as Hash },
    {
      now: buyer.seconds,
      verify: buyer.verifiesFrame,
      height,
      epoch,
      accept: ({ resource }) =>
        resource.kind === 'api' &&
        resource.body.path === route.path &&
        (route.method === '*' || resource.body.method === route.method),
    },
    signal,
  )
  if (offer === undefined || !matchesRoute(route, call.method, call.path))
    throw new SdkError(
      'RESOURCE_MISMATCH',
      `the seller asks payment for ${first.resource}, which is not what was requested; nothing was paid`,
    )
  return { provider, client, ...offer, resource: first.resource, route }
}

async function lookUp(
  buyer: Buyer,
  provider: Address,
): Promise<{ identity: IdentityRecord | undefined; height: bigint; epoch: bigint }> {
  const { client: frame } = buyer.agent
  if (!buyer.verifiesFrame) {
    const [identity, height] = await Promise.all([frame.identity(provider), frame.height()])
    return { identity, height, epoch: height / frame.genesis.parameters.epochLength }
  }
  const { value, checkpoint } = await frame.proveState('identity', identityKey(provider))
  const { height, epoch } = checkpoint.header
  return { identity: value === undefined ? undefined : decode(identityRecord, value), height, epoch }
}

function parseResource(resource: string): { method: string; path: string } {
  const at = resource.indexOf(':')
  return { method: resource.slice(0, Math.max(0, at)), path: resource.slice(at + 1) }
}
