/** Data of the events of the `reputation` module. The subject of each event is the DID. */
import { address, record, u64, uint } from '@symbolon/primitives'

const score = uint(1_000_000, 'parts per million')

/** A score at the start of an epoch, when it differs from the one recorded before. */
export const reputationScored = record('reputation.scored', {
  subject: [1, address],
  epoch: [2, u64('epoch')],
  previous: [3, score],
  score: [4, score],
})
export const reputationStarted = record('reputation.started', {
  subject: [1, address],
  epoch: [2, u64('epoch')],
  score: [3, score],
})

/** By event type. */
export const REPUTATION_EVENTS = {
  'reputation.scored': reputationScored,
  'reputation.started': reputationStarted,
} as const
