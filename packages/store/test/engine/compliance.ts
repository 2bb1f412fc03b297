/** The behaviour that every KeyValueEngine must show. A new engine calls this from its test file. */
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  ENGINE_LIMITS,
  EngineError,
  heightKey,
  heightOf,
  KeySpace,
  type KeyValueEngine,
  type KeyValueReader,
  type Operation,
  prefixRange,
  type RangeOptions,
} from '../../src/engine/index.ts'

export interface EngineUnderTest {
  name: string
  open(): Promise<KeyValueEngine>
}

const SYNC = { sync: true }
const key = (text: string): Uint8Array => new TextEncoder().encode(text)
const put = (name: string, value: string): Operation => ({ type: 'put', key: key(name), value: key(value) })
const remove = (name: string): Operation => ({ type: 'delete', key: key(name) })
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

async function list(reader: KeyValueReader, options?: RangeOptions): Promise<string[]> {
  const found: string[] = []
  for await (const entry of reader.range(options))
    found.push(`${Buffer.from(entry.key)}=${Buffer.from(entry.value)}`)
  return found
}

export async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    if (error instanceof EngineError) return error.code
    throw error
  }
  throw new Error('expected an EngineError, nothing was thrown')
}

export function describeCompliance({ name, open }: EngineUnderTest): void {
  const opened = async (): Promise<KeyValueEngine> => {
    const engine = await open()
    onTestFinished(() => engine.close())
    return engine
  }

  describe(`${name}: reading and writing`, () => {
    it('returns what was put, tells empty from absent, and forgets what was deleted', async () => {
      const engine = await opened()
      expect(engine.get(key('a'))).toBeUndefined()
      expect(engine.has(key('a'))).toBe(false)
      await engine.batch([put('a', '1'), put('empty', ''), { type: 'put', key: key('none') }], SYNC)
      expect(engine.get(key('a'))).toEqual(key('1'))
      expect(engine.get(key('empty'))).toEqual(new Uint8Array(0))
      expect(engine.get(key('none'))).toEqual(new Uint8Array(0))
      expect(engine.has(key('empty'))).toBe(true)
      await engine.batch([remove('a'), remove('never there')], { sync: false })
      expect(engine.get(key('a'))).toBeUndefined()
      expect(engine.has(key('a'))).toBe(false)
    })

    it('returns plain arrays that the caller may change without changing the store', async () => {
      const engine = await opened()
      const value = key('value')
      await engine.batch([{ type: 'put', key: key('a'), value }], SYNC)
      value.fill(0)
      engine.get(key('a'))?.fill(0)
      for await (const entry of engine.range()) entry.value.fill(0)
      expect(engine.get(key('a'))).toEqual(key('value'))
    })

    it('applies the operations of a batch in order', async () => {
      const engine = await opened()
      await engine.batch([put('a', '1'), remove('a'), put('a', '2'), put('b', '1'), remove('b')], SYNC)
      expect(await list(engine)).toEqual(['a=2'])
    })

    it('applies batches in the order of the calls, however many are in flight', async () => {
      const engine = await opened()
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          engine.batch([put('last', String(index)), put(`n${index}`, '')], { sync: index % 7 === 0 }),
        ),
      )
      expect(engine.get(key('last'))).toEqual(key('99'))
    })

    it('accepts an empty batch', async () => {
      const engine = await opened()
      await engine.batch([], SYNC)
      expect(await list(engine)).toEqual([])
    })

    it('stores keys and values at their bounds', async () => {
      const engine = await opened()
      const longest = new Uint8Array(ENGINE_LIMITS.keyBytesMax).fill(0xff)
      const value = new Uint8Array(ENGINE_LIMITS.valueBytesMax).fill(7)
      await engine.batch([{ type: 'put', key: longest, value }], SYNC)
      expect(Buffer.compare(engine.get(longest) ?? new Uint8Array(0), value)).toBe(0)
    })
  })

  describe(`${name}: refusals`, () => {
    it('a batch with one bad operation changes nothing', async () => {
      const engine = await opened()
      const tooLong = new Uint8Array(ENGINE_LIMITS.keyBytesMax + 1)
      const tooLarge = new Uint8Array(ENGINE_LIMITS.valueBytesMax + 1)
      const bad: [Operation, string][] = [
        [{ type: 'put', key: new Uint8Array(0), value: key('x') }, 'ENGINE_KEY_OUT_OF_BOUNDS'],
        [{ type: 'put', key: tooLong, value: key('x') }, 'ENGINE_KEY_OUT_OF_BOUNDS'],
        [{ type: 'delete', key: tooLong }, 'ENGINE_KEY_OUT_OF_BOUNDS'],
        [{ type: 'put', key: key('x'), value: tooLarge }, 'ENGINE_VALUE_TOO_LARGE'],
      ]
      for (const [operation, code] of bad)
        expect(await codeOf(() => engine.batch([put('good', '1'), operation], SYNC))).toBe(code)
      expect(await list(engine)).toEqual([])
      // A refusal is not a failure: the engine goes on.
      await engine.batch([put('good', '1')], SYNC)
      expect(engine.has(key('good'))).toBe(true)
    })

    it('a batch over its bounds names them', async () => {
      const engine = await opened()
      const one = put('a', '')
      const many = Array.from({ length: ENGINE_LIMITS.batchOperationsMax + 1 }, () => one)
      expect(await codeOf(() => engine.batch(many, SYNC))).toBe('ENGINE_BATCH_TOO_LARGE')
      const value = new Uint8Array(ENGINE_LIMITS.valueBytesMax)
      const heavy = Array.from({ length: 17 }, () => ({ type: 'put' as const, key: key('a'), value }))
      expect(await codeOf(() => engine.batch(heavy, SYNC))).toBe('ENGINE_BATCH_TOO_LARGE')
      expect(await list(engine)).toEqual([])
    })

    it('reads check their keys and limits', async () => {
      const engine = await opened()
      expect(await codeOf(() => engine.get(new Uint8Array(0)))).toBe('ENGINE_KEY_OUT_OF_BOUNDS')
      expect(await codeOf(() => engine.has(new Uint8Array(2000)))).toBe('ENGINE_KEY_OUT_OF_BOUNDS')
      expect(await codeOf(() => list(engine, { gte: new Uint8Array(2000) }))).toBe('ENGINE_KEY_OUT_OF_BOUNDS')
      for (const limit of [-1, 0.5, Number.NaN])
        expect(await codeOf(() => list(engine, { limit }))).toBe('ENGINE_RANGE_INVALID')
    })

    it('everything after close is refused, and what was in flight is finished first', async () => {
      const engine = await open()
      await engine.batch([put('a', '1')], SYNC)
      const snapshot = engine.snapshot()
      const flying = engine.batch([put('b', '2')], SYNC)
      await engine.close()
      await engine.close()
      await flying
      for (const call of [
        () => engine.get(key('a')),
        () => engine.has(key('a')),
        () => list(engine),
        () => engine.batch([put('c', '3')], SYNC),
        () => engine.snapshot(),
        () => snapshot.get(key('a')),
        () => list(snapshot),
      ])
        expect(await codeOf(call)).toBe('ENGINE_CLOSED')
    })

    it('an iteration that is under way when the engine closes ends with ENGINE_CLOSED', async () => {
      const engine = await open()
      await engine.batch([put('a', '1'), put('b', '2')], SYNC)
      const entries = engine.range()
      await entries.next()
      await engine.close()
      expect(
        await codeOf(async () => {
          for (let step = 0; step < 3; step++) await entries.next()
        }),
      ).toBe('ENGINE_CLOSED')
    })
  })

  describe(`${name}: ranges`, () => {
    it('orders keys bytewise, as unsigned numbers, a prefix before its extensions', async () => {
      const engine = await opened()
      const keys = ['00', '0000', '01', '7f', '7fff', '80', 'c3a9', 'fe', 'ff', 'ff00', 'ffff']
      const shuffled = [7, 2, 10, 0, 5, 9, 1, 8, 3, 6, 4].map((index) => keys[index] ?? '')
      await engine.batch(
        shuffled.map((name) => ({
          type: 'put',
          key: Uint8Array.from(Buffer.from(name, 'hex')),
          value: key(name),
        })),
        SYNC,
      )
      const found: string[] = []
      for await (const entry of engine.range()) found.push(hex(entry.key))
      expect(found).toEqual(keys)
    })

    it('includes gte, excludes lt, reverses, limits', async () => {
      const engine = await opened()
      await engine.batch(
        ['a', 'b', 'c', 'd', 'e'].map((name) => put(name, '')),
        SYNC,
      )
      expect(await list(engine, { gte: key('b'), lt: key('d') })).toEqual(['b=', 'c='])
      expect(await list(engine, { gte: key('b'), lt: key('d'), reverse: true })).toEqual(['c=', 'b='])
      expect(await list(engine, { gte: key('bb') })).toEqual(['c=', 'd=', 'e='])
      expect(await list(engine, { lt: key('b') })).toEqual(['a='])
      expect(await list(engine, { limit: 2 })).toEqual(['a=', 'b='])
      expect(await list(engine, { limit: 2, reverse: true })).toEqual(['e=', 'd='])
      expect(await list(engine, { limit: 0 })).toEqual([])
      expect(await list(engine, { gte: key('d'), lt: key('b') })).toEqual([])
      expect(await list(engine, { gte: key('b'), lt: key('b') })).toEqual([])
    })

    it('crosses the page of the iterator without loss or repetition, also when left early', async () => {
      const engine = await opened()
      const count = 2 * ENGINE_LIMITS.iteratorPageEntries + 3
      await engine.batch(
        Array.from({ length: count }, (_, index) => ({ type: 'put', key: heightKey(index) })),
        SYNC,
      )
      let expected = 0
      for await (const entry of engine.range()) expect(heightOf(entry.key)).toBe(expected++)
      expect(expected).toBe(count)
      for await (const entry of engine.range({ reverse: true })) {
        expect(heightOf(entry.key)).toBe(count - 1)
        break
      }
    })

    it('does not see batches that complete after its first step', async () => {
      const engine = await opened()
      await engine.batch([put('a', 'old'), put('b', 'old'), put('c', 'old')], SYNC)
      const entries = engine.range()
      const seen = [await entries.next()]
      await engine.batch([put('aa', 'new'), put('b', 'new'), remove('c')], SYNC)
      seen.push(await entries.next(), await entries.next(), await entries.next())
      const values = seen.map((step) =>
        step.done === true ? 'end' : Buffer.from(step.value.value).toString(),
      )
      expect(values).toEqual(['old', 'old', 'old', 'end'])
    })

    it('finds exactly the keys with a prefix, also one that ends in ff', async () => {
      const engine = await opened()
      const names = ['61', '6162', '616200', '6162ff', '6163', '62', 'ff', 'ffff', 'fffe']
      await engine.batch(
        names.map((name) => ({ type: 'put', key: Uint8Array.from(Buffer.from(name, 'hex')) })),
        SYNC,
      )
      const withPrefix = async (prefix: string): Promise<string[]> => {
        const found: string[] = []
        for await (const entry of engine.range(prefixRange(Uint8Array.from(Buffer.from(prefix, 'hex')))))
          found.push(hex(entry.key))
        return found
      }
      expect(await withPrefix('6162')).toEqual(['6162', '616200', '6162ff'])
      expect(await withPrefix('6162ff')).toEqual(['6162ff'])
      expect(await withPrefix('ff')).toEqual(['ff', 'fffe', 'ffff'])
      expect(await withPrefix('ffff')).toEqual(['ffff'])
      expect(await withPrefix('63')).toEqual([])
    })
  })

  describe(`${name}: snapshots`, () => {
    it('stay as they were, for reads and ranges, until they are closed', async () => {
      const engine = await opened()
      await engine.batch([put('a', 'old'), put('b', 'old')], SYNC)
      const snapshot = engine.snapshot()
      await engine.batch([put('a', 'new'), remove('b'), put('c', 'new')], SYNC)
      expect(snapshot.get(key('a'))).toEqual(key('old'))
      expect(snapshot.has(key('b'))).toBe(true)
      expect(snapshot.has(key('c'))).toBe(false)
      expect(await list(snapshot)).toEqual(['a=old', 'b=old'])
      expect(await list(engine)).toEqual(['a=new', 'c=new'])
      await snapshot.close()
      await snapshot.close()
      expect(await codeOf(() => snapshot.get(key('a')))).toBe('ENGINE_CLOSED')
      expect(engine.get(key('a'))).toEqual(key('new'))
    })
  })

  describe(`${name}: key spaces`, () => {
    it('keep names apart and share one atomic batch with a height marker', async () => {
      const engine = await opened()
      const accounts = new KeySpace(engine, 'a')
      const other = new KeySpace(engine, 'ab')
      const meta = new KeySpace(engine, 'meta')
      await engine.batch(
        [
          accounts.put(key('bx'), key('1')),
          other.put(key('x'), key('2')),
          accounts.put(new Uint8Array(0), key('empty')),
          meta.put(key('height'), heightKey(7)),
        ],
        SYNC,
      )
      expect(await list(accounts)).toEqual(['=empty', 'bx=1'])
      expect(await list(accounts, { gte: key('b') })).toEqual(['bx=1'])
      expect(await list(accounts, { lt: key('b') })).toEqual(['=empty'])
      expect(await list(accounts, { reverse: true, limit: 1 })).toEqual(['bx=1'])
      expect(await list(other)).toEqual(['x=2'])
      expect(heightOf(meta.get(key('height')) ?? new Uint8Array(0))).toBe(7)
      await engine.batch([accounts.delete(key('bx'))], SYNC)
      expect(accounts.has(key('bx'))).toBe(false)
      expect(await codeOf(() => new KeySpace(engine, ''))).toBe('ENGINE_KEY_OUT_OF_BOUNDS')
      expect(await codeOf(() => new KeySpace(engine, 'x'.repeat(65)))).toBe('ENGINE_KEY_OUT_OF_BOUNDS')
    })
  })

  describe(`${name}: against a model`, () => {
    const shortKey = fc.uint8Array({ minLength: 1, maxLength: 3, max: 255 })
    const operation = fc.oneof(
      fc.record({ type: fc.constant('put' as const), key: shortKey, value: fc.uint8Array({ maxLength: 4 }) }),
      fc.record({ type: fc.constant('delete' as const), key: shortKey }),
    )

    it('any batches and any range agree with a sorted list', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(operation, { maxLength: 12 }), { maxLength: 6 }),
          fc.record(
            { gte: shortKey, lt: shortKey, reverse: fc.boolean(), limit: fc.nat(8) },
            { requiredKeys: [] },
          ),
          async (batches, options) => {
            const engine = await open()
            try {
              const model = new Map<string, string>()
              for (const batch of batches) {
                await engine.batch(batch, { sync: false })
                for (const step of batch) {
                  if (step.type === 'put') model.set(hex(step.key), hex(step.value))
                  else model.delete(hex(step.key))
                }
              }
              // Lower-case hexadecimal text sorts as the bytes do.
              const sorted = [...model.keys()].sort().filter((name) => {
                if (options.gte !== undefined && name < hex(options.gte)) return false
                return options.lt === undefined || name < hex(options.lt)
              })
              const expected = (options.reverse === true ? sorted.reverse() : sorted).slice(0, options.limit)
              const found: string[] = []
              for await (const entry of engine.range(options)) {
                found.push(hex(entry.key))
                expect(hex(entry.value)).toBe(model.get(hex(entry.key)))
              }
              expect(found).toEqual(expected)
            } finally {
              await engine.close()
            }
          },
        ),
        { numRuns: 60 },
      )
    })
  })
}
