/**
 * TRU-010. What an anchor newly attests has no effect for 30 days, so that nobody stakes, attests, draws and leaves. Until then it
 * is PENDING_EFFECT; on the day it counts. A revoked attestation is not in the evidence any more: that works at once.
 */
import type { EvidenceRule } from './evidence-rule.ts'

/** In seconds. */
export const ATTESTATION_DELAY = 30 * 86_400

/** Attestations by anchors that are younger than `delay`, or of unknown age. */
export function attestationDelayRule({ delay = ATTESTATION_DELAY } = {}): EvidenceRule {
  return ({ table, context, isAnchor, setWeight, find }) => {
    const findings = new Map<number, number>()
    for (let place = 0; place < table.size; place++) {
      if (table.kindAt(place) !== 'attestation' || isAnchor[table.sources[place]!] === 0) continue
      const until = (table.times?.[place] ?? Number.NaN) + delay
      if (context.now >= until) continue
      const key = Number.isNaN(until) ? Number.POSITIVE_INFINITY : until
      if (!findings.has(key))
        findings.set(
          key,
          find({
            rule: 'attestation-delay',
            why: Number.isNaN(until)
              ? 'PENDING_EFFECT: the attestation has no time'
              : `PENDING_EFFECT until ${until}`,
            nodes: [],
          }),
        )
      setWeight(place, 0, findings.get(key)!)
    }
  }
}
