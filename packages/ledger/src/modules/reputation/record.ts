/** Reputation records at the end of a block: brought into the running epoch when read, written back when changed. */
import { type Address, decode, encode } from '@symbolon/primitives'
import {
  type ReputationRecord,
  reputationKey,
  reputationRecord,
  reputationScored,
  reputationStarted,
} from '@symbolon/protocol'
import type { BlockEndContext } from '../../module.ts'
import { enterEpoch, startRecord } from './epochs.ts'

/** The record of the running epoch; undefined for an address without a score. */
export function readReputation(context: BlockEndContext, of: Address): ReputationRecord | undefined {
  const stored = context.read('reputation', reputationKey(of))
  return stored === undefined
    ? undefined
    : enterEpoch(decode(reputationRecord, stored), context.epoch, context.parameters)
}

/** Writes the record, and says so if closing earlier epochs has moved the score. */
export function writeReputation(context: BlockEndContext, of: Address, now: ReputationRecord): void {
  const key = reputationKey(of)
  const stored = context.read('reputation', key)
  const previous = stored === undefined ? undefined : decode(reputationRecord, stored).score
  context.write('reputation', key, encode(reputationRecord, now))
  if (previous === undefined || previous === now.score) return
  const data = encode(reputationScored, { subject: of, epoch: now.epoch, previous, score: now.score })
  context.emit({ type: 'reputation.scored', subjects: [of], data })
}

/** The start of a new identity; an address that has a score keeps it. */
export function startReputation(context: BlockEndContext, of: Address): void {
  const key = reputationKey(of)
  if (context.read('reputation', key) !== undefined) return
  const score = context.parameters.reputationStart
  context.write('reputation', key, encode(reputationRecord, startRecord(score, context.epoch)))
  context.emit({
    type: 'reputation.started',
    subjects: [of],
    data: encode(reputationStarted, { subject: of, epoch: context.epoch, score }),
  })
}
