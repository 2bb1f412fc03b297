/** The identity record in the state. */
import { type Address, decode, encode } from '@symbolon/primitives'
import { type IdentityRecord, identityKey, identityRecord } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext } from '../../module.ts'

/** Throws IDENTITY_UNKNOWN. */
export function readIdentity(context: ExecutionContext, subject: Address): IdentityRecord {
  const stored = context.read('identity', identityKey(subject))
  if (stored === undefined)
    throw new LedgerError('IDENTITY_UNKNOWN', 'the subject has no identity in this frame: register it first')
  return decode(identityRecord, stored)
}

export function writeIdentity(context: ExecutionContext, identity: IdentityRecord): void {
  context.write('identity', identityKey(identity.subject), encode(identityRecord, identity))
}
