/** Makes room in the log of an epoch that collects more evidence than it may hold. */
import { compareBytes, hashKey } from '@symbolon/primitives'
import { EVIDENCE_KINDS, EVIDENCE_WEIGHT_MAX, type Evidence } from './evidence.ts'

/**
 * The same log with the settlements of each pair added up, and if that is still more than `lengthMax`, without the lightest:
 * lost disputes stay longest, then what burned most. Pushing evidence out costs more than it burned. Sorted, so that the
 * result follows from the evidence alone.
 */
export function compactEvidence(log: readonly Evidence[], lengthMax: number): Evidence[] {
  const settlements = new Map<string, Evidence>()
  const rest: Evidence[] = []
  for (const one of log) {
    if (one.kind !== 'settlement') {
      rest.push(one)
      continue
    }
    const key = hashKey(one.from) + hashKey(one.to)
    const weight = (settlements.get(key)?.weight ?? 0) + one.weight
    settlements.set(key, { ...one, weight: weight < EVIDENCE_WEIGHT_MAX ? weight : EVIDENCE_WEIGHT_MAX })
  }
  const isDispute = ({ kind }: Evidence): number => (kind === 'dispute' ? 1 : 0)
  return [...settlements.values(), ...rest]
    .sort(
      (a, b) =>
        isDispute(b) - isDispute(a) ||
        b.weight - a.weight ||
        compareBytes(a.from, b.from) ||
        compareBytes(a.to, b.to) ||
        EVIDENCE_KINDS.indexOf(a.kind) - EVIDENCE_KINDS.indexOf(b.kind) ||
        a.rating - b.rating ||
        a.latency - b.latency,
    )
    .slice(0, lengthMax)
}
