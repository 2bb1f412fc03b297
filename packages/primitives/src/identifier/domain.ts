/**
 * Signing domains. Everything that Symbolon signs or names by hash is first bound to what kind of thing it is and
 * to the frame in which it counts:
 *
 *   digest = SHA-256( "symbolon/1/" ‖ domain ‖ 0x00 ‖ frame (32 bytes) ‖ body )
 *
 * Domains contain no zero byte, so no two (domain, frame, body) triples share a preimage; a signature over one
 * digest can therefore never be replayed as another type, in another frame, or as a later version of the format.
 * The digest is at once the thing's identifier and the message that is signed.
 */
import { concat, utf8 } from '../bytes.ts'
import { sha256 } from '../hash/index.ts'
import { type Hash, NO_FRAME } from './hash.ts'

/** Every domain there is; a new signed or hashed type gets a line here before it gets code. */
export const DOMAINS = [
  'genesis',
  'account',
  'transaction',
  'block',
  'checkpoint-vote',
  'validator-set',
  'state-root',
  'seed',
  'event',
  'receipt',
  'channel-state',
  'channel-open',
  'stream',
  'stream-seed',
  'descriptor',
  'beacon',
  'quote',
  'negotiation',
  'commitment',
  'challenge',
  'mandate',
  'audit-entry',
  'purchase-receipt',
  'channel-hello',
  'request',
  'trust-parameters',
  'trust-input',
  'trust-score',
] as const
export type Domain = (typeof DOMAINS)[number]

const PREFIXES = new Map<Domain, Uint8Array>(
  DOMAINS.map((domain) => [domain, utf8(`symbolon/1/${domain}\0`)]),
)

/** The 32-byte digest that names `body` within `frame`, and that signatures cover. */
export function domainDigest(domain: Domain, frame: Hash, body: Uint8Array): Hash {
  const prefix = PREFIXES.get(domain)
  if (prefix === undefined) throw new Error(`unknown signing domain ${domain}`)
  return sha256(concat(prefix, frame, body)) as Hash
}

/** For the few things that exist outside any frame: account identifiers and the genesis itself. */
export function frameFreeDigest(domain: Domain, body: Uint8Array): Hash {
  return domainDigest(domain, NO_FRAME, body)
}
