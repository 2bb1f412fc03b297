import { RedactedKeyPair } from '../ed25519/redacted-key-pair.ts'
import { blsSecretKeyFromSeed } from './key-generation.ts'
import { signUnder } from './noble-provider.ts'
import { type BlsSigner, blsProvider } from './provider.ts'
import { BLS_POSSESSION_DST } from './suite.ts'

/** A BLS key pair with its secret out of sight, like `Ed25519KeyPair`. */
export class BlsKeyPair extends RedactedKeyPair {
  readonly #secretKey: Uint8Array
  readonly #signer: BlsSigner

  /** `seed`: 32 to 1024 bytes from a cryptographic random source. Errors: `INPUT_LENGTH`. */
  constructor(seed: Uint8Array) {
    const secretKey = blsSecretKeyFromSeed(seed)
    const signer = blsProvider().createSigner(secretKey)
    super(signer.publicKey)
    this.#secretKey = secretKey
    this.#signer = signer
  }

  /** 96-byte signature. */
  sign(message: Uint8Array): Uint8Array {
    return this.#signer.sign(message)
  }

  /**
   * PopProve (draft §3.3.2): 96 bytes, once per key at registration. Always on noble (about 15 ms), because the
   * native library fixes its domain separation tag to that of signatures.
   */
  provePossession(): Uint8Array {
    return signUnder(BLS_POSSESSION_DST, this.#signer.publicKey, this.#secretKey)
  }
}
