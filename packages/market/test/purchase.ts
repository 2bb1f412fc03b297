/** A purchase between two parties that hand each other nothing but bytes: descriptor, negotiation, quote, commitment, rows. */
import { addressOf, decode, type Ed25519KeyPair, encode, type Hash, utf8 } from '@symbolon/primitives'
import {
  acceptCommitment,
  advance,
  answerAsProvider,
  Commitment,
  type CommitmentTerms,
  commitmentRecord,
  decodeCommitment,
  decodeSigned,
  descriptorForm,
  draftDescriptor,
  draftQuote,
  encodeSigned,
  type FundingTerms,
  fileRows,
  fundingTerms,
  negotiationForm,
  offerRows,
  packetRowsForWindow,
  proposeCommitment,
  quotedGoodsOf,
  quoteForm,
  RowSeller,
  RowVerifier,
  rowPacket,
  signDescriptor,
  signNegotiation,
  signQuote,
  type VerifiedQuote,
  verifyDescriptor,
  verifyQuote,
} from '../src/index.ts'
import { frame, NOW } from './fixture.ts'

export interface Purchase {
  readonly quote: VerifiedQuote
  readonly stored: { readonly bytes: Uint8Array; readonly digest: Hash }
  readonly funding: FundingTerms
  readonly sold: readonly Uint8Array[]
  readonly received: readonly Uint8Array[]
}

export async function purchase(of: {
  buyerKey: Ed25519KeyPair
  providerKey: Ed25519KeyPair
  rowCount: number
  quantity: number
  first: number
}): Promise<Purchase> {
  const buyer = addressOf(of.buyerKey.publicKey)
  const provider = addressOf(of.providerKey.publicKey)
  const content = utf8(
    `id,value\n${Array.from({ length: of.rowCount }, (_, i) => `${i},${i * i}`).join('\n')}\n`,
  )
  const nonce = new Uint8Array(16).fill(5)

  // Seller: publish. Buyer: read, verify, decide.
  const draft = draftDescriptor(
    { kind: 'file', name: 'squares.csv', format: 'csv', content },
    {
      frame,
      provider,
      price: 10n,
      now: NOW,
      endpoints: [{ name: 'https', url: 'https://squares.example/' }],
    },
  )
  const published = encodeSigned(descriptorForm, await signDescriptor(draft, of.providerKey))
  const { body: descriptor } = decodeSigned(descriptorForm, published)
  const digest = verifyDescriptor(decodeSigned(descriptorForm, published), { frame, now: NOW })

  // Negotiate: an offer in range is accepted in two messages.
  const soft = { priceCapPerUnit: 12n, collateral: 10_000n, challengePeriod: 100n, creditWindow: 16n }
  const hard = {
    descriptor: digest,
    resource: 'squares.csv',
    quantity: BigInt(of.quantity),
    latencyCeilingMs: 5_000,
    throughputFloorOps: 1,
    credentialType: 'l402',
  }
  const offer = await signNegotiation(
    {
      frame,
      from: buyer,
      to: provider,
      number: 1,
      content: { kind: 'offer', body: { hard, soft } },
      validUntil: NOW + 5n,
    },
    of.buyerKey,
  )
  const context = { frame, now: NOW }
  const asked = advance(
    undefined,
    decodeSigned(negotiationForm, encodeSigned(negotiationForm, offer)),
    context,
  )
  const any = { min: 0n, max: 1_000_000n }
  const answer = answerAsProvider(asked, {
    descriptor: draft,
    quantityMax: BigInt(of.rowCount),
    resources: ['squares.csv'],
    ranges: {
      priceCapPerUnit: { min: 10n, max: 100n },
      collateral: any,
      challengePeriod: any,
      creditWindow: any,
    },
  })
  const reply = await signNegotiation(
    {
      frame,
      from: provider,
      to: buyer,
      number: 2,
      previous: asked.last,
      content: answer,
      validUntil: NOW + 5n,
    },
    of.providerKey,
  )
  const agreed = advance(asked, reply, context)
  if (agreed.phase !== 'accepted') throw new Error(`the negotiation ended as ${agreed.phase}`)

  // Quote.
  const { rows } = fileRows(content, 'csv')
  const forSale = offerRows(rows)
  const quoted = encodeSigned(
    quoteForm,
    await signQuote(
      draftQuote(draft, {
        buyer,
        resource: 'squares.csv',
        quantity: BigInt(of.quantity),
        goods: quotedGoodsOf(forSale, of.first),
        utilisationPpm: 0,
        now: NOW,
        lifetimeSeconds: 60n,
        creditWindow: 16,
        nonce,
      }),
      of.providerKey,
    ),
  )
  const quote = verifyQuote(decodeSigned(quoteForm, quoted), {
    frame,
    descriptor,
    descriptorDigest: digest,
    buyer,
    resource: 'squares.csv',
    quantity: BigInt(of.quantity),
    unitPriceMax: agreed.soft.priceCapPerUnit,
    totalMax: agreed.soft.collateral,
    creditWindowMax: 16,
    goodsRequired: true,
    now: NOW,
  })

  // Commit: both signatures, stored, then the terms of the channel.
  const terms: CommitmentTerms = {
    frame,
    buyer,
    provider,
    quote: quote.digest,
    serviceLevel: descriptor.serviceLevel,
    negotiated: agreed.soft,
    negotiation: agreed.last,
    budget: agreed.soft.collateral,
    disputes: 'channel-state',
    nonce,
    proposed: NOW,
    validity: 30n,
  }
  const proposal = decodeCommitment(
    encode(commitmentRecord, await proposeCommitment(terms, quote, of.buyerKey)),
  )
  const accepted = await acceptCommitment(proposal, { quote, terms }, of.providerKey, context)
  const commitment = Commitment.verify(decodeCommitment(encode(commitmentRecord, accepted)), quote, context)
  let stored: Purchase['stored'] | undefined
  const funding = await fundingTerms(commitment, async (bytes, of) => {
    stored = { bytes, digest: of }
  })
  if (stored === undefined) throw new Error('funding came before storing')

  // Deliver.
  const rowsMax = packetRowsForWindow(16)
  const sold = { first: of.first, end: of.first + of.quantity }
  const seller = new RowSeller(forSale.tree, rows, sold, rowsMax)
  const verifier = new RowVerifier(quote.quote, { rowsMax })
  const received: Uint8Array[] = []
  for (let packet = seller.next(); packet !== undefined; packet = seller.next()) {
    const arrived = decode(rowPacket, encode(rowPacket, packet))
    verifier.accept(arrived)
    received.push(...arrived.rows)
  }
  return { quote, stored, funding, sold: rows.slice(sold.first, sold.end), received }
}
