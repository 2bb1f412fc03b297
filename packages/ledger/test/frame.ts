/** A small frame for tests: deterministic keys, one validator, and transactions signed without ceremony. */
import { type Address, addressOf, Ed25519KeyPair, sha256, utf8 } from '@symbolon/primitives'
import {
  DEFAULT_PARAMETERS,
  type Genesis,
  type Parameters,
  type Payload,
  type TransactionBody,
  transactionId,
} from '@symbolon/protocol'
import {
  genesisSeed,
  Ledger,
  type LedgerOptions,
  type ProposedBlock,
  TransactionCandidate,
} from '../src/index.ts'

export interface Actor {
  readonly keys: Ed25519KeyPair
  readonly address: Address
}

export function actor(name: string): Actor {
  const keys = new Ed25519KeyPair(sha256(utf8(name)))
  return { keys, address: addressOf(keys.publicKey) }
}

export const proposer = actor('proposer')

export function genesisOf(
  allocations: readonly (readonly [Actor, bigint])[],
  parameters: Partial<Parameters> = {},
): Genesis {
  return {
    name: 'test',
    salt: sha256(utf8('salt')),
    parameters: { ...DEFAULT_PARAMETERS, ...parameters },
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
    allocations: allocations.map(([{ address }, amount]) => ({ address, amount })),
  }
}

export const FEE = 1_000_000n

/** Signed by the sender and the co-signers; signatures still have to be verified. */
export function sign(
  ledger: Ledger,
  sender: Actor,
  nonce: bigint,
  payload: Payload,
  change: Partial<TransactionBody> & { cosigners?: readonly Actor[]; signer?: Actor } = {},
): TransactionCandidate {
  const { cosigners = [], signer = sender, ...fields } = change
  const body: TransactionBody = {
    frame: ledger.frame,
    sender: sender.address,
    nonce,
    fee: FEE,
    gasLimit: 1_000_000n,
    validUntil: 1_000n,
    payload,
    ...(cosigners.length === 0 ? {} : { coSigners: cosigners.map(({ address }) => address) }),
    ...fields,
  }
  const id = transactionId(body)
  const signatures = [signer, ...cosigners].map(({ keys }) => ({
    publicKey: keys.publicKey,
    signature: keys.sign(id),
  }))
  return TransactionCandidate.of({ body, signatures })
}

export function pay(to: Actor, amount: bigint): Payload {
  return { kind: 'accounts.transfer', body: { to: to.address, amount } }
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

export async function advance(
  ledger: Ledger,
  transactions: readonly TransactionCandidate[],
): Promise<ProposedBlock> {
  const block = await propose(ledger, transactions)
  ledger.commit(block)
  return block
}

export function frameWith(
  allocations: readonly (readonly [Actor, bigint])[],
  options: Omit<LedgerOptions, 'genesis'> & { parameters?: Partial<Parameters> } = {},
): Ledger {
  const { parameters, ...rest } = options
  return Ledger.create({ genesis: genesisOf(allocations, parameters), ...rest })
}
