import { nodeCrypto } from '../hash/node-crypto.ts'
import { nobleEd25519Provider } from './noble-provider.ts'
import { createNodeEd25519Provider } from './node-provider.ts'

/** Holds one expanded secret key; the bytes stay inside. */
export interface Ed25519Signer {
  readonly publicKey: Uint8Array
  /** RFC 8032 PureEdDSA, deterministic; 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}

/**
 * Who computes. All providers sign identically (RFC 8032 is deterministic) and accept exactly the signatures that
 * `verification-rule.ts` defines.
 */
export interface Ed25519Provider {
  /** Shown in diagnostics, e.g. `noble`, `node:crypto`, `sodium-native`. */
  readonly name: string
  /** `seed` holds 32 bytes; the provider copies what it keeps. */
  createSigner(seed: Uint8Array): Ed25519Signer
  /** Any bytes of any length; false, never an error, for whatever is not a valid signature. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
}

function platformProvider(): Ed25519Provider {
  const crypto = nodeCrypto()
  return crypto === undefined ? nobleEd25519Provider : createNodeEd25519Provider(crypto)
}

let current = platformProvider()

/** The provider in use; `node:crypto` where it exists, else noble, until `setEd25519Provider` is called. */
export function ed25519Provider(): Ed25519Provider {
  return current
}

/** Replaces the provider for the whole process. Key pairs made before keep the signer that they have. */
export function setEd25519Provider(provider: Ed25519Provider): void {
  current = provider
}
