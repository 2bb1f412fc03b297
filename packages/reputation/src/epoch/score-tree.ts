/**
 * The published scores: an RFC 9162 Merkle tree over the agents in ascending order of their addresses. Because the leaves are
 * sorted and their number is part of what is published, two neighbours prove that nobody stands between them (TRU-131).
 *
 *   leaf data = SHA-256("symbolon/1/trust-score" ‖ 0 ‖ frame ‖ canonical CBOR of the score), so a leaf of another frame, another
 *   epoch or another kind of tree never verifies
 */
import {
  type Address,
  address,
  compareBytes,
  decode,
  domainDigest,
  encode,
  equalBytes,
  type Hash,
  hash,
  type Infer,
  isSymbolonError,
  list,
  MerkleTree,
  merkleLeafHash,
  record,
  u64,
  uint,
  verifyInclusion,
} from '@symbolon/primitives'
import { ReputationError } from '../errors.ts'
import { EPOCH_NODES_MAX } from '../limits.ts'
import type { ScoreVector } from './vector.ts'

const ppm = uint(1_000_000, 'parts per million')

export const score = record('trust-score', {
  epoch: [1, u64('epoch')],
  subject: [2, address],
  eigenTrust: [3, ppm],
  sybilRank: [4, ppm],
  absorbing: [5, ppm],
  success: [6, ppm],
  latency: [7, ppm],
  disputes: [8, ppm],
  experience: [9, ppm],
  stake: [10, ppm],
  standing: [11, ppm],
})
export type Score = Infer<typeof score>

const entry = record('score-entry', {
  score: [1, score],
  index: [2, uint(EPOCH_NODES_MAX - 1, 'leaf index')],
  hashes: [3, list(hash, 16)],
})

/** One entry: the score. None or neighbours: that there is no score. */
export const scoreProof = record('score-proof', { entries: [1, list(entry, 2)] })
export type ScoreProof = Infer<typeof scoreProof>

/** Canonical CBOR of a proof is at most so long. */
export const SCORE_PROOF_BYTES_MAX = 2_048

/** The data of a leaf. */
export function scoreLeaf(frame: Hash, of: Score): Hash {
  return domainDigest('trust-score', frame, encode(score, of))
}

export class ScoreTree {
  readonly root: Hash
  readonly scores: readonly Score[]
  readonly #tree: MerkleTree

  /** `subjects` ascending, with the vector of each. */
  constructor(frame: Hash, epoch: number, subjects: readonly Address[], vectors: readonly ScoreVector[]) {
    this.scores = subjects.map((subject, i) => ({
      epoch: BigInt(epoch),
      subject,
      ...(vectors[i] as ScoreVector),
    }))
    this.#tree = MerkleTree.fromLeaves(this.scores.map((one) => scoreLeaf(frame, one)))
    this.root = this.#tree.root as Hash
  }

  get count(): number {
    return this.scores.length
  }

  scoreOf(subject: Address): Score | undefined {
    const found = this.scores[this.#place(subject)]
    return found !== undefined && equalBytes(found.subject, subject) ? found : undefined
  }

  /** Proof of the score, or that there is none. */
  prove(subject: Address): ScoreProof {
    const place = this.#place(subject)
    const places = this.scoreOf(subject) === undefined ? [place - 1, place] : [place]
    return {
      entries: places
        .filter((index) => index >= 0 && index < this.count)
        .map((index) => ({
          score: this.scores[index] as Score,
          index,
          hashes: this.#tree.inclusionProof(index) as Hash[],
        })),
    }
  }

  /** Of the first subject that is not below this one. */
  #place(subject: Address): number {
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareBytes((this.scores[middle] as Score).subject, subject) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** What a frame says of an epoch. */
export interface PublishedScores {
  readonly frame: Hash
  readonly epoch: bigint
  readonly root: Hash
  /** Leaves of the tree. */
  readonly count: number
}

/**
 * The subject's score, or undefined if it is proven to have none. `proof`: canonical CBOR of a ScoreProof.
 * Errors: SCORE_PROOF_INVALID for anything else; a return means proven.
 */
export function verifyScoreProof(
  published: PublishedScores,
  subject: Address,
  proof: Uint8Array,
): Score | undefined {
  const { entries } = decoded(proof)
  const [first, second] = entries
  for (const one of entries) requireIncluded(published, one)
  if (first === undefined) {
    if (published.count !== 0) throw invalid('it names no neighbours')
    return undefined
  }
  if (second === undefined && equalBytes(first.score.subject, subject)) return first.score
  // Absence: the neighbours are the last below and the first above, and there are no others between.
  const below = compareBytes(first.score.subject, subject) < 0 ? first : undefined
  const above = below === undefined ? first : second
  if (below === undefined && second !== undefined) throw invalid('both neighbours stand on one side')
  if (above !== undefined && compareBytes(above.score.subject, subject) <= 0)
    throw invalid('the subject is not between the neighbours')
  if ((below === undefined ? 0 : below.index + 1) !== (above?.index ?? published.count))
    throw invalid('the neighbours are not next to each other')
  return undefined
}

function decoded(proof: Uint8Array): ScoreProof {
  try {
    return decode(scoreProof, proof, SCORE_PROOF_BYTES_MAX)
  } catch (cause) {
    if (!isSymbolonError(cause)) throw cause
    throw invalid(`it does not decode (${cause.code})`)
  }
}

function requireIncluded(
  { frame, epoch, root, count }: PublishedScores,
  one: ScoreProof['entries'][number],
): void {
  if (one.score.epoch !== epoch) throw invalid(`it is of epoch ${one.score.epoch}, not ${epoch}`)
  const leafHash = merkleLeafHash(scoreLeaf(frame, one.score))
  if (!verifyInclusion({ leafHash, index: one.index, treeSize: count, proof: one.hashes, root }))
    throw invalid('a score is not under the root')
}

function invalid(why: string): ReputationError {
  return new ReputationError('SCORE_PROOF_INVALID', `the proof of a score does not hold: ${why}`)
}
