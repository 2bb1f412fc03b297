/** The dimensions that the graph decides: EigenTrust on net trust, SybilRank on the mutual layer, absorbing walks along the trust that arrives. */
import {
  fixedAbsorbing,
  fixedEigenTrust,
  fixedPrior,
  fixedSybilRank,
  MASS,
  PPM,
  portion,
  shareMatrix,
} from '../fixed/index.ts'
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
 * The mutual layer (TRU-006): min(w_ij, w_ji), of those who have bought from each other. To have bought from somebody is no consent of the
 * seller to vouch for the buyer: with w_ij + w_ji, one purchase from an anchor tied any stranger to it.
 */
export function mutualOf(trust: Csr): Csr {
  const back = transpose(trust)
  const { size } = trust
  const offsets = new Uint32Array(size + 1)
  const columns = new Uint32Array(trust.columns.length)
  const weights = new Float64Array(columns.length)
  let place = 0
  for (let row = 0; row < size; row++) {
    let a = trust.offsets[row] as number
    let b = back.offsets[row] as number
    const endA = trust.offsets[row + 1] as number
    const endB = back.offsets[row + 1] as number
    while (a < endA && b < endB) {
      const columnA = trust.columns[a] as number
      const columnB = back.columns[b] as number
      if (columnA === columnB) {
        columns[place] = columnA
        weights[place++] = Math.min(trust.weights[a] as number, back.weights[b] as number)
      }
      if (columnA <= columnB) a++
      if (columnB <= columnA) b++
    }
    offsets[row + 1] = place
  }
  return { size, offsets, columns: columns.slice(0, place), weights: weights.slice(0, place) }
}

/**
 * Row v, column u: the trust that u hands on to v, whole units of MASS. Walks backwards along it ask who vouches, each endorser with the weight of
 * what it has to give (TRU-020): who is not trusted adds nothing, so nobody can lower an agent by buying from it.
 */
export function arrivingOf(trust: Csr, mass: Float64Array): Csr {
  const { size, offsets, columns, shares } = shareMatrix(trust)
  const flows = new Float64Array(columns.length)
  const kept = new Uint32Array(size + 1)
  const receivers = new Uint32Array(columns.length)
  let place = 0
  for (let giver = 0; giver < size; giver++) {
    for (let k = offsets[giver] as number; k < (offsets[giver + 1] as number); k++) {
      const flow = portion(mass[giver] as number, shares[k] as number)
      if (flow === 0) continue
      receivers[place] = columns[k] as number
      flows[place++] = flow
    }
    kept[giver + 1] = place
  }
  return transpose({
    size,
    offsets: kept,
    columns: receivers.slice(0, place),
    weights: flows.slice(0, place),
  })
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
  const prior = fixedPrior(input.nodes.map((node) => node.prior))
  const mass = fixedEigenTrust(trust, prior)
  const counted = countedOf(mass)
  const ranked = fixedSybilRank(mutualOf(trust), prior)
  let volume = 0n
  for (const [node, degree] of ranked.degrees.entries())
    if ((ranked.mass[node] as number) > 0) volume += degree
  const absorbed = fixedAbsorbing(arrivingOf(trust, mass), prior)
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
