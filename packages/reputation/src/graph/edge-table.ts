/**
 * Evidence as it was read, in columns: no object per edge. Ten million edges cost 80 MB for their ends, and another 80 MB for
 * each of weights, times and values, 10 MB for marks; a column exists only once an edge needs it.
 */
import { ReputationError } from '../errors.ts'
import { EDGES_MAX, WEIGHT_MAX } from '../limits.ts'
import { IdTable } from './id-table.ts'
import type { Edge, EdgeKind } from './trust-graph.ts'

export const EDGE_KINDS: readonly EdgeKind[] = [
  'settlement',
  'citation',
  'attestation',
  'rating',
  'dispute',
  'proof',
]

/** Bits of a mark. Above them, the place of the kind in EDGE_KINDS plus 1, or 0 if it has none. */
export const DISTRUST = 1
export const ACCEPTED = 2
const KIND_SHIFT = 2

export function markOf(sign: number, accepted: boolean, kind?: EdgeKind): number {
  const place = kind === undefined ? 0 : EDGE_KINDS.indexOf(kind) + 1
  return (sign < 0 ? DISTRUST : 0) | (accepted ? ACCEPTED : 0) | (place << KIND_SHIFT)
}

const ENCODER = new TextEncoder()
const CAPACITY_FIRST = 1 << 10

function wider<T extends Uint8Array | Uint32Array | Float64Array>(of: T, capacity: number): T {
  const Kind = of.constructor as new (buffer: ArrayBuffer) => T
  // The old memory goes at once, not when it is collected; what is not written to yet is not resident.
  return new Kind((of.buffer as ArrayBuffer).transfer(capacity * of.BYTES_PER_ELEMENT))
}

export class EdgeTable {
  readonly ids = new IdTable()
  #size = 0
  #capacity = CAPACITY_FIRST
  /** Numbers of `ids`. Like all columns, valid up to `size`; a view of one is void after the next edge. */
  sources = new Uint32Array(CAPACITY_FIRST)
  targets = new Uint32Array(CAPACITY_FIRST)
  /** Absent while all weights are 1. */
  weights: Float64Array | undefined
  /** Absent while all are 0: support, not accepted, of no kind. */
  marks: Uint8Array | undefined
  /** NaN where an edge has none; absent while none has. */
  times: Float64Array | undefined
  values: Float64Array | undefined

  get size(): number {
    return this.#size
  }

  /** The number of an identifier; one without an edge becomes an isolated node. Errors: ID_TOO_LONG, GRAPH_TOO_LARGE. */
  node(id: string): number {
    const bytes = ENCODER.encode(id)
    return this.ids.intern(bytes, 0, bytes.length)
  }

  /**
   * One edge between numbers that `ids` gave. NaN for a time or value that is not known.
   * Errors: GRAPH_TOO_LARGE, EDGE_INVALID. A refused edge changes nothing.
   */
  push(
    source: number,
    target: number,
    weight: number,
    mark = 0,
    time = Number.NaN,
    value = Number.NaN,
  ): void {
    const place = this.#size
    if (place >= EDGES_MAX)
      throw new ReputationError('GRAPH_TOO_LARGE', `more than EDGES_MAX (${EDGES_MAX}) edges`)
    // Walks divide by sums of weights: one over the least of them, a subnormal number, would be infinite.
    if (!(weight >= 0 && weight <= WEIGHT_MAX) || (weight > 0 && 1 / weight === Number.POSITIVE_INFINITY))
      this.#refuse(source, target, 'weight', weight)
    if (Math.abs(time) === Number.POSITIVE_INFINITY) this.#refuse(source, target, 'time', time)
    if (Math.abs(value) === Number.POSITIVE_INFINITY) this.#refuse(source, target, 'value', value)
    if (place === this.#capacity) this.#grow()
    this.sources[place] = source
    this.targets[place] = target
    if (weight !== 1 && this.weights === undefined) this.weights = this.#column(1)
    if (mark !== 0 && this.marks === undefined) this.marks = new Uint8Array(this.#capacity)
    if (!Number.isNaN(time) && this.times === undefined) this.times = this.#column(Number.NaN)
    if (!Number.isNaN(value) && this.values === undefined) this.values = this.#column(Number.NaN)
    if (this.weights !== undefined) this.weights[place] = weight
    if (this.marks !== undefined) this.marks[place] = mark
    if (this.times !== undefined) this.times[place] = time
    if (this.values !== undefined) this.values[place] = value
    this.#size = place + 1
  }

  #refuse(source: number, target: number, what: string, found: number): never {
    throw new ReputationError(
      'EDGE_INVALID',
      `edge ${this.ids.idOf(source)} → ${this.ids.idOf(target)}: ${what} ${found} must be finite${what === 'weight' ? ` (and so must one over it, unless it is 0), not negative and at most WEIGHT_MAX (${WEIGHT_MAX})` : ''}`,
    )
  }

  /** A column of which the edges so far have `value`. */
  #column(value: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#capacity).fill(value, 0, this.#size)
  }

  #grow(): void {
    this.#capacity *= 2
    this.sources = wider(this.sources, this.#capacity)
    this.targets = wider(this.targets, this.#capacity)
    if (this.weights !== undefined) this.weights = wider(this.weights, this.#capacity)
    if (this.marks !== undefined) this.marks = wider(this.marks, this.#capacity)
    if (this.times !== undefined) this.times = wider(this.times, this.#capacity)
    if (this.values !== undefined) this.values = wider(this.values, this.#capacity)
  }

  /** Errors: as `push`. */
  add({ from, to, weight, sign = 1, time, value, kind, accepted = false }: Edge): void {
    if ((time !== undefined && !Number.isFinite(time)) || (value !== undefined && !Number.isFinite(value)))
      throw new ReputationError(
        'EDGE_INVALID',
        `edge ${from} → ${to}: time ${time} and value ${value} must be finite, or left out`,
      )
    this.push(this.node(from), this.node(to), weight, markOf(sign, accepted, kind), time, value)
  }

  weightAt(place: number): number {
    return this.weights?.[place] ?? 1
  }

  kindAt(place: number): EdgeKind | undefined {
    return EDGE_KINDS[((this.marks?.[place] ?? 0) >> KIND_SHIFT) - 1]
  }

  /** Edge `place` as an object, for a look at a few. */
  at(place: number): Edge {
    const mark = this.marks?.[place] ?? 0
    const time = this.times?.[place] ?? Number.NaN
    const value = this.values?.[place] ?? Number.NaN
    const kind = this.kindAt(place)
    return {
      from: this.ids.idOf(this.sources[place]!),
      to: this.ids.idOf(this.targets[place]!),
      weight: this.weightAt(place),
      ...((mark & DISTRUST) === 0 ? {} : { sign: -1 as const }),
      ...((mark & ACCEPTED) === 0 ? {} : { accepted: true }),
      ...(kind === undefined ? {} : { kind }),
      ...(Number.isNaN(time) ? {} : { time }),
      ...(Number.isNaN(value) ? {} : { value }),
    }
  }

  *[Symbol.iterator](): Iterator<Edge> {
    for (let place = 0; place < this.#size; place++) yield this.at(place)
  }
}

/** A table of edges in memory. Errors: as `EdgeTable.push`. */
export function tableOf(edges: Iterable<Edge>, isolated: Iterable<string> = []): EdgeTable {
  const table = new EdgeTable()
  for (const edge of edges) table.add(edge)
  for (const id of isolated) table.node(id)
  return table
}
