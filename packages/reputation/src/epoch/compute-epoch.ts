/**
 * The epoch job: scores from the canonical input, bit for bit the same on every machine, in every order and runtime. A pure
 * function of whole numbers: what a publisher signs, what the ledger repeats if somebody challenges it, and what
 * anybody repeats who does not believe either.
 *
 * PERF: 2 × 100 passes over the relations at 2 ns, about 30 µs per agent for vector and leaf: 0.2 s at the bounds.
 */
import type { Hash } from '@symbolon/primitives'
import { conductOf } from './conduct.ts'
import { graphScoresOf } from './graph-scores.ts'
import { type EpochInput, encodeInput, inputDigest } from './input.ts'
import { parametersDigest, type ScoringParameters } from './parameters.ts'
import { ScoreTree } from './score-tree.ts'
import type { ScoreVector } from './vector.ts'

export interface EpochComputation {
  /** By agent, in the order of the input. */
  readonly vectors: readonly ScoreVector[]
  readonly tree: ScoreTree
  readonly root: Hash
  readonly inputDigest: Hash
  readonly parametersDigest: Hash
}

export function computeEpoch(
  frame: Hash,
  input: EpochInput,
  parameters: ScoringParameters,
): EpochComputation {
  const graph = graphScoresOf(input, parameters)
  const vectors = conductOf(input, parameters).map(
    (conduct, node): ScoreVector => ({ ...(graph[node] as (typeof graph)[number]), ...conduct }),
  )
  const subjects = input.nodes.map(({ address }) => address)
  const tree = new ScoreTree(frame, input.epoch, subjects, vectors)
  return {
    vectors,
    tree,
    root: tree.root,
    inputDigest: inputDigest(frame, input, encodeInput(input)),
    parametersDigest: parametersDigest(parameters),
  }
}
