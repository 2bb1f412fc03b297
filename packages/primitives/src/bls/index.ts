export { bls } from './bls.ts'
export { BlsError, invalidPublicKey, invalidSignature } from './errors.ts'
export { blsSecretKeyFromSeed } from './key-generation.ts'
export { BlsKeyPair } from './key-pair.ts'
export { nobleBlsProvider } from './noble-provider.ts'
export {
  type BlsProvider,
  type BlsSignedBy,
  type BlsSigner,
  blsProvider,
  setBlsProvider,
} from './provider.ts'
export {
  BLS_AGGREGATE_KEYS_MAX,
  BLS_POSSESSION_DST,
  BLS_PUBLIC_KEY_BYTES,
  BLS_SECRET_KEY_BYTES,
  BLS_SEED_BYTES_MAX,
  BLS_SEED_BYTES_MIN,
  BLS_SIGNATURE_BYTES,
  BLS_SIGNATURE_DST,
  isFlaggedInfinity,
} from './suite.ts'
