export type {
  DecodedChallenge,
  DecodedCommitment,
  DecodedCredential,
  DecodedDescriptor,
  DecodedQuote,
  ReceiptDecoders,
} from './decoders.ts'
export { RECEIPT_LINKS, type ReceiptCode, type ReceiptLink } from './links.ts'
export { type PurchaseReceipt, purchaseReceipt, purchaseReceiptDigest } from './purchase-receipt.ts'
export {
  encodeReceipt,
  type ReceiptCheck,
  type ReceiptReport,
  type ReceiptTrust,
  verifyReceipt,
  verifyReceiptBytes,
} from './verify-receipt.ts'
