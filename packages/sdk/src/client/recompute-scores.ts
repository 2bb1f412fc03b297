/**
 * Recomputes the scores of a frame from what any of its nodes hands out, bit for bit: the record of the epoch is proven from the
 * genesis down, the pages are held against the digest in it, and the root follows or does not.
 */
import { decode, equalBytes } from '@symbolon/primitives'
import { type TrustEpoch, trustEpoch, trustEpochKey, trustParametersOf } from '@symbolon/protocol'
import { computeEpoch, decodeInput, type EpochComputation, pageCounts } from '@symbolon/reputation'
import { SdkError } from '../errors.ts'
import type { FrameClient } from './frame-client.ts'

export interface RecomputedScores extends EpochComputation {
  /** The record of the epoch, as proven. */
  readonly record: TrustEpoch
  /** What the frame states: the final root, or the published one; undefined if there is neither. */
  readonly stated?: TrustEpoch['root']
  /** True if the stated root is the computed one. */
  readonly agrees: boolean
}

/**
 * Of the newest sealed epoch, or of the one named while the state holds its input. Errors: EPOCH_UNKNOWN, EPOCH_INPUT_REPLACED, those of
 * proofs, EPOCH_INPUT_INVALID, RPC_RESPONSE_INVALID (pages that are not the input of the proven record).
 */
export async function recomputeScores(frame: FrameClient, epoch?: bigint): Promise<RecomputedScores> {
  const found = epoch ?? (await frame.call('reputation.epoch', {})).record?.epoch
  if (found === undefined) throw new SdkError('EPOCH_UNKNOWN', 'the frame has not sealed a scoring epoch yet')
  const { value } = await frame.proveState('reputation', trustEpochKey(found))
  if (value === undefined) throw new SdkError('EPOCH_UNKNOWN', `the state has no record of epoch ${found}`)
  const record = decode(trustEpoch, value)
  const counts = pageCounts(record.nodes, record.edges)
  const pagesOf = async (part: 'nodes' | 'edges'): Promise<Uint8Array[]> => {
    const pages: Uint8Array[] = []
    for (let page = 0; page < counts[part]; page++) {
      const answer = await frame.call('reputation.input', { epoch: found, part, page })
      if (answer.page === undefined)
        throw new SdkError('RPC_RESPONSE_INVALID', 'the node left out a page of the input')
      pages.push(answer.page)
    }
    return pages
  }
  const input = decodeInput(Number(found), { nodes: await pagesOf('nodes'), edges: await pagesOf('edges') })
  const { pairCap, supportHalfLife, recordHalfLife, stakeMin, stakeCap } = trustParametersOf(
    frame.genesis.parameters,
  )
  const parameters = { pairCap, supportHalfLife, recordHalfLife, stakeMin, stakeCap }
  const computed = computeEpoch(frame.frame, input, parameters)
  if (
    !equalBytes(computed.inputDigest, record.inputDigest) ||
    !equalBytes(computed.parametersDigest, record.parametersDigest)
  )
    throw new SdkError('RPC_RESPONSE_INVALID', 'the pages are not the input that the frame has sealed')
  const stated = record.root ?? record.publication?.root
  return {
    ...computed,
    record,
    ...(stated === undefined ? {} : { stated }),
    agrees: stated !== undefined && equalBytes(stated, computed.root),
  }
}
