/** `channels.open`: locks the deposits and fixes the terms for ever (CON-111). */
import { type Address, decode, encode, equalBytes, type Hash, type Infer } from '@symbolon/primitives'
import {
  accountKey,
  CHANNEL_STATUS,
  type ChannelTerms,
  channelId,
  channelKey,
  channelOpened,
  channelsPayloads,
  identityKey,
  identityRecord,
  openingState,
  signsFor,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext, Leg, StateKey, TransactionKind } from '../../module.ts'
import { checkSignatures } from './evidence.ts'
import { CHALLENGE_PERIOD_MIN, GAS_RECORD, GAS_STATE_SIGNATURES } from './limits.ts'
import { subjectsOf, writeChannel } from './record.ts'

/** Throws CHANNEL_PARTIES, CHANNEL_NONCE, CHANNEL_KEYS, CHANNEL_DEPOSITS or CHANNEL_CHALLENGE_PERIOD, in this order. */
function checkTerms(terms: ChannelTerms, sender: Address, nonce: bigint): void {
  const [opener, counterparty] = terms.parties
  const [ours, theirs] = terms.keys
  if (
    opener === undefined ||
    counterparty === undefined ||
    !equalBytes(opener, sender) ||
    equalBytes(opener, counterparty)
  )
    throw new LedgerError('CHANNEL_PARTIES', 'party 0 must be the sender and party 1 somebody else')
  if (terms.nonce !== nonce)
    throw new LedgerError(
      'CHANNEL_NONCE',
      `the terms name nonce ${terms.nonce}, the transaction has ${nonce}: agree on terms with the nonce that will be used`,
    )
  if (ours === undefined || theirs === undefined || equalBytes(ours, theirs))
    throw new LedgerError(
      'CHANNEL_KEYS',
      'the parties need different channel keys: one key would sign for both',
    )
  if (terms.deposits.every((deposit) => deposit === 0n))
    throw new LedgerError('CHANNEL_DEPOSITS', 'at least one deposit must be above zero')
  if (terms.challengePeriod < CHALLENGE_PERIOD_MIN)
    throw new LedgerError(
      'CHANNEL_CHALLENGE_PERIOD',
      `the challenge period must be at least ${CHALLENGE_PERIOD_MIN} checkpoint`,
    )
}

/** A party's money moves only under its own signature: party 1 co-signs the transaction if it deposits. */
function requireCosignature(context: ExecutionContext, funder: Address): void {
  const stored = context.read('identity', identityKey(funder))
  const identity = stored === undefined ? undefined : decode(identityRecord, stored)
  if (!context.transaction.signers.some((key) => signsFor(funder, key, identity)))
    throw new LedgerError(
      'CHANNEL_COSIGNATURE',
      'party 1 deposits, so its current key must co-sign the transaction',
    )
}

type Open = Infer<typeof channelsPayloads.open>

export const open: TransactionKind<Open> = {
  kind: 'channels.open',
  schema: channelsPayloads.open,
  access({ terms }, { frame }) {
    const writes: StateKey[] = [{ namespace: 'channels', key: channelKey(channelId(frame, terms)) }]
    const counterparty = terms.parties[1]
    if (counterparty === undefined || (terms.deposits[1] ?? 0n) === 0n) return { reads: [], writes }
    writes.push({ namespace: 'accounts', key: accountKey(counterparty) })
    return { reads: [{ namespace: 'identity', key: identityKey(counterparty) }], writes }
  },
  gas: () => GAS_RECORD + GAS_STATE_SIGNATURES,
  /**
   * In order of precedence: CHANNEL_PARTIES, CHANNEL_NONCE, CHANNEL_KEYS, CHANNEL_DEPOSITS, CHANNEL_CHALLENGE_PERIOD,
   * CHANNEL_EXISTS, CHANNEL_COSIGNATURE, CHANNEL_SIGNATURE, INSUFFICIENT_BALANCE.
   */
  execute({ terms, signatures }, context) {
    const { sender, nonce } = context.transaction.body
    checkTerms(terms, sender, nonce)
    const id: Hash = channelId(context.frame, terms)
    if (context.read('channels', channelKey(id)) !== undefined)
      throw new LedgerError(
        'CHANNEL_EXISTS',
        'a channel with these terms was opened before: identifiers are never reused',
      )
    const legs: Leg[] = []
    for (const [party, owner] of terms.parties.entries()) {
      const amount = terms.deposits[party] ?? 0n
      if (amount === 0n) continue
      if (party === 1) requireCosignature(context, owner)
      legs.push({ bucket: 'liquid', owner, amount })
    }
    // Also proves that both channel keys are canonical and held by whoever agreed: they can sign at all.
    checkSignatures(context.frame, terms.keys, openingState(context.frame, terms), signatures)
    const collateral = legs.reduce((sum, { amount }) => sum + amount, 0n)
    const channel = { terms, status: CHANNEL_STATUS.open, opened: context.height, collateral, deposits: [] }
    context.emit({
      type: 'channels.opened',
      subjects: subjectsOf(id, channel),
      data: encode(channelOpened, {
        channel: id,
        parties: terms.parties,
        deposits: terms.deposits,
        challengePeriod: terms.challengePeriod,
        quote: terms.quote,
      }),
      movement: { debits: legs, credits: [{ bucket: 'channel', owner: id, amount: collateral }] },
    })
    writeChannel(context, id, channel)
  },
}
