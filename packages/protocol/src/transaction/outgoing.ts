/**
 * The most that a transaction can take from its sender's liquid balance, its fee included: what a mempool reserves and
 * what a mandate's interceptor holds. Exhaustive over the payload kinds, so a new kind does not compile until it says.
 */
import type { Amount } from '@symbolon/primitives'
import type { Parameters } from '../frame/parameters.ts'
import { trustParametersOf } from '../frame/trust-parameters.ts'
import type { TransactionBody } from './envelope.ts'

export function transactionOutgoing(body: TransactionBody, parameters: Parameters): Amount {
  return body.fee + payloadOutgoing(body, parameters)
}

function payloadOutgoing({ payload }: TransactionBody, parameters: Parameters): Amount {
  switch (payload.kind) {
    case 'accounts.transfer':
      return payload.body.amount
    case 'accounts.transferBatch':
      return payload.body.transfers.reduce((sum, transfer) => sum + transfer.amount, 0n)
    case 'identity.register':
      return payload.body.bond
    case 'channels.open':
      return payload.body.terms.deposits[0] ?? 0n
    case 'channels.deposit':
      return payload.body.amount
    case 'channels.closeUnilateral':
      return parameters.disputeBond
    case 'reputation.publish':
    case 'reputation.challenge':
      return trustParametersOf(parameters).bond
    case 'identity.update':
    case 'identity.rotate':
    case 'identity.deactivate':
    case 'identity.withdraw':
    case 'channels.closeCooperative':
    case 'channels.challenge':
    case 'channels.claimHtlc':
    case 'channels.timeoutHtlc':
    case 'channels.redeemStream':
    case 'channels.settle':
    case 'reputation.attest':
      return 0n
  }
}
