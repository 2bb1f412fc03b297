import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heightKey, heightOf, KeySpace, MemoryEngine, prefixRange } from '../../src/engine/index.ts'

const compare = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b)
const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  compare(bytes.subarray(0, prefix.length), prefix) === 0

describe('prefixRange', () => {
  it('holds exactly the keys with the prefix', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 })
    // Many bytes at 0xff, where the end of the range carries.
    const heavy = fc
      .array(fc.constantFrom(0, 1, 0xfe, 0xff), { minLength: 1, maxLength: 4 })
      .map((list) => Uint8Array.from(list))
    fc.assert(
      fc.property(fc.oneof(bytes, heavy), fc.oneof(bytes, heavy), (prefix, key) => {
        const { gte, lt } = prefixRange(prefix)
        const isInside = compare(key, gte) >= 0 && (lt === undefined || compare(key, lt) < 0)
        expect(isInside).toBe(startsWith(key, prefix))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('height keys', () => {
  it('sort as the heights do and give them back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(Math.sign(compare(heightKey(a), heightKey(b)))).toBe(Math.sign(a - b))
        expect(heightOf(heightKey(a))).toBe(a)
      }),
    )
  })

  it('refuse what is not a height', () => {
    for (const height of [-1, 0.5, Number.NaN]) expect(() => heightKey(height)).toThrow(RangeError)
  })
})

describe('key spaces', () => {
  it('of different names never see each other, whatever the names and keys', async () => {
    const name = fc.string({ minLength: 1, maxLength: 5 })
    const key = fc.uint8Array({ maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(name, name, key, key, async (first, second, one, other) => {
        fc.pre(first !== second)
        const engine = new MemoryEngine()
        const left = new KeySpace(engine, first)
        const right = new KeySpace(engine, second)
        await engine.batch([left.put(one, Uint8Array.of(1)), right.put(other, Uint8Array.of(2))], {
          sync: true,
        })
        expect(left.get(one)).toEqual(Uint8Array.of(1))
        expect(right.get(other)).toEqual(Uint8Array.of(2))
        const found: Uint8Array[] = []
        for await (const entry of left.range()) found.push(entry.key)
        expect(found).toEqual([one])
        expect(left.has(other)).toBe(compare(one, other) === 0)
      }),
    )
  })

  it('read from a snapshot as from the engine', async () => {
    const engine = new MemoryEngine()
    const live = new KeySpace(engine, 'accounts')
    await engine.batch([live.put(Uint8Array.of(1), Uint8Array.of(10))], { sync: true })
    const snapshot = engine.snapshot()
    await engine.batch([live.delete(Uint8Array.of(1))], { sync: true })
    expect(new KeySpace(snapshot, 'accounts').get(Uint8Array.of(1))).toEqual(Uint8Array.of(10))
    expect(live.has(Uint8Array.of(1))).toBe(false)
  })
})
