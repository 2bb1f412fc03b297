export * as accountsPayloads from './accounts.ts'
export * as channelsPayloads from './channels.ts'
export { type ChannelTerms, channelId, channelTerms, openingState } from './channels.ts'
export { decodeTransaction, encodeTransaction } from './encoding.ts'
export {
  isGenesisKey,
  type Payload,
  payload,
  type Signer,
  signTransaction,
  type Transaction,
  type TransactionBody,
  type TransactionKindName,
  transaction,
  transactionBody,
  transactionId,
  transactionSignature,
} from './envelope.ts'
export * as identityPayloads from './identity.ts'
export {
  capability,
  type IndexedProfile,
  indexedProfile,
  operationalDomain,
  type Profile,
  profile,
  rotationDigest,
  type Service,
  service,
} from './identity.ts'
export { transactionOutgoing } from './outgoing.ts'
export * as reputationPayloads from './reputation.ts'
