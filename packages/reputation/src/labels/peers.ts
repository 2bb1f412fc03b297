/** Peers of a node: those who share a counterparty with it. Scripted accounts share several, and look alike. */
import type { Csr } from '../graph/index.ts'

/** A counterparty of more than this many nodes (an exchange, a bridge) makes nobody peers; it also bounds the cost. */
export const COUNTERPARTY_DEGREE_MAX = 128

export interface PeerColumns {
  /** log(1 + peers). */
  readonly count: Float64Array
  /** Most counterparties shared with one peer. */
  readonly shared: Float64Array
  /** log(1 + peers that share two or more). */
  readonly several: Float64Array
  /** Largest Jaccard similarity of counterparties with one peer. */
  readonly closest: Float64Array
  /** Largest Adamic–Adar similarity: shared counterparties, each divided by the logarithm of how many it deals with. */
  readonly affinity: Float64Array
  /** Mean absolute difference of the logarithmic degree; NaN without peers. */
  readonly apart: Float64Array
  /** Share of peers with the same number of senders and of receivers; NaN without peers. */
  readonly alike: Float64Array
}

/**
 * O(sum over counterparties of degree², each at most COUNTERPARTY_DEGREE_MAX²): a graph of ten million edges whose degrees
 * are as uneven as those of payment networks takes in the order of 10⁹ steps.
 */
export function peerColumns(
  { size, offsets, columns }: Csr,
  degree: Float64Array,
  sent: Float64Array,
  received: Float64Array,
): PeerColumns & Record<string, Float64Array> {
  const empty = (value = 0): Float64Array => new Float64Array(size).fill(value)
  const result = {
    count: empty(),
    shared: empty(),
    several: empty(),
    closest: empty(),
    affinity: empty(),
    apart: empty(Number.NaN),
    alike: empty(Number.NaN),
  }
  const met = new Int32Array(size)
  const close = new Float64Array(size)
  const peers: number[] = []
  for (let node = 0; node < size; node++) {
    peers.length = 0
    const own = offsets[node + 1]! - offsets[node]!
    for (let k = offsets[node]!; k < offsets[node + 1]!; k++) {
      const middle = columns[k]!
      const d = offsets[middle + 1]! - offsets[middle]!
      if (d > COUNTERPARTY_DEGREE_MAX) continue
      const weight = 1 / Math.log(d)
      for (let l = offsets[middle]!; l < offsets[middle + 1]!; l++) {
        const peer = columns[l]!
        if (peer === node) continue
        if (met[peer] === 0) peers.push(peer)
        met[peer] = met[peer]! + 1
        close[peer] = close[peer]! + weight
      }
    }
    let [shared, several, closest, affinity, apart, same] = [0, 0, 0, 0, 0, 0]
    for (const peer of peers) {
      const common = met[peer]!
      shared = Math.max(shared, common)
      if (common > 1) several++
      affinity = Math.max(affinity, close[peer]!)
      closest = Math.max(closest, common / (own + offsets[peer + 1]! - offsets[peer]! - common))
      apart += Math.abs(degree[peer]! - degree[node]!)
      if (sent[peer] === sent[node] && received[peer] === received[node]) same++
      met[peer] = 0
      close[peer] = 0
    }
    result.count[node] = Math.log1p(peers.length)
    result.shared[node] = shared
    result.several[node] = Math.log1p(several)
    result.closest[node] = closest
    result.affinity[node] = affinity
    if (peers.length === 0) continue
    result.apart[node] = apart / peers.length
    result.alike[node] = same / peers.length
  }
  return result
}
