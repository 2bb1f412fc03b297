export { AuditLog, type AuditLogOptions } from './audit-log.ts'
export {
  type AuditEntry,
  type AuditHead,
  auditBodyDigest,
  auditEntry,
  auditEntryDigest,
  EMPTY_AUDIT_HEAD,
  type OpenedEntry,
  openedEntry,
} from './entry.ts'
export {
  type AuditAnchor,
  type AuditDisclosure,
  AuditTree,
  auditAnchor,
  auditAnchorDigest,
  auditDisclosure,
  verifyDisclosure,
} from './inclusion.ts'
export { type AuditReport, checkOpening, extendHead, verifyAuditLog } from './verify.ts'
