/** Names of raw scores as papers print them; other names stay as they are. */
const LABELS: Readonly<Record<string, string>> = {
  pageRank: 'PageRank',
  eigenTrust: 'EigenTrust',
  personalisedPageRank: 'Personalised PageRank',
  authority: 'HITS authority',
  hub: 'HITS hub',
  sybilRank: 'SybilRank',
  spectral: 'Spectral (Fiedler)',
  absorbing: 'Absorbing walks',
}

export function scoreLabel(name: string): string {
  return Object.hasOwn(LABELS, name) ? (LABELS[name] as string) : name
}
