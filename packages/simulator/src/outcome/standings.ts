/** What the ledger and the scorer know about each agent of a world at the moment when it is looked at. */
import type { Economy } from '../economy/economy.ts'
import type { Standing } from '../policy/access-policy.ts'
import type { Verdicts } from '../scoring/scorer.ts'
import type { LabelledWorld } from '../world/world.ts'

/** Days after which an honest agent has repaid six small lines. */
const FILE_DAYS = 90
const OBLIGATIONS = 6
/** Seed weight behind an agent that one anchor verified at level BASIC (TRU-083). */
const BACKING_BP = { unverified: 0, attested: 1_500, verified: 2_000 } as const

/** By place in `world.agents`; `incumbents` by place as well. Attackers have bought the payment history; the honest have it by age. */
export function standingsOf(
  view: LabelledWorld,
  verdicts: Verdicts,
  economy: Economy,
  incumbents: ReadonlySet<number> = new Set(),
): Standing[] {
  const { world, graph, nodeOf } = view
  const size = graph.nodes.size
  const attesters = new Uint32Array(size)
  for (const column of graph.support.columns) attesters[column] = (attesters[column] as number) + 1
  return world.agents.map((agent, place) => {
    const node = nodeOf[place] as number
    const days = world.days - agent.joined
    const obligations =
      agent.role === 'attacker'
        ? agent.identity === 'verified'
          ? OBLIGATIONS
          : 0
        : days >= FILE_DAYS
          ? OBLIGATIONS
          : 0
    return {
      flagged: verdicts.flagged[node] === 1,
      supported: (verdicts.citation[node] as number) > 0,
      rmt: verdicts.rmt[node] as number,
      identity: agent.identity,
      incumbent: incumbents.has(place),
      obligations,
      feesBurned: world.feesBurned[place] as number,
      bond: economy.registrationBond,
      // Nobody is liable for a stranger unless it says so: default of the deployed policy.
      backing: 0,
      file: {
        payment: obligations >= OBLIGATIONS ? 1 : 0,
        citation: size * (verdicts.citation[node] as number),
        attesters: attesters[node] as number,
        identity: agent.identity,
        backingBp: BACKING_BP[agent.identity],
        utilisation: obligations >= OBLIGATIONS ? 0.3 : undefined,
        days,
      },
    }
  })
}
