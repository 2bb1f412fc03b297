/** S4 (TRU-062): five exploits of a network that gives strangers a start. Each is run; none is assumed to fail. */

import { anchorsByLevel, personalisedPageRank } from '@symbolon/reputation'
import { attack } from '../attack/attack.ts'
import type { Economy } from '../economy/economy.ts'
import { judge } from '../outcome/judged.ts'
import { accessOf, EXPOSURE_POLICY } from '../policy/access-policy.ts'
import { creditScore } from '../policy/credit-score.ts'
import type { Scorer } from '../scoring/scorer.ts'
import { labelled, type World } from '../world/world.ts'

export interface Exploit {
  readonly name: string
  readonly blocked: boolean
  readonly note: string
}

export function coldStartExploits(world: World, scorer: Scorer, economy: Economy, seed: number): Exploit[] {
  return [
    massRegistration(world, scorer, economy, seed),
    whitewash(world, scorer, economy, seed),
    flashAttestation(world, scorer, economy, seed),
    unverifiedSeeds(world),
    capBypass(economy),
  ]
}

/** Many identities that know each other only, or nobody. */
function massRegistration(world: World, scorer: Scorer, economy: Economy, seed: number): Exploit {
  const size = Math.ceil(world.agents.length / 2)
  const built = attack(world, { kind: 'reciprocal', seed, size, idle: 20, bridges: 0, purchases: 0 }, economy)
  const judged = judge(built.after, scorer, EXPOSURE_POLICY, economy)
  const admitted = built.attackers.filter((place) => judged.access[place]?.admitted).length
  return {
    name: 'mass registration',
    blocked: admitted === 0,
    note: `${admitted} of ${built.attackers.length} identities without honest acceptance admitted`,
  }
}

/** A cheat returns under a new identifier, without buying anything again. */
function whitewash(world: World, scorer: Scorer, economy: Economy, seed: number): Exploit {
  const built = attack(world, { kind: 'whitewashing', seed, bridges: 0, purchases: 0 }, economy)
  const judged = judge(built.after, scorer, EXPOSURE_POLICY, economy)
  const fresh = built.attackers.slice(Math.floor(built.attackers.length / 2))
  const admitted = fresh.filter((place) => judged.access[place]?.admitted).length
  return {
    name: 'whitewashing',
    blocked: admitted === 0,
    note: `${admitted} of ${fresh.length} new identities of cheats admitted`,
  }
}

/** Stake, attest, use, leave: everything within the thirty days before the look. */
function flashAttestation(world: World, scorer: Scorer, economy: Economy, seed: number): Exploit {
  const built = attack(
    world,
    { kind: 'bribed-anchor', seed, size: 10, bridges: 0, purchases: 0, start: world.days - 20 },
    economy,
  )
  const judged = judge(built.after, scorer, EXPOSURE_POLICY, economy)
  const admitted = built.attackers.filter((place) => judged.access[place]?.admitted).length
  return {
    name: 'flash attestation',
    blocked: admitted === 0,
    note: `${admitted} of ${built.attackers.length} agents attested less than 30 days ago admitted`,
  }
}

/** Unverified agents in the teleport vector, as many as there are honest agents. */
function unverifiedSeeds(world: World): Exploit {
  const fakes = world.agents.map((_, k) => `fake-${k}`)
  const joined = {
    ...world,
    agents: [
      ...world.agents,
      ...fakes.map((id) => ({ ...(world.agents[0] as (typeof world.agents)[number]), id })),
    ],
  }
  const { graph, nodeOf } = labelled(joined, 'unverified-seeds')
  const levels = [
    ...[...world.anchors.keys()].map(
      (place) => [(world.agents[place] as (typeof world.agents)[number]).id, 'BASIC'] as const,
    ),
    ...fakes.map((id) => [id, 'UNVERIFIED'] as const),
  ]
  const { scores } = personalisedPageRank(graph, anchorsByLevel(levels))
  const share = fakes.reduce(
    (sum, _, k) => sum + (scores[nodeOf[world.agents.length + k] as number] as number),
    0,
  )
  return {
    name: 'unverified seeds',
    blocked: share === 0,
    note: `${fakes.length} unverified agents hold ${share} of all anchored trust`,
  }
}

/** An unverified agent with a perfect credit file (TRU-084: 741.6 without the cap). */
function capBypass(economy: Economy): Exploit {
  const file = {
    payment: 1,
    citation: 4,
    attesters: 8,
    identity: 'unverified',
    backingBp: 5_000,
    utilisation: 0.3,
    days: 365,
  } as const
  const access = accessOf(
    {
      flagged: false,
      rmt: 1_000,
      identity: 'unverified',
      supported: true,
      incumbent: false,
      file,
      obligations: 6,
      feesBurned: 1_000,
      bond: economy.registrationBond,
      backing: 0,
    },
    EXPOSURE_POLICY,
  )
  const score = creditScore(file)
  return {
    name: 'identity cap bypass',
    blocked: !access.admitted && access.unsecured === 0 && score <= 297,
    note: `perfect unverified file: credit score ${score}, unsecured ${access.unsecured}`,
  }
}
