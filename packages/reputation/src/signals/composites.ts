/** s8 and s9, which combine raw scores by the median rules (TRU-029, TRU-030). On the consented layer both come down to "no consented support". */
import type { RawScores } from '../rank/scores.ts'
import { high, low } from './deficit.ts'

/** s8 = spectral low and (authority high or absorption low). Fires on the eclipsed as well as on who eclipses: see `eclipseLabels`. */
export function eclipseComposite({
  spectral,
  authority,
  absorbing,
}: Pick<RawScores, 'spectral' | 'authority' | 'absorbing'>): Float64Array {
  const cutOff = low(spectral)
  const prominent = high(authority)
  const forsaken = low(absorbing)
  return spectral.map((_, i) => (cutOff(i) && (prominent(i) || forsaken(i)) ? 1 : 0))
}

/** s9 = personalised PageRank, absorption and SybilRank low together: an "unsupported" signal; chains by structure are `chainRuns`. */
export function chainLaundering({
  personalisedPageRank,
  absorbing,
  sybilRank,
}: Pick<RawScores, 'personalisedPageRank' | 'absorbing' | 'sybilRank'>): Float64Array {
  const unreached = low(personalisedPageRank)
  const forsaken = low(absorbing)
  const untied = low(sybilRank)
  return absorbing.map((_, i) => (unreached(i) && forsaken(i) && untied(i) ? 1 : 0))
}
