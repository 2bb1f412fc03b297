/**
 * Keys of the state. Within a table all keys have one length and the first byte names the table, so no key is a prefix
 * of another (the tries rely on it), and everything under a capability is one subtree, which is what makes discovery
 * provably complete (CON-108).
 */
import { type Address, concat, type Hash, sha256, utf8 } from '@symbolon/primitives'

const TABLE_RECORD = Uint8Array.of(0x01)
const TABLE_CAPABILITY = Uint8Array.of(0x02)
const TABLE_DOMAIN = Uint8Array.of(0x03)

/** accounts: one record per address. */
export const accountKey = (of: Address): Uint8Array => concat(TABLE_RECORD, of)
/** identity: one record per DID. */
export const identityKey = (of: Address): Uint8Array => concat(TABLE_RECORD, of)
/** identity: all DIDs with a capability share the prefix SHA-256(capability). */
export const capabilityPrefix = (name: string): Uint8Array => concat(TABLE_CAPABILITY, sha256(utf8(name)))
export const capabilityKey = (name: string, of: Address): Uint8Array => concat(capabilityPrefix(name), of)
/** identity: likewise by operational domain. */
export const domainPrefix = (name: string): Uint8Array => concat(TABLE_DOMAIN, sha256(utf8(name)))
export const domainKey = (name: string, of: Address): Uint8Array => concat(domainPrefix(name), of)
/** channels: one record per channel, kept as a tombstone after it closes so that an identifier is never reused. */
export const channelKey = (of: Hash): Uint8Array => concat(TABLE_RECORD, of)
/** reputation: one record per DID (CON-065). */
export const reputationKey = (of: Address): Uint8Array => concat(TABLE_RECORD, of)

const TABLE_TRUST_HEAD = Uint8Array.of(0x02)
const TABLE_TRUST_EPOCH = 0x03
const TABLE_TRUST_PAGE = 0x04
const TABLE_TRUST_EVIDENCE = 0x05
const TABLE_ATTESTATION = Uint8Array.of(0x06)

/** reputation: where scoring stands, and the newest final root. */
export const trustHeadKey = (): Uint8Array => TABLE_TRUST_HEAD.slice()
/** reputation: one record per scoring epoch that had evidence. */
export function trustEpochKey(epoch: bigint): Uint8Array {
  const key = new Uint8Array(9)
  key[0] = TABLE_TRUST_EPOCH
  new DataView(key.buffer).setBigUint64(1, epoch)
  return key
}
/** reputation: pages of the input of an epoch. Two inputs are kept, so that the final one outlives the sealing of the next. */
export function trustPageKey(slot: number, part: 'nodes' | 'edges', page: number): Uint8Array {
  return Uint8Array.of(TABLE_TRUST_PAGE, slot, part === 'nodes' ? 0 : 1, page >> 8, page & 0xff)
}
/** reputation: pages of the evidence of the running epoch. */
export function trustEvidenceKey(page: number): Uint8Array {
  return Uint8Array.of(TABLE_TRUST_EVIDENCE, page >> 8, page & 0xff)
}
/** reputation: a channel that has been rated. */
export const attestationKey = (channel: Hash): Uint8Array => concat(TABLE_ATTESTATION, channel)
