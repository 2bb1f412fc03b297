/**
 * One score, checked from bytes: the frame's identifier names the validators, they certify a checkpoint, its state root covers the head
 * of scoring, the head names the root of the final epoch, and under that root is the score or its neighbours. Nothing of the
 * node that sent it is believed.
 */
import { type Address, decode, equalBytes, type Hash } from '@symbolon/primitives'
import {
  type StateProof,
  type TrustFinal,
  trustHead,
  trustHeadKey,
  type Validator,
  verifyStateProof,
} from '@symbolon/protocol'
import { type Score, verifyScoreProof } from '@symbolon/reputation'
import { SdkError } from '../errors.ts'

/** What `reputation.score` answers with. */
export interface ScoreEvidence {
  readonly head: StateProof
  /** Canonical CBOR; absent if the frame has no final epoch yet. */
  readonly proof?: Uint8Array | undefined
}

export interface ProvenScore {
  /** Of the checkpoint under which it is proven: how fresh it is. */
  readonly height: bigint
  /** Absent if the frame has no final epoch yet. */
  readonly final?: TrustFinal
  /** Absent if the subject is proven not to be scored. */
  readonly score?: Score
}

/** The newest final epoch that the head names. Errors: RPC_RESPONSE_INVALID (another key was proven), those of `verifyStateProof`. */
export function verifyTrustHead(
  frame: Hash,
  set: readonly Validator[],
  head: StateProof,
): Pick<ProvenScore, 'height' | 'final'> {
  if (head.namespace !== 'reputation' || !equalBytes(head.key, trustHeadKey()))
    throw new SdkError('RPC_RESPONSE_INVALID', 'the node proved another key than the head of scoring')
  verifyStateProof(frame, set, head)
  const { height } = head.checkpoint.header
  const final = head.value === undefined ? undefined : decode(trustHead, head.value).final
  return final === undefined ? { height } : { height, final }
}

/**
 * Errors, in order of precedence: RPC_RESPONSE_INVALID (another key was proven, or the proof is missing), those of
 * `verifyStateProof`, SCORE_PROOF_INVALID.
 */
export function verifyScore(
  frame: Hash,
  set: readonly Validator[],
  subject: Address,
  { head, proof }: ScoreEvidence,
): ProvenScore {
  const { height, final } = verifyTrustHead(frame, set, head)
  if (final === undefined) return { height }
  if (proof === undefined)
    throw new SdkError('RPC_RESPONSE_INVALID', 'the node left out the proof of the score')
  const { epoch, root, count } = final
  const score = verifyScoreProof({ frame, epoch, root, count }, subject, proof)
  return score === undefined ? { height, final } : { height, final, score }
}
