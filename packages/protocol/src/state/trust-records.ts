/**
 * What the state holds of scoring epochs.
 *
 *   collecting ──end of epoch──▶ sealed ──publication──▶ published ──window passes──▶ final
 *                                   │                        └────challenge──────────▶ final (computed by the ledger)
 *                                   └──nobody publishes──▶ missed: the final epoch before it stays the final one
 */
import {
  address,
  amount,
  boolean,
  bytes,
  hash,
  type Infer,
  optional,
  record,
  u64,
  uint,
} from '@symbolon/primitives'
import { TRUST_EDGES_MAX, TRUST_EVIDENCE_MAX, TRUST_NODES_MAX } from '../limits.ts'

export const TRUST_STATUS = { sealed: 0, published: 1, final: 2, missed: 3 } as const

export const trustPublication = record('trust-publication', {
  publisher: [1, address],
  root: [2, hash],
  bond: [3, amount],
  /** Last height, inclusive, at which it can be challenged. */
  challengeUntil: [4, u64('height')],
})

export const trustEpoch = record('trust-epoch', {
  epoch: [1, u64('epoch')],
  status: [2, uint(3)],
  /** Which of the two inputs in the state is this epoch's, until another takes its place. */
  slot: [3, uint(1, 'slot')],
  /** Agents that are scored, and relations between them. */
  nodes: [4, uint(TRUST_NODES_MAX, 'agents')],
  edges: [5, uint(TRUST_EDGES_MAX, 'relations')],
  inputDigest: [6, hash],
  parametersDigest: [7, hash],
  /** Height at whose end the input was sealed, and the last one, inclusive, at which it can be published. */
  sealed: [8, u64('height')],
  publishUntil: [9, u64('height')],
  publication: [10, optional(trustPublication)],
  /** Of the scores, once final. */
  root: [11, optional(hash)],
  /** True if the ledger computed the root itself, because somebody challenged what was published. */
  computed: [12, boolean],
})
export type TrustEpoch = Infer<typeof trustEpoch>

/** A final epoch: what proofs of scores are checked against. */
export const trustFinal = record('trust-final', {
  epoch: [1, u64('epoch')],
  slot: [2, uint(1, 'slot')],
  root: [3, hash],
  /** Leaves of the score tree. */
  count: [4, uint(TRUST_NODES_MAX, 'agents')],
  edges: [5, uint(TRUST_EDGES_MAX, 'relations')],
  inputDigest: [6, hash],
  parametersDigest: [7, hash],
  /** Height at whose end it became final. */
  height: [8, u64('height')],
})
export type TrustFinal = Infer<typeof trustFinal>

export const trustHead = record('trust-head', {
  /** Evidence collected for the running epoch. */
  evidence: [1, uint(TRUST_EVIDENCE_MAX, 'pieces of evidence')],
  /** The last epoch that was sealed, whose input the next one continues. */
  sealed: [
    2,
    optional(
      record('trust-sealed', {
        epoch: [1, u64('epoch')],
        slot: [2, uint(1, 'slot')],
        nodes: [3, uint(TRUST_NODES_MAX, 'agents')],
        edges: [4, uint(TRUST_EDGES_MAX, 'relations')],
      }),
    ),
  ],
  /** Height at whose end the sealed epoch is decided; absent if it is. */
  due: [3, optional(u64('height'))],
  /** The newest final epoch. */
  final: [4, optional(trustFinal)],
})
export type TrustHead = Infer<typeof trustHead>

/** A page of the input or of the evidence: records of fixed width, see packages/reputation/src/epoch. */
export const trustPage = bytes(1, 65_533, 'page')
