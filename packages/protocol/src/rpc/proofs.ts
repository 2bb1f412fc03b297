/** Proof bundles that the node serves: each can be checked with the frame's identifier alone. */
import {
  bytes,
  encode,
  enumeration,
  equalBytes,
  type Hash,
  hash,
  type Infer,
  list,
  merkleLeafHash,
  optional,
  record,
  SymbolonError,
  uint,
  verifyInclusion,
} from '@symbolon/primitives'
import { checkpoint, verifyCheckpoint } from '../block/checkpoint.ts'
import { receipt } from '../block/receipt.ts'
import type { Validator } from '../block/validator-set.ts'
import {
  NAMESPACES,
  type Namespace,
  namespaceRoots,
  STATE_KEY_BYTES_MAX,
  STATE_VALUE_BYTES_MAX,
  stateRoot,
} from '../state/root.ts'
import { trieProof, verifyTrieProof } from '../state/trie-proof.ts'
import { transaction, transactionId } from '../transaction/envelope.ts'

/** An RFC 9162 inclusion proof: leaf index, tree size, hashes from the leaf up. */
export const inclusionProof = record('inclusion-proof', {
  index: [1, uint(Number.MAX_SAFE_INTEGER, 'leaf index')],
  size: [2, uint(Number.MAX_SAFE_INTEGER, 'tree size')],
  hashes: [3, list(hash, 64)],
})
export type InclusionProof = Infer<typeof inclusionProof>

/** A value of the state, or its absence, under a checkpoint (CON-067). */
export const stateProof = record('state-proof', {
  namespace: [1, enumeration(NAMESPACES, 'namespace')],
  key: [2, bytes(1, STATE_KEY_BYTES_MAX, 'state key')],
  value: [3, optional(bytes(0, STATE_VALUE_BYTES_MAX, 'state value'))],
  proof: [4, trieProof],
  roots: [5, namespaceRoots],
  checkpoint: [6, checkpoint],
})
export type StateProof = Infer<typeof stateProof>

/** A transaction and its receipt under a checkpoint. */
export const transactionProof = record('transaction-proof', {
  transaction: [1, transaction],
  receipt: [2, receipt],
  transactionInclusion: [3, inclusionProof],
  receiptInclusion: [4, inclusionProof],
  checkpoint: [5, checkpoint],
})
export type TransactionProof = Infer<typeof transactionProof>

export function namespaceRoot(roots: readonly Hash[], namespace: Namespace): Hash {
  const root = roots[NAMESPACES.indexOf(namespace)]
  if (root === undefined) throw new SymbolonError('STATE_PROOF_INVALID', 'the proof lacks a namespace root')
  return root
}

/** Throws as `verifyCheckpoint`, then STATE_PROOF_INVALID, then TRIE_PROOF_INVALID. */
export function verifyStateProof(frame: Hash, set: readonly Validator[], proof: StateProof): void {
  verifyCheckpoint(frame, proof.checkpoint, set)
  if (!equalBytes(stateRoot(frame, proof.roots), proof.checkpoint.header.stateRoot))
    throw new SymbolonError('STATE_PROOF_INVALID', 'the namespace roots are not those of the checkpoint')
  verifyTrieProof(namespaceRoot(proof.roots, proof.namespace), proof.key, proof.value, proof.proof)
}

/** Throws as `verifyCheckpoint`, then TRANSACTION_PROOF_INVALID. A return means: executed as the receipt says, finally. */
export function verifyTransactionProof(
  frame: Hash,
  set: readonly Validator[],
  proof: TransactionProof,
): void {
  verifyCheckpoint(frame, proof.checkpoint, set)
  const { header } = proof.checkpoint
  if (proof.transactionInclusion.index !== proof.receiptInclusion.index)
    throw new SymbolonError(
      'TRANSACTION_PROOF_INVALID',
      'the receipt belongs to another transaction of the block',
    )
  if (!equalBytes(transactionId(proof.transaction.body), proof.receipt.transaction))
    throw new SymbolonError('TRANSACTION_PROOF_INVALID', 'the receipt names another transaction')
  if (!includes(header.transactionRoot, encode(transaction, proof.transaction), proof.transactionInclusion))
    throw new SymbolonError('TRANSACTION_PROOF_INVALID', 'the transaction is not in the block')
  if (!includes(header.receiptRoot, encode(receipt, proof.receipt), proof.receiptInclusion))
    throw new SymbolonError('TRANSACTION_PROOF_INVALID', 'the receipt is not in the block')
}

function includes(root: Hash, leaf: Uint8Array, { index, size, hashes }: InclusionProof): boolean {
  return verifyInclusion({ leafHash: merkleLeafHash(leaf), index, treeSize: size, proof: hashes, root })
}
