/**
 * Where the nodes of the picture stand. The start is a spectral drawing (Koren 2003: the smoothest two functions of the graph,
 * by repeated averaging over neighbours), which shows communities and untangles; springs and repulsion then give every node
 * room (Fruchterman and Reingold 1991). Deterministic: seeded start, fixed steps, and no function but the square root whose
 * last bit a machine may choose.
 *
 * Cost: 3,000 nodes · 300 steps · ~100 cells ≈ 10⁸ interactions, about a second.
 */
import type { Random } from '../random.ts'
import type { Line } from './drawn-lines.ts'
import { Quadtree } from './quadtree.ts'

export interface Layout {
  readonly x: Float64Array
  readonly y: Float64Array
}

const SMOOTHINGS = 60
const STEPS = 300
const COOLING = 0.0228
const FRICTION = 0.6
const REPULSION = 30
const LINK_LENGTH = 30
/** Keeps parts without links in the picture. */
const GRAVITY = 0.06

/** Repeated averaging leaves constants last; taking out the mean (by degree) and `against` leaves the next smoothest. */
function smoothed(
  values: Float64Array,
  lines: readonly Line[],
  degree: Float64Array,
  against?: Float64Array,
): Float64Array {
  const sums = new Float64Array(values.length)
  for (let round = 0; round < SMOOTHINGS; round++) {
    sums.fill(0)
    for (const { from, to } of lines) {
      sums[from] = (sums[from] as number) + (values[to] as number)
      sums[to] = (sums[to] as number) + (values[from] as number)
    }
    let [mean, mass, along, length] = [0, 0, 0, 0]
    for (let i = 0; i < values.length; i++) {
      const d = degree[i] as number
      if (d > 0) values[i] = ((values[i] as number) + (sums[i] as number) / d) / 2
      mean += d * (values[i] as number)
      mass += d
    }
    mean /= mass || 1
    for (let i = 0; i < values.length; i++) {
      values[i] = (values[i] as number) - mean
      const other = against?.[i] ?? 0
      along += (degree[i] as number) * (values[i] as number) * other
      length += (degree[i] as number) * other * other
    }
    const share = length > 0 ? along / length : 0
    let norm = 0
    for (let i = 0; i < values.length; i++) {
      values[i] = (values[i] as number) - share * (against?.[i] ?? 0)
      norm += (values[i] as number) ** 2
    }
    const scale = norm > 0 ? Math.sqrt(values.length / norm) : 0
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * scale
  }
  return values
}

function start(size: number, lines: readonly Line[], degree: Float64Array, random: Random): Layout {
  const drawn = (): Float64Array => Float64Array.from({ length: size }, () => 2 * random.next() - 1)
  const x = smoothed(drawn(), lines, degree)
  const y = smoothed(drawn(), lines, degree, x)
  const spread = 12 * Math.sqrt(size)
  for (const axis of [x, y])
    for (let i = 0; i < size; i++)
      axis[i] = Math.max(-3, Math.min(3, axis[i] as number)) * spread + (random.next() - 0.5) * LINK_LENGTH
  return { x, y }
}

/** Positions in no particular unit, centred on 0. */
export function layOut(size: number, lines: readonly Line[], random: Random): Layout {
  const degree = new Float64Array(size)
  for (const { from, to } of lines) {
    degree[from] = (degree[from] as number) + 1
    degree[to] = (degree[to] as number) + 1
  }
  const { x, y } = start(size, lines, degree, random)
  const speedX = new Float64Array(size)
  const speedY = new Float64Array(size)
  const push = new Float64Array(2)
  const tree = new Quadtree(size)
  for (let step = 0, heat = 1; step < STEPS; step++, heat *= 1 - COOLING) {
    for (const { from, to } of lines) {
      const [a, b] = [degree[from] as number, degree[to] as number]
      const dx = (x[to] as number) - (x[from] as number)
      const dy = (y[to] as number) - (y[from] as number)
      const distance = Math.sqrt(dx * dx + dy * dy) || 1
      // A hub's many links must not pull it apart: the weaker end decides, and the hub moves less.
      const pull = (heat * (distance - LINK_LENGTH)) / (distance * Math.min(a, b))
      const share = a / (a + b)
      speedX[to] = (speedX[to] as number) - dx * pull * share
      speedY[to] = (speedY[to] as number) - dy * pull * share
      speedX[from] = (speedX[from] as number) + dx * pull * (1 - share)
      speedY[from] = (speedY[from] as number) + dy * pull * (1 - share)
    }
    tree.build(x, y)
    for (let i = 0; i < size; i++) {
      push[0] = 0
      push[1] = 0
      tree.push(x[i] as number, y[i] as number, REPULSION * heat, push)
      speedX[i] = ((speedX[i] as number) + (push[0] as number) - (x[i] as number) * GRAVITY * heat) * FRICTION
      speedY[i] = ((speedY[i] as number) + (push[1] as number) - (y[i] as number) * GRAVITY * heat) * FRICTION
    }
    for (let i = 0; i < size; i++) {
      x[i] = (x[i] as number) + (speedX[i] as number)
      y[i] = (y[i] as number) + (speedY[i] as number)
    }
  }
  return { x, y }
}
