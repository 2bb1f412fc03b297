import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CounterOperation, CounterStore } from '../../src/index.ts'

const add = (key: string, amount: bigint, limit: bigint, expiresAt?: number): CounterOperation => ({
  kind: 'add',
  key,
  amount,
  limit,
  expiresAt,
})
const advance = (key: string, to: bigint): CounterOperation => ({
  kind: 'advance',
  key,
  to,
  expiresAt: undefined,
})

/** What every counter store must do; a durable one runs this too. `create` gives an empty store. */
export function counterStoreCompliance(
  name: string,
  create: () => CounterStore | Promise<CounterStore>,
): void {
  describe(`counter store: ${name}`, () => {
    test('adds up to the limit and not beyond', async () => {
      const store = await create()
      expect(await store.commit([add('a', 15n, 20n)], 0)).toEqual({ committed: true })
      expect(await store.commit([add('a', 6n, 20n)], 0)).toEqual({ committed: false, refusedIndex: 0 })
      expect(await store.commit([add('a', 5n, 20n)], 0)).toEqual({ committed: true })
      expect(await store.commit([add('a', 1n, 20n)], 0)).toEqual({ committed: false, refusedIndex: 0 })
      expect(await store.commit([add('a', 0n, 20n)], 0)).toEqual({ committed: true })
    })

    test('does all operations or none, and names the first that it could not', async () => {
      const store = await create()
      const refused = await store.commit([add('a', 3n, 5n), add('b', 9n, 5n), add('c', 9n, 5n)], 0)
      expect(refused).toEqual({ committed: false, refusedIndex: 1 })
      expect(await store.commit([add('a', 5n, 5n), add('b', 5n, 5n), add('c', 5n, 5n)], 0)).toEqual({
        committed: true,
      })
    })

    test('counts a key twice that is named twice', async () => {
      const store = await create()
      expect(await store.commit([add('a', 3n, 5n), add('a', 3n, 5n)], 0)).toEqual({
        committed: false,
        refusedIndex: 1,
      })
      expect(await store.commit([add('a', 3n, 6n), add('a', 3n, 6n)], 0)).toEqual({ committed: true })
    })

    test('advances only forward', async () => {
      const store = await create()
      expect(await store.commit([advance('s', 0n)], 0)).toEqual({ committed: true })
      expect(await store.commit([advance('s', 0n)], 0)).toEqual({ committed: false, refusedIndex: 0 })
      expect(await store.commit([advance('s', 7n)], 0)).toEqual({ committed: true })
      expect(await store.commit([advance('s', 6n)], 0)).toEqual({ committed: false, refusedIndex: 0 })
      expect(await store.commit([add('a', 1n, 9n), advance('s', 7n)], 0)).toEqual({
        committed: false,
        refusedIndex: 1,
      })
      expect(await store.commit([add('a', 9n, 9n), advance('s', 8n)], 0)).toEqual({ committed: true })
    })

    test('of two commits racing for the last use exactly one succeeds', async () => {
      for (let round = 0; round < 20; round++) {
        const store = await create()
        await store.commit([add('a', 19n, 20n)], 0)
        const commits = await Promise.all(
          Array.from({ length: 8 }, async () =>
            store.commit([add(`other-${round}`, 1n, 100n), add('a', 1n, 20n)], 0),
          ),
        )
        expect(commits.filter(({ committed }) => committed)).toHaveLength(1)
        // The losers left nothing behind on the other counter.
        expect(await store.commit([add(`other-${round}`, 99n, 100n)], 0)).toEqual({ committed: true })
      }
    })

    test('behaves as a table of numbers for any sequence of commits', async () => {
      const key = fc.constantFrom('a', 'b', 'c')
      const operation = fc.tuple(key, fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 20n }))
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
          async (runs) => {
            const store = await create()
            let table = new Map<string, bigint>()
            for (const run of runs) {
              const next = new Map(table)
              let refusedIndex = -1
              for (const [index, [name, amount, limit]] of run.entries()) {
                const raised = (next.get(name) ?? 0n) + amount
                if (raised > limit && refusedIndex === -1) refusedIndex = index
                next.set(name, raised)
              }
              const commit = await store.commit(
                run.map(([name, amount, limit]) => add(name, amount, limit)),
                0,
              )
              expect(commit).toEqual(
                refusedIndex === -1 ? { committed: true } : { committed: false, refusedIndex },
              )
              if (refusedIndex === -1) table = next
            }
          },
        ),
        { numRuns: 60 },
      )
    })
  })
}
