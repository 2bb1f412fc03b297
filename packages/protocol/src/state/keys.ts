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
