/** Agents and evidence for the tests of epochs. */
import { type Address, asAddress, asHash, sha256, utf8 } from '@symbolon/primitives'
import * as fc from 'fast-check'
import type { EpochInput, Evidence, ScoringParameters } from '../../src/epoch/index.ts'

export const FRAME = asHash(sha256(utf8('frame')))
export const OTHER_FRAME = asHash(sha256(utf8('other frame')))

export const PARAMETERS: ScoringParameters = {
  pairCap: 1_000_000n,
  supportHalfLife: 90,
  recordHalfLife: 30,
  stakeMin: 10n,
  stakeCap: 1_000n,
}

export const agentOf = (number: number): Address => asAddress(sha256(utf8(`agent ${number}`)))
/** Twenty agents in ascending order of their addresses. */
export const AGENTS: readonly Address[] = Array.from({ length: 20 }, (_, i) => agentOf(i)).sort((a, b) =>
  Buffer.compare(a, b),
)

const agent = fc.nat(AGENTS.length - 1)

export const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    kind: fc.constantFrom('settlement', 'settlement', 'dispute', 'rating'),
    from: agent,
    to: agent,
    weight: fc.oneof(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    rating: fc.integer({ min: 0, max: 1_000_000 }),
    latency: fc.integer({ min: 0, max: 600_001 }),
  })
  .map(({ kind, from, to, weight, rating, latency }) => ({
    kind: kind as Evidence['kind'],
    from: AGENTS[from] as Address,
    to: AGENTS[to] as Address,
    weight,
    rating: kind === 'rating' ? rating : 0,
    latency: kind === 'rating' ? latency : 0,
  }))

export function bought(from: number, to: number, weight: number): Evidence {
  return {
    kind: 'settlement',
    from: AGENTS[from] as Address,
    to: AGENTS[to] as Address,
    weight,
    rating: 0,
    latency: 0,
  }
}

export function lost(winner: number, loser: number, weight = 0): Evidence {
  return { ...bought(winner, loser, weight), kind: 'dispute' }
}

export function rated(
  from: number,
  to: number,
  weight: number,
  rating: number,
  latencyMs?: number,
): Evidence {
  return {
    ...bought(from, to, weight),
    kind: 'rating',
    rating,
    latency: latencyMs === undefined ? 0 : latencyMs + 1,
  }
}

/** Gives bonds and priors, as the ledger does. */
export function withFacts(
  input: EpochInput,
  facts: (place: number, address: Address) => { bond?: bigint; prior?: bigint },
): EpochInput {
  return {
    ...input,
    nodes: input.nodes.map((node) => ({
      ...node,
      ...facts(
        AGENTS.findIndex((one) => Buffer.compare(one, node.address) === 0),
        node.address,
      ),
    })),
  }
}
