import { requireLength } from '../hash/input-length.ts'
import { type Ed25519Signer, ed25519Provider } from './provider.ts'
import { RedactedKeyPair } from './redacted-key-pair.ts'
import { SEED_BYTES } from './verification-rule.ts'

/**
 * An Ed25519 key pair whose secret cannot leave by accident: it sits in private fields, so it shows up neither in
 * console output, JSON, spread copies nor structured clones. `exportSeed` is the one door, for the key store.
 *
 * The public key that signing uses is private as well. If a caller could change it, one nonce would be used with
 * two challenges, and two such signatures give the secret away (the double-public-key attack on Ed25519).
 */
export class Ed25519KeyPair extends RedactedKeyPair {
  readonly #seed: Uint8Array
  readonly #signer: Ed25519Signer

  /** `seed` is 32 bytes from a cryptographic random source; it is copied. Errors: `INPUT_LENGTH`. */
  constructor(seed: Uint8Array) {
    requireLength(seed, SEED_BYTES, 'seed')
    const signer = ed25519Provider().createSigner(seed)
    super(signer.publicKey)
    this.#seed = seed.slice()
    this.#signer = signer
  }

  /** RFC 8032 Ed25519 (pure, no context); 64 bytes. */
  sign(message: Uint8Array): Uint8Array {
    return this.#signer.sign(message)
  }

  /** The 32 secret bytes, for encryption into a key store and nothing else. The caller should zero them after use. */
  exportSeed(): Uint8Array {
    return this.#seed.slice()
  }
}
