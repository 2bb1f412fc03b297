/** Data of the events of the `identity` module. The subject of each event is the DID. */
import { address, amount, fixedBytes, optional, record, u64 } from '@symbolon/primitives'
import { indexedProfile } from '../transaction/identity.ts'

const version = u64('version')

export const identityRegistered = record('identity.registered', {
  subject: [1, address],
  bond: [2, amount],
  controller: [3, optional(address)],
  indexed: [4, indexedProfile],
})
export const identityUpdated = record('identity.updated', {
  subject: [1, address],
  version: [2, version],
  previous: [3, indexedProfile],
  indexed: [4, indexedProfile],
})
export const identityRotated = record('identity.rotated', {
  subject: [1, address],
  version: [2, version],
  publicKey: [3, fixedBytes(32, 'public key')],
})
export const identityDeactivated = record('identity.deactivated', {
  subject: [1, address],
  version: [2, version],
  previous: [3, indexedProfile],
  /** First height at which the bond can be withdrawn. */
  withdrawable: [4, u64('height')],
})
export const identityWithdrawn = record('identity.withdrawn', { subject: [1, address], amount: [2, amount] })

/** By event type. */
export const IDENTITY_EVENTS = {
  'identity.registered': identityRegistered,
  'identity.updated': identityUpdated,
  'identity.rotated': identityRotated,
  'identity.deactivated': identityDeactivated,
  'identity.withdrawn': identityWithdrawn,
} as const
