/**
 * Barnes and Hut 1986: the push of a distant group is that of its centre. The tree lives in typed arrays that are reused
 * from step to step; cells are numbered from 0 (the root), four children each.
 */

const CHILDREN = 4
const EMPTY = -1
/** Points closer than 2⁻²⁴ of the width share a leaf: coincident points must not split for ever. */
const DEPTH_MAX = 24
/** A cell of width w at distance d counts as one body if w / d is below this. */
const OPENING = 0.9

export class Quadtree {
  readonly #child: Int32Array
  readonly #count: Int32Array
  readonly #sumX: Float64Array
  readonly #sumY: Float64Array
  readonly #stack: Int32Array
  readonly #widths: Float64Array
  readonly #capacity: number
  #cells = 0
  #width = 1

  /** Room for `size` points: every point opens at most a bounded number of cells; what does not fit shares a leaf. */
  constructor(size: number) {
    this.#capacity = 8 * size + 64
    this.#child = new Int32Array(CHILDREN * this.#capacity)
    this.#count = new Int32Array(this.#capacity)
    this.#sumX = new Float64Array(this.#capacity)
    this.#sumY = new Float64Array(this.#capacity)
    this.#stack = new Int32Array(CHILDREN * (DEPTH_MAX + 2))
    this.#widths = new Float64Array(this.#stack.length)
  }

  #cell(): number {
    const cell = this.#cells++
    this.#child.fill(EMPTY, CHILDREN * cell, CHILDREN * (cell + 1))
    this.#count[cell] = 0
    this.#sumX[cell] = 0
    this.#sumY[cell] = 0
    return cell
  }

  #add(cell: number, x: number, y: number, count: number): void {
    this.#count[cell] = (this.#count[cell] as number) + count
    this.#sumX[cell] = (this.#sumX[cell] as number) + x
    this.#sumY[cell] = (this.#sumY[cell] as number) + y
  }

  build(x: Float64Array, y: Float64Array): void {
    let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let i = 0; i < x.length; i++) {
      minX = Math.min(minX, x[i] as number)
      maxX = Math.max(maxX, x[i] as number)
      minY = Math.min(minY, y[i] as number)
      maxY = Math.max(maxY, y[i] as number)
    }
    this.#width = Math.max(maxX - minX, maxY - minY, 1e-9)
    this.#cells = 0
    this.#cell()
    for (let i = 0; i < x.length; i++) this.#insert(x[i] as number, y[i] as number, minX, minY)
  }

  #insert(x: number, y: number, left: number, top: number): void {
    let cell = 0
    let half = this.#width / 2
    for (let depth = 0; ; depth++) {
      const before = this.#count[cell] as number
      const isLeaf = this.#isLeaf(cell)
      if (isLeaf && before > 0 && depth < DEPTH_MAX && this.#cells + 2 <= this.#capacity) {
        // The point that was here alone moves one level down.
        const [otherX, otherY] = [this.#sumX[cell] as number, this.#sumY[cell] as number]
        const quarter = (otherX / before >= left + half ? 1 : 0) + (otherY / before >= top + half ? 2 : 0)
        const below = this.#cell()
        this.#child[CHILDREN * cell + quarter] = below
        this.#add(below, otherX, otherY, before)
      }
      const stops = isLeaf && this.#isLeaf(cell)
      this.#add(cell, x, y, 1)
      if (stops) return
      const quarter = (x >= left + half ? 1 : 0) + (y >= top + half ? 2 : 0)
      if ((quarter & 1) === 1) left += half
      if ((quarter & 2) === 2) top += half
      half /= 2
      let next = this.#child[CHILDREN * cell + quarter] as number
      if (next === EMPTY) {
        if (this.#cells >= this.#capacity) return
        next = this.#cell()
        this.#child[CHILDREN * cell + quarter] = next
      }
      cell = next
    }
  }

  #isLeaf(cell: number): boolean {
    const at = CHILDREN * cell
    return (
      this.#child[at] === EMPTY &&
      this.#child[at + 1] === EMPTY &&
      this.#child[at + 2] === EMPTY &&
      this.#child[at + 3] === EMPTY
    )
  }

  /** Adds to `out` (x, then y) the push on a point: `strength` ÷ distance from every other, away from it. */
  push(x: number, y: number, strength: number, out: Float64Array): void {
    let top = 0
    this.#stack[0] = 0
    this.#widths[0] = this.#width
    let [pushX, pushY] = [0, 0]
    while (top >= 0) {
      const cell = this.#stack[top] as number
      const width = this.#widths[top] as number
      top--
      const count = this.#count[cell] as number
      const dx = x - (this.#sumX[cell] as number) / count
      const dy = y - (this.#sumY[cell] as number) / count
      const squared = dx * dx + dy * dy
      if (width * width < OPENING * OPENING * squared || this.#isLeaf(cell)) {
        // At least 1: points on top of each other part by their links and by the jitter of the start. A point itself adds 0.
        const scale = (strength * count) / Math.max(squared, 1)
        pushX += dx * scale
        pushY += dy * scale
        continue
      }
      for (let quarter = 0; quarter < CHILDREN; quarter++) {
        const child = this.#child[CHILDREN * cell + quarter] as number
        if (child === EMPTY) continue
        this.#stack[++top] = child
        this.#widths[top] = width / 2
      }
    }
    out[0] = (out[0] as number) + pushX
    out[1] = (out[1] as number) + pushY
  }
}
