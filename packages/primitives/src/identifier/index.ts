export {
  type Address,
  address,
  addressOf,
  asAddress,
  type Did,
  did,
  formatAddress,
  formatDid,
  parseAddress,
  parseAddressOrDid,
  parseDid,
} from './address.ts'
export { DOMAINS, type Domain, domainDigest, frameFreeDigest } from './domain.ts'
export { asHash, HASH_BYTES, type Hash, hash, hashKey, NO_FRAME } from './hash.ts'
