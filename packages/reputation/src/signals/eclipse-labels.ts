/**
 * Two labels for who looks eclipsed (TRU-029, TRU-036). The scores of the eclipsed and of those who eclipse are alike; what
 * tells them apart is that a victim had anchors behind it before the edges changed. A victim is never penalised: changes of
 * its limits are frozen and its ties re-attested.
 */
import type { TrustGraph } from '../graph/trust-graph.ts'
import type { RawScores } from '../rank/scores.ts'
import { low } from './deficit.ts'

export type EclipseLabel = 'eclipse_suspect' | 'eclipse_victim'

/** Identifiers that anchors support in this epoch, to be kept for the next: neither walk nor teleport score is low. */
export function supportedAgents(
  graph: TrustGraph,
  scores: Pick<RawScores, 'personalisedPageRank' | 'absorbing'>,
): ReadonlySet<string> {
  const unreached = low(scores.personalisedPageRank)
  const forsaken = low(scores.absorbing)
  const supported = new Set<string>()
  for (let i = 0; i < graph.nodes.size; i++)
    if (!unreached(i) && !forsaken(i)) supported.add(graph.nodes.idOf(i))
  return supported
}

/**
 * Labels by node. `before` is what `supportedAgents` gave in an earlier epoch. Without it nobody can be told from a victim:
 * the map is empty rather than accusing the eclipsed.
 */
export function eclipseLabels(
  graph: TrustGraph,
  eclipseComposite: Float64Array,
  before: ReadonlySet<string> | undefined,
): ReadonlyMap<number, EclipseLabel> {
  const labels = new Map<number, EclipseLabel>()
  if (before === undefined) return labels
  for (const [node, fires] of eclipseComposite.entries())
    if (fires === 1)
      labels.set(node, before.has(graph.nodes.idOf(node)) ? 'eclipse_victim' : 'eclipse_suspect')
  return labels
}
