/**
 * One entry of an audit log. The entry names its body by digest, so that the chain of entries can be shown to an auditor
 * while bodies stay closed and are opened one by one (AL-2, ZS-4). The salt keeps small bodies from being guessed.
 */
import {
  bytes,
  concat,
  domainDigest,
  encode,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  record,
  sha256,
  text,
  u64,
  uint,
} from '@symbolon/primitives'
import { AUDIT_BODY_BYTES_MAX } from '../limits.ts'

export const auditEntry = record('audit-entry', {
  /** Counts from 0, without gaps (AL-4). */
  index: [1, u64('index')],
  /** Unix seconds; never less than in the entry before. */
  at: [2, uint(Number.MAX_SAFE_INTEGER, 'seconds')],
  /** Digest of the entry before; 32 zero bytes for the first. */
  previous: [3, hash],
  type: [4, text(32, { name: 'entry type', pattern: /^[a-z-]+$/, bytesMin: 1 })],
  /** SHA-256 of salt and body. */
  bodyDigest: [5, hash],
})
export type AuditEntry = Infer<typeof auditEntry>

export const SALT_BYTES = 16
/** What the log stores, and what opens one entry. */
export const openedEntry = record('opened-audit-entry', {
  entry: [1, auditEntry],
  salt: [2, fixedBytes(SALT_BYTES, 'salt')],
  body: [3, bytes(0, AUDIT_BODY_BYTES_MAX, 'audit body')],
})
export type OpenedEntry = Infer<typeof openedEntry>

export function auditEntryDigest(frame: Hash, of: AuditEntry): Hash {
  return domainDigest('audit-entry', frame, encode(auditEntry, of))
}

export function auditBodyDigest(salt: Uint8Array, body: Uint8Array): Hash {
  return sha256(concat(salt, body)) as Hash
}

/** How much of a log there is, and the digest of its last entry. */
export interface AuditHead {
  size: bigint
  digest: Hash
}

export const EMPTY_AUDIT_HEAD: AuditHead = { size: 0n, digest: new Uint8Array(32) as Hash }
