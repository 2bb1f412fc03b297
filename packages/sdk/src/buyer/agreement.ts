/** From a found provider to a commitment that both have signed: negotiation, quote, commitment. */

import { type Commitment, type VerifiedQuote, verifyQuote } from '@symbolon/market'
import { SdkError } from '../errors.ts'
import { CREDIT_WINDOW_DEFAULT, PREPAID_UNITS_MAX } from '../limits.ts'
import type { Buyer } from './buyer.ts'
import { commitTo } from './commit.ts'
import { type FoundProvider, resourceName } from './discovery.ts'
import { type Agreed, negotiate } from './negotiate.ts'
import { withReserve } from './open-channel.ts'
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
    commitTo(
      buyer,
      provider,
      {
        quote,
        collateral: order.collateral ?? withReserve(quote.quote.total),
        agreed,
      },
      signal,
    ),
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
