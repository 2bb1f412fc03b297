/** The buyer's side of a negotiation over HTTP: at most five messages (NG-3), then both hold the same signed terms or none. */
import {
  advance,
  answerAsBuyer,
  type HardTerms,
  type NegotiationContent,
  type NegotiationMessage,
  type NegotiationState,
  negotiationForm,
  type SoftRanges,
  type SoftTerms,
} from '@symbolon/market'
import { type Address, encode, type Hash } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'
import { NEGOTIATION_VALIDITY_SECONDS } from '../limits.ts'
import type { AgentKeys } from '../wallet/keys.ts'
import type { SellerClient } from './seller-client.ts'

export interface Negotiable {
  readonly preferred: SoftTerms
  /** The worst that is acceptable. */
  readonly limits: SoftRanges
  /** For two or more countered fields together (NG-4). */
  readonly deviationTolerancePpm?: bigint
}

export interface Agreed {
  readonly soft: SoftTerms
  /** Digest of the acceptance. */
  readonly negotiation: Hash
}

/** Errors: NEGOTIATION_REJECTED with the fields that did not meet; those of `advance` and of the seller. */
export async function negotiate(
  seller: SellerClient,
  keys: AgentKeys,
  parties: { frame: Hash; provider: Address; now: bigint },
  hard: HardTerms,
  { preferred, limits, deviationTolerancePpm }: Negotiable,
  signal?: AbortSignal,
): Promise<Agreed> {
  const { frame, provider, now } = parties
  let state: NegotiationState | undefined
  let content: NegotiationContent = { kind: 'offer', body: { hard, soft: preferred } }
  for (;;) {
    const body: NegotiationMessage = {
      frame,
      from: keys.address,
      to: provider,
      number: (state?.messages ?? 0) + 1,
      ...(state === undefined ? {} : { previous: state.last }),
      content,
      validUntil: now + NEGOTIATION_VALIDITY_SECONDS,
    }
    const message = {
      body,
      publicKey: keys.publicKey,
      signature: await keys.signMessage('negotiation', frame, encode(negotiationForm.body, body)),
    }
    state = advance(state, message, { frame, now })
    const answer = await seller.negotiate(message, signal)
    if (answer !== undefined) state = advance(state, answer, { frame, now })
    if (state.phase === 'accepted') return { soft: state.soft, negotiation: state.last }
    if (state.phase === 'rejected')
      throw new SdkError(
        'NEGOTIATION_REJECTED',
        `no agreement on ${state.reasons.join(', ')}; relax these terms or try the next provider`,
        { details: { reasons: state.reasons } },
      )
    content = answerAsBuyer(state, {
      limits,
      ...(deviationTolerancePpm === undefined ? {} : { deviationTolerancePpm }),
    })
  }
}
