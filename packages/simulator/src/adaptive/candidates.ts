/** Moves worth trying: best sellers by what the scorer thinks of them, some at random, trades, a purchase, a wait. */
import type { Random } from '@symbolon/reputation'
import type { Verdicts } from '../scoring/scorer.ts'
import type { LabelledWorld } from '../world/world.ts'
import type { Move } from './plan.ts'

export interface CandidateOptions {
  readonly size: number
  /** Sellers that each attacker considers; half of them the best that the scorer knows. */
  readonly sellers: number
}

/** Anchors do not sell: their price is in the bribed-anchor attack. */
export function candidateMoves(
  clean: LabelledWorld,
  verdicts: Verdicts,
  { size, sellers }: CandidateOptions,
  random: Random,
): Move[] {
  const { world, nodeOf } = clean
  const citation = (place: number): number => verdicts.citation[nodeOf[place] as number] as number
  const honest = world.agents
    .map((_, place) => place)
    .filter((place) => world.agents[place]?.role === 'honest' && !world.anchors.has(place))
  const best = [...honest].sort((a, b) => citation(b) - citation(a) || a - b).slice(0, sellers)
  const moves: Move[] = [{ kind: 'wait' }]
  for (let attacker = 0; attacker < size; attacker++) {
    for (let k = 0; k < sellers; k++) {
      const seller =
        k < sellers / 2 ? best[(attacker + k) % best.length] : honest[random.below(honest.length)]
      if (seller !== undefined) moves.push({ kind: 'bridge', attacker, seller })
    }
    if (size > 1) moves.push({ kind: 'trade', attacker, peer: (attacker + 1) % size })
    moves.push({ kind: 'purchase', attacker, seller: honest[random.below(honest.length)] as number })
  }
  return moves
}
