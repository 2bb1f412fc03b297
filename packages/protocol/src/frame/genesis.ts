/**
 * The genesis of a frame: everything that its participants must agree on before the first block. The frame's identifier
 * is the digest of the genesis, so whoever knows the identifier can check every parameter, and two frames can never be
 * confused. Defaults are in parameters.ts.
 */
import {
  address,
  amount,
  encode,
  fixedBytes,
  frameFreeDigest,
  type Hash,
  type Infer,
  list,
  record,
  SymbolonError,
  text,
} from '@symbolon/primitives'
import { validator, validatorsWeigh } from '../block/validator-set.ts'
import { parameters } from './parameters.ts'
import { trustParametersFault, trustParametersOf } from './trust-parameters.ts'

const ALLOCATIONS_MAX = 10_000

export const allocation = record('allocation', { address: [1, address], amount: [2, amount] })

export const genesis = record('genesis', {
  /** A name for people, such as `local`. */
  name: [1, text(64, { name: 'frame name', pattern: /^[a-z0-9-]+$/, bytesMin: 1 })],
  /** Tells frames with the same parameters apart; random for a new frame. */
  salt: [2, fixedBytes(32, 'salt')],
  parameters: [3, parameters],
  validators: [4, list(validator, 256, { lengthMin: 1 })],
  /** The whole initial supply. */
  allocations: [5, list(allocation, ALLOCATIONS_MAX)],
})
export type Genesis = Infer<typeof genesis>

export function frameId(of: Genesis): Hash {
  return frameFreeDigest('genesis', encode(genesis, of))
}

/** Throws GENESIS_INVALID: supply above 2^64 − 1, an address allocated twice, validators without weight, trust parameters that cannot work. */
export function checkGenesis(of: Genesis): void {
  let supply = 0n
  const seen = new Set<string>()
  for (const { address: to, amount: value } of of.allocations) {
    supply += value
    seen.add(to.toString())
  }
  if (supply >= 2n ** 64n)
    throw new SymbolonError('GENESIS_INVALID', `the allocations sum to ${supply}, above 2^64 - 1 base units`)
  if (seen.size !== of.allocations.length)
    throw new SymbolonError('GENESIS_INVALID', 'an address has two allocations')
  if (!validatorsWeigh(of.validators))
    throw new SymbolonError('GENESIS_INVALID', 'the validators need stake and reputation above zero')
  const fault = trustParametersFault(trustParametersOf(of.parameters))
  if (fault !== undefined) throw new SymbolonError('GENESIS_INVALID', `trust parameters: ${fault}`)
}
