/**
 * Derives the next state. Pure: no clock, no I/O; the same operations on the same state give the same bytes on both
 * sides. Everything here is a matter of form and arithmetic, so a proposal that fails here can only come from a
 * peer that breaks the protocol; what is a matter of consent is in judge.ts.
 *
 * Errors in order of precedence per operation: CHANNEL_CLOSED (something after `close`), CHANNEL_OPERATION_INVALID (unknown id,
 * zero amount), CHANNEL_DUPLICATE_ID, CHANNEL_SLOTS_FULL, CHANNEL_OPERATION_UNAUTHORISED (money of the other side),
 * CHANNEL_PREIMAGE, CHANNEL_INSUFFICIENT_BALANCE; then for the whole: CHANNEL_RESERVE_BROKEN, CHANNEL_NOT_SETTLED,
 * CHANNEL_CONSERVATION.
 */
import { AMOUNT_MAX, type Amount, equalBytes, type Hash, sha256 } from '@symbolon/primitives'
import {
  type ChannelState,
  checkChannelState,
  HTLCS_MAX,
  type Htlc,
  otherParty,
  type Party,
  STREAMS_MAX,
  type Stream,
  streamLocked,
  streamTag,
  verifyTick,
} from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import type { Operation } from './operation.ts'

export interface OperationBatch {
  readonly proposer: Party
  readonly operations: readonly Operation[]
}

export interface ApplyContext {
  readonly frame: Hash
  /** What each party keeps (CM-15), base units. */
  readonly reserve: Amount
  /**
   * True if this preimage is already known to be `ticks` steps before the stream's root. Saves walking thousands of
   * hashes again for ticks that were verified one by one as they came.
   */
  readonly isKnownTick?: (stream: Stream, ticks: number, preimage: Uint8Array) => boolean
}

interface Draft {
  balances: [Amount, Amount]
  pending: Htlc[]
  streams: Stream[]
  final: boolean
  quote: Hash | undefined
  auditHeads: Hash[] | undefined
  absorbed: Amount
}

const NO_HEAD = new Uint8Array(32) as Hash

/**
 * The state after `batches`, with the given sequence; the last batch's proposer is the state's proposer. Two batches occur
 * when colliding proposals are merged.
 */
export function applyOperations(
  base: ChannelState,
  batches: readonly OperationBatch[],
  sequence: bigint,
  context: ApplyContext,
): ChannelState {
  const draft: Draft = {
    balances: [base.balances[0] ?? 0n, base.balances[1] ?? 0n],
    pending: base.pending.slice(),
    streams: base.streams.slice(),
    final: base.final,
    quote: base.quote,
    auditHeads: base.auditHeads?.slice(),
    absorbed: 0n,
  }
  for (const { proposer, operations } of batches)
    for (const operation of operations) applyOne(draft, operation, proposer, base, context)
  for (const side of [0, 1] as const) requireReserve(draft, base, side, context.reserve)
  const next: ChannelState = {
    channel: base.channel,
    sequence,
    balances: draft.balances,
    pending: draft.pending,
    streams: draft.streams,
    proposer: batches.at(-1)?.proposer ?? 0,
    final: draft.final,
    ...(draft.quote === undefined ? {} : { quote: draft.quote }),
    ...(draft.auditHeads === undefined ? {} : { auditHeads: draft.auditHeads }),
  }
  checkChannelState(next, totalOf(base) + draft.absorbed)
  return next
}

/** Balances and locks of a state that both signed: its collateral. */
function totalOf(state: ChannelState): Amount {
  let total = (state.balances[0] ?? 0n) + (state.balances[1] ?? 0n)
  for (const payment of state.pending) total += payment.amount
  for (const run of state.streams) total += streamLocked(run)
  return total
}

function applyOne(
  draft: Draft,
  operation: Operation,
  proposer: Party,
  base: ChannelState,
  context: ApplyContext,
): void {
  if (draft.final)
    throw new ChannelError('CHANNEL_CLOSED', 'Nothing can follow a final state. Open a new channel.')
  const receiver = otherParty(proposer)
  switch (operation.kind) {
    case 'pay': {
      const { amount } = operation.body
      requirePositive(amount, 'a payment')
      debit(draft, proposer, amount)
      draft.balances[receiver] += amount
      return
    }
    case 'addHtlc': {
      const { id, amount, paymentHash, expiry, binding } = operation.body
      requirePositive(amount, 'a conditional payment')
      if (draft.pending.some((payment) => payment.id === id)) throw duplicate('pending payment', id)
      if (draft.pending.length >= HTLCS_MAX) throw full('pending payments', HTLCS_MAX)
      debit(draft, proposer, amount)
      draft.pending.push({
        id,
        payer: proposer,
        amount,
        paymentHash,
        expiry,
        ...(binding === undefined ? {} : { binding }),
      })
      return
    }
    case 'fulfilHtlc': {
      const payment = takePending(draft, operation.body.id)
      if (payment.payer === proposer) throw unauthorised('Only the payee fulfils a payment.')
      if (!equalBytes(sha256(operation.body.preimage), payment.paymentHash))
        throw new ChannelError(
          'CHANNEL_PREIMAGE',
          `The preimage does not hash to the payment hash of payment ${payment.id}.`,
        )
      draft.balances[proposer] += payment.amount
      return
    }
    case 'failHtlc': {
      const payment = takePending(draft, operation.body.id)
      draft.balances[payment.payer === 0 ? 0 : 1] += payment.amount
      return
    }
    case 'openStream': {
      const { id, root, tickValue, length, quote } = operation.body
      requirePositive(tickValue, 'a tick')
      if (length < 1) throw invalid('A stream needs at least one tick.')
      if (draft.streams.some((run) => run.id === id)) throw duplicate('stream', id)
      if (draft.streams.length >= STREAMS_MAX) throw full('streams', STREAMS_MAX)
      const opened: Stream = { id, payer: proposer, root, tickValue, length, quote }
      debit(draft, proposer, streamLocked(opened))
      draft.streams.push(opened)
      return
    }
    case 'foldStream': {
      const index = streamIndex(draft, operation.body.id)
      fold(draft, index, operation.body.ticks, operation.body.preimage, base, context)
      return
    }
    case 'closeStream': {
      const { id, ticks, preimage } = operation.body
      const index = streamIndex(draft, id)
      if (ticks > 0) {
        if (preimage === undefined)
          throw new ChannelError('CHANNEL_PREIMAGE', 'Folded ticks need their preimage.')
        fold(draft, index, ticks, preimage, base, context)
      }
      const run = draft.streams[index] as Stream
      draft.balances[run.payer === 0 ? 0 : 1] += streamLocked(run)
      draft.streams.splice(index, 1)
      return
    }
    case 'agreeQuote':
      draft.quote = operation.body.quote
      return
    case 'anchorAudit': {
      draft.auditHeads ??= [NO_HEAD, NO_HEAD]
      draft.auditHeads[proposer] = operation.body.head
      return
    }
    case 'absorbDeposit': {
      const { party, amount } = operation.body
      requirePositive(amount, 'a deposit')
      draft.balances[party === 0 ? 0 : 1] += amount
      draft.absorbed += amount
      return
    }
    case 'close':
      if (draft.pending.length > 0 || draft.streams.length > 0)
        throw new ChannelError(
          'CHANNEL_NOT_SETTLED',
          'A final state may hold no pending payment and no stream. Resolve the payments and close the streams first.',
        )
      draft.final = true
  }
}

function fold(
  draft: Draft,
  index: number,
  ticks: number,
  preimage: Uint8Array,
  base: ChannelState,
  context: ApplyContext,
): void {
  const run = draft.streams[index] as Stream
  if (ticks < 1 || ticks > run.length)
    throw invalid(`A fold takes 1 to ${run.length} ticks of stream ${run.id}, not ${ticks}.`)
  const isProven =
    context.isKnownTick?.(run, ticks, preimage) ||
    verifyTick(run.root, streamTag(context.frame, base.channel, run.id), preimage, ticks)
  if (!isProven)
    throw new ChannelError(
      'CHANNEL_PREIMAGE',
      `The preimage is not ${ticks} steps before the root of stream ${run.id}.`,
    )
  draft.balances[otherParty(run.payer)] += run.tickValue * BigInt(ticks)
  draft.streams[index] = { ...run, root: preimage as Hash, length: run.length - ticks }
}

function debit(draft: Draft, side: Party, amount: Amount): void {
  if (amount > AMOUNT_MAX || draft.balances[side] < amount)
    throw new ChannelError(
      'CHANNEL_INSUFFICIENT_BALANCE',
      `Party ${side} has ${draft.balances[side]} base units in the channel, ${amount} are needed. Deposit or pay less.`,
      { details: { balance: draft.balances[side], needed: amount } },
    )
  draft.balances[side] -= amount
}

/**
 * A balance may not be brought below the reserve: a party with nothing left to lose may cheat for free (CM-15). Who never
 * had that much (a payee at the start) simply may not go lower. A final state has no older one to gain by.
 */
function requireReserve(draft: Draft, base: ChannelState, side: Party, reserve: Amount): void {
  const before = base.balances[side] ?? 0n
  const floor = before < reserve ? before : reserve
  if (draft.final || draft.balances[side] >= floor) return
  throw new ChannelError(
    'CHANNEL_RESERVE_BROKEN',
    `The update leaves party ${side} ${draft.balances[side]} base units, the reserve is ${reserve}. Pay less or deposit.`,
    { details: { party: side, balance: draft.balances[side], reserve } },
  )
}

function takePending(draft: Draft, id: bigint): Htlc {
  const index = draft.pending.findIndex((payment) => payment.id === id)
  if (index < 0) throw invalid(`There is no pending payment ${id}.`)
  return draft.pending.splice(index, 1)[0] as Htlc
}

function streamIndex(draft: Draft, id: bigint): number {
  const index = draft.streams.findIndex((run) => run.id === id)
  if (index < 0) throw invalid(`There is no stream ${id}.`)
  return index
}

function requirePositive(amount: Amount, what: string): void {
  if (amount <= 0n) throw invalid(`${what} needs at least one base unit.`)
}

const invalid = (message: string): ChannelError => new ChannelError('CHANNEL_OPERATION_INVALID', message)
const unauthorised = (message: string): ChannelError =>
  new ChannelError('CHANNEL_OPERATION_UNAUTHORISED', message)
const duplicate = (what: string, id: bigint): ChannelError =>
  new ChannelError('CHANNEL_DUPLICATE_ID', `There is already a ${what} with id ${id}.`)
const full = (what: string, max: number): ChannelError =>
  new ChannelError('CHANNEL_SLOTS_FULL', `The channel holds ${max} ${what}, its maximum. Settle some first.`)
