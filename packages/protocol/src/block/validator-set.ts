/**
 * The frozen vector of an epoch (CON-016): who votes, with which keys, stake and reputation. Its hash stands in every
 * checkpoint, so that a light client can follow the set from the genesis on.
 */
import {
  address,
  amount,
  domainDigest,
  encode,
  fixedBytes,
  type Hash,
  type Infer,
  list,
  record,
  uint,
} from '@symbolon/primitives'
import { VALIDATORS_MAX } from '../limits.ts'

export const validator = record('validator', {
  address: [1, address],
  /** BLS12-381 G1 public key, and its proof of possession (CON-039). */
  voteKey: [2, fixedBytes(48, 'BLS public key')],
  possession: [3, fixedBytes(96, 'proof of possession')],
  /** Ed25519 point of the ECVRF that elects leaders. */
  vrfKey: [4, fixedBytes(32, 'VRF public key')],
  stake: [5, amount],
  /** Parts per million, 100,000 … 1,000,000. */
  reputation: [6, uint(1_000_000, 'parts per million')],
})
export type Validator = Infer<typeof validator>

const validatorSet = list(validator, VALIDATORS_MAX, { lengthMin: 1, name: 'validator set' })

export function validatorSetHash(frame: Hash, set: readonly Validator[]): Hash {
  return domainDigest('validator-set', frame, encode(validatorSet, [...set]))
}

/** Unnormalised effective weight: stake × reputation in parts per million (CON-015). */
export function effectiveWeight(of: Validator): bigint {
  return of.stake * BigInt(of.reputation)
}

export function validatorsWeigh(set: readonly Validator[]): boolean {
  return set.some((one) => effectiveWeight(one) > 0n)
}

/** The dual quorum (CON-018): at least two thirds of effective weight and at least two thirds of stake. */
export function isQuorum(set: readonly Validator[], signed: (index: number) => boolean): boolean {
  let weight = 0n
  let weightSigned = 0n
  let stake = 0n
  let stakeSigned = 0n
  for (const [index, one] of set.entries()) {
    weight += effectiveWeight(one)
    stake += one.stake
    if (!signed(index)) continue
    weightSigned += effectiveWeight(one)
    stakeSigned += one.stake
  }
  return weight > 0n && 3n * weightSigned >= 2n * weight && 3n * stakeSigned >= 2n * stake
}
