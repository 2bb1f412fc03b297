import { hashEngine } from '../hmac/engine.ts'
import { asciiBytes } from '../text/ascii.ts'
import type { Caveat, Macaroon } from './macaroon.ts'

/**
 * The HMAC chain as libmacaroons computes it. The book keys the first HMAC with the raw root key (MAC-2); the field's
 * libraries first derive a key with a fixed label, and interoperability decides (section Z, entry 16):
 *
 *     key   = HMAC("macaroons-key-generator", root key)
 *     sig_0 = HMAC(key, identifier)
 *     sig_i = HMAC(sig_{i-1}, caveat)                                             first-party
 *     sig_i = HMAC(sig_{i-1}, HMAC(sig_{i-1}, vid) || HMAC(sig_{i-1}, caveat))    third-party
 *
 * Cost: one HMAC for the key, one for the identifier and one per first-party caveat, about 0.55 µs each under Node.
 */
const KEY_GENERATOR = new Uint8Array(32)
KEY_GENERATOR.set(asciiBytes('macaroons-key-generator'))

/** sig_0. `rootKey` may have any length. */
export function baseSignature(rootKey: Uint8Array, identifier: Uint8Array): Uint8Array {
  const signature = new Uint8Array(32)
  writeBaseSignature(rootKey, identifier, signature)
  return signature
}

function writeBaseSignature(rootKey: Uint8Array, identifier: Uint8Array, out: Uint8Array): void {
  hashEngine.hmac(KEY_GENERATOR, rootKey, out)
  hashEngine.hmac(out, identifier, out)
}

const pair = new Uint8Array(64)
const half = new Uint8Array(32)

function writeStep(previous: Uint8Array, caveat: Caveat, out: Uint8Array): void {
  if (caveat.verificationId === undefined) {
    hashEngine.hmac(previous, caveat.identifier, out)
    return
  }
  hashEngine.hmac(previous, caveat.verificationId, half)
  pair.set(half, 0)
  hashEngine.hmac(previous, caveat.identifier, half)
  pair.set(half, 32)
  hashEngine.hmac(previous, pair, out)
}

/** sig_i from sig_{i-1}: needs no root key, which is why anyone can narrow a macaroon offline (MAC-3). */
export function stepSignature(previous: Uint8Array, caveat: Caveat): Uint8Array {
  const signature = new Uint8Array(32)
  writeStep(previous, caveat, signature)
  return signature
}

/** The terminal signature, without allocating one per step. */
export function terminalSignature(rootKey: Uint8Array, macaroon: Macaroon): Uint8Array {
  const signature = baseSignature(rootKey, macaroon.identifier)
  for (const caveat of macaroon.caveats) writeStep(signature, caveat, signature)
  return signature
}

/**
 * sig_0 … sig_n, one after the other: entry i + 1 is the signature right after caveat i.
 * Each of them is bearer authority wider than the macaroon's own: keep them inside the verifier.
 */
export function chainSignatures(rootKey: Uint8Array, macaroon: Macaroon): Uint8Array[] {
  const signatures: Uint8Array[] = [baseSignature(rootKey, macaroon.identifier)]
  for (const [index, caveat] of macaroon.caveats.entries())
    signatures.push(stepSignature(signatures[index]!, caveat))
  return signatures
}
