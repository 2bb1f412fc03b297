/** The scores of one epoch as this node computed them: for proofs, for searches, and to compare with what was published. */
import type { Address, Hash } from '@symbolon/primitives'
import {
  type EpochComputation,
  type EpochInput,
  ScoreTree,
  type ScoreVector,
  type TrustDimension,
} from '@symbolon/reputation'

/** What a thread sends back: everything but the tree, which is rebuilt where proofs are made. */
export type EpochResult = Pick<EpochComputation, 'vectors' | 'root' | 'inputDigest'>

export class EpochScores {
  readonly epoch: number
  readonly root: Hash
  readonly inputDigest: Hash
  readonly subjects: readonly Address[]
  readonly vectors: readonly ScoreVector[]
  readonly #frame: Hash
  #tree: ScoreTree | undefined

  constructor(frame: Hash, { epoch, nodes }: EpochInput, { vectors, root, inputDigest }: EpochResult) {
    this.#frame = frame
    this.epoch = epoch
    this.root = root
    this.inputDigest = inputDigest
    this.subjects = nodes.map(({ address }) => address)
    this.vectors = vectors
  }

  /** PERF: hashed when the first proof or search asks, about 4 µs an agent. */
  get tree(): ScoreTree {
    this.#tree ??= new ScoreTree(this.#frame, this.epoch, this.subjects, this.vectors)
    return this.#tree
  }

  /** 0 for who is not scored. */
  of(subject: Address, dimension: TrustDimension): number {
    return this.tree.scoreOf(subject)?.[dimension] ?? 0
  }
}
