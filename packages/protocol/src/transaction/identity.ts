/** Payloads of the `identity` module (CON-107). */
import {
  address,
  bytes,
  domainDigest,
  encode,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  text,
  u64,
} from '@symbolon/primitives'
import {
  CAPABILITIES_MAX,
  CAPABILITY_BYTES_MAX,
  DOMAIN_BYTES_MAX,
  ENDPOINT_BYTES_MAX,
  METADATA_BYTES_MAX,
  SERVICES_MAX,
} from '../limits.ts'

/** Lower-case dotted words, such as `data.rows` or `compute.inference`. */
export const capability = text(CAPABILITY_BYTES_MAX, {
  name: 'capability',
  pattern: /^[a-z0-9]+([._-][a-z0-9]+)*$/,
  bytesMin: 1,
})
/** A DNS-like operational domain, such as `weather.example`. */
export const operationalDomain = text(DOMAIN_BYTES_MAX, {
  name: 'domain',
  pattern: /^[a-z0-9]+([.-][a-z0-9]+)*$/,
  bytesMin: 1,
})

/** Where an agent is reached. `descriptor` is the digest of the signed capability descriptor served there. */
export const service = record('service', {
  name: [1, text(32, { name: 'service name', pattern: /^[a-z0-9-]+$/, bytesMin: 1 })],
  endpoint: [
    2,
    text(ENDPOINT_BYTES_MAX, { name: 'endpoint', pattern: /^(https?|wss?):\/\/[!-~]+$/, bytesMin: 1 }),
  ],
  descriptor: [3, optional(hash)],
})
export type Service = Infer<typeof service>

/** What a DID says of itself; replaced as a whole by an update. */
export const profile = record('profile', {
  capabilities: [1, list(capability, CAPABILITIES_MAX)],
  domain: [2, optional(operationalDomain)],
  services: [3, list(service, SERVICES_MAX)],
  /** Free-form, for readers; never interpreted by the ledger. */
  metadata: [4, optional(bytes(0, METADATA_BYTES_MAX, 'metadata'))],
  /**
   * The Ed25519 public key that speaks for the agent in channels. A channel that somebody else opened with the agent counts in
   * reputation only under this key: whoever opens one chooses the keys of both parties.
   */
  channelKey: [5, optional(fixedBytes(32, 'channel key'))],
})
export type Profile = Infer<typeof profile>

/** Creates the sender's identity. `bond` base units move from liquid to bonded (at least the frame's minimum). */
export const register = record('identity.register', {
  profile: [1, profile],
  bond: [2, u64('bond')],
  /** The human or organisation behind the agent; it may update, rotate and deactivate too. */
  controller: [3, optional(address)],
})

/**
 * The discovery entries that the record holds now, word for word. Which state keys a transaction touches must follow from
 * the transaction alone (CON-078), so whoever replaces or removes entries names them; the ledger compares with the record.
 */
export const indexedProfile = record('indexed-profile', {
  capabilities: [1, list(capability, CAPABILITIES_MAX)],
  domain: [2, optional(operationalDomain)],
})
export type IndexedProfile = Infer<typeof indexedProfile>

/** Replaces the profile. `version` must be the current version plus one, which makes updates replay-safe. */
export const update = record('identity.update', {
  subject: [1, address],
  version: [2, u64('version')],
  profile: [3, profile],
  previous: [4, indexedProfile],
})

/** Replaces the authentication key; the old one stays in the record with the height at which it ended. */
export const rotate = record('identity.rotate', {
  subject: [1, address],
  version: [2, u64('version')],
  publicKey: [3, fixedBytes(32, 'public key')],
  /** The new key's signature over the domain digest `request` of (subject, version, publicKey): proof of possession. */
  possession: [4, fixedBytes(64, 'signature')],
})

const rotation = record('rotation', {
  subject: [1, address],
  version: [2, u64('version')],
  publicKey: [3, fixedBytes(32, 'public key')],
})

/** What the new key signs: it belongs to one subject, version and frame, so a possession proof cannot be shown again. */
export function rotationDigest(frame: Hash, of: Infer<typeof rotation>): Hash {
  return domainDigest('request', frame, encode(rotation, of))
}

/** Permanent. The bond returns to the subject after the unbonding period, by `identity.withdraw`. */
export const deactivate = record('identity.deactivate', {
  subject: [1, address],
  version: [2, u64('version')],
  previous: [3, indexedProfile],
})
/** Anyone may send it: the units go to the subject and nowhere else. */
export const withdraw = record('identity.withdraw', { subject: [1, address] })
