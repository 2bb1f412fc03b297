import { seeded } from '@symbolon/reputation'
import { describe, expect, it } from 'vitest'
import { type Pair, recorded, TOPOLOGIES, type TopologyName } from '../../src/index.ts'

const NAMES = Object.keys(TOPOLOGIES) as TopologyName[]

function degrees(pairs: readonly Pair[], size: number): number[] {
  const counts = new Array<number>(size).fill(0)
  for (const [a, b] of pairs) {
    counts[a] = (counts[a] as number) + 1
    counts[b] = (counts[b] as number) + 1
  }
  return counts
}

function components(pairs: readonly Pair[], size: number): number {
  const parent = Array.from({ length: size }, (_, k) => k)
  const find = (a: number): number => {
    while (parent[a] !== a) a = parent[a] as number
    return a
  }
  for (const [a, b] of pairs) parent[find(a)] = find(b)
  return parent.filter((above, k) => above === k).length
}

describe.each(NAMES)('%s', (name) => {
  const generate = (seed: number, size = 120) => TOPOLOGIES[name]({ size, meanDegree: 8 }, seeded(seed))

  it('joins agents of the network only, never one with itself, no pair twice', () => {
    const pairs = generate(1)
    expect(pairs.length).toBeGreaterThan(0)
    for (const [a, b] of pairs) {
      expect(a).toBeGreaterThanOrEqual(0)
      expect(a).toBeLessThan(b)
      expect(b).toBeLessThan(120)
    }
    expect(new Set(pairs.map(([a, b]) => `${a} ${b}`)).size).toBe(pairs.length)
  })

  it('is the same for the same seed', () => {
    expect(generate(7)).toEqual(generate(7))
  })

  it('works at the smallest size of a world', () => {
    expect(generate(3, 20).length).toBeGreaterThanOrEqual(18)
  })
})

describe('shapes', () => {
  const draw = (name: TopologyName, size = 200, meanDegree = 8) =>
    TOPOLOGIES[name]({ size, meanDegree }, seeded(5))

  it('Erdős–Rényi has exactly the number of pairs asked for', () => {
    expect(draw('erdos-renyi')).toHaveLength(800)
  })

  it('Barabási–Albert adds m pairs for each newcomer and grows hubs', () => {
    const pairs = draw('barabasi-albert')
    expect(pairs).toHaveLength((200 - 4) * 4)
    const counts = degrees(pairs, 200)
    expect(Math.min(...counts.slice(4))).toBeGreaterThanOrEqual(4)
    expect(Math.max(...counts)).toBeGreaterThan(24)
  })

  it('Watts–Strogatz keeps most of the lattice', () => {
    const near = draw('watts-strogatz').filter(([a, b]) => Math.min(b - a, 200 - (b - a)) <= 4)
    expect(near.length).toBeGreaterThan(0.85 * 800)
  })

  it('a tree is connected with one pair less than agents', () => {
    const pairs = draw('tree')
    expect(pairs).toHaveLength(199)
    expect(components(pairs, 200)).toBe(1)
  })

  it('a bipartite network joins sellers with buyers only', () => {
    for (const [seller, buyer] of draw('bipartite')) {
      expect(seller).toBeLessThan(40)
      expect(buyer).toBeGreaterThanOrEqual(40)
    }
  })

  it('a star forest consists of leaves on connected hubs', () => {
    const pairs = draw('star-forest')
    const counts = degrees(pairs, 200)
    expect(counts.filter((count) => count === 1).length).toBe(193)
    expect(components(pairs, 200)).toBe(1)
  })

  it('a ring of cliques is connected, and each clique is complete', () => {
    const pairs = draw('ring-of-cliques', 90)
    expect(components(pairs, 90)).toBe(1)
    // Ten cliques of nine: 36 pairs each, and ten between them.
    expect(pairs).toHaveLength(10 * 36 + 10)
  })

  it('communities of the block model mostly meet their own', () => {
    const pairs = draw('stochastic-block-model')
    const own = pairs.filter(([a, b]) => a % 3 === b % 3).length
    expect(own / pairs.length).toBeGreaterThan(0.75)
  })
})

describe('recorded network', () => {
  const csv = '# header\na,b,1\nb,c,1\nc,a,-3\nc,d,2\ne,f,1\n'

  it('takes the agents of highest degree and what joins them', () => {
    // c has three neighbours, a and b two: the triangle.
    expect(recorded(csv)({ size: 3, meanDegree: 0 }, seeded(1))).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ])
  })

  it('refuses more agents than there are', () => {
    expect(() => recorded(csv)({ size: 7, meanDegree: 0 }, seeded(1))).toThrowError(
      expect.objectContaining({ code: 'TOPOLOGY_INVALID' }),
    )
  })
})
