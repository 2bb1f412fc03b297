/**
 * A bond matures with activity (DESIGN §7): a fresh identity can buy a bond at once, but not the history that makes it count.
 * Nothing on the ledger depends on this figure; agents and scores weigh bonds by it.
 */
import type { Amount } from '@symbolon/primitives'
import { BOND_MATURITY_CHANNELS } from './limits.ts'

/**
 * Base units of `bond` that count as matured, truncated: in proportion to the channels settled over the identity's life
 * (`reputation.lifetime`), in full from BOND_MATURITY_CHANNELS on.
 */
export function maturedBond(bond: Amount, lifetime: bigint): Amount {
  return lifetime >= BOND_MATURITY_CHANNELS ? bond : (bond * lifetime) / BOND_MATURITY_CHANNELS
}
