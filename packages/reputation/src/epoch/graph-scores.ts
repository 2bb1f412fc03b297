/** The dimensions that the graph decides: EigenTrust on net trust, SybilRank and absorbing walks on the consented layer. */
import { fixedAbsorbing, fixedEigenTrust, fixedPrior, fixedSybilRank, MASS, PPM } from '../fixed/index.ts'
import { type Csr, transpose } from '../graph/csr.ts'
import { decayAt } from './decay.ts'
import type { EpochInput } from './input.ts'
import type { ScoringParameters } from './parameters.ts'
import type { ScoreVector } from './vector.ts'

export type GraphScores = Pick<ScoreVector, 'eigenTrust' | 'sybilRank' | 'absorbing'>

/** max(satisfied − unsatisfied, 0) now, in base units; entries of zero are left out (TPR-127). */
export function netTrustOf({ epoch, nodes, edges }: EpochInput, parameters: ScoringParameters): Csr {
  const left = decayAt(epoch, parameters.supportHalfLife)
  const offsets = new Uint32Array(nodes.length + 1)
  const columns = new Uint32Array(edges.length)
  const weights = new Float64Array(edges.length)
  let place = 0
  for (const { from, to, satisfied, unsatisfied, touched } of edges) {
    const net = left(satisfied, touched) - left(unsatisfied, touched)
    if (net <= 0) continue
    columns[place] = to
    weights[place++] = net
    offsets[from + 1] = (offsets[from + 1] as number) + 1
  }
  for (let i = 0; i < nodes.length; i++) offsets[i + 1] = (offsets[i + 1] as number) + (offsets[i] as number)
  return { size: nodes.length, offsets, columns: columns.slice(0, place), weights: weights.slice(0, place) }
}

/**
 * The consented layer (TRU-006): w_ij + w_ji. The buyer's consent is its identity's signature on the opening; the seller's is a channel key,
 * which need not be the seller's own. So a buyer can tie itself to anybody for the fee, which is the tie's whole weight: what runs on this layer
 * says whom an agent has paid, and `eigenTrust` alone takes nothing but support that was given.
 */
export function consentedOf(trust: Csr): Csr {
  const back = transpose(trust)
  const { size } = trust
  const offsets = new Uint32Array(size + 1)
  const columns = new Uint32Array(2 * trust.columns.length)
  const weights = new Float64Array(columns.length)
  let place = 0
  for (let row = 0; row < size; row++) {
    let a = trust.offsets[row] as number
    let b = back.offsets[row] as number
    const endA = trust.offsets[row + 1] as number
    const endB = back.offsets[row + 1] as number
    while (a < endA || b < endB) {
      const columnA = a < endA ? (trust.columns[a] as number) : size
      const columnB = b < endB ? (back.columns[b] as number) : size
      const column = Math.min(columnA, columnB)
      let weight = 0
      if (columnA === column) weight += trust.weights[a++] as number
      if (columnB === column) weight += back.weights[b++] as number
      columns[place] = column
      weights[place++] = weight
    }
    offsets[row + 1] = place
  }
  return { size, offsets, columns: columns.slice(0, place), weights: weights.slice(0, place) }
}

/** ⌊10⁶ · x/(1 + x)⌋ of x = part/whole: monotone, bounded, and 500,000 at x = 1. */
function squashed(part: bigint, whole: bigint): number {
  return part === 0n ? 0 : Number((part * BigInt(PPM)) / (part + whole))
}

/** Who holds at least a tenth of the mean counts; harmonic sums up to EPOCH_NODES_MAX stay below it, so somebody always does. */
const COUNTED_PART = 10

/**
 * The number N over which the mean is taken: the largest n of agents that hold at least MASS/(10·n) each, 0 without anchors. Not all whom trust
 * reaches: an agent that hands its crumb of trust on to a thousand identities of its own would make the mean, and nothing else, a thousandth. So
 * whoever holds the part s of all trust, alone or divided, adds at most 10·s·N to N.
 */
function countedOf(mass: Float64Array): bigint {
  const sorted = Float64Array.from(mass).sort()
  for (let n = sorted.length; n > 0; n--)
    if (BigInt(sorted[sorted.length - n] as number) * BigInt(COUNTED_PART * n) >= BigInt(MASS))
      return BigInt(n)
  return 0n
}

/** By node of the input. Without anchors nobody is trusted: all zeros. */
export function graphScoresOf(input: EpochInput, parameters: ScoringParameters): GraphScores[] {
  const trust = netTrustOf(input, parameters)
  const consented = consentedOf(trust)
  const prior = fixedPrior(input.nodes.map((node) => node.prior))
  const mass = fixedEigenTrust(trust, prior)
  const counted = countedOf(mass)
  const ranked = fixedSybilRank(consented, prior)
  let volume = 0n
  for (const [node, degree] of ranked.degrees.entries())
    if ((ranked.mass[node] as number) > 0) volume += degree
  const absorbed = fixedAbsorbing(consented, prior)
  const whole = BigInt(MASS)
  return input.nodes.map((_, node) => {
    const degree = ranked.degrees[node] as bigint
    return {
      eigenTrust: squashed(counted * BigInt(mass[node] as number), whole),
      sybilRank:
        degree === 0n ? 0 : squashed(BigInt(ranked.mass[node] as number) * volume, 2n * whole * degree),
      absorbing: Number((BigInt(absorbed[node] as number) * BigInt(PPM)) / whole),
    }
  })
}
