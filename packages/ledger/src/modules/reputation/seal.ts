/**
 * The end of a scoring epoch: its evidence is folded into the input of the epoch before, and the result is fixed in the state. From
 * then on nothing can change what the scores of this epoch are; only who computes them first is open.
 *
 * The state holds two inputs. The new one takes the place that is not the final epoch's, so whoever proves or recomputes the
 * final scores still finds what they came from. An epoch without evidence is not sealed: it would say nothing new.
 *
 * PERF: once per epoch, for 8,000 agents, 64,000 relations and a full log 0.4 to 0.7 s of CPU time (bench/scores.bench.ts).
 */
import { encode } from '@symbolon/primitives'
import {
  reputationSealed,
  TRUST_EPOCHS_KEPT,
  TRUST_STATUS,
  type TrustEpoch,
  type TrustHead,
  type TrustParameters,
  trustEpochKey,
} from '@symbolon/protocol'
import { decodeInput, encodeInput, foldEpoch, inputDigest, parametersDigest } from '@symbolon/reputation'
import type { BlockEndContext } from '../../module.ts'
import { challengeable } from './challengeable.ts'
import { clearEvidence, readEvidence } from './evidence-log.ts'
import { readPages, writePages } from './input-pages.ts'
import { withStakes } from './prior.ts'
import { scoringParametersOf, writeEpoch } from './trust-records.ts'

export function sealEpoch(context: BlockEndContext, head: TrustHead, trust: TrustParameters): TrustHead {
  if (head.evidence === 0) return head
  const read: BlockEndContext['read'] = (namespace, key) => context.read(namespace, key)
  const epoch = context.height / trust.epochLength
  const parameters = scoringParametersOf(trust)
  const { sealed: last } = head
  const folded = foldEpoch({
    epoch: Number(epoch),
    before: last === undefined ? undefined : decodeInput(Number(last.epoch), readPages(read, last)),
    evidence: readEvidence(context, head),
    parameters,
    anchors: trust.anchors,
    ...challengeable(context.parameters),
  })
  clearEvidence(context, head)
  if (folded.nodes.length === 0) return { ...head, evidence: 0 }
  const input = withStakes(read, folded, trust.anchors)
  const pages = encodeInput(input)
  const slot = head.final === undefined ? 0 : 1 - head.final.slot
  writePages(context, slot, pages)
  const place = { epoch, slot, nodes: input.nodes.length, edges: input.edges.length }
  const record: TrustEpoch = {
    ...place,
    status: TRUST_STATUS.sealed,
    inputDigest: inputDigest(context.frame, input, pages),
    parametersDigest: parametersDigest(parameters),
    sealed: context.height,
    publishUntil: context.height + trust.publishWindow,
    computed: false,
  }
  writeEpoch(context, record)
  forget(context, head, epoch)
  const { inputDigest: digest, parametersDigest: rules, publishUntil } = record
  context.emit({
    type: 'reputation.sealed',
    subjects: [],
    data: encode(reputationSealed, { ...place, inputDigest: digest, parametersDigest: rules, publishUntil }),
  })
  return { ...head, evidence: 0, sealed: place, due: publishUntil }
}

/**
 * Drops the records that are TRUST_EPOCHS_KEPT epochs old, but never the final one. Older ones than the last sealing's were
 * dropped then, so however long the frame has rested, that many reads are the most.
 */
function forget(context: BlockEndContext, { sealed, final }: TrustHead, epoch: bigint): void {
  if (sealed === undefined) return
  const oldest = sealed.epoch > TRUST_EPOCHS_KEPT ? sealed.epoch - TRUST_EPOCHS_KEPT : 0n
  for (let old = oldest; old <= sealed.epoch && old <= epoch - TRUST_EPOCHS_KEPT; old++) {
    const key = trustEpochKey(old)
    if (old !== final?.epoch && context.read('reputation', key) !== undefined)
      context.write('reputation', key, undefined)
  }
}
