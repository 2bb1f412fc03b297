/**
 * A whole purchase in one receipt: one validator, a channel opened for the quote, a stream of 20 ticks of which 15 are
 * paid, closed cooperatively. Records of the market and of credentials are stand-ins in JSON with a real signature: the
 * point is the links between them, and their own formats are tested where they are defined.
 */

import { Journal } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import {
  type Address,
  bls,
  type Ed25519KeyPair,
  ed25519,
  encode,
  fromHex,
  fromUtf8,
  type Hash,
  hashChainWalk,
  merkleLeafHash,
  merkleRoot,
  sha256,
  toHex,
  utf8,
} from '@symbolon/primitives'
import {
  BUCKETS,
  blockHash,
  type ChannelState,
  type Checkpoint,
  channelStateDigest,
  type Header,
  receipt as ledgerReceipt,
  type SignedChannelState,
  streamTag,
  type TransactionBody,
  type TransactionProof,
  transaction,
  transactionId,
  type Validator,
  validatorSetHash,
  voteDigest,
} from '@symbolon/protocol'
import {
  AuditLog,
  AuditTree,
  auditAnchorDigest,
  type Decision,
  decision,
  mandateDigest,
  type PurchaseReceipt,
  type ReceiptDecoders,
  verifyAuditLog,
} from '../../src/index.ts'
import {
  AGENT,
  agent,
  agentChannel,
  digest,
  FRAME,
  idOf,
  mandateOf,
  opening,
  PROVIDER,
  principal,
  provider,
  providerChannel,
  seed,
  signed,
  T0,
  termsOf,
} from '../support.ts'

const validatorKey = bls.generateKeyPair(seed(0x51))
export const VALIDATORS: Validator[] = [
  {
    address: PROVIDER,
    voteKey: validatorKey.publicKey,
    possession: new Uint8Array(96),
    vrfKey: new Uint8Array(32),
    stake: 1n,
    reputation: 1_000_000,
  },
]
const setHash = validatorSetHash(FRAME, VALIDATORS)

/** JSON of the fields, 64 bytes of signature behind it. Hashes are hexadecimal. */
export type Stub = Record<string, string>
export const signStub = (fields: Stub, ...keys: Ed25519KeyPair[]): Uint8Array => {
  const body = utf8(JSON.stringify(fields))
  return Buffer.concat([Buffer.from([keys.length]), ...keys.map((key) => key.sign(body)), body])
}
export function readStub(bytes: Uint8Array, ...signers: Uint8Array[]): Stub {
  const count = bytes[0] ?? 0
  const body = bytes.slice(1 + 64 * count)
  const all =
    signers.length === count &&
    signers.every((key, i) => ed25519.verify(bytes.slice(1 + 64 * i, 65 + 64 * i), body, key))
  if (!all) throw new Error('a signature is invalid')
  return JSON.parse(fromUtf8(body)) as Stub
}
const h = (of: Stub, name: string): Hash => fromHex(of[name] ?? '') as Hash
const a = (of: Stub, name: string): Address => fromHex(of[name] ?? '') as unknown as Address
const nameOf = (bytes: Uint8Array): Hash => sha256(bytes) as Hash

export const decoders: ReceiptDecoders = {
  descriptor: (bytes) => {
    const of = readStub(bytes, provider.publicKey)
    return { digest: nameOf(bytes), frame: h(of, 'frame'), provider: a(of, 'provider') }
  },
  quote: (bytes) => {
    const of = readStub(bytes, provider.publicKey)
    return {
      digest: nameOf(bytes),
      frame: h(of, 'frame'),
      provider: a(of, 'provider'),
      buyer: a(of, 'buyer'),
      descriptor: h(of, 'descriptor'),
      unitPrice: BigInt(of['unitPrice'] ?? '0'),
      total: BigInt(of['total'] ?? '0'),
      ...(of['goods'] === undefined ? {} : { goods: h(of, 'goods') }),
    }
  },
  commitment: (bytes) => {
    const of = readStub(bytes, agent.publicKey, provider.publicKey)
    return {
      frame: h(of, 'frame'),
      quote: h(of, 'quote'),
      buyer: a(of, 'buyer'),
      provider: a(of, 'provider'),
    }
  },
  challenge: (bytes, signature) => {
    if (!ed25519.verify(signature, bytes, provider.publicKey)) throw new Error('a signature is invalid')
    const of = JSON.parse(fromUtf8(bytes)) as Stub
    return {
      frame: h(of, 'frame'),
      paymentHash: h(of, 'paymentHash'),
      channel: h(of, 'channel'),
      quote: h(of, 'quote'),
      price: BigInt(of['price'] === undefined ? 0 : String(of['price'])),
      payee: a(of, 'payee'),
      payer: a(of, 'payer'),
    }
  },
  credential: (identifier, caveats) => {
    const [channel, quote] = caveats.map((one) => fromHex(fromUtf8(one).split('=')[1] ?? '') as Hash)
    if (channel === undefined || quote === undefined) throw new Error('a caveat is missing')
    return { paymentHash: identifier as Hash, channel, quote }
  },
}

export function checkpointOf(
  height: bigint,
  roots: { transactionRoot: Hash; receiptRoot: Hash; stateRoot?: Hash },
): Checkpoint {
  const header: Header = {
    frame: FRAME,
    height,
    epoch: 0n,
    round: 0,
    parent: digest(1),
    proposer: PROVIDER,
    timestamp: 0n,
    eventRoot: digest(2),
    stateRoot: digest(3),
    gasUsed: 0n,
    supply: { issued: 0n, destroyed: 0n, buckets: BUCKETS.map(() => 0n) },
    seed: digest(4),
    vrfProof: new Uint8Array(0),
    validatorSet: setHash,
    nextValidatorSet: setHash,
    evidenceRoot: digest(5),
    ...roots,
  }
  const certificate = (phase: 'prevote' | 'precommit') => {
    const message = voteDigest(FRAME, {
      height,
      epoch: 0n,
      round: 0,
      phase,
      block: blockHash(header),
      validRound: 0,
    })
    return { round: 0, validRound: 0, signers: Uint8Array.of(1), signature: validatorKey.sign(message) }
  }
  return { header, precommit: certificate('precommit'), prevote: certificate('prevote') }
}

export function included(height: bigint, body: TransactionBody, code = 'OK'): TransactionProof {
  const id = transactionId(body)
  const sent = { body, signatures: [{ publicKey: agent.publicKey, signature: agent.sign(id) }] }
  const receipt = {
    transaction: id,
    code,
    gasUsed: 1n,
    feeCharged: 7n,
    eventsFirst: 0,
    eventsCount: 0,
    sender: body.sender,
  }
  const root = (leaf: Uint8Array): Hash => merkleRoot([leaf]) as Hash
  if (toHex(merkleRoot([id])) !== toHex(merkleLeafHash(id)))
    throw new Error('the root of one leaf is its hash')
  const alone = { index: 0, size: 1, hashes: [] }
  return {
    transaction: sent,
    receipt,
    transactionInclusion: alone,
    receiptInclusion: alone,
    checkpoint: checkpointOf(height, {
      transactionRoot: root(encode(transaction, sent)),
      receiptRoot: root(encode(ledgerReceipt, receipt)),
    }),
  }
}

export const bodyOf = (
  nonce: bigint,
  payload: TransactionBody['payload'],
  anchor?: Hash,
): TransactionBody => ({
  frame: FRAME,
  sender: AGENT,
  nonce,
  fee: 10n,
  gasLimit: 1_000n,
  validUntil: 100n,
  payload,
  ...(anchor === undefined ? {} : { anchor }),
})

export function both(state: ChannelState): SignedChannelState {
  const name = channelStateDigest(FRAME, state)
  return { state, signatures: [agentChannel.sign(name), providerChannel.sign(name)] }
}

const hex = toHex
export const GOODS = digest(0x60)
export const TICKS = 15
const LENGTH = 20
const TICK_VALUE = 100n

export interface Parts {
  descriptor: Stub
  quote: Stub
  commitment: Stub
  challenge: Stub
  /** Changes to the records below are applied before they are signed. */
  stream: Partial<ChannelState['streams'][number]>
  streamState: Partial<ChannelState>
  final: Partial<ChannelState>
  decided: Partial<Decision>
  entryType: string
  openCode: string
  closeCode: string
}

/** A valid receipt, or one in which some parts were wrong before everything was signed properly. */
export async function purchase(changes: Partial<Parts> = {}): Promise<PurchaseReceipt> {
  const mandate = signed(mandateOf(), principal)
  const descriptor = signStub({ frame: hex(FRAME), provider: hex(PROVIDER), ...changes.descriptor }, provider)
  const quote = signStub(
    {
      frame: hex(FRAME),
      provider: hex(PROVIDER),
      buyer: hex(AGENT),
      descriptor: hex(nameOf(descriptor)),
      unitPrice: '100',
      total: '2000',
      goods: hex(GOODS),
      ...changes.quote,
    },
    provider,
  )
  const quoteName = nameOf(quote)
  const commitment = signStub(
    {
      frame: hex(FRAME),
      quote: hex(quoteName),
      buyer: hex(AGENT),
      provider: hex(PROVIDER),
      ...changes.commitment,
    },
    agent,
    provider,
  )
  const terms = termsOf({ quote: quoteName })
  const channel = idOf(terms)
  const start = opening(terms)
  const preimage = seed(0x77)
  const paymentHash = sha256(preimage)
  const challenge = utf8(
    JSON.stringify({
      frame: hex(FRAME),
      paymentHash: hex(paymentHash),
      channel: hex(channel),
      quote: hex(quoteName),
      payee: hex(PROVIDER),
      payer: hex(AGENT),
      ...changes.challenge,
    }),
  )
  const tag = streamTag(FRAME, channel, 1n)
  const tip = seed(0x33)
  const run = {
    id: 1n,
    payer: 0,
    root: hashChainWalk(tip, tag, LENGTH) as Hash,
    tickValue: TICK_VALUE,
    length: LENGTH,
    quote: quoteName,
    ...changes.stream,
  }
  const streamState: ChannelState = {
    ...start,
    sequence: 1n,
    balances: [98_000n, 0n],
    streams: [run],
    ...changes.streamState,
  }
  const final: ChannelState = {
    ...start,
    sequence: 2n,
    balances: [98_500n, 1_500n],
    final: true,
    ...changes.final,
  }

  const journal = Journal.open({
    directory: '/audit',
    fileSystem: new SimulatedFileSystem(),
    salt: () => 1,
    segmentBytesMax: 65_536,
  })
  const log = AuditLog.open({ journal, frame: FRAME, saltKey: seed(9) })
  log.append('budget', T0, utf8('something else'))
  const decided = {
    verdict: 'allow' as const,
    intent: 'channelState',
    digest: channelStateDigest(FRAME, streamState),
    mandate: mandateDigest(mandate.mandate),
    flow: 2_000n,
    ...changes.decided,
  }
  log.append(changes.entryType ?? 'decision', T0, encode(decision, decided))
  await log.flush()
  const entries = [...log.entries()]
  const tree = new AuditTree(
    FRAME,
    entries.map(({ entry }) => entry),
  )
  const anchor = tree.anchor(verifyAuditLog(FRAME, entries))

  const signedFinal = both(final)
  return {
    frame: FRAME,
    mandates: [mandate],
    descriptor,
    quote,
    commitment,
    open: included(
      5n,
      bodyOf(0n, { kind: 'channels.open', body: { terms, signatures: both(start).signatures } }),
      changes.openCode,
    ),
    challenge: { bytes: challenge, signature: provider.sign(challenge) },
    credential: {
      identifier: paymentHash,
      caveats: [utf8(`channel=${hex(channel)}`), utf8(`quote=${hex(quoteName)}`)],
      preimage,
    },
    stream: {
      state: both(streamState),
      id: 1n,
      ticks: TICKS,
      preimage: hashChainWalk(tip, tag, LENGTH - TICKS),
    },
    goods: { root: GOODS, verified: 15n },
    final: signedFinal,
    close: included(
      9n,
      bodyOf(
        1n,
        { kind: 'channels.closeCooperative', body: { channel, ...signedFinal } },
        auditAnchorDigest(FRAME, anchor),
      ),
      changes.closeCode,
    ),
    audit: { opened: entries[1]!, anchor, inclusion: tree.prove(1, 2n) },
  }
}
