/**
 * Finding a provider that one has never heard of: from the registry, by capability, with proofs; then its signed descriptor
 * and its liveness beacon, all verified before the provider hears of any money; then the ranking (PS-1…PS-6).
 */
import {
  type Candidate,
  type Descriptor,
  type Gates,
  priceAt,
  type Ranking,
  type Runway,
  rankCandidates,
  type SignedDescriptor,
} from '@symbolon/market'
import { type Address, decode, equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import {
  type Checkpoint,
  capabilityPrefix,
  type IdentityRecord,
  identityKey,
  identityRecord,
  namespaceRoot,
  type StateProof,
  stateRoot,
  type Validator,
  verifyPrefixProof,
  verifyTrieProof,
} from '@symbolon/protocol'
import { type TrustDimension, verifyScoreProof } from '@symbolon/reputation'
import type { FrameClient } from '../client/frame-client.ts'
import type { RpcResult } from '../client/rpc-transport.ts'
import { verifyTrustHead } from '../client/verify-score.ts'
import { SdkError } from '../errors.ts'
import { SellerClient } from './seller-client.ts'
import { verifyOffer } from './verify-offer.ts'

export interface DiscoveryQuery {
  readonly capability: string
  readonly domain?: string
  /** Parts per million. */
  readonly reputationMin?: number
  /** Parts per million that a provider has at least in one dimension of the newest final scores; `eigenTrust` unless named. */
  readonly trustMin?: number
  readonly trustDimension?: TrustDimension
  /** Exact resource name; without it the first of each provider counts. */
  readonly resource?: string
  readonly quantity: bigint
  readonly gates: Gates
  readonly runway: Runway
  /** Unix seconds. */
  readonly now: bigint
  /** Check every answer of the node against the validator set. Slower on the portable BLS; default true. */
  readonly verify?: boolean
}

export interface FoundProvider {
  readonly provider: Address
  readonly reputation: number
  readonly identity: IdentityRecord
  readonly client: SellerClient
  readonly descriptor: SignedDescriptor
  readonly digest: Hash
  readonly channelUrl: string
}

export interface Discovery {
  readonly ranking: Ranking
  readonly found: ReadonlyMap<string, FoundProvider>
  /** Providers that the registry named and that dropped out before the ranking, with the reason. */
  readonly dropped: readonly { readonly provider: Address; readonly reason: string }[]
}

/** Errors: FRAME_UNREACHABLE, TRIE_PROOF_INVALID and the other errors of proofs; DISCOVERY_EMPTY if nobody is left. */
export async function discover(
  frame: FrameClient,
  query: DiscoveryQuery,
  fetcher: typeof fetch,
  signal?: AbortSignal,
): Promise<Discovery> {
  const { verify = true } = query
  const answer = await frame.call('identity.search', {
    capability: query.capability,
    ...(query.domain === undefined ? {} : { domain: query.domain }),
    ...(query.reputationMin === undefined ? {} : { minReputation: query.reputationMin }),
    ...(query.trustMin === undefined ? {} : { minTrust: query.trustMin }),
    ...(query.trustDimension === undefined ? {} : { trustDimension: query.trustDimension }),
    proofs: verify,
  })
  if (verify) await verifyAnswer(frame, query, answer)
  const dropped: { provider: Address; reason: string }[] = []
  const found = new Map<string, FoundProvider>()
  const candidates: Candidate[] = []
  await Promise.all(
    answer.hits.map(async ({ did: provider, identity, reputation }) => {
      const began = performance.now()
      try {
        const one = await examine(frame, query, { provider, identity, reputation }, answer, fetcher, signal)
        found.set(hashKey(provider), one)
        candidates.push(candidateOf(one, query, Math.round(performance.now() - began)))
      } catch (error) {
        dropped.push({ provider, reason: error instanceof Error ? error.message : String(error) })
      }
    }),
  )
  const ranking = rankCandidates(candidates, query.gates, query.runway)
  if (ranking.ranked.length === 0)
    throw new SdkError(
      'DISCOVERY_EMPTY',
      `no provider of ${query.capability} passes: ${answer.hits.length} registered, ${dropped.length} dropped, ${ranking.eliminated.length} eliminated`,
      {
        details: {
          dropped: dropped.map(({ reason }) => reason),
          eliminated: ranking.eliminated.map(({ gate }) => gate),
        },
      },
    )
  return { ranking, found, dropped }
}

/** Every hit is in the state of one certified checkpoint, and nobody under the capability was left out. */
async function verifyAnswer(
  frame: FrameClient,
  query: DiscoveryQuery,
  answer: RpcResult<'identity.search'>,
): Promise<void> {
  const { checkpoint, roots, complete } = answer
  if (checkpoint === undefined || roots === undefined || complete === undefined)
    throw new SdkError('RPC_RESPONSE_INVALID', 'the node left out the proofs of its search answer')
  const set = await frame.validatorsOf(checkpoint.header.validatorSet)
  await frame.verifyCheckpoint(checkpoint)
  if (!equalBytes(stateRoot(frame.frame, roots), checkpoint.header.stateRoot))
    throw new SdkError(
      'RPC_RESPONSE_INVALID',
      'the roots of the search answer are not those of its checkpoint',
    )
  verifyPrefixProof(namespaceRoot(roots, 'identity'), capabilityPrefix(query.capability), complete)
  for (const { did: provider, identity, proofs } of answer.hits) {
    const [own] = proofs ?? []
    if (own === undefined) throw new SdkError('RPC_RESPONSE_INVALID', 'a hit comes without its proof')
    verifyUnder(frame, checkpoint, own)
    if (
      own.namespace !== 'identity' ||
      own.value === undefined ||
      !equalBytes(own.key, identityKey(provider)) ||
      !sameIdentity(decode(identityRecord, own.value), identity)
    )
      throw new SdkError('RPC_RESPONSE_INVALID', 'the node returned another identity record than it proved')
  }
  if (query.trustMin !== undefined && query.trustMin > 0)
    verifyTrust(frame, set, checkpoint, query, query.trustMin, answer)
}

/** A certificate is checked once, so only the path is left here. A proof under an earlier checkpoint would say what was, not what is. */
function verifyUnder(frame: FrameClient, { header }: Checkpoint, proof: StateProof): void {
  if (!equalBytes(stateRoot(frame.frame, proof.roots), header.stateRoot))
    throw new SdkError(
      'RPC_RESPONSE_INVALID',
      'a proof of the search answer is of another checkpoint than the answer',
    )
  verifyTrieProof(namespaceRoot(proof.roots, proof.namespace), proof.key, proof.value, proof.proof)
}

/** Every hit has the trust that was asked for, under the frame's final root. */
function verifyTrust(
  frame: FrameClient,
  set: readonly Validator[],
  checkpoint: Checkpoint,
  { trustDimension = 'eigenTrust' }: DiscoveryQuery,
  min: number,
  { trustHead, hits }: RpcResult<'identity.search'>,
): void {
  if (hits.length === 0) return
  const head = trustHead === undefined ? undefined : verifyTrustHead(frame.frame, set, trustHead)
  if (trustHead === undefined || head?.final === undefined)
    throw new SdkError('RPC_RESPONSE_INVALID', 'the node left out the final root of the scores')
  verifyUnder(frame, checkpoint, trustHead)
  const { epoch, root, count } = head.final
  for (const { did: provider, trust, trustProof } of hits) {
    if (trustProof === undefined)
      throw new SdkError('RPC_RESPONSE_INVALID', 'a hit comes without the proof of its trust')
    const score = verifyScoreProof({ frame: frame.frame, epoch, root, count }, provider, trustProof)
    const proven = score?.[trustDimension] ?? 0
    if (proven < min || proven !== trust)
      throw new SdkError('RPC_RESPONSE_INVALID', 'the node returned another trust than it proved')
  }
}

function sameIdentity(a: IdentityRecord, b: IdentityRecord): boolean {
  const plain = (_: string, value: unknown): unknown =>
    typeof value === 'bigint'
      ? `${value}`
      : value instanceof Uint8Array
        ? Buffer.from(value).toString('hex')
        : value
  return JSON.stringify(a, plain) === JSON.stringify(b, plain)
}

/** Descriptor and beacon of one provider; throws the reason for which it drops out. */
async function examine(
  frame: FrameClient,
  query: DiscoveryQuery,
  hit: { provider: Address; identity: IdentityRecord; reputation: number },
  answer: { height: bigint; checkpoint?: { header: { epoch: bigint; height: bigint } } | undefined },
  fetcher: typeof fetch,
  signal: AbortSignal | undefined,
): Promise<FoundProvider> {
  let last: unknown = new SdkError(
    'DESCRIPTOR_MISSING',
    'the identity names no descriptor for this capability',
  )
  for (const service of hit.identity.profile.services) {
    if (service.descriptor === undefined) continue
    try {
      const client = new SellerClient(service.endpoint, fetcher)
      const offer = await verifyOffer(
        frame,
        client,
        { ...hit, digest: service.descriptor as Hash },
        {
          now: query.now,
          verify: query.verify ?? true,
          height: answer.height,
          epoch: answer.checkpoint?.header.epoch ?? answer.height / frame.genesis.parameters.epochLength,
          accept: (descriptor) => fits(descriptor, query),
        },
        signal,
      )
      if (offer === undefined) continue
      return { ...hit, client, ...offer }
    } catch (error) {
      last = error
    }
  }
  throw last
}

function fits(of: Descriptor, query: DiscoveryQuery): boolean {
  if (of.capability !== query.capability) return false
  if (query.resource === undefined) return true
  return of.resource.kind === 'data'
    ? of.resource.body.name === query.resource
    : resourceName(of) === query.resource
}

/** The name under which a descriptor's resource is quoted. */
export function resourceName({ resource }: Descriptor): string {
  switch (resource.kind) {
    case 'data':
      return resource.body.name
    case 'api':
      return `${resource.body.method}:${resource.body.path}`
    case 'compute':
      return 'compute'
  }
}

function candidateOf(one: FoundProvider, query: DiscoveryQuery, latencyMs: number): Candidate {
  return {
    provider: one.provider,
    taskCost: priceAt(one.descriptor.body.pricing, 0) * query.quantity,
    latencyMs,
    reputationPpm: one.reputation,
    // The posted price was fetched just now; the quote that follows is fresh again.
    priceAgeMs: 0,
  }
}
