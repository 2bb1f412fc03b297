/** Which agents are anchors: chosen by age alone, before any label exists and without looking at one (TRU-055). */
import type { Random } from '@symbolon/reputation'
import type { Agent } from './agent.ts'

/** Place of an agent → weight in the teleport vector, basis points (TRU-083: BASIC, ENHANCED, PREMIUM). */
export type Anchors = ReadonlyMap<number, number>

const SEED_WEIGHTS = [2_000, 3_000, 4_000] as const
/** Rank exponent at which two of 21 anchors hold 85 % (TRU-113, Note). */
const CONCENTRATED_EXPONENT = 2.35

/** From the oldest quarter. `concentrated`: weights fall by a power of the rank, as in the live stack. */
export function chooseAnchors(
  agents: readonly Agent[],
  count: number,
  placement: 'uniform' | 'concentrated',
  random: Random,
): Map<number, number> {
  const byAge = agents.map((_, place) => place).sort((a, b) => joined(agents, a) - joined(agents, b) || a - b)
  const oldest = random.shuffle(byAge.slice(0, Math.max(count, Math.ceil(agents.length / 4))))
  return new Map(
    oldest
      .slice(0, count)
      .map((place, rank) => [
        place,
        placement === 'uniform'
          ? (SEED_WEIGHTS[random.below(3)] as number)
          : 4_000 * (rank + 1) ** -CONCENTRATED_EXPONENT,
      ]),
  )
}

function joined(agents: readonly Agent[], place: number): number {
  return (agents[place] as Agent).joined
}
