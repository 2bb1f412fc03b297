/**
 * A macaroon: what the issuer said (identifier), every restriction added since (caveats), and the terminal signature
 * of the HMAC chain over them (MAC-1). Whoever holds it can narrow it and nobody can widen it. All of it is
 * cleartext to every holder and verifier (MAC-10): never put a secret into a caveat.
 */
export interface Macaroon {
  /** A hint for the holder about where it is good. Not covered by the signature; verifiers ignore it. */
  readonly location: Uint8Array | undefined
  readonly identifier: Uint8Array
  readonly caveats: readonly Caveat[]
  /** 32 bytes. Bearer authority together with the rest: treat like a password. */
  readonly signature: Uint8Array
}

/**
 * One restriction. `verificationId` marks a third-party caveat (discharged elsewhere); this package carries those
 * byte for byte and verifies their place in the chain, but cannot discharge them, so verifiers refuse them.
 */
export interface Caveat {
  readonly identifier: Uint8Array
  readonly verificationId: Uint8Array | undefined
  readonly location: Uint8Array | undefined
}
