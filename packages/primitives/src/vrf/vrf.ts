import { RedactedKeyPair } from '../ed25519/redacted-key-pair.ts'
import { ecvrfOutput, ecvrfProve, ecvrfVerify, expandVrfSeed, type VrfSuite } from './ecvrf.ts'

/**
 * A VRF key. The seed has the form of an Ed25519 seed; use a separate one all the same, so that neither protocol
 * can be turned against the other.
 */
export class VrfKeyPair extends RedactedKeyPair {
  readonly #key: ReturnType<typeof expandVrfSeed>

  /** `seed`: 32 bytes from a cryptographic random source. Errors: `INPUT_LENGTH`. */
  constructor(seed: Uint8Array) {
    const key = expandVrfSeed(seed)
    super(key.publicKey)
    this.#key = key
  }

  /** An 80-byte proof for the input `alpha`. Errors: `VRF_HASH_TO_CURVE` (never in practice). */
  prove(alpha: Uint8Array, suite: VrfSuite = 'TAI'): Uint8Array {
    return ecvrfProve(this.#key, alpha, suite)
  }
}

export const vrf = {
  /** Errors: `INPUT_LENGTH`. */
  generateKeyPair(seed: Uint8Array): VrfKeyPair {
    return new VrfKeyPair(seed)
  },

  /** The 64-byte output if `proof` is valid for this key and input, else undefined; never an error on bad bytes. */
  verify(
    publicKey: Uint8Array,
    alpha: Uint8Array,
    proof: Uint8Array,
    suite: VrfSuite = 'TAI',
  ): Uint8Array | undefined {
    return ecvrfVerify(publicKey, alpha, proof, suite)
  },

  /**
   * The 64-byte output of a proof that is known to be valid (own, or verified). Errors, in this order:
   * `INPUT_LENGTH`, `VRF_PROOF_INVALID`.
   */
  proofToHash(proof: Uint8Array, suite: VrfSuite = 'TAI'): Uint8Array {
    return ecvrfOutput(proof, suite)
  },
} as const
