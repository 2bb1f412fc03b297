/** A world: agents, the evidence between them, and who is an anchor; and its view as a labelled graph. */
import type { Edge, EdgeTable, LabelledGraph } from '@symbolon/reputation'
import {
  applyEvidenceRules,
  attestationDelayRule,
  graphOf,
  HONEST,
  SYBIL,
  tableOf,
  UNLABELLED,
} from '@symbolon/reputation'
import type { Agent } from './agent.ts'
import type { Anchors } from './anchors.ts'

export interface World {
  readonly topology: string
  /** Age of the network when it is looked at. */
  readonly days: number
  readonly seed: number
  readonly agents: readonly Agent[]
  readonly edges: readonly Edge[]
  readonly anchors: Anchors
  /** Fees that each agent has burned, USDC. */
  readonly feesBurned: Float64Array
}

export interface LabelledWorld extends LabelledGraph {
  readonly world: World
  /** Place of an agent in `world.agents` → its node. */
  readonly nodeOf: Uint32Array
}

const LABELS = { honest: HONEST, attacker: SYBIL, corrupt: UNLABELLED } as const

/** An attestation counts for nothing until it is thirty days old: flash stake, attest, dump (TRU-010). */
export const ATTESTATION_DELAY_DAYS = 30

/** Every agent is a node, also one that has never traded; attestations that are too young do not count yet. */
export function labelled(world: World, name: string, attack?: string): LabelledWorld {
  const graph = graphOf(evidence(world))
  const nodeOf = Uint32Array.from(world.agents, ({ id }) => graph.nodes.indexOf(id) as number)
  const labels = new Int8Array(graph.nodes.size)
  for (const [place, agent] of world.agents.entries()) labels[nodeOf[place] as number] = LABELS[agent.role]
  const anchors = new Map(
    [...world.anchors].map(([place, weight]) => [nodeOf[place] as number, weight] as const),
  )
  return {
    name,
    graph,
    anchors,
    labels,
    topology: world.topology,
    ...(attack === undefined ? {} : { attack }),
    world,
    nodeOf,
  }
}

function evidence({ agents, edges, anchors, days }: World): EdgeTable {
  const table = tableOf(
    edges,
    agents.map(({ id }) => id),
  )
  // The rule copies the table: nothing to copy for where nobody attests.
  if (!edges.some(({ kind }) => kind === 'attestation')) return table
  const ids = new Set([...anchors.keys()].map((place) => (agents[place] as Agent).id))
  const delay = attestationDelayRule({ delay: ATTESTATION_DELAY_DAYS })
  return applyEvidenceRules(table, [delay], { anchors: ids, now: days }).table
}
