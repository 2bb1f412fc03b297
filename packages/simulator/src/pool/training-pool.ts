/**
 * Graphs to train on: every one differs in size, topology, attack, budget and effort, so that a model learns what attacks
 * have in common and not what one generator looks like. One graph is one group; their times ascend with their number, and
 * later graphs are drawn from the same laws (a time split over the pool is as hard as a group split, no harder).
 */
import { type LabelledGraph, type Random, seeded } from '@symbolon/reputation'
import { ATTACK_KINDS, type AttackKind, attack } from '../attack/index.ts'
import { checkWhole } from '../errors.ts'
import { POOL_MAX } from '../limits.ts'
import { TOPOLOGIES, type TopologyName } from '../topology/index.ts'
import { honestWorld } from '../world/index.ts'
import { labelled } from '../world/world.ts'

const SIZE_MIN = 50
const SIZE_MAX = 5_000
/** Share of graphs without any attack: a split that always finds somebody must be punished (TRU-045 (b)). */
const CLEAN = 0.15
/** What the pool holds. Fixed: another kind here is another pool, and another model. */
const KINDS: readonly AttackKind[] = ATTACK_KINDS.filter((kind) => kind !== 'own-anchor')
/** Days between two graphs of the pool. */
const INTERVAL_DAYS = 30

/** The `size` graphs of a seed; the first graphs of a larger pool are those of a smaller one. Errors: SIMULATION_INVALID. */
export function trainingPool(seed: number, size: number): LabelledGraph[] {
  checkWhole('size of the pool', size, 1, POOL_MAX)
  const random = seeded(seed)
  return Array.from({ length: size }, (_, number) => trainingGraph(random.uint32(), number))
}

function trainingGraph(seed: number, number: number): LabelledGraph {
  const random = seeded(seed)
  const topologies = Object.keys(TOPOLOGIES) as TopologyName[]
  const size = Math.round(logUniform(random, SIZE_MIN, SIZE_MAX))
  const days = 90 + random.below(271)
  const world = honestWorld({
    seed: random.uint32(),
    // In turn, so that a small pool has seen every shape and every attack; 8 and 12 meet every combination in 24.
    topology: topologies[number % topologies.length] as TopologyName,
    size,
    meanDegree: 4 + random.below(12),
    days,
    anchors: Math.max(2, Math.round(size * logUniform(random, 0.005, 0.06))),
    placement: random.next() < 0.2 ? 'concentrated' : 'uniform',
    mutuality: 0.6 + 0.35 * random.next(),
  })
  const name = `pool-${number}`
  const time = number * INTERVAL_DAYS
  if (random.next() < CLEAN) return { ...labelled(world, name), time }
  const kind = KINDS[(number + Math.floor(number / 24)) % KINDS.length] as AttackKind
  const attackers = Math.max(3, Math.round(size * logUniform(random, 0.03, 0.4)))
  const washing = kind === 'wash-trading'
  const built = attack(world, {
    kind,
    seed: random.uint32(),
    size: attackers,
    // From none to two for each agent, mostly few: honest endorsements are the scarce good.
    bridges: random.next() < 0.15 ? 0 : Math.round(attackers * logUniform(random, 0.02, 2)),
    // Without these a model takes every agent without edges for honest, and a fresh identity passes every gate (CON-105).
    idle: random.next() < 0.5 ? 0 : Math.round(attackers * random.next()),
    mutualBridges: random.next() < 0.5 ? 1 : random.next(),
    purchases: random.below(6),
    tradeValue: washing ? logUniform(random, 100, 10_000) : logUniform(random, 2, 200),
    tradesPerPair: washing ? 5 + random.below(40) : 1 + random.below(8),
    start: Math.floor(days * (0.1 + 0.8 * random.next())),
    identity: 'verified',
  })
  const { world: _, nodeOf: __, ...graph } = built.after
  return { ...graph, name, time }
}

function logUniform(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.next()
}
