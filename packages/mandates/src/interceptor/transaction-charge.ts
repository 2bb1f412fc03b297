/**
 * What signing a transaction can cost, computed from its payload. A kind that is not understood here is not signed.
 *
 * | kind                              | payments        | deposit      | locked             | otherwise                            |
 * | --------------------------------- | --------------- | ------------ | ------------------ | ------------------------------------ |
 * | transfer, transferBatch           | each transfer   |              |                    | to oneself: nothing                  |
 * | channels.open                     |                 | our deposit  |                    | our channel key must be in the terms |
 * | channels.deposit                  |                 | the amount   |                    | our side only                        |
 * | channels.closeUnilateral          |                 |              | the dispute bond   |                                      |
 * | other channels.*                  |                 |              |                    | fee alone                            |
 * | identity.register                 |                 |              | the bond           | controller: the principal or nobody  |
 * | identity.update, withdraw         |                 |              |                    | of oneself                           |
 * | identity.rotate, deactivate       | refused: they take the account out of the mandate's reach                            |||
 */
import { type Address, type Amount, equalBytes } from '@symbolon/primitives'
import type { ChannelTerms, Party, TransactionBody } from '@symbolon/protocol'
import type { Payment } from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import { WIND_DOWN_FEE_MAX } from '../limits.ts'

/** Who signs, and what the frame and the principal fix. */
export interface Spender {
  address: Address
  channelKey: Uint8Array
  principal: Address
  /** The frame's parameter: posted by who closes unilaterally. */
  disputeBond: Amount
}

export interface TransactionCharge {
  payments: Payment[]
  fee: Amount
  locked: Amount
  /** Closes or defends a channel at a small fee: allowed after expiry. */
  windsDown?: boolean
  opens?: { terms: ChannelTerms; party: Party }
  deposits?: { channel: TransactionBody['frame']; party: Party; amount: Amount }
}

/** Our side of the terms. Errors: CHANNEL_KEY, if a key that is not ours would control our collateral. */
export function partyOf(terms: ChannelTerms, spender: Spender): Party {
  const { parties, keys } = terms
  const index = parties.findIndex((one) => equalBytes(one, spender.address))
  const key = keys[index]
  if (key === undefined || !equalBytes(key, spender.channelKey))
    throw new MandatesError(
      'CHANNEL_KEY',
      "the terms do not name our address with this interceptor's channel key",
    )
  const [first, second] = parties
  if (first !== undefined && second !== undefined && equalBytes(first, second))
    throw new MandatesError('CHANNEL_KEY', 'both parties of the channel are the same')
  return index as Party
}

/** Errors in order: INTENT_SENDER, INTENT_KIND_REFUSED, CHANNEL_KEY. */
export function transactionCharge(body: TransactionBody, spender: Spender): TransactionCharge {
  const { payload } = body
  const isSender = equalBytes(body.sender, spender.address)
  if (!isSender && payload.kind !== 'channels.open')
    throw new MandatesError('INTENT_SENDER', 'the transaction is sent by another account')
  const charge: TransactionCharge = { payments: [], fee: isSender ? body.fee : 0n, locked: 0n }
  switch (payload.kind) {
    case 'accounts.transfer':
      return { ...charge, payments: paymentsOf([payload.body], spender) }
    case 'accounts.transferBatch':
      return { ...charge, payments: paymentsOf(payload.body.transfers, spender) }
    case 'channels.open': {
      const { terms } = payload.body
      return { ...charge, opens: { terms, party: partyOf(terms, spender) } }
    }
    case 'channels.deposit': {
      const { channel, party, amount } = payload.body
      return { ...charge, deposits: { channel, party: party as Party, amount } }
    }
    case 'channels.closeUnilateral':
      return { ...charge, locked: spender.disputeBond, windsDown: charge.fee <= WIND_DOWN_FEE_MAX }
    case 'channels.closeCooperative':
    case 'channels.challenge':
    case 'channels.claimHtlc':
    case 'channels.timeoutHtlc':
    case 'channels.redeemStream':
    case 'channels.settle':
      return { ...charge, windsDown: charge.fee <= WIND_DOWN_FEE_MAX }
    case 'identity.register': {
      const { bond, controller } = payload.body
      if (controller !== undefined && !equalBytes(controller, spender.principal))
        throw refused(payload.kind, 'only the principal may control this identity')
      return { ...charge, locked: bond }
    }
    case 'identity.update':
    case 'identity.withdraw':
      if (!equalBytes(payload.body.subject, spender.address))
        throw refused(payload.kind, 'the identity is not our own')
      return charge
    case 'reputation.attest':
      return charge
    default:
      throw refused(payload.kind, 'the interceptor does not know what it can cost')
  }
}

function paymentsOf(transfers: readonly { to: Address; amount: Amount }[], spender: Spender): Payment[] {
  return transfers
    .filter(({ to }) => !equalBytes(to, spender.address))
    .map(({ to, amount }) => ({ provider: to, amount }))
}

function refused(kind: string, why: string): MandatesError {
  return new MandatesError('INTENT_KIND_REFUSED', `${kind} is not signed under a mandate: ${why}`)
}
