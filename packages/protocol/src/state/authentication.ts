/** Which key may sign for an address, given its identity record. */
import { type Address, equalBytes } from '@symbolon/primitives'
import { isGenesisKey } from '../transaction/envelope.ts'
import type { IdentityRecord } from './records.ts'

/** The key that signs now; undefined once the identity is deactivated. */
export function currentKey(identity: IdentityRecord): Uint8Array | undefined {
  return identity.keys.find(({ until }) => until === undefined)?.publicKey
}

/** True if the key signs for the address: the current key of its identity, or the genesis key of an address without one. */
export function signsFor(of: Address, publicKey: Uint8Array, identity: IdentityRecord | undefined): boolean {
  if (identity === undefined) return isGenesisKey(of, publicKey)
  const current = currentKey(identity)
  return current !== undefined && equalBytes(current, publicKey)
}

/** True if a signature made at `height` by this key counts for the identity: how old signatures stay checkable (CON-107). */
export function signedFor(identity: IdentityRecord, publicKey: Uint8Array, height: bigint): boolean {
  return identity.keys.some(
    (period) =>
      period.from <= height &&
      (period.until === undefined || height < period.until) &&
      equalBytes(period.publicKey, publicKey),
  )
}
