/** Which channels of strangers a seller takes. */
import { type Address, type Amount, equalBytes, type Hash, SymbolonError } from '@symbolon/primitives'
import { OPENINGS_PER_PARTY_MAX } from '../limits.ts'
import type { Agent } from '../wallet/agent.ts'
import type { Agreements } from './agreements.ts'
import type { SellerIdentity } from './identity.ts'

/** What a stranger offers. */
export interface ChannelOffer {
  readonly party: Address
  /** Base units by party; the stranger's first. */
  readonly deposits: readonly Amount[]
  /** Checkpoints. */
  readonly challengePeriod: bigint
  readonly quote?: Hash | undefined
}

/**
 * A stranger's offer of a channel: for a purchase, it must be the one that was agreed. Offers cost nothing, so their number is
 * bounded by what only money has: an account that can pay the deposit.
 * Errors, in order: CHALLENGE_PERIOD_TOO_SHORT, OPENINGS_PER_PARTY, DEPOSIT_UNCOVERED, QUOTE_…, COMMITMENT_INCOMPLETE,
 * COLLATERAL_TOO_SMALL.
 */
export async function admitChannel(
  seller: SellerIdentity,
  agreements: Agreements,
  offer: ChannelOffer,
): Promise<void> {
  const { challengePeriod } = seller.agent.client.genesis.parameters
  if (offer.challengePeriod < challengePeriod)
    throw new SymbolonError('CHALLENGE_PERIOD_TOO_SHORT', `at least ${challengePeriod} checkpoints`)
  const [deposit = 0n] = offer.deposits
  if (openingsOf(seller.agent, offer.party) >= OPENINGS_PER_PARTY_MAX)
    throw new SymbolonError(
      'OPENINGS_PER_PARTY',
      `${OPENINGS_PER_PARTY_MAX} channels of yours wait for the ledger (OPENINGS_PER_PARTY_MAX); put them on it first`,
    )
  if ((await seller.agent.client.balance(offer.party)) < deposit)
    throw new SymbolonError('DEPOSIT_UNCOVERED', `the account does not hold the deposit of ${deposit}`)
  if (offer.quote === undefined) return
  const issued = agreements.quotes.find(offer.quote, offer.party, BigInt(seller.seconds))
  if (issued.commitment === undefined)
    throw new SymbolonError('COMMITMENT_INCOMPLETE', 'agree on the service level before funding')
  const { collateral } = issued.commitment.record.terms.negotiated
  if (deposit < collateral)
    throw new SymbolonError('COLLATERAL_TOO_SMALL', `the agreement names a collateral of ${collateral}`)
}

function openingsOf(agent: Agent, party: Address): number {
  let openings = 0
  for (const { phase, terms } of agent.host.channels.values())
    if (phase === 'opening' && terms.parties.some((one) => equalBytes(one, party))) openings += 1
  return openings
}
