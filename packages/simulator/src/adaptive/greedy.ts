/**
 * The move that lowers P(sybil) (the objective of appraisal.ts) most per USDC, again and again (TRU-042). Lazy evaluation (CELF: Leskovec and others, KDD
 * 2007): a stale gain is only looked at again when it is the best in the list, which saves nine of ten scorings where gains
 * shrink. They need not shrink here, so the list is refreshed once before the attacker gives up.
 */
import type { World } from '../world/world.ts'
import type { Appraisal, Appraise } from './appraisal.ts'
import { type Move, type Plan, possible } from './plan.ts'

export interface GreedyOptions {
  /** USDC that the plan may sink. */
  readonly budget: number
  /** Scorings of the whole graph. */
  readonly evaluationsMax: number
}

interface Candidate {
  readonly move: Move
  /** Fall of the objective per USDC when last looked at; Infinity: never. */
  gain: number
}

/** Each entry has a lower objective than the one before it, and the first is `start`. */
export function greedy(
  world: World,
  appraise: Appraise,
  start: Appraisal,
  moves: readonly Move[],
  { budget, evaluationsMax }: GreedyOptions,
): Appraisal[] {
  const path = [start]
  let candidates: Candidate[] = moves.map((move) => ({ move, gain: Number.POSITIVE_INFINITY }))
  let refreshed = false
  for (let evaluations = 0; evaluations < evaluationsMax && candidates.length > 0; ) {
    const current = path.at(-1) as Appraisal
    // Looked at in this step: a gain is only accepted if it is about the plan as it stands.
    let best: { candidate: Candidate; appraisal: Appraisal } | undefined
    const fresh = new Set<Candidate>()
    for (;;) {
      const top = candidates.reduce<Candidate | undefined>(
        (held, next) => (held === undefined || next.gain > held.gain ? next : held),
        undefined,
      )
      if (top === undefined || top.gain <= 0 || fresh.has(top) || evaluations >= evaluationsMax) break
      const appraisal = extended(world, current.plan, top.move, appraise)
      fresh.add(top)
      if (appraisal === undefined || appraisal.cost > budget) {
        candidates = candidates.filter((candidate) => candidate !== top)
        continue
      }
      evaluations++
      const price = Math.max(appraisal.cost - current.cost, Number.EPSILON)
      top.gain = (current.objective - appraisal.objective) / price
      if (top.gain > 0 && (best === undefined || top.gain > best.candidate.gain))
        best = { candidate: top, appraisal }
    }
    if (best !== undefined) {
      path.push(best.appraisal)
      const taken = best.candidate
      // A pair can be bought again, but never twice in a row before everything else has been looked at.
      candidates = candidates.filter((candidate) => candidate !== taken)
      refreshed = false
    } else {
      if (refreshed) break
      refreshed = true
      for (const candidate of candidates) candidate.gain = Number.POSITIVE_INFINITY
    }
  }
  return path
}

function extended(world: World, plan: Plan, move: Move, appraise: Appraise): Appraisal | undefined {
  return possible(world, plan, move) ? appraise({ ...plan, moves: [...plan.moves, move] }) : undefined
}
