/** The same recurrences written with big integers and nothing else: slow, obvious, and the oracle of the fast form. */

const MASS = 2n ** 44n
const ONE = 2n ** 30n

export interface ReferenceEdge {
  readonly from: number
  readonly to: number
  readonly weight: bigint
}

function sharesOf(edges: readonly ReferenceEdge[], factorPpm: bigint): (ReferenceEdge & { share: bigint })[] {
  const totals = new Map<number, bigint>()
  for (const { from, weight } of edges) totals.set(from, (totals.get(from) ?? 0n) + weight)
  return edges.map((edge) => ({
    ...edge,
    share: (edge.weight * ONE * factorPpm) / ((totals.get(edge.from) as bigint) * 1_000_000n),
  }))
}

function spreadInto(mass: bigint, prior: readonly bigint[], into: bigint[]): void {
  const total = prior.reduce((sum, weight) => sum + weight, 0n)
  if (total === 0n) return
  let left = mass
  for (const [node, weight] of prior.entries()) {
    const part = (mass * ((weight * ONE) / total)) / ONE
    into[node] = (into[node] as bigint) + part
    left -= part
  }
  const first = prior.findIndex((weight) => weight > 0n)
  into[first] = (into[first] as bigint) + left
}

export function referenceWalk(
  size: number,
  edges: readonly ReferenceEdge[],
  prior: readonly bigint[],
  factorPpm: bigint,
  steps: number,
): { mass: bigint[]; before: bigint[] } {
  const shared = sharesOf(edges, factorPpm)
  const zero = (): bigint[] => new Array<bigint>(size).fill(0n)
  let mass = zero()
  let before = zero()
  if (prior.every((weight) => weight === 0n)) return { mass, before }
  spreadInto(MASS, prior, mass)
  for (let step = 0; step < steps; step++) {
    const next = zero()
    let moved = 0n
    for (const { from, to, share } of shared) {
      const flow = ((mass[from] as bigint) * share) / ONE
      next[to] = (next[to] as bigint) + flow
      moved += flow
    }
    spreadInto(MASS - moved, prior, next)
    before = mass
    mass = next
  }
  return { mass, before }
}

export function referenceAbsorbing(
  size: number,
  edges: readonly ReferenceEdge[],
  prior: readonly bigint[],
  survivalPpm: bigint,
  steps: number,
): bigint[] {
  const shared = sharesOf(edges, survivalPpm)
  let value = prior.map((weight) => (weight > 0n ? MASS : 0n))
  for (let step = 0; step < steps; step++) {
    const next = prior.map((weight) => (weight > 0n ? MASS : 0n))
    for (const { from, to, share } of shared)
      if ((prior[from] as bigint) === 0n)
        next[from] = (next[from] as bigint) + ((value[to] as bigint) * share) / ONE
    value = next
  }
  return size === 0 ? [] : value
}
