import { describe, expect, test } from 'vitest'
import { type CounterOperation, MemoryCounterStore } from '../../src/index.ts'
import { counterStoreCompliance } from './counter-store-compliance.ts'

counterStoreCompliance('memory', () => new MemoryCounterStore())

const use = (key: string, expiresAt: number | undefined): CounterOperation => ({
  kind: 'add',
  key,
  amount: 1n,
  limit: 1n,
  expiresAt,
})

describe('when full', () => {
  test('drops expired counters and keeps live ones', () => {
    const store = new MemoryCounterStore(2)
    store.commit([use('old', 100)], 50)
    store.commit([use('live', 200)], 50)
    expect(store.commit([use('new', 300)], 101)).toEqual({ committed: true })
    expect(store.size).toBe(2)
    expect(store.commit([use('live', 200)], 101)).toEqual({ committed: false, refusedIndex: 0 })
  })

  test('a counter lives through the second of its expiry', () => {
    const store = new MemoryCounterStore(1)
    store.commit([use('a', 100)], 50)
    expect(() => store.commit([use('b', 200)], 100)).toThrowError(
      expect.objectContaining({ code: 'COUNTER_STORE_FULL' }),
    )
    expect(store.commit([use('b', 200)], 101)).toEqual({ committed: true })
  })

  test('refuses rather than forget, names the bound and changes nothing', () => {
    const store = new MemoryCounterStore(2)
    store.commit([use('a', undefined)], 0)
    expect(() => store.commit([use('b', 5), use('c', 5)], 1)).toThrow(/COUNTERS_MAX = 2/)
    expect(store.size).toBe(1)
    expect(store.valueOf('b')).toBe(0n)
    expect(store.commit([use('b', 5)], 1)).toEqual({ committed: true })
  })

  test('does not drop an expired counter that the same commit raises', () => {
    const store = new MemoryCounterStore(2)
    store.commit([use('a', 10)], 5)
    store.commit([use('b', 10)], 5)
    expect(store.commit([use('a', 90), use('c', 90)], 20)).toEqual({ committed: false, refusedIndex: 0 })
  })
})
