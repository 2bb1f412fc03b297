/**
 * Answers the other side's co-signing messages. Everything here throws for what an honest peer cannot send (the shell then drops
 * the connection and nothing has changed), and refuses by a counter-proposal what an honest peer may ask but I do
 * not want.
 *
 * Errors in order of precedence: CHANNEL_SEQUENCE, the errors of `applyOperations`, CHANNEL_SIGNATURE.
 */
import { equalBytes } from '@symbolon/primitives'
import { channelStateDigest, otherParty, stateTotal } from '@symbolon/protocol'
import { ChannelError, channelErrorFrom } from '../errors.ts'
import type { Message, MessageOf } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'
import type { HalfSigned } from '../storage/entry.ts'
import {
  type Core,
  type CoreView,
  type Intent,
  type Output,
  openingCollateral,
  type Step,
  step,
} from './core.ts'
import {
  deriveNext,
  isFullySigned,
  joinSignatures,
  operationsOf,
  requirePeerSignature,
  selectApplicable,
  ticketsOf,
} from './derive.ts'
import { advanceLinks } from './links.ts'
import { asChannelError } from './propose.ts'

export function receiveUpdate(
  core: Core,
  body: MessageOf<'update'>,
  operationsMax: number,
  view: CoreView,
): Step {
  const base = core.signed.state
  if (body.sequence === base.sequence && isMyAnswerKnown(core, body.signature))
    return step(core, acceptAgain(core))
  if (body.sequence !== base.sequence + 1n) throw sequenceError(core, body.sequence)
  // Sent again after a reconnect, and already answered by my outstanding counter-proposal.
  if (core.theirs !== undefined && equalBytes(core.theirs.signature, body.signature)) return step(core)
  if (core.mine?.half.counters) throw sequenceError(core, body.sequence)

  const peer = otherParty(core.party)
  const batch: OperationBatch = { proposer: peer, operations: body.operations }
  const next = deriveNext(core, [batch], body.sequence, view)
  requirePeerSignature(core, next.digest, body.signature, view)
  const theirs: HalfSigned = {
    state: next.state,
    encoded: next.encoded,
    operations: body.operations,
    included: false,
    counters: false,
    signature: body.signature,
  }
  const collides = core.mine !== undefined
  // Both proposed at once: party 0 stays with its proposal, party 1 answers it with both, in that order.
  if (collides && core.party === 0) return step(core)
  try {
    view.judge(base, body.operations)
  } catch (error) {
    return refuse(core, theirs, asChannelError(error), view)
  }
  if (collides) return merge(core, theirs, batch, operationsMax, view)
  const intent: Intent = {
    kind: 'accept',
    half: next,
    theirs,
    batches: [batch],
    settled: [],
    failed: [],
  }
  return step({ ...core, intent }, { kind: 'commit', intent, sign: { next, purpose: 'accept' } })
}

/** Party 1's answer to a collision: the winner's operations, then those of mine that still apply. */
function merge(
  core: Core,
  theirs: HalfSigned,
  batch: OperationBatch,
  operationsMax: number,
  view: CoreView,
): Step {
  const { taken, refused } = selectApplicable(core, [batch], core.mine?.groups ?? [], operationsMax, view)
  const half = deriveNext(
    core,
    [batch, { proposer: core.party, operations: operationsOf(taken) }],
    theirs.state.sequence + 1n,
    view,
  )
  const intent: Intent = { kind: 'counter', half, groups: taken, theirs, requeued: [] }
  const outputs: Output[] = refused.map(({ group, error }) => ({
    kind: 'failed',
    tickets: [group.ticket],
    error: asChannelError(error),
  }))
  outputs.push({ kind: 'commit', intent, sign: { next: half, purpose: 'propose' } })
  return { core: { ...core, intent }, outputs }
}

/** Answers with the unchanged content under the next sequence: what I refused can no longer come into force. */
export function refuse(core: Core, theirs: HalfSigned, refusal: ChannelError, view: CoreView): Step {
  const half = {
    ...deriveNext(core, [{ proposer: core.party, operations: [] }], theirs.state.sequence + 1n, view),
    included: false,
  }
  const intent: Intent = {
    kind: 'counter',
    half,
    groups: [],
    theirs,
    requeued: core.mine?.groups ?? [],
    refusal,
  }
  return step({ ...core, intent }, { kind: 'commit', intent, sign: { next: half, purpose: 'void' } })
}

export function receiveCounter(core: Core, body: MessageOf<'counter'>, view: CoreView): Step {
  const { mine } = core
  if (body.sequence === core.signed.state.sequence && isMyAnswerKnown(core, body.signature))
    return step(core, acceptAgain(core))
  // Sent again after a reconnect, and already answered by my outstanding counter-proposal.
  if (core.theirs !== undefined && equalBytes(core.theirs.signature, body.signature)) return step(core)
  if (mine === undefined || body.sequence !== mine.half.state.sequence + 1n)
    throw sequenceError(core, body.sequence)
  const isVoid = !body.included && body.operations.length === 0
  if (!isVoid && (!body.included || mine.half.counters || core.party !== 0))
    throw new ChannelError(
      'CHANNEL_SEQUENCE',
      'Only party 1 merges, and only a first proposal. Nothing was changed.',
    )
  const peer = otherParty(core.party)
  const theirBatch: OperationBatch = { proposer: peer, operations: body.operations }
  const batches: OperationBatch[] = body.included
    ? [{ proposer: core.party, operations: mine.half.operations }, theirBatch]
    : [theirBatch]
  const next = deriveNext(core, batches, body.sequence, view)
  requirePeerSignature(core, next.digest, body.signature, view)
  const theirs: HalfSigned = {
    state: next.state,
    encoded: next.encoded,
    operations: body.operations,
    included: body.included,
    counters: true,
    signature: body.signature,
  }
  try {
    view.judge(core.signed.state, body.operations)
  } catch (error) {
    return refuse(core, theirs, asChannelError(error), view)
  }
  const intent: Intent = {
    kind: 'accept',
    half: next,
    theirs,
    batches,
    settled: body.included ? ticketsOf(mine.groups) : [],
    failed: body.included ? [] : mine.groups,
    ...(body.included ? {} : { reason: refusalOf(body) }),
  }
  return step(
    { ...core, intent },
    { kind: 'commit', intent, sign: { next, purpose: isVoid ? 'void' : 'accept' } },
  )
}

function refusalOf(body: MessageOf<'counter'>): ChannelError {
  return channelErrorFrom(
    body.code ?? 'CHANNEL_PEER_REFUSED',
    body.reason ?? 'The other party refused the update.',
  )
}

export function receiveAccept(core: Core, body: MessageOf<'accept'>, view: CoreView): Step {
  const { mine } = core
  if (mine === undefined || body.sequence !== mine.half.state.sequence) {
    const known = core.signed.signatures[otherParty(core.party)] as Uint8Array
    if (body.sequence === core.signed.state.sequence && equalBytes(known, body.signature)) return step(core)
    throw sequenceError(core, body.sequence)
  }
  requirePeerSignature(core, mine.digest, body.signature, view)
  const batches: OperationBatch[] = []
  const peer = otherParty(core.party)
  if (mine.half.included && core.theirs !== undefined)
    batches.push({ proposer: peer, operations: core.theirs.operations })
  batches.push({ proposer: core.party, operations: mine.half.operations })
  const intent: Intent = {
    kind: 'conclude',
    signed: {
      state: mine.half.state,
      signatures: joinSignatures(core.party, mine.half.signature, body.signature),
    },
    completedBy: body.signature,
    links: advanceLinks(core.links, batches),
    batches,
    settled: ticketsOf(mine.groups),
    failed: [],
    adopted: false,
  }
  return step({ ...core, intent }, { kind: 'commit', intent })
}

/**
 * The peer holds a newer state than I do. It proves it by both signatures, one of which is mine: either my answer or its answer was
 * lost, or I lost what I had stored. In each case the state binds me, so I adopt it (ST-4).
 */
export function receiveState(core: Core, body: MessageOf<'state'>, view: CoreView): Step {
  const { signed } = body
  if (signed.state.sequence <= core.signed.state.sequence) return step(core)
  if (!isFullySigned(core, signed, view.verify))
    throw new ChannelError(
      'CHANNEL_SIGNATURE',
      'The newer state does not carry both signatures. Nothing was changed.',
    )
  if (stateTotal(signed.state) < openingCollateral(core.terms))
    throw new ChannelError(
      'CHANNEL_CONSERVATION',
      'The newer state divides less than the collateral. Nothing was changed.',
    )
  const { mine } = core
  const digest = channelStateDigest(core.frame, signed.state)
  const isMine = mine !== undefined && equalBytes(mine.digest, digest)
  const batches: OperationBatch[] = []
  if (isMine) {
    if (mine.half.included && core.theirs !== undefined)
      batches.push({ proposer: otherParty(core.party), operations: core.theirs.operations })
    batches.push({ proposer: core.party, operations: mine.half.operations })
  }
  const open = new Set(signed.state.streams.map(({ id }) => id))
  const known = isMine ? advanceLinks(core.links, batches) : core.links
  const kept = known.filter(({ stream }) => open.has(stream))
  const learnt = body.links.filter(
    ({ stream }) => open.has(stream) && !kept.some((own) => own.stream === stream),
  )
  const intent: Intent = {
    kind: 'conclude',
    signed,
    completedBy: undefined,
    links: [...kept, ...learnt],
    batches,
    settled: isMine ? ticketsOf(mine.groups) : [],
    failed: isMine || mine === undefined ? [] : mine.groups,
    adopted: !isMine,
  }
  return step({ ...core, intent }, { kind: 'commit', intent })
}

function acceptAgain(core: Core): Output {
  const message: Message = {
    kind: 'accept',
    body: {
      sequence: core.signed.state.sequence,
      signature: core.signed.signatures[core.party] as Uint8Array,
    },
  }
  return { kind: 'send', message }
}

/** True if this is the other signature of the newest state: its sender has not seen mine. */
function isMyAnswerKnown(core: Core, signature: Uint8Array): boolean {
  return equalBytes(core.signed.signatures[otherParty(core.party)] as Uint8Array, signature)
}

function sequenceError(core: Core, received: bigint): ChannelError {
  const expected = (core.mine?.half.state.sequence ?? core.signed.state.sequence) + 1n
  return new ChannelError(
    'CHANNEL_SEQUENCE',
    `Sequence ${received} is not the next one (${expected}). Nothing was changed; reconnect to resynchronise.`,
    { details: { received, expected } },
  )
}
