import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignLongestFirst, componentsOf } from '../../src/index.ts'

const descending = (a: bigint, b: bigint) => Number(b - a)
const both = (...keys: string[]) => ({ reads: keys, writes: keys })

/** CON-073 by its definition: every pair, then the closure. */
function bruteForce(
  transactions: readonly { reads: readonly string[]; writes: readonly string[] }[],
): number[][] {
  const meets = (a: readonly string[], b: readonly string[]) => a.some((key) => b.includes(key))
  const conflict = (a: (typeof transactions)[number], b: (typeof transactions)[number]) =>
    meets(a.writes, b.writes) || meets(a.reads, b.writes) || meets(a.writes, b.reads)
  const label = transactions.map((_, i) => i)
  for (let changed = true; changed; ) {
    changed = false
    for (const [i, a] of transactions.entries())
      for (const [j, b] of transactions.entries())
        if (label[i] !== label[j] && conflict(a, b)) {
          const least = Math.min(label[i] as number, label[j] as number)
          label[i] = label[j] = least
          changed = true
        }
  }
  return [...new Set(label)].map((one) => label.flatMap((other, i) => (other === one ? [i] : [])))
}

describe('components', () => {
  it('worked example 15: a key that is only read joins nothing', () => {
    const transactions = [
      both('a', 'b'),
      both('b', 'c'),
      both('d', 'e'),
      { reads: ['o'], writes: ['f'] },
      { reads: ['o'], writes: ['g'] },
      both('e', 'h'),
    ]
    expect(componentsOf(transactions)).toEqual([[0, 1], [2, 5], [3], [4]])
  })

  it('a writer joins all readers of its key, before and after it', () => {
    const read = { reads: ['o'], writes: [] }
    expect(componentsOf([read, read, { reads: [], writes: ['o'] }, read])).toEqual([[0, 1, 2, 3]])
  })

  it('CON-079: one transaction that writes 500 of 1,000 keys makes a component of 501', () => {
    const singles = Array.from({ length: 1_000 }, (_, i) => both(`k${i}`))
    const wide = both(...Array.from({ length: 500 }, (_, i) => `k${i}`))
    const sizes = componentsOf([...singles, wide]).map((component) => component.length)
    expect(Math.max(...sizes)).toBe(501)
    expect(sizes).toHaveLength(501)
  })

  it('are those of the conflict graph for random access sets', () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), { maxLength: 3 })
    fc.assert(
      fc.property(fc.array(fc.record({ reads: keys, writes: keys }), { maxLength: 14 }), (transactions) => {
        expect(componentsOf(transactions)).toEqual(bruteForce(transactions))
      }),
      { numRuns: 500 },
    )
  })
})

describe('longest processing time first', () => {
  const makespan = (costs: bigint[], workers: number) =>
    assignLongestFirst(costs, workers)
      .map((items) => items.reduce((sum, item) => sum + (costs[item] as bigint), 0n))
      .sort(descending)[0] ?? 0n

  it('worked example 16: 5,5,4,4,3,3,3 on 3 workers ends at 11; 50 with 50 singles on 16 ends at 50', () => {
    expect(makespan([5n, 5n, 4n, 4n, 3n, 3n, 3n], 3)).toBe(11n)
    expect(makespan([50n, ...Array<bigint>(50).fill(1n)], 16)).toBe(50n)
  })

  it('assigns every component once and stays within 4/3 - 1/(3p) of a lower bound of the optimum, plus one job', () => {
    const costs = fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { maxLength: 30 })
    fc.assert(
      fc.property(costs, fc.integer({ min: 1, max: 8 }), (jobs, workers) => {
        const assigned = assignLongestFirst(jobs, workers)
        expect(assigned.flat().sort((a, b) => a - b)).toEqual(jobs.map((_, i) => i))
        const total = jobs.reduce((sum, job) => sum + job, 0n)
        const longest = [...jobs].sort(descending)[0] ?? 0n
        // Any list schedule ends within total/p + longest × (1 − 1/p).
        expect(makespan(jobs, workers) * BigInt(workers) <= total + longest * BigInt(workers - 1)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
