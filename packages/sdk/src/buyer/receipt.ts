/**
 * From the evidence that a purchase leaves to the receipt that a third party verifies (`ch09-10` PL-7). The evidence is
 * complete when the purchase is settled; the receipt also needs the proofs of the opening and of the closing transaction.
 */
import { decodeBinding, decodeIdentifier, parseCaveat } from '@symbolon/credentials'
import type { AuditDisclosure, PurchaseReceipt, ReceiptDecoders, SignedMandate } from '@symbolon/mandates'
import {
  commitmentDigest,
  decodeCommitment,
  decodeSigned,
  descriptorDigest,
  descriptorForm,
  quoteDigest,
  quoteForm,
  verifyIssuer,
  verifyRecord,
} from '@symbolon/market'
import {
  type Address,
  addressOf,
  domainDigest,
  ed25519,
  equalBytes,
  fromHex,
  type Hash,
  parseDid,
} from '@symbolon/primitives'
import type { SignedChannelState, TransactionProof } from '@symbolon/protocol'
import { SdkError } from '../errors.ts'

/** A chain of the purchase's stream: the first doubly signed state that holds it, and the deepest preimage shown. */
export interface StreamEvidence {
  readonly state: SignedChannelState
  readonly id: bigint
  readonly ticks: number
  readonly preimage: Uint8Array
}

export interface PurchaseEvidence {
  readonly frame: Hash
  readonly channel: Hash
  /** Signed records, canonical bytes. */
  readonly descriptor: Uint8Array
  readonly quote: Uint8Array
  readonly commitment: Uint8Array
  readonly challenge: { readonly bytes: Uint8Array; readonly signature: Uint8Array }
  readonly credential: {
    readonly identifier: Uint8Array
    readonly caveats: readonly Uint8Array[]
    readonly preimage: Uint8Array
  }
  readonly stream: StreamEvidence | undefined
  readonly goods: { readonly root: Hash; readonly verified: bigint } | undefined
}

export interface ReceiptParts {
  readonly mandates: readonly SignedMandate[]
  readonly open: TransactionProof
  readonly close: TransactionProof
  readonly final: SignedChannelState
  /** The decision to pay, in the log that the closing transaction anchors. */
  readonly audit: AuditDisclosure
}

/** Errors: RECEIPT_INCOMPLETE if the purchase was paid without a stream. */
export function assembleReceipt(evidence: PurchaseEvidence, parts: ReceiptParts): PurchaseReceipt {
  const { stream, goods, credential } = evidence
  if (stream === undefined)
    throw new SdkError(
      'RECEIPT_INCOMPLETE',
      'a purchase of a single prepaid unit has no stream to prove; its audit entry and its preimage are its evidence',
    )
  return {
    frame: evidence.frame,
    mandates: [...parts.mandates],
    descriptor: evidence.descriptor,
    quote: evidence.quote,
    commitment: evidence.commitment,
    open: parts.open,
    challenge: evidence.challenge,
    credential: { ...credential, caveats: [...credential.caveats] },
    stream,
    ...(goods === undefined ? {} : { goods }),
    final: parts.final,
    close: parts.close,
    audit: parts.audit,
  }
}

/**
 * Decoders for `verifyReceipt`. Each checks the signatures of its record; keys are those that created the addresses, unless
 * `currentKey` says otherwise for a party that has rotated. Make new ones for every receipt: the provider's key, which
 * the descriptor shows, is what the challenge is checked with.
 */
export function receiptDecoders(
  frame: Hash,
  currentKey?: (of: Address) => Uint8Array | undefined,
): ReceiptDecoders {
  const trust = { frame, ...(currentKey === undefined ? {} : { currentKey }) }
  let providerKey: Uint8Array | undefined
  return {
    descriptor: (bytes) => {
      const signed = decodeSigned(descriptorForm, bytes)
      verifyRecord(descriptorForm, signed, trust)
      providerKey = signed.publicKey
      return {
        digest: descriptorDigest(signed.body),
        frame: signed.body.frame,
        provider: signed.body.provider,
      }
    },
    quote: (bytes) => {
      const signed = decodeSigned(quoteForm, bytes)
      verifyRecord(quoteForm, signed, trust)
      const { body } = signed
      const { frame: of, provider, buyer, descriptor, unitPrice, total, goods } = body
      return {
        digest: quoteDigest(body),
        frame: of,
        provider,
        buyer,
        descriptor,
        unitPrice,
        total,
        goods: goods?.root,
      }
    },
    commitment: (bytes) => {
      const { terms, proposal, acceptance } = decodeCommitment(bytes)
      if (acceptance === undefined)
        throw new SdkError('RECEIPT_COMMITMENT_HALF', 'the provider has not counter-signed')
      const digest = commitmentDigest(terms)
      verifyIssuer(
        terms.buyer,
        proposal.publicKey,
        proposal.signature,
        digest,
        'commitment proposal',
        currentKey,
      )
      verifyIssuer(
        terms.provider,
        acceptance.publicKey,
        acceptance.signature,
        digest,
        'commitment acceptance',
        currentKey,
      )
      return { frame: terms.frame, quote: terms.quote, buyer: terms.buyer, provider: terms.provider }
    },
    challenge: (bytes, signature) => {
      const binding = decodeBinding(bytes)
      const payee = parseDid(binding.payee)
      const key = currentKey?.(payee) ?? providerKey
      const known =
        key !== undefined && (currentKey?.(payee) !== undefined || equalBytes(addressOf(key), payee))
      if (!known || !ed25519.verify(signature, domainDigest('challenge', frame, bytes), key))
        throw new SdkError(
          'RECEIPT_CHALLENGE_SIGNATURE',
          'the challenge is not signed by the payee that it names',
        )
      return {
        frame: fromHex(binding.frame) as Hash,
        paymentHash: fromHex(binding.paymentHash) as Hash,
        channel: fromHex(binding.channel) as Hash,
        quote: fromHex(binding.quote) as Hash,
        payee,
        payer: parseDid(binding.payer),
        price: binding.price,
      }
    },
    credential: (identifier, caveats) => {
      const named = (name: string): Hash => {
        for (const caveat of caveats) {
          const clauses = parseCaveat(caveat)
          if (typeof clauses === 'string')
            throw new SdkError('RECEIPT_CAVEAT', `a caveat cannot be read: ${clauses}`)
          for (const { entry, value } of clauses)
            if (entry.name === name && value.kind === 'text') return fromHex(value.text) as Hash
        }
        throw new SdkError('RECEIPT_CAVEAT', `the credential is bound to no ${name}`)
      }
      return {
        paymentHash: decodeIdentifier(identifier).paymentHash as Hash,
        channel: named('channel'),
        quote: named('quote'),
      }
    },
  }
}
