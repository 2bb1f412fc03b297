/**
 * Turns the events of a block into reputation: scores are computed from settled channels, never assigned (DESIGN §6.9). First the
 * moving average of each agent, then the evidence for the scoring epoch, then what the height decides of that epoch.
 */
import { type Address, type Amount, decode, type Hash } from '@symbolon/primitives'
import {
  channelClosed,
  channelKey,
  channelRecord,
  channelSettled,
  type IdentityRecord,
  identityKey,
  identityRecord,
  identityRegistered,
  type LedgerEvent,
  reputationAttested,
  reputationPublished,
  type TrustHead,
  trustParametersOf,
} from '@symbolon/protocol'
import { EVIDENCE_WEIGHT_MAX, type Evidence } from '@symbolon/reputation'
import type { BlockEndContext } from '../../module.ts'
import { type Counterparty, countDisputeLost, countDisputeWon, countSettlement } from './attribution.ts'
import { bindsPartyOne } from './bound-key.ts'
import { decideEpoch } from './decide.ts'
import { appendEvidence } from './evidence-log.ts'
import { readReputation, startReputation, writeReputation } from './record.ts'
import { sealEpoch } from './seal.ts'
import { readHead, writeHead } from './trust-records.ts'

function liveIdentity(context: BlockEndContext, of: Address): IdentityRecord | undefined {
  const stored = context.read('identity', identityKey(of))
  const identity = stored === undefined ? undefined : decode(identityRecord, stored)
  return identity?.deactivated === undefined ? identity : undefined
}

interface Outcome {
  readonly channel: Hash
  readonly parties: readonly Address[]
  readonly agreed: boolean
  readonly loser?: number | undefined
  readonly fee: bigint
  /** What each party received beyond what it had put in; of a channel that ended in agreement. */
  readonly received?: readonly Amount[]
}

/** PERF: one read more per channel that ended with an agent. The record stays in the state when the channel is closed. */
function isBound(context: BlockEndContext, channel: Hash, partyOne: IdentityRecord | undefined): boolean {
  const stored = partyOne === undefined ? undefined : context.read('channels', channelKey(channel))
  return stored !== undefined && bindsPartyOne(decode(channelRecord, stored).terms, partyOne)
}

/**
 * Both records are read before either is written: neither party's new count changes the other's weight. Returns what the outcome
 * is evidence of, if both have a live identity; nothing counts for an address without one. Of a channel to which party 1 is not bound
 * only a lost dispute counts, and only against the loser, who closed with its own account.
 */
function attribute(context: BlockEndContext, outcome: Outcome): Evidence | undefined {
  const { channel, parties, agreed, loser, fee } = outcome
  const identities = parties.map((party) => liveIdentity(context, party))
  const records = identities.map((identity) =>
    identity === undefined ? undefined : readReputation(context, identity.subject),
  )
  const bound = isBound(context, channel, identities[1])
  if (!bound && loser === undefined) return undefined
  for (const [party, address] of parties.entries()) {
    const before = records[party]
    const other = parties[1 - party]
    if (before === undefined || other === undefined) continue
    const by: Counterparty = { address: other, score: BigInt(records[1 - party]?.score ?? 0) }
    let after = before
    if (loser === party) after = countDisputeLost(before)
    else if (!bound) continue
    else if (loser !== undefined) after = countDisputeWon(before, by)
    else if (agreed) after = countSettlement(before, by, fee, context.parameters)
    if (after !== before) writeReputation(context, address, after)
  }
  if (records.some((record) => record === undefined)) return undefined
  // Without fees a dispute is on the loser's record and ties it to nobody: to name an anchor as the winner gains nothing.
  return evidenceOf(bound ? outcome : { ...outcome, fee: 0n })
}

/** Of fees, as much as a piece of evidence can weigh. */
function weightOf(fee: Amount): number {
  return fee < BigInt(EVIDENCE_WEIGHT_MAX) ? Number(fee) : EVIDENCE_WEIGHT_MAX
}

/** A settlement speaks of the seller, who received; a lost dispute of the loser. A channel in which nothing was paid says nothing. */
function evidenceOf({ parties, agreed, loser, fee, received = [] }: Outcome): Evidence | undefined {
  const seller = received.findIndex((amount) => amount > 0n)
  const about = loser ?? (agreed && seller >= 0 ? seller : undefined)
  if (about === undefined) return undefined
  return {
    kind: loser === undefined ? 'settlement' : 'dispute',
    from: parties[1 - about] as Address,
    to: parties[about] as Address,
    weight: weightOf(fee),
    rating: 0,
    latency: 0,
  }
}

function ratingOf(context: BlockEndContext, data: Uint8Array): Evidence | undefined {
  const { rater, subject, rating, latencyMs, fee } = decode(reputationAttested, data)
  if ([rater, subject].some((party) => liveIdentity(context, party) === undefined)) return undefined
  const latency = latencyMs === undefined ? 0 : latencyMs + 1
  return { kind: 'rating', from: rater, to: subject, weight: weightOf(fee), rating, latency }
}

export function onBlockEnd(events: readonly LedgerEvent[], context: BlockEndContext): void {
  const evidence: (Evidence | undefined)[] = []
  /** Changes of the sealed epoch's deadline that the block made. */
  let due: bigint | undefined
  for (const { type, data } of events) {
    if (type === 'identity.registered') startReputation(context, decode(identityRegistered, data).subject)
    else if (type === 'channels.settled') {
      // What was received says nothing of a dispute: only who lost it counts.
      const { channel, parties, loser, fee } = decode(channelSettled, data)
      evidence.push(attribute(context, { channel, parties, loser, fee, agreed: false }))
    } else if (type === 'channels.closed') {
      // The end of a disputed channel was counted when it settled.
      const closed = decode(channelClosed, data)
      if (closed.cooperative) evidence.push(attribute(context, { ...closed, agreed: true }))
    } else if (type === 'reputation.attested') evidence.push(ratingOf(context, data))
    else if (type === 'reputation.published') due = decode(reputationPublished, data).challengeUntil
    else if (type === 'reputation.adjudicated') due = context.height
  }
  advanceEpoch(
    context,
    evidence.filter((one) => one !== undefined),
    due,
  )
}

/** PERF: one read per block, unless the block or its height has something to say. */
function advanceEpoch(
  context: BlockEndContext,
  evidence: readonly Evidence[],
  due: bigint | undefined,
): void {
  const trust = trustParametersOf(context.parameters)
  const before = readHead({ read: (namespace, key) => context.read(namespace, key) })
  let head: TrustHead = before
  if (evidence.length > 0) head = { ...head, evidence: appendEvidence(context, head, evidence) }
  if (due !== undefined) head = { ...head, due }
  head = decideEpoch(context, head)
  if ((context.height + 1n) % trust.epochLength === 0n) head = sealEpoch(context, head, trust)
  if (head !== before) writeHead(context, head)
}
