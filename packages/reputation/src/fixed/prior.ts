/** Where walks start and where what they do not hand on returns: the anchors (TPR-129). Never uniform by itself. */
import { portion, SHARE_ONE } from './scale.ts'

export interface FixedPrior {
  /** Nodes with a positive weight, ascending. */
  readonly nodes: Uint32Array
  /** In units of 2⁻³⁰; truncated, so they sum to at most 2³⁰. */
  readonly shares: Uint32Array
}

/** From one weight per node, zero for who is no anchor. Negative weights count as zero. */
export function fixedPrior(weights: readonly bigint[]): FixedPrior {
  const nodes: number[] = []
  let total = 0n
  for (const [node, weight] of weights.entries())
    if (weight > 0n) {
      nodes.push(node)
      total += weight
    }
  const shares = nodes.map((node) => Number(((weights[node] as bigint) * BigInt(SHARE_ONE)) / total))
  return { nodes: Uint32Array.from(nodes), shares: Uint32Array.from(shares) }
}

/**
 * Adds `mass` to the anchors by their shares; what truncation leaves over goes to the first of them, so that exactly `mass`
 * arrives. Without anchors nothing arrives.
 */
export function spread(mass: number, { nodes, shares }: FixedPrior, into: Float64Array): void {
  let left = mass
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as number
    const part = portion(mass, shares[i] as number)
    into[node] = (into[node] as number) + part
    left -= part
  }
  const first = nodes[0]
  if (first !== undefined) into[first] = (into[first] as number) + left
}
