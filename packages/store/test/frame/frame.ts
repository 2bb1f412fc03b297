/** A small frame for tests: deterministic keys, one validator with a real vote key, and blocks of transfers. */

import {
  type ExecutedBlock,
  genesisSeed,
  type Ledger,
  type ProposedBlock,
  TransactionCandidate,
} from '@symbolon/ledger'
import {
  type Address,
  addressOf,
  Ed25519KeyPair,
  encode,
  type Hash,
  list,
  sha256,
  uint,
  utf8,
} from '@symbolon/primitives'
import {
  type Checkpoint,
  DEFAULT_PARAMETERS,
  type Genesis,
  type Payload,
  transactionId,
} from '@symbolon/protocol'

// Grows the shared encoder where growing is safe; see packages/ledger/test/frame.ts.
encode(list(uint(), 400_000), new Array(400_000).fill(200))

export interface Actor {
  readonly keys: Ed25519KeyPair
  readonly address: Address
}

export function actor(name: string): Actor {
  const keys = new Ed25519KeyPair(sha256(utf8(name)))
  return { keys, address: addressOf(keys.publicKey) }
}

export const proposer = actor('proposer')
export const ACTORS = Array.from({ length: 8 }, (_, index) => actor(`actor ${index}`))
export const ALLOCATION = 10n ** 12n
export const FEE = 1_000_000n

export function genesisOf(actors: readonly Actor[] = ACTORS, name = 'test'): Genesis {
  return {
    name,
    salt: sha256(utf8('salt')),
    parameters: DEFAULT_PARAMETERS,
    validators: [
      {
        address: proposer.address,
        voteKey: new Uint8Array(48).fill(1),
        possession: new Uint8Array(96).fill(2),
        vrfKey: new Uint8Array(32).fill(3),
        stake: 1_000n,
        reputation: 1_000_000,
      },
    ],
    allocations: actors.map(({ address }) => ({ address, amount: ALLOCATION })),
  }
}

export function sign(frame: Hash, sender: Actor, nonce: bigint, payload: Payload): TransactionCandidate {
  const body = {
    frame,
    sender: sender.address,
    nonce,
    fee: FEE,
    gasLimit: 1_000_000n,
    validUntil: 1_000_000n,
    payload,
  }
  const signature = { publicKey: sender.keys.publicKey, signature: sender.keys.sign(transactionId(body)) }
  return TransactionCandidate.of({ body, signatures: [signature] })
}

export function pay(
  frame: Hash,
  from: Actor,
  nonce: bigint,
  to: Actor,
  amount: bigint,
): TransactionCandidate {
  return sign(frame, from, nonce, { kind: 'accounts.transfer', body: { to: to.address, amount } })
}

export function propose(
  ledger: Ledger,
  transactions: readonly TransactionCandidate[],
): Promise<ProposedBlock> {
  return ledger.propose({
    transactions,
    proposer: proposer.address,
    timestamp: ledger.head.timestamp + 1_000n,
    height: ledger.height + 1n,
    round: 0,
    seed: genesisSeed(ledger.frame),
    vrfProof: new Uint8Array(80),
  })
}

/** Certificates of the right form; the store keeps them and leaves checking them to consensus and to audits. */
export function certify({ header }: Pick<ExecutedBlock, 'header'>): Checkpoint {
  const certificate = {
    round: header.round,
    validRound: 0,
    signers: Uint8Array.of(1),
    signature: new Uint8Array(96).fill(7),
  }
  return { header, precommit: certificate, prevote: certificate }
}

/** One transfer from each actor to the next, by turns; the nonces follow from the ledger. */
export function transfers(ledger: Ledger, count: number, amount = 1n): TransactionCandidate[] {
  return Array.from({ length: count }, (_, index) => {
    const from = ACTORS[index % ACTORS.length] as Actor
    const to = ACTORS[(index + 1) % ACTORS.length] as Actor
    const nonce =
      ledger.height * BigInt(Math.ceil(count / ACTORS.length)) + BigInt(Math.floor(index / ACTORS.length))
    return pay(ledger.frame, from, nonce, to, amount)
  })
}
