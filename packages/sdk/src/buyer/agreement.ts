/** From a found provider to a commitment that both have signed: negotiation, quote, commitment. */
import {
  Commitment,
  type CommitmentTerms,
  commitmentTerms,
  proposeCommitment,
  type VerifiedQuote,
  verifyQuote,
} from '@symbolon/market'
import { encode } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'
import { CREDIT_WINDOW_DEFAULT, PREPAID_UNITS_MAX, RESERVE_PPM } from '../limits.ts'
import type { Buyer } from './buyer.ts'
import { type FoundProvider, resourceName } from './discovery.ts'
import { type Agreed, negotiate } from './negotiate.ts'
import type { PhaseClock } from './phase-clock.ts'
import type { PurchaseOrder } from './purchase.ts'

/** What buyer and seller have agreed on. */
export interface Agreement {
  readonly quote: VerifiedQuote
  readonly commitment: Commitment
}

/**
 * Errors, in order: NEGOTIATION_… (if terms are to be negotiated), those of `verifyQuote`, QUOTE_PREPAYMENT, those of the commitment,
 * those of the seller.
 */
export async function agreeWith(
  buyer: Buyer,
  provider: FoundProvider,
  order: PurchaseOrder,
  clock: PhaseClock,
): Promise<Agreement> {
  const { descriptor, digest, client: seller } = provider
  const resource = resourceName(descriptor.body)
  const agreed = await negotiateTerms(buyer, provider, resource, order, clock)
  const quote = await clock.run('quote', async (signal) => {
    const signed = await seller.quote(
      {
        buyer: buyer.address,
        descriptor: digest,
        resource,
        quantity: order.quantity,
        ...(order.first === undefined ? {} : { first: order.first }),
        ...(agreed === undefined ? {} : { negotiation: agreed.negotiation }),
      },
      signal,
    )
    return verifyQuote(signed, {
      frame: buyer.agent.client.frame,
      descriptor: descriptor.body,
      descriptorDigest: digest,
      buyer: buyer.address,
      resource,
      quantity: order.quantity,
      unitPriceMax: order.unitPriceMax,
      totalMax: order.totalMax,
      creditWindowMax: CREDIT_WINDOW_DEFAULT * 32,
      goodsRequired: descriptor.body.resource.kind === 'data',
      now: buyer.seconds,
    })
  })
  const prepaidMax = order.prepaidUnitsMax ?? PREPAID_UNITS_MAX
  if (quote.quote.unitsMin > prepaidMax)
    throw new SdkError(
      'QUOTE_PREPAYMENT',
      `the seller wants ${quote.quote.unitsMin} units paid before the first; prepaidUnitsMax is ${prepaidMax}`,
    )
  const commitment = await clock.run('commitment', (signal) =>
    commitTo(buyer, quote, provider, order, agreed, signal),
  )
  return { quote, commitment }
}

async function negotiateTerms(
  buyer: Buyer,
  provider: FoundProvider,
  resource: string,
  order: PurchaseOrder,
  clock: PhaseClock,
): Promise<Agreed | undefined> {
  const { negotiate: terms } = order
  if (terms === undefined) return undefined
  const { serviceLevel, credentialTypes } = provider.descriptor.body
  const hard = {
    descriptor: provider.digest,
    resource,
    quantity: order.quantity,
    latencyCeilingMs: serviceLevel.latencyCeilingMs,
    throughputFloorOps: serviceLevel.throughputFloorOps,
    credentialType: credentialTypes[0] ?? 'l402',
  }
  const parties = { frame: buyer.agent.client.frame, provider: provider.provider, now: buyer.seconds }
  return clock.run('negotiation', (signal) =>
    negotiate(provider.client, buyer.agent.keys, parties, hard, terms, signal),
  )
}

async function commitTo(
  buyer: Buyer,
  quote: VerifiedQuote,
  provider: FoundProvider,
  order: PurchaseOrder,
  agreed: Agreed | undefined,
  signal: AbortSignal,
): Promise<Commitment> {
  const { frame, genesis } = buyer.agent.client
  const { total, unitPrice, creditWindow } = quote.quote
  const collateral = order.collateral ?? total + (total * RESERVE_PPM) / 1_000_000n + 1n
  const terms: CommitmentTerms = {
    frame,
    buyer: buyer.address,
    provider: provider.provider,
    quote: quote.digest,
    serviceLevel: provider.descriptor.body.serviceLevel,
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
    validity: 60n,
  }
  const { keys } = buyer.agent
  const signer = {
    publicKey: keys.publicKey,
    sign: () => keys.signMessage('commitment', frame, encode(commitmentTerms, terms)),
  }
  const accepted = await provider.client.commit(
    quote.digest,
    await proposeCommitment(terms, quote, signer),
    signal,
  )
  return Commitment.verify(accepted, quote, { frame, now: buyer.seconds })
}
