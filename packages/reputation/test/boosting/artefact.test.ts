import { describe, expect, it } from 'vitest'
import {
  type BoostedTrees,
  boostedFromJson,
  boostedHash,
  boostedToJson,
  predict,
  trainBoosted,
} from '../../src/index.ts'
import { sampleOf } from './sample.ts'

const { matrix, labels } = sampleOf(200, 4, 1, { missing: 0.1 })
const model = trainBoosted(matrix, labels, { trees: 12 })

/** The JSON with one thing changed. */
const changed = (
  change: (json: Record<string, never> & { trees: Record<string, number[]>[] }) => void,
): string => {
  const json = JSON.parse(boostedToJson(model))
  change(json)
  return JSON.stringify(json)
}

describe('stored boosted trees', () => {
  it('come back the same: text, hash and answers', () => {
    const back = boostedFromJson(boostedToJson(model))
    expect(boostedToJson(back)).toBe(boostedToJson(model))
    expect(boostedHash(back)).toBe(boostedHash(model))
    expect([...predict(back, matrix)]).toEqual([...predict(model, matrix)])
  })

  it('have a hash that does not depend on the order of members, and moves with any number', () => {
    const { trees, ...rest } = model
    const reordered = { trees, ...rest } as BoostedTrees
    expect(boostedHash(reordered)).toBe(boostedHash(model))
    expect(boostedHash({ ...model, baseMargin: 1e-9 })).not.toBe(boostedHash(model))
  })

  it('of a model solved by hand are this text', () => {
    const rows = { names: ['x'], rows: 4, columns: [Float64Array.of(2, 0, 5, 1)] }
    const tiny = trainBoosted(rows, Float64Array.of(1, 0, 1, 0), {
      trees: 1,
      depth: 1,
      learningRate: 0.3,
      minChildWeight: 0,
    })
    expect(boostedToJson(tiny)).toBe(
      '{"format":"symbolon-boosted-trees","version":1,"objective":"logistic","features":["x"],"baseMargin":0,' +
        '"parameters":{"objective":"logistic","trees":1,"depth":1,"learningRate":0.3,"lambda":1,"gamma":0,' +
        '"minChildWeight":0,"subsample":1,"scalePosWeight":1,"bins":256,"seed":1},"trees":[{"feature":[0,-1,-1],' +
        '"threshold":[1.5,0,0],"left":[1,0,0],"missingLeft":[0,0,0],"value":[0,-0.2,0.2],"cover":[1,0.5,0.5],' +
        '"gain":[0.666667,0,0]}]}',
    )
  })

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['format', '{}'],
    ['version', changed((json) => Object.assign(json, { version: 2 }))],
    ['objective', changed((json) => Object.assign(json, { objective: 'hinge' }))],
    ['features', changed((json) => Object.assign(json, { features: [1] }))],
    ['baseMargin', changed((json) => Object.assign(json, { baseMargin: null }))],
    ['parameters', changed((json) => Object.assign(json, { parameters: 3 }))],
    ['trees', changed((json) => Object.assign(json, { trees: {} }))],
    ['a tree without nodes', changed((json) => Object.assign(json.trees[0] ?? {}, { feature: [] }))],
    ['a feature out of range', changed((json) => json.trees[0]?.['feature']?.splice(0, 1, 99))],
    ['a child that is its parent', changed((json) => json.trees[0]?.['left']?.splice(0, 1, 0))],
    ['a child outside', changed((json) => json.trees[0]?.['left']?.splice(0, 1, 1e6))],
    ['a child between', changed((json) => json.trees[0]?.['left']?.splice(0, 1, 1.5))],
    ['two parents of one child', changed((json) => json.trees[0]?.['left']?.splice(1, 1, 2))],
    ['a cover of nothing', changed((json) => json.trees[0]?.['cover']?.splice(1, 1, 0))],
    ['a list cut short', changed((json) => json.trees[0]?.['value']?.pop())],
    ['a value that is no number', changed((json) => json.trees[0]?.['value']?.splice(0, 1, null as never))],
  ])('are refused when damaged: %s', (_, text) => {
    expect(() => boostedFromJson(text)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  })

  it('are refused with a parameter outside its range', () => {
    const text = changed((json) => Object.assign(json, { parameters: { depth: 99 } }))
    expect(() => boostedFromJson(text)).toThrow(expect.objectContaining({ code: 'LEARNING_OPTION_INVALID' }))
  })
})
