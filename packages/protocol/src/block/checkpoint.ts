/**
 * Checkpoints: a block with the certificate that makes it final. A set of one validator is a set: the format, the checks
 * and what a light client does are the same for one and for ten thousand.
 */
import {
  bls,
  bytes,
  domainDigest,
  encode,
  enumeration,
  equalBytes,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  optional,
  record,
  SymbolonError,
  u64,
  uint,
} from '@symbolon/primitives'
import { VALIDATORS_MAX } from '../limits.ts'
import { blockHash, header } from './header.ts'
import { isQuorum, type Validator, validatorSetHash } from './validator-set.ts'

/** What a validator signs (CON-035): everything that tells one vote from another. */
export const vote = record('vote', {
  height: [1, u64('height')],
  epoch: [2, u64('epoch')],
  round: [3, uint(0xffffffff, 'round')],
  phase: [4, enumeration(['prevote', 'precommit'], 'phase')],
  block: [5, hash],
  /** Round whose prevote certificate justified the proposal, plus one; 0 for a fresh proposal (CON-034). */
  validRound: [6, uint(0xffffffff, 'valid round')],
})
export type Vote = Infer<typeof vote>

export function voteDigest(frame: Hash, of: Vote): Hash {
  return domainDigest('checkpoint-vote', frame, encode(vote, of))
}

/** Votes of one phase and round on one block, aggregated. Bit i of `signers` (least significant first) is validator i. */
export const certificate = record('certificate', {
  round: [1, uint(0xffffffff, 'round')],
  validRound: [2, uint(0xffffffff, 'valid round')],
  signers: [3, bytes(1, Math.ceil(VALIDATORS_MAX / 8), 'signer bitmap')],
  signature: [4, fixedBytes(96, 'aggregate signature')],
})
export type Certificate = Infer<typeof certificate>

/** CON-036: with the prevote certificates a fork names its culprits. */
export const checkpoint = record('checkpoint', {
  header: [1, header],
  precommit: [2, certificate],
  prevote: [3, certificate],
  validRoundPrevote: [4, optional(certificate)],
})
export type Checkpoint = Infer<typeof checkpoint>

function isSigner(signers: Uint8Array, index: number): boolean {
  return ((signers[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
}

/**
 * Throws, in this order: CHECKPOINT_FRAME (of another frame), CHECKPOINT_VALIDATOR_SET (certified by a set other than
 * `set`), CHECKPOINT_NO_QUORUM, CHECKPOINT_SIGNATURE. A valid return means: final, by this set.
 */
export function verifyCheckpoint(frame: Hash, of: Checkpoint, set: readonly Validator[]): void {
  if (!equalBytes(of.header.frame, frame))
    throw new SymbolonError(
      'CHECKPOINT_FRAME',
      'the checkpoint belongs to another frame; check the frame identifier you trust',
    )
  if (!equalBytes(of.header.validatorSet, validatorSetHash(frame, set)))
    throw new SymbolonError(
      'CHECKPOINT_VALIDATOR_SET',
      'certified by another validator set; follow the sets from one you trust',
    )
  const block = blockHash(of.header)
  verifyCertificate(frame, of.precommit, 'precommit', of, block, set)
  verifyCertificate(frame, of.prevote, 'prevote', of, block, set)
  if (of.precommit.round !== of.prevote.round || of.precommit.validRound !== of.prevote.validRound)
    throw new SymbolonError(
      'CHECKPOINT_SIGNATURE',
      'the prevote certificate is of another round than the precommit certificate',
    )
  if (of.precommit.validRound === 0) return
  const earlier = of.validRoundPrevote
  if (earlier === undefined || earlier.round !== of.precommit.validRound - 1)
    throw new SymbolonError('CHECKPOINT_SIGNATURE', 'the prevote certificate of the valid round is missing')
  verifyCertificate(frame, earlier, 'prevote', of, block, set)
}

function verifyCertificate(
  frame: Hash,
  of: Certificate,
  phase: Vote['phase'],
  { header: { height, epoch } }: Checkpoint,
  block: Hash,
  set: readonly Validator[],
): void {
  if (
    of.signers.length !== Math.ceil(set.length / 8) ||
    (of.signers.at(-1) ?? 0) >> (((set.length - 1) & 7) + 1) !== 0
  )
    throw new SymbolonError('CHECKPOINT_NO_QUORUM', 'the signer bitmap does not fit the validator set')
  if (!isQuorum(set, (index) => isSigner(of.signers, index)))
    throw new SymbolonError(
      'CHECKPOINT_NO_QUORUM',
      `the ${phase} certificate has less than two thirds of weight or of stake`,
    )
  const digest = voteDigest(frame, {
    height,
    epoch,
    round: of.round,
    phase,
    block,
    validRound: of.validRound,
  })
  const keys = set.filter((_, index) => isSigner(of.signers, index)).map((one) => one.voteKey)
  if (!bls.fastAggregateVerify(of.signature, digest, keys))
    throw new SymbolonError('CHECKPOINT_SIGNATURE', `the ${phase} certificate's signature does not verify`)
}
