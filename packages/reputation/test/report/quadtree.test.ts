import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/random.ts'
import { Quadtree } from '../../src/report/quadtree.ts'

/** The sum that the tree approximates, over all pairs. */
function exact(x: Float64Array, y: Float64Array, i: number): [number, number] {
  let [pushX, pushY] = [0, 0]
  for (let j = 0; j < x.length; j++) {
    const dx = (x[i] as number) - (x[j] as number)
    const dy = (y[i] as number) - (y[j] as number)
    const scale = 1 / Math.max(dx * dx + dy * dy, 1)
    pushX += dx * scale
    pushY += dy * scale
  }
  return [pushX, pushY]
}

function pushed(x: Float64Array, y: Float64Array, i: number): [number, number] {
  const tree = new Quadtree(x.length)
  tree.build(x, y)
  const out = new Float64Array(2)
  tree.push(x[i] as number, y[i] as number, 1, out)
  return [out[0] as number, out[1] as number]
}

describe('repulsion by cells', () => {
  it('is near the sum over all pairs', () => {
    const random = seeded(5)
    const x = Float64Array.from({ length: 800 }, () => 1000 * random.next())
    const y = Float64Array.from({ length: 800 }, () => 1000 * random.next())
    let [error, size] = [0, 0]
    for (let i = 0; i < x.length; i += 7) {
      const [a, b] = exact(x, y, i)
      const [c, d] = pushed(x, y, i)
      error += Math.hypot(a - c, b - d)
      size += Math.hypot(a, b)
    }
    expect(error / size).toBeLessThan(0.05)
  })

  it('is exact for two points', () => {
    const [x, y] = [Float64Array.of(0, 30), Float64Array.of(0, 40)]
    expect(pushed(x, y, 0)[0]).toBeCloseTo(-30 / 2500, 12)
    expect(pushed(x, y, 0)[1]).toBeCloseTo(-40 / 2500, 12)
  })

  it('ends when all points stand on one spot', () => {
    const spot = new Float64Array(500).fill(3)
    expect(pushed(spot, spot, 0)).toEqual([0, 0])
  })
})
