/**
 * What to send to the ledger about a channel in dispute, given what I hold. Pure; the engine uses it for itself, the watcher for a
 * party that is away. Nothing here needs a key: evidence carries its own signatures.
 */
import { equalBytes, type Hash, hashChainStep, hashKey, sha256 } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type ChannelState,
  type Party,
  type Payload,
  type SignedChannelState,
  streamTag,
} from '@symbolon/protocol'

export interface Evidence {
  readonly frame: Hash
  readonly channel: Hash
  /** Whom the evidence protects. */
  readonly party: Party
  /** Newest state with both signatures. */
  readonly signed: SignedChannelState
  /** Deepest preimage known of each stream, by stream id; for streams paid to `party`. */
  readonly ticks: ReadonlyMap<bigint, Uint8Array>
  /** Preimages of conditional payments. */
  readonly preimages: readonly Uint8Array[]
}

/**
 * Transactions to send now, in order: first the newer state (everything else counts only against the best state shown), then
 * claims and redemptions on that state, and the settlement once nothing can be shown any more.
 *
 * @param challengeExtension of the frame: for so many heights after the deadline streams can still be redeemed, and a
 *   channel with streams does not settle before. With 0 a frame that has a window refuses the settlement until it is over.
 */
export function respondToDispute(
  record: ChannelRecord,
  evidence: Evidence,
  height: bigint,
  challengeExtension = 0n,
): Payload[] {
  const { channel, party, signed } = evidence
  const { dispute } = record
  if (record.status !== CHANNEL_STATUS.disputed || dispute === undefined)
    return unresolvedClaims(record, evidence, height)
  const lastRedemption =
    dispute.state.streams.length > 0 ? dispute.deadline + challengeExtension : dispute.deadline
  if (height > lastRedemption) return [{ kind: 'channels.settle', body: { channel } }]
  const payloads: Payload[] = []
  const isStale = height <= dispute.deadline && signed.state.sequence > dispute.state.sequence
  if (isStale)
    payloads.push({
      kind: 'channels.challenge',
      body: { channel, state: signed.state, signatures: signed.signatures, party },
    })
  const best = isStale ? signed.state : dispute.state
  payloads.push(...redemptions(best, evidence, redeemedIn(dispute, best)))
  payloads.push(...claims(best, evidence, claimedIn(dispute, best), height))
  return payloads
}

type Dispute = NonNullable<ChannelRecord['dispute']>

/** What was redeemed still counts for chains that the best state holds unchanged; a folded one has another root. */
function redeemedIn({ state, redeemed }: Dispute, best: ChannelState): Map<bigint, number> {
  const shown = redeemed.filter(({ stream: id }) => {
    const before = state.streams.find((stream) => stream.id === id)
    const now = best.streams.find((stream) => stream.id === id)
    return before !== undefined && now !== undefined && equalBytes(before.root, now.root)
  })
  return new Map(shown.map(({ stream, ticks }) => [stream, ticks]))
}

/** The same for payments whose preimage was shown. */
function claimedIn({ state, claimed }: Dispute, best: ChannelState): Set<bigint> {
  return new Set(
    claimed.filter((id) => {
      const before = state.pending.find((payment) => payment.id === id)
      const now = best.pending.find((payment) => payment.id === id)
      return before !== undefined && now !== undefined && equalBytes(before.paymentHash, now.paymentHash)
    }),
  )
}

/** PERF: walks each stream's chain once, at most STREAM_TICKS_MAX hashes (about 15 ms), per answer. */
function redemptions(
  state: ChannelState,
  evidence: Evidence,
  redeemed: ReadonlyMap<bigint, number>,
): Payload[] {
  const payloads: Payload[] = []
  for (const stream of state.streams) {
    if (stream.payer === evidence.party) continue
    const preimage = evidence.ticks.get(stream.id)
    if (preimage === undefined) continue
    const tag = streamTag(evidence.frame, evidence.channel, stream.id)
    const ticks = stepsTo(preimage, tag, stream.root, stream.length)
    if (ticks > (redeemed.get(stream.id) ?? 0))
      payloads.push({
        kind: 'channels.redeemStream',
        body: { channel: evidence.channel, stream: stream.id, ticks, preimage },
      })
  }
  return payloads
}

/** Steps from `preimage` to `root`; 0 if it is not within `max`: the state may have folded beyond what I know. */
function stepsTo(preimage: Uint8Array, tag: Uint8Array, root: Uint8Array, max: number): number {
  const value = preimage.slice()
  for (let steps = 1; steps <= max; steps++) {
    hashChainStep(value, tag, value)
    if (equalBytes(value, root)) return steps
  }
  return 0
}

function claims(
  state: ChannelState,
  evidence: Evidence,
  claimed: ReadonlySet<bigint>,
  height: bigint,
): Payload[] {
  const byHash = new Map(evidence.preimages.map((preimage) => [hashKey(sha256(preimage)), preimage]))
  const payloads: Payload[] = []
  for (const payment of state.pending) {
    if (claimed.has(payment.id)) continue
    const preimage = payment.payer === evidence.party ? undefined : byHash.get(hashKey(payment.paymentHash))
    if (preimage !== undefined && height <= payment.expiry)
      payloads.push({
        kind: 'channels.claimHtlc',
        body: { channel: evidence.channel, htlc: payment.id, preimage },
      })
  }
  return payloads
}

/** After the settlement: what still waits for a preimage or for its expiry. */
function unresolvedClaims(record: ChannelRecord, evidence: Evidence, height: bigint): Payload[] {
  if (record.unresolved === undefined || record.status === CHANNEL_STATUS.closed) return []
  const payloads = claims(record.unresolved, evidence, new Set(record.dispute?.claimed ?? []), height)
  for (const payment of record.unresolved.pending)
    if (payment.payer === evidence.party && height > payment.expiry)
      payloads.push({ kind: 'channels.timeoutHtlc', body: { channel: evidence.channel, htlc: payment.id } })
  return payloads
}

/** Names a payload, so that one already on its way is not sent twice. */
export function responseKey(payload: Payload): string {
  switch (payload.kind) {
    case 'channels.challenge':
      return `challenge ${payload.body.state.sequence}`
    case 'channels.redeemStream':
      return `redeem ${payload.body.stream} ${payload.body.ticks}`
    case 'channels.claimHtlc':
    case 'channels.timeoutHtlc':
      return `${payload.kind} ${payload.body.htlc}`
    default:
      return payload.kind
  }
}
