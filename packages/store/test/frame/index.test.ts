/** The indexes against a list of everything, and the pages that readers put together from them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hash, hashKey, sha256, utf8 } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BlockIndex } from '../../src/frame/block-index.ts'
import { ByteCache } from '../../src/frame/byte-cache.ts'
import { IndexLists } from '../../src/frame/index-list.ts'
import { PendingState } from '../../src/frame/pending-state.ts'
import { PLACE_BYTES, placeOf, setPlace } from '../../src/frame/place.ts'
import { FrameStore, MemoryEngine, type Operation } from '../../src/index.ts'
import { ACTORS, certify, genesisOf, propose, transfers } from './frame.ts'

const owners = ['a', 'b', 'c'].map((name) => sha256(utf8(name)))

describe('index lists', () => {
  test('hold what was added, before, during and after a write, and after a restart', async () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.record({ add: fc.nat(2) }) },
      { weight: 2, arbitrary: fc.constant('take' as const) },
      { weight: 2, arbitrary: fc.constant('write' as const) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 150 }), async (steps) => {
        const engine = new MemoryEngine()
        let lists = new IndexLists(engine, 0x21, 4)
        let model: number[][] = [[], [], []]
        let taken: Operation[] | undefined
        let written = structuredClone(model)
        let inFlight = written
        let next = 0
        const write = async (): Promise<void> => {
          if (taken === undefined) return
          await engine.batch(taken, { sync: false })
          lists.written()
          written = inFlight
          taken = undefined
        }
        for (const one of steps) {
          if (typeof one === 'object') {
            next += 1
            const entry = new Uint8Array(4)
            new DataView(entry.buffer).setUint32(0, next)
            lists.add(owners[one.add] as Uint8Array, entry)
            model[one.add]?.push(next)
          } else if (one === 'take' && taken === undefined) {
            taken = []
            lists.takeOperations(taken)
            inFlight = structuredClone(model)
          } else if (one === 'write') await write()
          else if (one === 'restart') {
            lists = new IndexLists(engine, 0x21, 4)
            taken = undefined
            model = structuredClone(written)
          }
          const found = owners.map((owner) =>
            Array.from({ length: lists.count(owner) }, (_, index) => {
              const entry = lists.at(owner, index)
              return new DataView(entry.buffer, entry.byteOffset).getUint32(0)
            }),
          )
          expect(found).toEqual(model)
        }
      }),
      { numRuns: 60 },
    )
  })
})

test('places keep height and index apart at their bounds', () => {
  const bytes = new Uint8Array(PLACE_BYTES)
  for (const height of [0n, 1n, 255n, 256n, 2n ** 32n, 2n ** 40n - 1n])
    for (const index of [0, 1, 255, 256, 2 ** 24 - 1]) {
      setPlace(new DataView(bytes.buffer), 0, height, index)
      expect(placeOf(bytes)).toEqual({ height, index })
    }
})

/** A life of an index: blocks come, batches are taken and written, the process restarts. */
const lives = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ names: fc.array(fc.nat(40), { maxLength: 12 }) }) },
    { weight: 2, arbitrary: fc.constant('take' as const) },
    { weight: 2, arbitrary: fc.constant('write' as const) },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
  ),
  { maxLength: 40 },
)
/** Some share their first four bytes, so that tables and filters meet collisions. */
const named = (name: number): Hash => {
  const bytes = sha256(utf8(`name ${name}`))
  if (name % 3 === 0) bytes.fill(7, 0, 4)
  return bytes as Hash
}

test('transactions and subject filters answer as a list of everything does, through batches and restarts', async () => {
  await fc.assert(
    fc.asyncProperty(lives, async (steps) => {
      const engine = new MemoryEngine()
      let index = new BlockIndex(engine)
      let blocks: number[][] = []
      let written: number[][] = []
      let inFlight: number[][] = []
      let taken: Operation[] | undefined
      for (const step of steps) {
        if (typeof step === 'object') {
          const height = BigInt(blocks.length)
          blocks.push(step.names)
          index.add({
            header: { height },
            receipts: step.names.map((_, at) => ({
              transaction: named(1_000 + Number(height) * 100 + at),
            })) as never,
            events: step.names.map((name) => ({ type: 'a.b', subjects: [named(name)] })) as never,
          })
        } else if (step === 'take' && taken === undefined) {
          taken = []
          index.takeOperations(taken)
          inFlight = [...blocks]
        } else if (step === 'write' && taken !== undefined) {
          await engine.batch(taken, { sync: false })
          index.written()
          written = inFlight
          taken = undefined
        } else if (step === 'restart') {
          index = new BlockIndex(engine)
          taken = undefined
          blocks = [...written]
        }
      }
      for (const [height, names] of blocks.entries()) {
        for (const at of names.keys())
          expect(index.transaction(named(1_000 + height * 100 + at))).toEqual({
            height: BigInt(height),
            index: at,
          })
        for (let name = 0; name < 50; name++) {
          const shared = names.some((one) => one % 3 === 0) && name % 3 === 0
          expect(index.mayConcern(BigInt(height), named(name))).toBe(names.includes(name) || shared)
        }
      }
      expect(index.transaction(named(999_999))).toBeUndefined()
      expect(index.mayConcern(BigInt(blocks.length), named(1))).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test('a state batch holds each key once, with its newest value', () => {
  const change = fc.record({
    key: fc.nat(9).map((name) => named(name) as Uint8Array),
    value: fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined }),
  })
  const noChanges = { accounts: [], storage: [], identity: [], channels: [], reputation: [] }
  fc.assert(
    fc.property(
      fc.array(fc.array(change, { maxLength: 9 }), { maxLength: 6 }),
      fc.boolean(),
      (blocks, isNamed) => {
        const pending = new PendingState()
        const model = new Map<string, Uint8Array | undefined>()
        for (const list of blocks) {
          pending.add({
            changes: { ...noChanges, accounts: list, channels: list },
            accounts: (isNamed ? list.map(({ key }) => ({ key: hashKey(key) })) : []) as never,
          })
          for (const { key, value } of list) model.set(hashKey(key), value)
        }
        const taken = pending.take()
        for (const list of [taken.accounts, taken.channels]) {
          expect(list.length).toBe(model.size)
          for (const { key, value } of list) expect(value).toEqual(model.get(hashKey(key)))
        }
        expect(pending.take()).toEqual(noChanges)
      },
    ),
  )
})

test('a byte cache keeps the newest within its bound', () => {
  const cache = new ByteCache<string, number>(10)
  cache.set('a', 1, 4)
  cache.set('b', 2, 4)
  expect(cache.get('a')).toBe(1)
  cache.set('c', 3, 4)
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  cache.set('d', 4, 11)
  expect([cache.get('a'), cache.get('c'), cache.get('d')]).toEqual([1, 3, undefined])
})

test('pages of events are the whole when put together, by subject, by type and all', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'frame-index-'))
  try {
    const store = await FrameStore.open({ directory, genesis: genesisOf() })
    await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
    for (let i = 0; i < 12; i++) {
      const block = await propose(store.ledger, transfers(store.ledger, 8))
      await store.append(block, certify(block))
    }
    const all = Array.from({ length: 10 }, (_, at) => store.block(BigInt(at + 2))?.events ?? []).flat()
    const subject = ACTORS[3]?.address as Uint8Array as Hash
    const name = Buffer.from(subject).toString('hex')
    const queries = [
      { query: {}, expected: all },
      {
        query: { type: 'accounts.transferred' },
        expected: all.filter(({ type }) => type === 'accounts.transferred'),
      },
      {
        query: { subject },
        expected: all.filter(({ subjects }) =>
          subjects.some((one) => Buffer.from(one).toString('hex') === name),
        ),
      },
      { query: { subject, type: 'nothing.such' }, expected: [] },
    ]
    for (const { query, expected } of queries)
      for (const limit of [1, 7, 1_000]) {
        const found: unknown[] = []
        let cursor: string | undefined
        do {
          const page = store.events({
            fromHeight: 2n,
            toHeight: 11n,
            ...query,
            limit,
            ...(cursor === undefined ? {} : { cursor }),
          })
          expect(page.events.length).toBeLessThanOrEqual(limit)
          found.push(...page.events)
          cursor = page.cursor
        } while (cursor !== undefined)
        expect(found).toEqual(expected)
      }
    const range = { fromHeight: 0n, toHeight: 5n, limit: 10 }
    for (const bad of [
      { limit: 0 },
      { limit: 1_001 },
      { fromHeight: 6n },
      { cursor: 'x' },
      { cursor: '9.0' },
    ])
      expect(() => store.events({ ...range, ...bad })).toThrow(
        expect.objectContaining({ code: 'STORE_RANGE_INVALID' }),
      )
    expect(store.events({ fromHeight: 50n, toHeight: 60n, limit: 10 })).toEqual({ events: [] })
    expect(store.channelsOf(ACTORS[0]?.address as never, { limit: 10 })).toEqual({ channels: [] })
    await store.close()
  } finally {
    rmSync(directory, { recursive: true })
  }
})
