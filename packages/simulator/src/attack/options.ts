import { checkWhole } from '../errors.ts'
import { ATTACKERS_MAX, BRIDGES_MAX } from '../limits.ts'
import type { Identity } from '../world/agent.ts'

/** TRU-031 (six), TRU-042, and open and closed stars apart. */
export const ATTACK_KINDS = [
  'ring',
  'star-open',
  'star-closed',
  'chain',
  'eclipse',
  'wash-trading',
  'reciprocal',
  'whitewashing',
  'sleeper',
  'bridge-buying',
  'slander',
  'bribed-anchor',
  'own-anchor',
] as const
export type AttackKind = (typeof ATTACK_KINDS)[number]

export interface AttackOptions {
  readonly kind: AttackKind
  readonly seed: number
  /** Agents that the attacker runs. */
  readonly size: number
  /** Edges that honest agents accept or return, bought one by one. */
  readonly bridges: number
  /** Share of bridges that the honest side returns (they enter the consented layer); the others only point inwards. */
  readonly mutualBridges: number
  /** Identities in reserve, registered and never used: to any scorer they are newcomers, as honest newcomers are. */
  readonly idle: number
  /** Purchases of each attacker from honest agents, which these did not ask for. */
  readonly purchases: number
  /** Median value of a trade among the attacker's own agents, USDC. It circulates; its fee is burned. */
  readonly tradeValue: number
  /** Trades of each pair of the attacker's own agents. */
  readonly tradesPerPair: number
  /** First day of the attack; the attack lasts until the world is looked at. */
  readonly start: number
  /** Bought for every attacking agent. */
  readonly identity: Identity
}

/** Where a world of `days` days is attacked if nothing else is said: in its last third, with a bridge for two agents. */
export function attackDefaults(kind: AttackKind, days: number): Omit<AttackOptions, 'seed'> {
  return {
    kind,
    size: 20,
    bridges: kind === 'bridge-buying' ? 40 : 10,
    mutualBridges: 1,
    idle: 0,
    purchases: 2,
    tradeValue: kind === 'wash-trading' ? 1_000 : 20,
    tradesPerPair: kind === 'wash-trading' ? 30 : 4,
    start: kind === 'sleeper' ? Math.max(0, days - 120) : Math.round((days * 2) / 3),
    identity: 'verified',
  }
}

/** Errors: SIMULATION_INVALID. */
export function checkAttack(options: AttackOptions, days: number): void {
  checkWhole('size of the attack', options.size, 1, ATTACKERS_MAX)
  checkWhole('bridges', options.bridges, 0, BRIDGES_MAX)
  checkWhole('idle identities', options.idle, 0, ATTACKERS_MAX)
  checkWhole('purchases', options.purchases, 0, 1_000)
  checkWhole('trades per pair', options.tradesPerPair, 1, 1_000)
  checkWhole('start of the attack', options.start, 0, days - 1)
}
