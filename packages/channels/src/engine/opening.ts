/**
 * Agreeing on a channel (CH-6): offer → terms with the other side's signature on the opening state → my signature on it → ready.
 * Only then may the opening transaction leave: both sides hold a state that pays everyone back, so a peer that falls silent
 * freezes nothing.
 */
import { equalBytes, type Hash } from '@symbolon/primitives'
import { type ChannelTerms, channelStateDigest, openingState, type Party } from '@symbolon/protocol'
import { ChannelError, channelErrorFrom } from '../errors.ts'
import type { Message, MessageOf, Offer } from '../message/message.ts'
import type { CoreView } from './core.ts'
import type { ChannelSigner } from './signer.ts'

/** Signs the state that refunds both deposits. */
export async function signOpening(
  frame: Hash,
  terms: ChannelTerms,
  party: Party,
  signer: ChannelSigner,
): Promise<Uint8Array> {
  const next = openingState(frame, terms)
  const digest = channelStateDigest(frame, next)
  try {
    return await signer.signState({
      frame,
      previous: undefined,
      next,
      party,
      purpose: 'open',
      digest,
      terms,
      operations: [],
    })
  } catch (cause) {
    throw new ChannelError(
      'CHANNEL_SIGNER_REFUSED',
      `The signer refused to open: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    )
  }
}

/** The other side changed nothing that I offered, and signed. Errors in order: CHANNEL_TERMS_REFUSED, CHANNEL_SIGNATURE. */
export function checkTerms(
  frame: Hash,
  mine: Offer,
  body: MessageOf<'terms'>,
  verify: CoreView['verify'],
): void {
  const { terms } = body
  const isAsOffered =
    equalBytes(terms.parties[0] as Uint8Array, mine.party) &&
    equalBytes(terms.keys[0] as Uint8Array, mine.key) &&
    !equalBytes(terms.keys[1] as Uint8Array, mine.key) &&
    terms.deposits[0] === mine.deposits[0] &&
    terms.deposits[1] === mine.deposits[1] &&
    terms.reserve === mine.reserve &&
    terms.challengePeriod === mine.challengePeriod &&
    terms.nonce === mine.nonce &&
    (terms.quote === undefined
      ? mine.quote === undefined
      : mine.quote !== undefined && equalBytes(terms.quote, mine.quote))
  if (!isAsOffered)
    throw new ChannelError(
      'CHANNEL_TERMS_REFUSED',
      'The peer answered with other terms than were offered. Choose another peer or offer its terms.',
    )
  requireOpeningSignature(frame, terms, 1, body.signature, verify)
}

export function requireOpeningSignature(
  frame: Hash,
  terms: ChannelTerms,
  party: Party,
  signature: Uint8Array,
  verify: CoreView['verify'],
): void {
  const digest = channelStateDigest(frame, openingState(frame, terms))
  if (!verify(signature, digest, terms.keys[party] as Uint8Array))
    throw new ChannelError(
      'CHANNEL_SIGNATURE',
      `The opening state is not signed by party ${party}. Nothing was locked.`,
    )
}

/** The whole terms from an offer and the answering side. */
export function termsOf(offer: Offer, party: ChannelTerms['parties'][number], key: Uint8Array): ChannelTerms {
  const { deposits, reserve, challengePeriod, nonce, quote } = offer
  return {
    parties: [offer.party, party],
    keys: [offer.key, key],
    deposits,
    reserve,
    challengePeriod,
    nonce,
    ...(quote === undefined ? {} : { quote }),
  }
}

/** Narrows the next message to the expected kind; the peer's error becomes mine. */
export function expectKind<K extends Message['kind']>(message: Message, kind: K): MessageOf<K> {
  if (message.kind === 'error') throw channelErrorFrom(message.body.code, message.body.reason)
  if (message.kind !== kind)
    throw new ChannelError('CHANNEL_MESSAGE_UNEXPECTED', `Expected "${kind}", not "${message.kind}".`)
  return message.body as MessageOf<K>
}
