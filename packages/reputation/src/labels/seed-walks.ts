/** Walks from the seeds, for both kinds at once: where would somebody end who starts at a Sybil, or at an honest node? */
import type { Csr } from '../graph/index.ts'
import { HONEST, SYBIL } from '../model/labelled-graph.ts'
import { countSeeds, type NodeLabels, type SeedCounts } from './seeds.ts'

/** How much of each kind arrives at every node. */
export interface Arrival {
  readonly sybil: Float64Array
  readonly honest: Float64Array
}

/** The seeds of each kind weigh as much as `totals` together, however many of them this set holds. */
export function startOf(seeds: NodeLabels, totals: SeedCounts = countSeeds(seeds)): Arrival {
  const { sybil, honest } = countSeeds(seeds)
  return {
    sybil: Float64Array.from(seeds, (label) => (label === SYBIL ? totals.sybil / sybil : 0)),
    honest: Float64Array.from(seeds, (label) => (label === HONEST ? totals.honest / honest : 0)),
  }
}

/** Every node hands what it has to the columns of its row, in equal parts. O(entries). */
export function handOut(of: Csr, { sybil, honest }: Arrival): Arrival {
  const toSybil = new Float64Array(of.size)
  const toHonest = new Float64Array(of.size)
  for (let node = 0; node < of.size; node++) {
    if (sybil[node] === 0 && honest[node] === 0) continue
    const start = of.offsets[node]!
    const end = of.offsets[node + 1]!
    const s = sybil[node]! / (end - start)
    const h = honest[node]! / (end - start)
    for (let k = start; k < end; k++) {
      const other = of.columns[k]!
      toSybil[other] = toSybil[other]! + s
      toHonest[other] = toHonest[other]! + h
    }
  }
  return { sybil: toSybil, honest: toHonest }
}

/** The sum over every row's columns. O(entries). */
export function collect(of: Csr, { sybil, honest }: Arrival): Arrival {
  const fromSybil = new Float64Array(of.size)
  const fromHonest = new Float64Array(of.size)
  for (let node = 0; node < of.size; node++) {
    let s = 0
    let h = 0
    for (let k = of.offsets[node]!; k < of.offsets[node + 1]!; k++) {
      s += sybil[of.columns[k]!]!
      h += honest[of.columns[k]!]!
    }
    fromSybil[node] = s
    fromHonest[node] = h
  }
  return { sybil: fromSybil, honest: fromHonest }
}

/** Visits of walks that survive each step with probability `survival`, summed over `steps` steps and the start. */
export function walk(of: Csr, start: Arrival, survival: number, steps: number): Arrival {
  let mass = start
  const sybil = mass.sybil.slice()
  const honest = mass.honest.slice()
  let alive = 1
  for (let step = 0; step < steps; step++) {
    mass = handOut(of, mass)
    alive *= survival
    for (let node = 0; node < of.size; node++) {
      sybil[node] = sybil[node]! + alive * mass.sybil[node]!
      honest[node] = honest[node]! + alive * mass.honest[node]!
    }
  }
  return { sybil, honest }
}
