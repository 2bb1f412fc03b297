/** The two-phase agreement on a quote, from the buyer's side: propose, signed; take the acceptance only if it is exactly that. */
import {
  Commitment,
  type CommitmentTerms,
  commitmentTerms,
  proposeCommitment,
  type VerifiedQuote,
} from '@symbolon/market'
import { type Amount, encode } from '@symbolon/primitives'
import { COMMITMENT_VALIDITY_SECONDS } from '../limits.ts'
import type { Buyer } from './buyer.ts'
import type { FoundProvider } from './discovery.ts'
import type { Agreed } from './negotiate.ts'

export interface CommitmentRequest {
  readonly quote: VerifiedQuote
  /** Base units that the buyer will lock, unless other terms were negotiated. */
  readonly collateral: Amount
  readonly agreed?: Agreed | undefined
}

/** Errors: those of the seller, of `Commitment.verify`. Nothing is paid yet. */
export async function commitTo(
  buyer: Buyer,
  seller: Pick<FoundProvider, 'provider' | 'descriptor' | 'client'>,
  { quote, collateral, agreed }: CommitmentRequest,
  signal?: AbortSignal,
): Promise<Commitment> {
  const { frame, genesis } = buyer.agent.client
  const { total, unitPrice, creditWindow } = quote.quote
  const terms: CommitmentTerms = {
    frame,
    buyer: buyer.address,
    provider: seller.provider,
    quote: quote.digest,
    serviceLevel: seller.descriptor.body.serviceLevel,
    ...(agreed === undefined ? {} : { negotiation: agreed.negotiation }),
    negotiated: agreed?.soft ?? {
      priceCapPerUnit: unitPrice,
      collateral,
      challengePeriod: genesis.parameters.challengePeriod,
      creditWindow: BigInt(creditWindow),
    },
    budget: total,
    disputes: 'channel-state',
    nonce: crypto.getRandomValues(new Uint8Array(16)),
    proposed: buyer.seconds,
    validity: COMMITMENT_VALIDITY_SECONDS,
  }
  const { keys } = buyer.agent
  const signer = {
    publicKey: keys.publicKey,
    sign: () => keys.signMessage('commitment', frame, encode(commitmentTerms, terms)),
  }
  const proposal = await proposeCommitment(terms, quote, signer)
  const accepted = await seller.client.commit(quote.digest, proposal, signal)
  return Commitment.verify(accepted, quote, { frame, now: buyer.seconds })
}
