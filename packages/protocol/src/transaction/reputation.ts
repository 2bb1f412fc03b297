/** Payloads of the `reputation` module. */
import { address, hash, optional, record, u64, uint } from '@symbolon/primitives'
import { ATTESTED_LATENCY_MS_MAX, TRUST_EDGES_MAX, TRUST_NODES_MAX } from '../limits.ts'

/** The buyer of a channel that ended rates it, once. A rating of 500,000 says nothing; above it is praise, below it blame. */
export const attest = record('reputation.attest', {
  channel: [1, hash],
  rating: [2, uint(1_000_000, 'parts per million')],
  latencyMs: [3, optional(uint(ATTESTED_LATENCY_MS_MAX, 'milliseconds'))],
  /** Who is rated. Which identity is read must follow from the transaction alone (CON-078); the ledger compares with the channel. */
  subject: [4, address],
})

/** Posts the bond. What the root was computed from is named, so that a publication for another input never counts. */
export const publish = record('reputation.publish', {
  epoch: [1, u64('epoch')],
  inputDigest: [2, hash],
  parametersDigest: [3, hash],
  root: [4, hash],
  count: [5, uint(TRUST_NODES_MAX, 'agents')],
})

/**
 * Posts the bond and has the ledger compute the root. Which keys are read must follow from the transaction alone (CON-078), so it
 * repeats where the input stands and how much of it there is; the ledger compares with the record.
 */
export const challenge = record('reputation.challenge', {
  epoch: [1, u64('epoch')],
  slot: [2, uint(1, 'slot')],
  nodes: [3, uint(TRUST_NODES_MAX, 'agents')],
  edges: [4, uint(TRUST_EDGES_MAX, 'relations')],
  /** What the challenger computed. */
  root: [5, hash],
})
