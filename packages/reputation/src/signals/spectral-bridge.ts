/**
 * s6, the boundary of the sparsest cut (TRU-027): share of a node's consented weight that crosses the sign change of the
 * Fiedler vector, where the vector is unique and its cut sparse, else 0. It does not depend on the sign, and marks the
 * honest at the boundary as much as attackers: it says *where* to review.
 */
import type { Csr } from '../graph/csr.ts'
import type { SpectralComponent } from '../rank/fiedler.ts'

export function spectralBridge(
  layer: Csr,
  vector: Float64Array,
  components: readonly Pick<SpectralComponent, 'nodes' | 'usable'>[],
): Float64Array {
  const share = new Float64Array(layer.size)
  for (const { nodes, usable } of components) {
    if (!usable) continue
    for (const node of nodes) {
      const side = (vector[node] as number) < 0
      let across = 0
      let total = 0
      const end = layer.offsets[node + 1] as number
      for (let k = layer.offsets[node] as number; k < end; k++) {
        const weight = layer.weights[k] as number
        total += weight
        if ((vector[layer.columns[k] as number] as number) < 0 !== side) across += weight
      }
      share[node] = total > 0 ? across / total : 0
    }
  }
  return share
}
