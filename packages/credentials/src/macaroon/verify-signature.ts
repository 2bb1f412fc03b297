import { equalBytesConstantTime } from '@symbolon/primitives'
import { chainSignatures, terminalSignature } from './chain.ts'
import type { Macaroon } from './macaroon.ts'

/** True if `macaroon` was made with `rootKey` and no caveat was removed, changed or reordered since (MAC-6). */
export function verifySignature(macaroon: Macaroon, rootKey: Uint8Array): boolean {
  return equalBytesConstantTime(terminalSignature(rootKey, macaroon), macaroon.signature)
}

/**
 * As {@link verifySignature}, returning what the chain was at each position for the keys of stateful caveats:
 * entry i + 1 is the signature right after caveat i. Undefined if the macaroon is not genuine.
 */
export function verifiedChain(macaroon: Macaroon, rootKey: Uint8Array): readonly Uint8Array[] | undefined {
  const signatures = chainSignatures(rootKey, macaroon)
  return equalBytesConstantTime(signatures[macaroon.caveats.length]!, macaroon.signature)
    ? signatures
    : undefined
}
