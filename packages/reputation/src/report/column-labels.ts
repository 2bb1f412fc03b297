import type { RawScore } from '../rank/index.ts'
import type { Signal } from '../signals/index.ts'

/** Names of scores and signals as papers print them; other names stay as they are. */
const LABELS: Readonly<Record<RawScore | Signal, string>> = {
  pageRank: 'PageRank',
  eigenTrust: 'EigenTrust',
  personalisedPageRank: 'Personalised PageRank',
  authority: 'HITS authority',
  hub: 'HITS hub',
  sybilRank: 'SybilRank',
  spectral: 'Spectral (Fiedler)',
  absorbing: 'Absorbing walks',
  eigenTrustDivergence: 's1 EigenTrust divergence',
  rankGap: 's2 rank gap',
  anchorDistance: 's3 anchor distance',
  hubAnomaly: 's4 hub anomaly',
  sybilRankDeficit: 's5 SybilRank deficit',
  spectralBridge: 's6 spectral bridge',
  absorbingDistance: 's7 absorbing distance',
  eclipseComposite: 's8 eclipse composite',
  chainLaundering: 's9 chain laundering',
}

export function columnLabel(name: string): string {
  return Object.hasOwn(LABELS, name) ? LABELS[name as RawScore | Signal] : name
}
