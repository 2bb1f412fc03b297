/** One attack on one world: what the graph looks like, who is who, and what it cost. */
import { seeded } from '@symbolon/reputation'
import { DEFAULT_ECONOMY, type Economy } from '../economy/economy.ts'
import type { SpendingLine } from '../economy/spending.ts'
import { type LabelledWorld, labelled, type World } from '../world/world.ts'
import { bribedAnchor, bridgeBuying, ownAnchor, slander, sleeper, whitewashing } from './campaigns.ts'
import { type AttackKind, type AttackOptions, attackDefaults, checkAttack } from './options.ts'
import { chain, eclipse, reciprocal, ring, star, washTrading } from './shapes.ts'
import { AttackSite } from './site.ts'

export interface Attack {
  readonly kind: AttackKind | 'adaptive' | 'adaptive-slander'
  readonly options: AttackOptions
  /** As it is looked at in the end, labels included. */
  readonly after: LabelledWorld
  /** On the eve of a defection: what a scorer sees when these agents cash in. Only for sleepers and whitewashers. */
  readonly before?: LabelledWorld
  readonly spending: readonly SpendingLine[]
  /** Places of the attacker's agents, identities in reserve last. */
  readonly attackers: readonly number[]
  /** Places of honest agents at whom it is aimed: slandered or eclipsed. */
  readonly targets: readonly number[]
  /** Place of the anchor that took a bribe. */
  readonly corrupted?: number
  /** Place of the attacker's agent that bought a seat among the anchors. */
  readonly seat?: number
}

/** Errors: SIMULATION_INVALID, WORLD_TOO_SMALL. The same world and options give the same attack. */
export function attack(
  world: World,
  given: Partial<AttackOptions> & { readonly kind: AttackKind; readonly seed: number },
  economy: Economy = DEFAULT_ECONOMY,
): Attack {
  const options: AttackOptions = { ...attackDefaults(given.kind, world.days), ...given }
  checkAttack(options, world.days)
  const site = new AttackSite(world, options, economy, seeded(options.seed))
  const built = BUILDERS[options.kind](site)
  site.recruit(options.idle)
  const name = `${world.topology}-${world.seed}-${options.kind}-${options.seed}`
  return {
    kind: options.kind,
    options,
    after: labelled(site.snapshot(), name, options.kind),
    ...(built.before === undefined ? {} : { before: labelled(built.before, `${name}-before`, options.kind) }),
    spending: site.spending,
    attackers: site.attackers,
    targets: built.targets ?? [],
    ...(built.seat === undefined ? {} : { seat: built.seat }),
    ...(built.corrupted === undefined ? {} : { corrupted: built.corrupted }),
  }
}

interface Built {
  readonly before?: World
  readonly targets?: number[]
  readonly corrupted?: number
  readonly seat?: number
}

const shape =
  (build: (site: AttackSite) => void) =>
  (site: AttackSite): Built => {
    build(site)
    return {}
  }

const BUILDERS: Readonly<Record<AttackKind, (site: AttackSite) => Built>> = {
  ring: shape(ring),
  'star-open': shape((site) => star(site, false)),
  'star-closed': shape((site) => star(site, true)),
  chain: shape(chain),
  eclipse: (site) => ({ targets: eclipse(site) }),
  'wash-trading': shape(washTrading),
  reciprocal: shape(reciprocal),
  whitewashing: (site) => ({ before: whitewashing(site) }),
  sleeper: (site) => ({ before: sleeper(site) }),
  'bridge-buying': shape(bridgeBuying),
  slander: (site) => ({ targets: slander(site) }),
  'own-anchor': (site) => ({ seat: ownAnchor(site) }),
  'bribed-anchor': (site) => ({ corrupted: bribedAnchor(site) }),
}
