import { HONEST, SYBIL } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { ATTACK_KINDS, TOPOLOGIES, trainingPool } from '../../src/index.ts'

describe('training pool', () => {
  const pool = trainingPool(3, 24)

  it('is the same for the same seed, and a larger pool begins with the smaller one', () => {
    expect(trainingPool(3, 3)).toEqual(pool.slice(0, 3))
    expect(trainingPool(4, 1)).not.toEqual(pool.slice(0, 1))
  })

  it('names every graph once and dates them in order: groups and time splits are possible', () => {
    expect(new Set(pool.map(({ name }) => name)).size).toBe(24)
    const times = pool.map(({ time }) => time as number)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(new Set(times).size).toBe(24)
  })

  it('has seen every topology and most attacks, and graphs without any', () => {
    expect(new Set(pool.map(({ topology }) => topology))).toEqual(new Set(Object.keys(TOPOLOGIES)))
    const attacks = new Set(pool.map(({ attack }) => attack))
    expect(attacks.has(undefined)).toBe(true)
    expect([...attacks].filter((kind) => kind !== undefined).length).toBeGreaterThan(ATTACK_KINDS.length / 2)
  })

  it('sizes differ by more than an order of magnitude within the bounds', () => {
    const honest = pool.map(({ labels }) => [...labels].filter((label) => label !== SYBIL).length)
    expect(Math.min(...honest)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...honest)).toBeLessThanOrEqual(5_000)
    expect(Math.max(...honest) / Math.min(...honest)).toBeGreaterThan(10)
  })

  it('labels every node; a clean graph has no Sybil and an attacked one has both', () => {
    for (const { attack, labels, graph, anchors } of pool) {
      expect(labels).toHaveLength(graph.nodes.size)
      expect([...labels].includes(SYBIL)).toBe(attack !== undefined)
      expect([...labels].includes(HONEST)).toBe(true)
      expect(anchors.size).toBeGreaterThanOrEqual(2)
      for (const [node, weight] of anchors) {
        expect(node).toBeLessThan(graph.nodes.size)
        expect(weight).toBeGreaterThan(0)
      }
    }
  })

  it('the order of nodes does not tell the labels: Sybils are in both halves of large graphs', () => {
    for (const { labels } of pool.filter(
      ({ attack, graph }) => attack !== undefined && graph.nodes.size > 400,
    )) {
      const half = labels.length / 2
      const first = labels.subarray(0, half).filter((label) => label === SYBIL).length
      const all = labels.filter((label) => label === SYBIL).length
      expect(first / all).toBeGreaterThan(0.2)
      expect(first / all).toBeLessThan(0.8)
    }
  })

  it('refuses a pool without graphs', () => {
    expect(() => trainingPool(1, 0)).toThrowError(expect.objectContaining({ code: 'SIMULATION_INVALID' }))
  })
})
