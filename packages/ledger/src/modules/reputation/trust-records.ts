/** The records of scoring epochs in the state, and the escrow of their bonds. */
import { type Amount, decode, encode, type Hash } from '@symbolon/primitives'
import {
  type TrustEpoch,
  type TrustFinal,
  type TrustHead,
  type TrustParameters,
  trustEpoch,
  trustEpochKey,
  trustHead,
  trustHeadKey,
} from '@symbolon/protocol'
import type { ScoringParameters } from '@symbolon/reputation'
import type { ExecutionContext, Leg } from '../../module.ts'

export type StateAccess = Pick<ExecutionContext, 'read' | 'write'>

/** Nothing collected and nothing sealed in a frame that has no head record yet. */
export function readHead({ read }: { read: StateAccess['read'] }): TrustHead {
  const stored = read('reputation', trustHeadKey())
  return stored === undefined ? { evidence: 0 } : decode(trustHead, stored)
}

export function writeHead(context: StateAccess, head: TrustHead): void {
  context.write('reputation', trustHeadKey(), encode(trustHead, head))
}

export function readEpoch(context: StateAccess, epoch: bigint): TrustEpoch | undefined {
  const stored = context.read('reputation', trustEpochKey(epoch))
  return stored === undefined ? undefined : decode(trustEpoch, stored)
}

export function writeEpoch(context: StateAccess, of: TrustEpoch): void {
  context.write('reputation', trustEpochKey(of.epoch), encode(trustEpoch, of))
}

/** What the head says of an epoch that has become final at the end of `height`. */
export function finalOf(of: TrustEpoch, root: Hash, height: bigint): TrustFinal {
  const { epoch, slot, nodes, edges, inputDigest, parametersDigest } = of
  return { epoch, slot, root, count: nodes, edges, inputDigest, parametersDigest, height }
}

export function scoringParametersOf(trust: TrustParameters): ScoringParameters {
  const { pairCap, supportHalfLife, recordHalfLife, stakeMin, stakeCap } = trust
  return { pairCap, supportHalfLife, recordHalfLife, stakeMin, stakeCap }
}

/** The bonds of an epoch stand in escrow under the digest of its input, which no other epoch has. */
export function escrow({ inputDigest }: Pick<TrustEpoch, 'inputDigest'>, amount: Amount): Leg {
  return { bucket: 'escrow', owner: inputDigest, amount }
}
