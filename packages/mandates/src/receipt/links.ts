/**
 * The links of a purchase, in the order of the purchase: what each proves, and the code under which it fails. Every
 * link rests on the ones before it.
 */
export const RECEIPT_LINKS = [
  { link: 'mandate', code: 'RECEIPT_MANDATE', proves: 'the principal authorised the buyer' },
  { link: 'descriptor', code: 'RECEIPT_DESCRIPTOR', proves: 'the provider offered the service' },
  {
    link: 'quote',
    code: 'RECEIPT_QUOTE',
    proves: 'the provider quoted a price to this buyer for that offer',
  },
  { link: 'commitment', code: 'RECEIPT_COMMITMENT', proves: 'both signed the service level for that quote' },
  { link: 'open', code: 'RECEIPT_OPEN', proves: 'the channel between the two is on the ledger' },
  {
    link: 'challenge',
    code: 'RECEIPT_CHALLENGE',
    proves: 'the provider asked for payment in that channel under that quote',
  },
  {
    link: 'credential',
    code: 'RECEIPT_CREDENTIAL',
    proves: 'the credential was paid for and is bound to channel and quote',
  },
  {
    link: 'stream',
    code: 'RECEIPT_STREAM',
    proves: 'both signed a stream under that quote and this many ticks were paid',
  },
  { link: 'goods', code: 'RECEIPT_GOODS', proves: 'at least as many units were verified as were paid for' },
  {
    link: 'final',
    code: 'RECEIPT_FINAL',
    proves: 'both signed a last state that pays what the ticks prove, and not more than the quote',
  },
  { link: 'close', code: 'RECEIPT_CLOSE', proves: 'the ledger closed the channel with that state' },
  {
    link: 'audit',
    code: 'RECEIPT_AUDIT',
    proves: "the buyer's anchored log holds the decision to pay under that mandate",
  },
] as const

export type ReceiptLink = (typeof RECEIPT_LINKS)[number]['link']
export type ReceiptCode = (typeof RECEIPT_LINKS)[number]['code']
