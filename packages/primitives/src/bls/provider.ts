import { nobleBlsProvider } from './noble-provider.ts'

export interface BlsSigner {
  /** 48 bytes. */
  readonly publicKey: Uint8Array
  /** 96 bytes, deterministic. */
  sign(message: Uint8Array): Uint8Array
}

export interface BlsSignedBy {
  publicKey: Uint8Array
  signature: Uint8Array
}

/**
 * Who computes. Every verification parses strictly (length, flags, curve, subgroup), refuses infinity as key and
 * as signature, and answers false for whatever does not parse.
 */
export interface BlsProvider {
  /** Shown in diagnostics: `noble` or `blst`. */
  readonly name: string
  /** `secretKey`: 32 bytes big-endian in 1..r − 1, as `blsSecretKeyFromSeed` makes it. */
  createSigner(secretKey: Uint8Array): BlsSigner
  isValidPublicKey(publicKey: Uint8Array): boolean
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
  /** One aggregate signature by all `publicKeys` (1 or more) over one message. */
  fastAggregateVerify(signature: Uint8Array, message: Uint8Array, publicKeys: readonly Uint8Array[]): boolean
  /** True if every one of the 1 or more signatures over one message is valid; a wrong true has chance 2^-64. */
  verifySameMessage(message: Uint8Array, items: readonly BlsSignedBy[]): boolean
  /** Sum of 1 or more signatures; with `groupCheck` false, they were verified already. Errors: `BLS_SIGNATURE_INVALID`. */
  aggregateSignatures(signatures: readonly Uint8Array[], groupCheck: boolean): Uint8Array
  /** Sum of 1 or more keys. Errors: `BLS_PUBLIC_KEY_INVALID`. */
  aggregatePublicKeys(publicKeys: readonly Uint8Array[]): Uint8Array
}

let current = nobleBlsProvider

/** The provider in use; noble until `setBlsProvider` is called. */
export function blsProvider(): BlsProvider {
  return current
}

export function setBlsProvider(provider: BlsProvider): void {
  current = provider
}
