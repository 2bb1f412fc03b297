/** Adds one layer to another, row by row: what updates are made of. O(entries of both), rows that only one has are copied in runs. */
import type { Csr } from './csr.ts'
import { accumulate, addsExactly, remainderOf, rounded } from './exact-sum.ts'
import type { Layer } from './layer.ts'
import type { Remainders } from './trust-graph.ts'

/** The layer among `size` nodes, node i of it having become `places[i]`; `places` ascends. */
export function placed(layer: Layer, places: Uint32Array, size: number): Layer {
  const { csr } = layer
  if (places.length === size) return layer
  const offsets = new Uint32Array(size + 1)
  for (let i = 0; i < csr.size; i++) offsets[places[i]! + 1] = csr.offsets[i + 1]! - csr.offsets[i]!
  for (let i = 0; i < size; i++) offsets[i + 1] = offsets[i + 1]! + offsets[i]!
  const columns = new Uint32Array(csr.columns.length)
  for (let k = 0; k < columns.length; k++) columns[k] = places[csr.columns[k]!]!
  return { ...layer, csr: { size, offsets, columns, weights: csr.weights } }
}

/** Weights of entries that both have become their exact sum, as if all evidence had been read at once. */
export function addLayers(a: Layer, b: Layer): Layer {
  const [x, y] = [a.csr, b.csr]
  if (y.columns.length === 0) return a
  const { size } = x
  const offsets = new Uint32Array(size + 1)
  let shared = 0
  for (let i = 0; i < size; i++) shared += sharedColumns(x, y, i)
  const entries = x.columns.length + y.columns.length - shared
  const columns = new Uint32Array(entries)
  const weights = new Float64Array(entries)
  const timed = a.times !== undefined || b.times !== undefined
  const first = timed ? new Float64Array(entries).fill(Number.NaN) : undefined
  const last = timed ? new Float64Array(entries).fill(Number.NaN) : undefined
  const remainders = new Map<number, readonly number[]>()
  let place = 0
  const copy = (layer: Layer, from: number, to: number): void => {
    columns.set(layer.csr.columns.subarray(from, to), place)
    weights.set(layer.csr.weights.subarray(from, to), place)
    if (layer.times !== undefined) {
      first!.set(layer.times.first.subarray(from, to), place)
      last!.set(layer.times.last.subarray(from, to), place)
    }
    if (layer.remainders !== undefined)
      for (let k = from; k < to; k++) {
        const remainder = layer.remainders.get(k)
        if (remainder !== undefined) remainders.set(place + k - from, remainder)
      }
    place += to - from
  }
  for (let i = 0; i < size; ) {
    // Rows to which nothing is added: one copy for all of them.
    const start = i
    while (i < size && y.offsets[i] === y.offsets[i + 1]) i++
    const shift = place - x.offsets[start]!
    copy(a, x.offsets[start]!, x.offsets[i]!)
    for (let row = start; row < i; row++) offsets[row + 1] = x.offsets[row + 1]! + shift
    if (i === size) break
    let p = x.offsets[i]!
    let q = y.offsets[i]!
    const pEnd = x.offsets[i + 1]!
    const qEnd = y.offsets[i + 1]!
    while (p < pEnd || q < qEnd) {
      const difference =
        (p < pEnd ? x.columns[p]! : Number.POSITIVE_INFINITY) -
        (q < qEnd ? y.columns[q]! : Number.POSITIVE_INFINITY)
      if (difference < 0) copy(a, p, ++p)
      else if (difference > 0) copy(b, q, ++q)
      else {
        columns[place] = x.columns[p]!
        weights[place] = sumOfEntries(a, p, b, q, place, remainders)
        if (timed) {
          first![place] = either(a.times?.first[p], b.times?.first[q], Math.min)
          last![place] = either(a.times?.last[p], b.times?.last[q], Math.max)
        }
        place++
        p++
        q++
      }
    }
    offsets[++i] = place
  }
  return {
    csr: { size, offsets, columns, weights },
    ...(timed ? { times: { first: first!, last: last! } } : {}),
    ...(remainders.size === 0 ? {} : { remainders }),
  }
}

function sharedColumns(x: Csr, y: Csr, row: number): number {
  let p = x.offsets[row]!
  let q = y.offsets[row]!
  let count = 0
  while (p < x.offsets[row + 1]! && q < y.offsets[row + 1]!) {
    const difference = x.columns[p]! - y.columns[q]!
    if (difference === 0) count++
    if (difference <= 0) p++
    if (difference >= 0) q++
  }
  return count
}

function sumOfEntries(
  a: Layer,
  p: number,
  b: Layer,
  q: number,
  place: number,
  remainders: Map<number, readonly number[]>,
): number {
  const left: Remainders | undefined = a.remainders
  const right: Remainders | undefined = b.remainders
  const [u, v] = [a.csr.weights[p]!, b.csr.weights[q]!]
  const [leftOver, rightOver] = [left?.get(p), right?.get(q)]
  if (leftOver === undefined && rightOver === undefined && addsExactly(u, v)) return u + v
  const partials: number[] = []
  for (const term of [u, v, ...(leftOver ?? []), ...(rightOver ?? [])]) accumulate(partials, term)
  const remainder = remainderOf(partials)
  if (remainder.length > 0) remainders.set(place, remainder)
  return rounded(partials)
}

function either(
  a: number | undefined,
  b: number | undefined,
  choose: (a: number, b: number) => number,
): number {
  if (a === undefined || Number.isNaN(a)) return b ?? Number.NaN
  return b === undefined || Number.isNaN(b) ? a : choose(a, b)
}
