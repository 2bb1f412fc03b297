/**
 * Supervision regimes (SR-1…SR-3): how close the principal watches. They only escalate; each spend is tagged with the
 * regime under which it was decided, so that a review applies the right logic to it.
 *
 * | regime     | the principal                         | enters when                                        |
 * | ---------- | ------------------------------------- | -------------------------------------------------- |
 * | post-hoc   | reads the log afterwards              | the mandate is first used                          |
 * | checkpoint | reads a summary at each epoch         | the flow so far crosses `checkpointAbove`          |
 * | supervised | signs each spend before it is signed  | one spend is above `superviseAbove`                |
 */
import {
  type Address,
  type Amount,
  domainDigest,
  ed25519,
  encode,
  type Hash,
  hash,
  record,
} from '@symbolon/primitives'
import type { KeyCheck, Mandate } from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import type { Approval } from './intent.ts'

export const REGIMES = ['post-hoc', 'checkpoint', 'supervised'] as const
export type Regime = (typeof REGIMES)[number]

/** @param flowed base units promised before; @param flow base units of this spend */
export function nextRegime(current: Regime, mandate: Mandate, flowed: Amount, flow: Amount): Regime {
  const { supervision } = mandate
  if (supervision === undefined || current === 'supervised') return current
  if (flow > supervision.superviseAbove) return 'supervised'
  if (flowed + flow > supervision.checkpointAbove) return 'checkpoint'
  return current
}

const approvalRecord = record('approval', { approves: [1, hash] })

/** What the principal signs to approve one spend, named by the digest that is to be signed. */
export function approvalDigest(frame: Hash, digest: Hash): Hash {
  return domainDigest('request', frame, encode(approvalRecord, { approves: digest }))
}

/** Throws SUPERVISION_REQUIRED unless the principal approved this digest; the details hold it. */
export function checkApproval(
  approval: Approval | undefined,
  digest: Hash,
  { frame, principal, mayKeySign }: { frame: Hash; principal: Address; mayKeySign: KeyCheck },
): void {
  if (
    approval !== undefined &&
    mayKeySign(principal, approval.publicKey) &&
    ed25519.verify(approval.signature, approvalDigest(frame, digest), approval.publicKey)
  )
    return
  throw new MandatesError(
    'SUPERVISION_REQUIRED',
    'this spend needs the signature of the principal over approvalDigest',
    {
      details: { digest },
    },
  )
}
