import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  auc,
  defaultModel,
  MODEL_FEATURES,
  modelCard,
  modelHash,
  modelToJson,
  scoreGraph,
} from '../../src/index.ts'
import { planted } from './planted.ts'

const card = new URL('../../../../docs/model-card.md', import.meta.url)

describe('the model that ships', () => {
  const model = defaultModel()

  it('is within its size, has the 21 features, and is what its card describes', () => {
    expect(modelToJson(model).length).toBeLessThan(400_000)
    expect(model.features).toEqual(MODEL_FEATURES)
    expect(model.normalisation).toBe('quantile')
    expect(existsSync(card)).toBe(true)
    const text = readFileSync(card, 'utf8')
    expect(text).toContain(modelHash(model))
    expect(text).toBe(modelCard(model))
  })

  it('states figures of all three protocols, the graph split first', () => {
    expect(model.figures.map(({ protocol }) => protocol)).toEqual(['graph split', 'time split', 'node split'])
    const [graphs, , nodes] = model.figures
    // The leak of the node split is real: it flatters.
    expect(nodes?.auc.value).toBeGreaterThan(graphs?.auc.value as number)
    expect(graphs?.rows).toBe(model.data.nodes)
    expect(graphs?.calibrationError).toBeLessThan(0.05)
  })

  it.each<['ring' | 'clique', number]>([
    ['ring', 0],
    ['ring', 1],
    ['clique', 0],
    ['clique', 1],
  ])('orders worlds of a generator that it never met: %s with %i bridges', (attack, bridges) => {
    for (const seed of [1, 2, 3]) {
      const world = planted(seed, { honest: 150, sybils: 25, bridges, attack })
      const { probability } = scoreGraph(world.graph, { anchors: world.anchors })
      const rows = [...world.labels.keys()].filter((node) => !world.anchors.has(node))
      const area = auc(
        rows.map((row) => probability[row] as number),
        rows.map((row) => world.labels[row] as number),
      )
      expect(area).toBeGreaterThan(0.9)
    }
  })

  it('leaves a world without attack alone', () => {
    for (const seed of [11, 12, 13]) {
      const { graph, anchors } = planted(seed, { honest: 200, attack: 'none' })
      const { flagged } = scoreGraph(graph, { anchors })
      expect(flagged.reduce((sum, flag) => sum + flag, 0)).toBeLessThanOrEqual(10)
    }
  })
})
