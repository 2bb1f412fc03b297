/** The indexes against a list of everything, and the pages that readers put together from them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hash, sha256, utf8 } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BlockIndex } from '../../src/frame/block-index.ts'
import { ByteCache } from '../../src/frame/byte-cache.ts'
import { IndexLists } from '../../src/frame/index-list.ts'
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

test('places of events keep height and index apart at their bounds', async () => {
  const engine = new MemoryEngine()
  const index = new BlockIndex(engine)
  const subject = owners[0] as Hash
  const heights = [0n, 1n, 255n, 256n, 2n ** 32n, 2n ** 40n - 1n]
  const event = { type: 'a.b', subjects: [subject, subject], data: new Uint8Array(0) }
  for (const height of heights)
    index.add({ header: { height }, receipts: [], events: [event, event] as never })
  expect(index.eventCount(subject)).toBe(heights.length * 2)
  heights.forEach((height, at) => {
    expect(index.eventAt(subject, at * 2)).toEqual({ height, index: 0 })
    expect(index.eventAt(subject, at * 2 + 1)).toEqual({ height, index: 1 })
  })
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
