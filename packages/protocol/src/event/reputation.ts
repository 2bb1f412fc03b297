/** Data of the events of the `reputation` module. Subjects are the DIDs that the event concerns. */
import { address, amount, enumeration, hash, optional, record, u64, uint } from '@symbolon/primitives'
import { ATTESTED_LATENCY_MS_MAX, TRUST_EDGES_MAX, TRUST_NODES_MAX } from '../limits.ts'

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

/** A buyer rated a channel; counted as evidence of the running scoring epoch. */
export const reputationAttested = record('reputation.attested', {
  channel: [1, hash],
  rater: [2, address],
  subject: [3, address],
  rating: [4, score],
  latencyMs: [5, optional(uint(ATTESTED_LATENCY_MS_MAX, 'milliseconds'))],
  /** Lower bound of the fee of the rating: its weight. */
  fee: [6, amount],
})

const epoch = u64('epoch')

/** A scoring epoch has ended; its input is fixed and can be read until the next but one is sealed. */
export const reputationSealed = record('reputation.sealed', {
  epoch: [1, epoch],
  slot: [2, uint(1, 'slot')],
  nodes: [3, uint(TRUST_NODES_MAX, 'agents')],
  edges: [4, uint(TRUST_EDGES_MAX, 'relations')],
  inputDigest: [5, hash],
  parametersDigest: [6, hash],
  publishUntil: [7, u64('height')],
})
export const reputationPublished = record('reputation.published', {
  epoch: [1, epoch],
  publisher: [2, address],
  root: [3, hash],
  bond: [4, amount],
  challengeUntil: [5, u64('height')],
})
/** The bond of a challenge is posted; `reputation.adjudicated` follows in the same transaction. */
export const reputationChallenged = record('reputation.challenged', {
  epoch: [1, epoch],
  challenger: [2, address],
  root: [3, hash],
  bond: [4, amount],
})
/** upheld: the published root is right. corrected: the challenger's is. replaced: neither. */
export const ADJUDICATIONS = ['upheld', 'corrected', 'replaced'] as const
export type Adjudication = (typeof ADJUDICATIONS)[number]
export const reputationAdjudicated = record('reputation.adjudicated', {
  epoch: [1, epoch],
  publisher: [2, address],
  challenger: [3, address],
  outcome: [4, enumeration(ADJUDICATIONS, 'outcome')],
  published: [5, hash],
  claimed: [6, hash],
  /** What the ledger computed: the root of the epoch. */
  computed: [7, hash],
})
/** The part of forfeited bonds that nobody gets. */
export const reputationDestroyed = record('reputation.destroyed', { epoch: [1, epoch], amount: [2, amount] })
export const reputationFinal = record('reputation.final', {
  epoch: [1, epoch],
  root: [2, hash],
  count: [3, uint(TRUST_NODES_MAX, 'agents')],
})
/** Nobody published in time. */
export const reputationMissed = record('reputation.missed', { epoch: [1, epoch] })

/** By event type. */
export const REPUTATION_EVENTS = {
  'reputation.scored': reputationScored,
  'reputation.started': reputationStarted,
  'reputation.attested': reputationAttested,
  'reputation.sealed': reputationSealed,
  'reputation.published': reputationPublished,
  'reputation.challenged': reputationChallenged,
  'reputation.adjudicated': reputationAdjudicated,
  'reputation.destroyed': reputationDestroyed,
  'reputation.final': reputationFinal,
  'reputation.missed': reputationMissed,
} as const
