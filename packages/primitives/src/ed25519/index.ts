export { type Ed25519VerificationItem, ed25519 } from './ed25519.ts'
export { Ed25519KeyPair } from './key-pair.ts'
export { nobleEd25519Provider } from './noble-provider.ts'
export { createNodeEd25519Provider } from './node-provider.ts'
export { type Ed25519Provider, type Ed25519Signer, ed25519Provider, setEd25519Provider } from './provider.ts'
export { isCanonicalPublicKey, isPrimeOrderPublicKey, isSmallOrderPublicKey } from './public-key.ts'
export { PUBLIC_KEY_CACHE_ENTRIES_MAX, PublicKeyCache } from './public-key-cache.ts'
export { RedactedKeyPair } from './redacted-key-pair.ts'
export {
  isCanonicalPointEncoding,
  isCanonicalScalar,
  isSmallOrderEncoding,
  passesByteChecks,
} from './verification-rule.ts'
