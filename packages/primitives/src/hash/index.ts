export { hmacSha256, keccak256, sha256, sha256At, sha256Pairs, sha512 } from './digest.ts'
export { HASH_CHAIN_STEPS_MAX, HashChainStepsError, hashChainStep, hashChainWalk } from './hash-chain.ts'
export { InputLengthError, requireLength } from './input-length.ts'
export { merkleRootOf } from './merkle-root.ts'
export type { NodeCrypto } from './node-crypto.ts'
export {
  createNodeHashProvider,
  type HashProvider,
  hashProvider,
  nobleHashProvider,
  portableHashProvider,
  setHashProvider,
} from './provider.ts'
export { compress as compressSha256, INITIAL_STATE as SHA256_INITIAL_STATE } from './sha256-compression.ts'
