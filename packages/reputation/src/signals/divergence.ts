/** Signals that compare two scores of one node: s1, s2, s4 (TRU-022, TRU-023, TRU-025). */

const EPSILON = 1e-12
/** Differences below this share of the largest value are what the iterations leave, no order (they stop at 1e-12). */
const TIE = 1e-9

/** s1 = 1 − ET/PR in [0, 1]: prestige that no anchor supports. 1 for an unsupported node; 0 where PageRank is 0. */
export function eigenTrustDivergence(eigenTrust: Float64Array, pageRank: Float64Array): Float64Array {
  return eigenTrust.map((trust, i) => {
    const prestige = pageRank[i] as number
    return prestige > 0 ? Math.min(1, Math.max(0, 1 - trust / prestige)) : 0
  })
}

/** Places from 0 for the largest; equal values share the mean of their places. Equal is what differs by less than 1e-9 of the largest. */
export function descendingRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (i, j) => (values[j] as number) - (values[i] as number) || i - j,
  )
  const tie = TIE * Math.abs((values[order[0] as number] as number | undefined) ?? 0)
  const ranks = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    const value = values[order[start] as number] as number
    let end = start + 1
    while (end < order.length && value - (values[order[end] as number] as number) <= tie) end++
    for (let place = start; place < end; place++) ranks[order[place] as number] = (start + end - 1) / 2
    start = end
  }
  return ranks
}

/** s2 = (rank by EigenTrust − rank by PageRank)/(n − 1): positive for who falls when trust is gated. Blind where both are low. */
export function rankGap(eigenTrust: Float64Array, pageRank: Float64Array): Float64Array {
  const gated = descendingRanks(eigenTrust)
  const open = descendingRanks(pageRank)
  const span = Math.max(1, gated.length - 1)
  return gated.map((rank, i) => (rank - (open[i] as number)) / span)
}

/**
 * s4 = hub/(hub + authority): bounded, unlike the printed quotient, in which one node without authority flattens all others.
 * 0 for a node that has neither. Fires on spraying rings alone.
 */
export function hubAnomaly(hub: Float64Array, authority: Float64Array): Float64Array {
  return hub.map((value, i) => value / (value + (authority[i] as number) + EPSILON))
}
