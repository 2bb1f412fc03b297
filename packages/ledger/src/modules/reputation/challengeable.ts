/**
 * How much a frame can score so that a challenge still fits in one of its blocks. What nobody can have recomputed, anybody could publish as
 * they like; so a frame with small blocks scores fewer agents, and one whose blocks hold no challenge at all scores nobody.
 */
import { type Parameters, TRUST_EDGES_MAX, TRUST_NODES_MAX } from '@symbolon/protocol'
import { GAS_CHALLENGE_BASE, GAS_PER_AGENT, GAS_PER_RELATION } from './limits.ts'

/** Gas of the largest input that the protocol allows: 504,000,000. */
const GAS_AT_BOUNDS = GAS_PER_AGENT * BigInt(TRUST_NODES_MAX) + GAS_PER_RELATION * BigInt(TRUST_EDGES_MAX)

/** Both bounds in the same proportion; the protocol's own from a blockGasLimit of 504,300,000 on. */
export function challengeable({ blockGasLimit }: Pick<Parameters, 'blockGasLimit'>): {
  readonly nodesMax: number
  readonly edgesMax: number
} {
  const left = blockGasLimit > GAS_CHALLENGE_BASE ? blockGasLimit - GAS_CHALLENGE_BASE : 0n
  const share = (bound: number): number =>
    left >= GAS_AT_BOUNDS ? bound : Number((BigInt(bound) * left) / GAS_AT_BOUNDS)
  return { nodesMax: share(TRUST_NODES_MAX), edgesMax: share(TRUST_EDGES_MAX) }
}
