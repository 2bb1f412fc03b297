/** Signed transfers of many accounts as they arrive from the network: bytes, in an order in which they can be included. */
import { type Address, addressOf, Ed25519KeyPair, sha256, utf8 } from '@symbolon/primitives'
import {
  DEFAULT_PARAMETERS,
  encodeTransaction,
  type Genesis,
  type Payload,
  transactionId,
} from '@symbolon/protocol'
import type { Ledger } from '../src/index.ts'

export interface Sender {
  readonly keys: Ed25519KeyPair
  readonly address: Address
  nonce: bigint
}

export function makeSenders(count: number): Sender[] {
  return Array.from({ length: count }, (_, i) => {
    const keys = new Ed25519KeyPair(sha256(utf8(`sender ${i}`)))
    return { keys, address: addressOf(keys.publicKey), nonce: 0n }
  })
}

/** 10,000 accounts: the senders and others that only receive. */
export function makeRecipients(senders: readonly Sender[]): Address[] {
  const others = Array.from(
    { length: 10_000 - senders.length },
    (_, i) => sha256(utf8(`recipient ${i}`)) as Address,
  )
  return [...senders.map((sender) => sender.address), ...others]
}

export function genesisFor(addresses: readonly Address[]): Genesis {
  return {
    name: 'bench',
    salt: new Uint8Array(32),
    parameters: { ...DEFAULT_PARAMETERS, blockGasLimit: 1_000_000_000_000n },
    validators: [
      {
        address: addresses[0] as Address,
        voteKey: new Uint8Array(48),
        possession: new Uint8Array(96),
        vrfKey: new Uint8Array(32),
        stake: 1n,
        reputation: 1_000_000,
      },
    ],
    allocations: addresses.map((address) => ({ address, amount: 10n ** 14n })),
  }
}

/** `count` transactions of `transfers` transfers each, senders in turn. */
export function makeTransactions(
  ledger: Ledger,
  senders: readonly Sender[],
  recipients: readonly Address[],
  count: number,
  transfers: number,
): Uint8Array[] {
  let next = 0
  const leg = () => ({
    to: recipients[(next++ * 7_919) % recipients.length] as Address,
    amount: BigInt(1_000 + (next % 1_000)),
  })
  const fee = 200_000n + 20_000n * BigInt(transfers)
  return Array.from({ length: count }, (_, i) => {
    const sender = senders[i % senders.length] as Sender
    const payload: Payload =
      transfers === 1
        ? { kind: 'accounts.transfer', body: leg() }
        : { kind: 'accounts.transferBatch', body: { transfers: Array.from({ length: transfers }, leg) } }
    const body = {
      frame: ledger.frame,
      sender: sender.address,
      nonce: sender.nonce++,
      fee,
      gasLimit: fee,
      validUntil: 1_000_000n,
      payload,
    }
    return encodeTransaction({
      body,
      signatures: [{ publicKey: sender.keys.publicKey, signature: sender.keys.sign(transactionId(body)) }],
    })
  })
}
