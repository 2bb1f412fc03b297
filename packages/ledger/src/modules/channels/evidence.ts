/**
 * Evidence: a state with both signatures. This is the whole of what the ledger believes about a channel (`ch01-02` ST-4):
 * no clock, no history, no third party.
 */
import { type Amount, ed25519, equalBytes, type Hash, isSymbolonError } from '@symbolon/primitives'
import {
  type ChannelRecord,
  type ChannelState,
  channelStateDigest,
  checkChannelState,
  stateTotal,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import { absorbedDeposits } from './collateral.ts'
import { GAS_PER_CONDITION, GAS_RECORD, GAS_STATE_SIGNATURES } from './limits.ts'

export interface Evidence {
  readonly channel: Hash
  readonly state: ChannelState
  readonly signatures: readonly Uint8Array[]
}

export function evidenceGas({ state }: Evidence): bigint {
  return (
    GAS_RECORD +
    GAS_STATE_SIGNATURES +
    GAS_PER_CONDITION * BigInt(state.pending.length + state.streams.length)
  )
}

/**
 * Checks evidence against the channel. In order of precedence: CHANNEL_STATE_FOREIGN (of another channel),
 * CHANNEL_CONSERVATION (does not divide the collateral less the newest deposits), CHANNEL_DUPLICATE_ID,
 * CHANNEL_NOT_SETTLED (final with something pending), CHANNEL_SIGNATURE. A state below the reserve is accepted: both
 * signed it, and every signed state must be acceptable here; the reserve is the parties' own rule, which their engines
 * keep (`ch01-02` CM-15).
 * @returns the digest that names the state
 */
export function checkEvidence(
  frame: Hash,
  channel: ChannelRecord,
  { channel: id, state, signatures }: Evidence,
): Hash {
  if (!equalBytes(state.channel, id))
    throw new LedgerError(
      'CHANNEL_STATE_FOREIGN',
      'the state belongs to another channel: show one of this channel',
    )
  const total = stateTotal(state)
  if (absorbedDeposits(channel, total) === undefined)
    throw new LedgerError(
      'CHANNEL_CONSERVATION',
      `the state divides ${total} base units; the collateral is ${channel.collateral}, and the difference is not a run of its newest deposits`,
      { details: { total, collateral: channel.collateral } },
    )
  checkParts(state, total)
  return checkSignatures(frame, channel.terms.keys, state, signatures)
}

function checkParts(state: ChannelState, total: Amount): void {
  try {
    checkChannelState(state, total)
  } catch (cause) {
    // The same rule runs in every engine; here its refusal is the result of a transaction.
    if (isSymbolonError(cause)) throw new LedgerError(cause.code, cause.message, { cause })
    throw cause
  }
}

/** Throws CHANNEL_SIGNATURE unless both channel keys signed the state, in party order. */
export function checkSignatures(
  frame: Hash,
  keys: readonly Uint8Array[],
  state: ChannelState,
  signatures: readonly Uint8Array[],
): Hash {
  const digest = channelStateDigest(frame, state)
  for (const [party, key] of keys.entries())
    if (!ed25519.verify(signatures[party] ?? new Uint8Array(0), digest, key))
      throw new LedgerError(
        'CHANNEL_SIGNATURE',
        `party ${party} did not sign this state with its channel key`,
        {
          details: { party },
        },
      )
  return digest
}
