import { type Csr, transpose } from '../graph/csr.ts'
import type { TrustGraph } from '../graph/trust-graph.ts'
import type { Structure } from './names.ts'

/** Shannon entropy of each row's weights in bits; 0 for rows of no or one entry. */
export function rowEntropy({ size, offsets, weights }: Csr): Float64Array {
  const entropy = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    const start = offsets[i] as number
    const end = offsets[i + 1] as number
    if (end - start < 2) continue
    let total = 0
    for (let k = start; k < end; k++) total += weights[k] as number
    let bits = 0
    for (let k = start; k < end; k++) {
      const share = (weights[k] as number) / total
      bits -= share * Math.log2(share)
    }
    entropy[i] = bits
  }
  return entropy
}

const entries = ({ size, offsets }: Csr): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => (offsets[i + 1] as number) - (offsets[i] as number))

/** Over the support layer (TRU-044). */
export function structure(
  graph: TrustGraph,
  incoming: Csr = transpose(graph.support),
): Record<Structure, Float64Array> {
  const outDegree = entries(graph.support)
  const inDegree = entries(incoming)
  return {
    degree: inDegree.map((count, i) => count + (outDegree[i] as number)),
    inDegree,
    outDegree,
    citationDiversityEntropy: rowEntropy(incoming),
    log10NodeCount: new Float64Array(graph.nodes.size).fill(Math.log10(graph.nodes.size)),
  }
}
