/**
 * What a detector must not be able to live on: traces of the generator instead of traces of attacks. Each trait is measured as an
 * AUC between bought edges and honest ones; 0.5 is indistinguishable.
 */
import { auc } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { attack, honestWorld, trainingPool } from '../../src/index.ts'

const WORLD = honestWorld({ seed: 23, topology: 'erdos-renyi', size: 400 })
const IDS = new Set(WORLD.agents.map(({ id }) => id))
const BUILT = attack(WORLD, { kind: 'bridge-buying', seed: 3, size: 40, bridges: 400 })

/** Support between honest agents, and from honest agents to attackers. */
function edges() {
  const support = BUILT.after.world.edges.filter(({ from, sign }) => IDS.has(from) && sign !== -1)
  return {
    honest: support.filter(({ to }) => IDS.has(to)),
    bought: support.filter(({ to }) => !IDS.has(to)),
  }
}

function separation(trait: (edge: (typeof WORLD.edges)[number]) => number): number {
  const { honest, bought } = edges()
  const scores = [...honest, ...bought].map(trait)
  const labels = [...honest.map(() => 0), ...bought.map(() => 1)]
  return auc(Float64Array.from(scores), Int8Array.from(labels))
}

describe('bought endorsements look like honest ones', () => {
  it('in weight, nearly: a little heavier, because who sells does not leave disappointed', () => {
    expect(Math.abs(separation(({ weight }) => weight) - 0.5)).toBeLessThan(0.2)
  })

  it('in value', () => {
    expect(Math.abs(separation(({ value = 0 }) => value) - 0.5)).toBeLessThan(0.12)
  })

  it('in roundness: no two of them have the same value', () => {
    const { bought } = edges()
    expect(new Set(bought.map(({ value }) => value)).size).toBe(bought.length)
  })

  it('in kind and consent flags', () => {
    const { honest, bought } = edges()
    const kinds = new Set(honest.map(({ kind }) => kind))
    for (const { kind } of bought) expect(kinds.has(kind)).toBe(true)
  })
})

describe('the pool gives nothing away', () => {
  const pool = trainingPool(9, 12)

  it('in identifiers: their order does not separate Sybils from others', () => {
    for (const { graph, labels, attack: kind } of pool) {
      if (kind === undefined || graph.nodes.size < 300) continue
      const order = Float64Array.from(labels, (_, node) => node)
      expect(
        Math.abs(
          auc(
            order,
            labels.map((label) => (label === 1 ? 1 : 0)),
          ) - 0.5,
        ),
      ).toBeLessThan(0.12)
    }
  })

  it('in anchors: they are old, and nobody looked at whether they are honest', () => {
    // Attackers arrive later than the oldest quarter of a world, so anchors are honest here as a consequence of age alone.
    for (const { anchors, labels } of pool)
      for (const node of anchors.keys()) expect(labels[node]).not.toBe(1)
  })
})
