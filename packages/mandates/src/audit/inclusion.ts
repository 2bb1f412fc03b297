/**
 * Proofs that single entries are in a log, for selective disclosure (AL-2, AL-3): an RFC 9162 tree over the digests of
 * the entries. What is anchored commits to the chain and to the tree at once, so one anchor serves both kinds of check.
 */
import {
  domainDigest,
  encode,
  equalBytes,
  type Hash,
  hash,
  type Infer,
  MerkleLog,
  merkleLeafHash,
  record,
  u64,
  verifyInclusion,
} from '@symbolon/primitives'
import { type InclusionProof, inclusionProof } from '@symbolon/protocol'
import { MandatesError } from '../errors.ts'
import { type AuditEntry, type AuditHead, auditEntryDigest, openedEntry } from './entry.ts'
import { checkOpening } from './verify.ts'

/** Size and head of the chain, and the root of the tree over the same entries. */
export const auditAnchor = record('audit-anchor', {
  size: [1, u64('size')],
  head: [2, hash],
  root: [3, hash],
})
export type AuditAnchor = Infer<typeof auditAnchor>

/** What a transaction's `anchor` or a channel state's `auditHeads` holds. */
export function auditAnchorDigest(frame: Hash, of: AuditAnchor): Hash {
  return domainDigest('audit-entry', frame, encode(auditAnchor, of))
}

/** One opened entry, and why it is in the log with this anchor. */
export const auditDisclosure = record('audit-disclosure', {
  opened: [1, openedEntry],
  anchor: [2, auditAnchor],
  inclusion: [3, inclusionProof],
})
export type AuditDisclosure = Infer<typeof auditDisclosure>

/** The tree of a log. Memory: 64 bytes per entry. */
export class AuditTree {
  readonly #frame: Hash
  readonly #log = new MerkleLog()

  constructor(frame: Hash, entries: Iterable<AuditEntry> = []) {
    this.#frame = frame
    for (const entry of entries) this.append(entry)
  }

  append(entry: AuditEntry): void {
    this.#log.append(auditEntryDigest(this.#frame, entry))
  }

  /** For a head that this tree has reached. Errors: MERKLE_LOG_RANGE. */
  anchor({ size, digest }: AuditHead): AuditAnchor {
    return { size, head: digest, root: this.#log.root(Number(size)) as Hash }
  }

  /** That entry `index` is among the first `size`. Errors: MERKLE_LOG_RANGE. */
  prove(index: number, size: bigint): InclusionProof {
    return { index, size: Number(size), hashes: this.#log.inclusionProof(index, Number(size)) as Hash[] }
  }
}

/** Throws AUDIT_CHAIN (body changed), AUDIT_PROOF (not in the log that `anchored` names). */
export function verifyDisclosure(
  frame: Hash,
  { opened, anchor, inclusion }: AuditDisclosure,
  anchored: Hash,
): void {
  checkOpening(opened)
  const leafHash = merkleLeafHash(auditEntryDigest(frame, opened.entry))
  const { index, size, hashes } = inclusion
  const included =
    equalBytes(auditAnchorDigest(frame, anchor), anchored) &&
    BigInt(size) === anchor.size &&
    BigInt(index) === opened.entry.index &&
    verifyInclusion({ leafHash, index, treeSize: size, root: anchor.root, proof: hashes })
  if (!included)
    throw new MandatesError(
      'AUDIT_PROOF',
      `entry ${opened.entry.index} is not proven to be in the anchored log`,
    )
}
