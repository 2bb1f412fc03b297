/** What holds for every attack, whatever its options: drawn at random. */
import { SYBIL } from '@symbolon/reputation'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ATTACK_KINDS,
  type AttackOptions,
  attack,
  DEFAULT_ECONOMY,
  honestWorld,
  summariseSpending,
} from '../../src/index.ts'

const WORLD = honestWorld({ seed: 17, topology: 'barabasi-albert', size: 60, days: 100 })
const IDS = new Set(WORLD.agents.map(({ id }) => id))

const options: fc.Arbitrary<Partial<AttackOptions> & Pick<AttackOptions, 'kind' | 'seed'>> = fc.record({
  kind: fc.constantFrom(...ATTACK_KINDS),
  seed: fc.nat(1_000),
  size: fc.integer({ min: 1, max: 25 }),
  bridges: fc.nat(30),
  mutualBridges: fc.double({ min: 0, max: 1, noNaN: true }),
  idle: fc.nat(5),
  purchases: fc.nat(3),
  tradeValue: fc.double({ min: 0, max: 1_000, noNaN: true }),
  tradesPerPair: fc.integer({ min: 1, max: 10 }),
  start: fc.nat(99),
  identity: fc.constantFrom('unverified', 'attested', 'verified'),
})

/** Prices of an identity, what is earned with it included. */
const IDENTITY_PRICES = { unverified: 0, attested: 141.42, verified: 30 + 6 } as const

describe('any attack', () => {
  it('adds as many nodes as it pays bonds for, and labels them all', () => {
    fc.assert(
      fc.property(options, (chosen) => {
        const { after, attackers, spending } = attack(WORLD, chosen)
        const bonds = spending.filter(({ kind }) => kind === 'bond').length
        expect(attackers).toHaveLength(bonds)
        expect(after.graph.nodes.size).toBe(60 + bonds)
        expect([...after.labels].filter((label) => label === SYBIL)).toHaveLength(bonds)
        expect(new Set(attackers).size).toBe(bonds)
      }),
      { numRuns: 60 },
    )
  })

  it('every edge that touches an attacker lies within its days, and was paid for if it left one', () => {
    fc.assert(
      fc.property(options, (chosen) => {
        const { after, options: used, spending } = attack(WORLD, chosen)
        const added = after.world.edges.filter(({ from, to }) => !IDS.has(from) || !IDS.has(to))
        for (const { time = -1 } of added) {
          expect(time).toBeGreaterThanOrEqual(used.start)
          expect(time).toBeLessThanOrEqual(WORLD.days)
        }
        // Settled value of the attacker's own payments bears the fee; counted evidence is never more than what was settled.
        const settled = added
          .filter(({ from, kind }) => !IDS.has(from) && kind === 'settlement')
          .reduce((sum, { value = 0 }) => sum + value, 0)
        const fees = spending
          .filter(({ kind }) => kind === 'fee')
          .reduce((sum, { amount }) => sum + amount, 0)
        expect(fees).toBeGreaterThanOrEqual((settled * DEFAULT_ECONOMY.settlementFeeBp) / 10_000 - 1e-9)
      }),
      { numRuns: 60 },
    )
  })

  it('identities cost what they cost, one for each agent', () => {
    fc.assert(
      fc.property(options, (chosen) => {
        const { attackers, spending } = attack(WORLD, chosen)
        const paid = spending
          .filter(({ kind }) => kind === 'identity' || kind === 'history')
          .reduce((sum, { amount }) => sum + amount, 0)
        expect(paid).toBeCloseTo(attackers.length * IDENTITY_PRICES[chosen.identity ?? 'verified'], 6)
      }),
      { numRuns: 40 },
    )
  })

  it('never changes what honest agents said of each other, except by an eclipse', () => {
    const honestOnly = (edges: typeof WORLD.edges) =>
      edges.filter(({ from, to }) => IDS.has(from) && IDS.has(to))
    fc.assert(
      fc.property(options, (chosen) => {
        const kept = honestOnly(attack(WORLD, chosen).after.world.edges)
        if (chosen.kind === 'eclipse') expect(kept.length).toBeLessThanOrEqual(WORLD.edges.length)
        else expect(kept).toEqual(WORLD.edges)
      }),
      { numRuns: 60 },
    )
  })

  it('more bridges, more sunk: the budget is monotone in what it buys', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 20 }), (chosen, more) => {
        // A whitewasher's halves round; a sleeper's bridges are his partners: both still never get cheaper by a whole price.
        const sunk = (bridges: number): number =>
          summariseSpending(attack(WORLD, { ...chosen, bridges }).spending, DEFAULT_ECONOMY).bridges
        const least =
          chosen.kind === 'sleeper' ? -Number.POSITIVE_INFINITY : more * DEFAULT_ECONOMY.bridgePrice
        expect(sunk((chosen.bridges ?? 0) + more) - sunk(chosen.bridges ?? 0)).toBeGreaterThanOrEqual(
          least - 1e-9,
        )
      }),
      { numRuns: 40 },
    )
  })

  it('prices are those of the economy that is given', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 2, max: 9 }), (chosen, factor) => {
        const economy = {
          ...DEFAULT_ECONOMY,
          bridgePrice: DEFAULT_ECONOMY.bridgePrice * factor,
          registrationBond: 50 * factor,
        }
        const cheap = attack(WORLD, chosen)
        const dear = attack(WORLD, chosen, economy)
        // The same acts: the same graph, other figures in the book.
        expect(dear.after.graph).toEqual(cheap.after.graph)
        const [a, b] = [
          summariseSpending(cheap.spending, DEFAULT_ECONOMY),
          summariseSpending(dear.spending, economy),
        ]
        expect(b.bridges).toBeCloseTo(a.bridges * factor, 6)
        expect(b.bondsLocked).toBeCloseTo(a.bondsLocked * factor, 6)
        expect(b.fees).toBeCloseTo(a.fees, 9)
      }),
      { numRuns: 30 },
    )
  })
})
