import { toHex } from '@symbolon/primitives'
import { hashEngine } from '../hmac/engine.ts'

const DOMAIN_BYTES = 16

/** Which counter of a caveat: its clause and, for a limit per window, the window's number. */
export interface CounterPosition {
  /** Position of the clause within its caveat; 255 for the channel sequence of the whole credential. */
  readonly clauseIndex: number
  readonly window: bigint
}

/**
 * The key of a stateful clause's counter: SHA-256 over the identifier and the chain signature right after the caveat
 * (CAV-9). Everything delegated from that point on has the same chain prefix, so it shares the counter: an
 * ancestor's cap counts all its descendants, a child's cap only its own branch.
 *
 * Hashed, because a chain signature is itself bearer authority for the credential without its later caveats; a
 * counter store must not hold such a thing.
 */
export function counterKey(
  identifier: Uint8Array,
  chainSignature: Uint8Array,
  { clauseIndex, window }: CounterPosition,
): string {
  const input = new Uint8Array(DOMAIN_BYTES + 32 + identifier.length)
  input[0] = clauseIndex
  new DataView(input.buffer).setBigUint64(8, window)
  input.set(chainSignature, DOMAIN_BYTES)
  input.set(identifier, DOMAIN_BYTES + 32)
  const digest = new Uint8Array(32)
  hashEngine.sha256(input, digest)
  return toHex(digest)
}
