/** The evidence of the running scoring epoch: a log in the state, so that every validator folds the same. */
import { decode, encode } from '@symbolon/primitives'
import { TRUST_EVIDENCE_MAX, type TrustHead, trustEvidenceKey, trustPage } from '@symbolon/protocol'
import {
  compactEvidence,
  decodeEvidence,
  EVIDENCE_PER_PAGE,
  type Evidence,
  encodeEvidence,
} from '@symbolon/reputation'
import type { StateAccess } from './trust-records.ts'

const pagesFor = (count: number): number => Math.ceil(count / EVIDENCE_PER_PAGE)

function readPage(context: StateAccess, page: number): Evidence[] {
  const stored = context.read('reputation', trustEvidenceKey(page))
  return stored === undefined ? [] : decodeEvidence(decode(trustPage, stored))
}

function writeFrom(context: StateAccess, first: number, evidence: readonly Evidence[]): void {
  for (let page = 0; page < pagesFor(evidence.length); page++) {
    const part = evidence.slice(page * EVIDENCE_PER_PAGE, (page + 1) * EVIDENCE_PER_PAGE)
    context.write('reputation', trustEvidenceKey(first + page), encode(trustPage, encodeEvidence(part)))
  }
}

export function readEvidence(context: StateAccess, { evidence }: TrustHead): Evidence[] {
  return Array.from({ length: pagesFor(evidence) }, (_, page) => readPage(context, page)).flat()
}

export function clearEvidence(context: StateAccess, { evidence }: TrustHead): void {
  for (let page = 0; page < pagesFor(evidence); page++)
    context.write('reputation', trustEvidenceKey(page), undefined)
}

/**
 * Adds to the log and returns how much it then holds. PERF: rewrites the last page, at most 10 kB; a full log is compacted to
 * half, about 60 ms, which takes at least 16,384 more pieces to happen again.
 */
export function appendEvidence(context: StateAccess, head: TrustHead, added: readonly Evidence[]): number {
  const total = head.evidence + added.length
  if (total > TRUST_EVIDENCE_MAX) {
    const compacted = compactEvidence([...readEvidence(context, head), ...added], TRUST_EVIDENCE_MAX / 2)
    clearEvidence(context, head)
    writeFrom(context, 0, compacted)
    return compacted.length
  }
  const last = Math.floor(head.evidence / EVIDENCE_PER_PAGE)
  writeFrom(context, last, [...readPage(context, last), ...added])
  return total
}
