/**
 * What an auditor checks. The chain of digests betrays an edited, removed, inserted or swapped entry and a skipped index.
 * It cannot betray that the newest entries are missing: only a head that somebody else holds can, one that the ledger
 * recorded (a transaction's `anchor`) or that a counterparty co-signed (a channel state's `auditHeads`). The report says
 * which of the two it is (AL-5 Note).
 */
import { equalBytes, type Hash } from '@symbolon/primitives'
import { MandatesError } from '../errors.ts'
import {
  type AuditEntry,
  type AuditHead,
  auditBodyDigest,
  auditEntryDigest,
  EMPTY_AUDIT_HEAD,
  type OpenedEntry,
} from './entry.ts'

export interface AuditReport extends AuditHead {
  /**
   * `excluded`: everything up to the anchored head is here. `possible`: no anchor was given, so the newest entries may
   * have been cut off unnoticed.
   */
  truncation: 'excluded' | 'possible'
  /** Entries after the anchored head, not covered by it. */
  unanchored: bigint
}

/** Checks that `next` follows the head, and returns the new head. Errors in order: AUDIT_INDEX, AUDIT_CHAIN. */
export function extendHead(frame: Hash, head: AuditHead, next: AuditEntry): AuditHead {
  if (next.index !== head.size)
    throw new MandatesError(
      'AUDIT_INDEX',
      `expected entry ${head.size}, found ${next.index}: an entry was removed, inserted or moved`,
      {
        details: { expected: head.size, found: next.index },
      },
    )
  if (!equalBytes(next.previous, head.digest))
    throw new MandatesError(
      'AUDIT_CHAIN',
      `entry ${next.index} does not continue the one before it: one of them was changed`,
      {
        details: { index: next.index },
      },
    )
  return { size: head.size + 1n, digest: auditEntryDigest(frame, next) }
}

/** Throws AUDIT_CHAIN unless the body is the one that the entry names. */
export function checkOpening({ entry, salt, body }: OpenedEntry): void {
  if (!equalBytes(auditBodyDigest(salt, body), entry.bodyDigest))
    throw new MandatesError('AUDIT_CHAIN', `the body of entry ${entry.index} was changed`, {
      details: { index: entry.index },
    })
}

/**
 * Verifies a whole log, from its first entry. Errors in order, for each entry: AUDIT_INDEX, AUDIT_CHAIN, AUDIT_TIME (time
 * runs backwards); at the end AUDIT_TRUNCATED (shorter than the anchored head, or another entry stands there).
 */
export function verifyAuditLog(
  frame: Hash,
  entries: Iterable<OpenedEntry | AuditEntry>,
  anchored?: AuditHead,
): AuditReport {
  let head = EMPTY_AUDIT_HEAD
  let time = 0
  let anchorMet = anchored === undefined || anchored.size === 0n
  for (const one of entries) {
    const entry = 'entry' in one ? one.entry : one
    head = extendHead(frame, head, entry)
    if ('entry' in one) checkOpening(one)
    if (entry.at < time)
      throw new MandatesError('AUDIT_TIME', `entry ${entry.index} is older than the one before it`, {
        details: { index: entry.index },
      })
    time = entry.at
    if (anchored !== undefined && head.size === anchored.size)
      anchorMet = equalBytes(head.digest, anchored.digest)
  }
  if (!anchorMet)
    throw new MandatesError(
      'AUDIT_TRUNCATED',
      `the log has ${head.size} entries and does not contain the anchored head at ${anchored?.size}: entries were cut off or rewritten`,
      { details: { size: head.size, anchored: anchored?.size } },
    )
  const truncation = anchored === undefined ? 'possible' : 'excluded'
  return { ...head, truncation, unanchored: head.size - (anchored?.size ?? 0n) }
}
