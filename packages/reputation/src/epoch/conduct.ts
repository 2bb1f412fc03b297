/** The dimensions that an agent's own record decides: success, latency, disputes, experience, stake, and f over them. */
import { PPM } from '../fixed/scale.ts'
import { decayAt } from './decay.ts'
import type { EpochInput } from './input.ts'
import { EXPERIENCE_HALF, type ScoringParameters } from './parameters.ts'
import type { ScoreVector } from './vector.ts'

export type Conduct = Pick<
  ScoreVector,
  'success' | 'latency' | 'disputes' | 'experience' | 'stake' | 'standing'
>

/** ⌊part · 10⁶ / whole⌋, exact for any amounts of evidence; 0 without a whole. */
export function ratePpm(part: number, whole: number): number {
  return whole === 0 ? 0 : Number((BigInt(part) * BigInt(PPM)) / BigInt(whole))
}

/** g(S) of AIN-093 and AIN-101, parts per million. */
export function stakeShare(stake: bigint, { stakeMin, stakeCap }: ScoringParameters): number {
  if (stake <= stakeMin) return 0
  if (stake >= stakeCap) return PPM
  return Number(((stake - stakeMin) * BigInt(PPM)) / (stakeCap - stakeMin))
}

/** f of AIN-093, truncated once. Each argument in parts per million; below 2⁵³ throughout. */
export function standingOf(of: Omit<Conduct, 'standing'>): number {
  const quality = 5 * of.success + 2 * of.latency + 2 * of.disputes
  return Math.floor((of.experience * quality + PPM * of.stake) / (10 * PPM))
}

/** By node of the input. */
export function conductOf({ epoch, nodes }: EpochInput, parameters: ScoringParameters): Conduct[] {
  const left = decayAt(epoch, parameters.recordHalfLife)
  const latencies = latencyRanks(
    nodes.map(({ latency, latencyWeight, touched }) =>
      left(latencyWeight, touched) > 0 ? latency : undefined,
    ),
  )
  return nodes.map((node, place) => {
    const [settled, failed] = [left(node.settled, node.touched), left(node.failed, node.touched)]
    const [tasks, lost] = [left(node.tasks, node.touched), left(node.lost, node.touched)]
    const rest = {
      success: ratePpm(settled, settled + failed),
      latency: latencies[place] as number,
      disputes: PPM - (lost < tasks ? ratePpm(lost, tasks) : tasks > 0 ? PPM : 0),
      experience: ratePpm(tasks, tasks + EXPERIENCE_HALF * PPM),
      stake: stakeShare(node.bond, parameters),
    }
    return { ...rest, standing: standingOf(rest) }
  })
}

/** 1 − percentile: the share of the others that are slower, equals counting half; alone one is the fastest. */
function latencyRanks(of: readonly (number | undefined)[]): number[] {
  const sorted = of.filter((latency) => latency !== undefined).sort((a, b) => a - b)
  const first = new Map<number, number>()
  const count = new Map<number, number>()
  for (const [rank, latency] of sorted.entries()) {
    if (!first.has(latency)) first.set(latency, rank)
    count.set(latency, (count.get(latency) ?? 0) + 1)
  }
  const others = sorted.length - 1
  return of.map((latency) => {
    if (latency === undefined) return 0
    if (others === 0) return PPM
    const equal = count.get(latency) as number
    const slower = sorted.length - (first.get(latency) as number) - equal
    return Math.floor((PPM * (2 * slower + equal - 1)) / (2 * others))
  })
}
