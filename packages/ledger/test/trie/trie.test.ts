import { compareBytes, toHex } from '@symbolon/primitives'
import { EMPTY_TRIE_ROOT } from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Change, Trie } from '../../src/index.ts'
import { modelRoot } from './model.ts'

/** Few distinct keys, so that operations meet; a table byte in front keeps the lengths 2 and 4 prefix-free. */
const key = fc.oneof(
  fc.tuple(fc.constant(1), fc.nat(255)).map((bytes) => Uint8Array.from(bytes)),
  fc.tuple(fc.constant(2), fc.nat(3), fc.nat(255), fc.nat(1)).map((bytes) => Uint8Array.from(bytes)),
)
const value = fc.uint8Array({ maxLength: 40 })
const change = fc.record({ key, value: fc.option(value, { nil: undefined }) })
const batches = fc.array(fc.array(change, { maxLength: 30 }), { maxLength: 8 })

class Model {
  readonly entries = new Map<string, readonly [Uint8Array, Uint8Array]>()
  apply(changes: readonly Change[]): void {
    for (const { key, value } of changes)
      if (value === undefined) this.entries.delete(toHex(key))
      else this.entries.set(toHex(key), [key, value])
  }
  get root(): string {
    return toHex(modelRoot([...this.entries.values()]))
  }
  get sorted(): (readonly [Uint8Array, Uint8Array])[] {
    return [...this.entries.values()].sort(([a], [b]) => compareBytes(a, b))
  }
}

describe('trie against its recursive definition', () => {
  it('has the root of the definition after any sequence of batches', () => {
    fc.assert(
      fc.property(batches, (sequence) => {
        const trie = new Trie(4)
        const model = new Model()
        for (const changes of sequence) {
          trie.commit(trie.stage(changes))
          model.apply(changes)
          expect(toHex(trie.hash)).toBe(model.root)
          expect(trie.size).toBe(model.entries.size)
          // No slot leaks: n leaves have n − 1 branches.
          expect(trie.store.size).toEqual({
            leaves: model.entries.size,
            branches: Math.max(0, model.entries.size - 1),
          })
        }
      }),
      { numRuns: 200 },
    )
  })

  it('has the same root whatever the order of insertion, and when built from sorted entries', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { selector: toHex, minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        (keys, order) => {
          const entries = keys.map((one, i) => ({ key: one, value: Uint8Array.of(i) }))
          const forward = new Trie(4)
          forward.commit(forward.stage(entries))
          const shuffled = entries
            .map((entry) => ({ entry, at: order.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ entry }) => entry)
          const singly = new Trie(4)
          for (const entry of shuffled) singly.commit(singly.stage([entry]))
          const sorted = [...entries]
            .sort((a, b) => compareBytes(a.key, b.key))
            .map((one) => [one.key, one.value] as const)
          const built = Trie.fromSorted(4, sorted)
          expect(singly.hash).toEqual(forward.hash)
          expect(built.hash).toEqual(forward.hash)
          expect(toHex(built.hash)).toBe(toHex(modelRoot(sorted)))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('returns to the previous root when what was added is deleted, and to the empty root at last', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        fc.uniqueArray(key, { selector: toHex, maxLength: 20 }),
        (base, added) => {
          const trie = new Trie(4)
          const model = new Model()
          trie.commit(trie.stage(base))
          model.apply(base)
          const before = trie.hash
          const fresh = added.filter((one) => !model.entries.has(toHex(one)))
          trie.commit(trie.stage(fresh.map((one) => ({ key: one, value: Uint8Array.of(9) }))))
          trie.commit(trie.stage(fresh.map((one) => ({ key: one, value: undefined }))))
          expect(trie.hash).toEqual(before)
          trie.commit(trie.stage(model.sorted.map(([one]) => ({ key: one, value: undefined }))))
          expect(trie.hash).toEqual(EMPTY_TRIE_ROOT)
          expect(trie.store.size).toEqual({ leaves: 0, branches: 0 })
        },
      ),
      { numRuns: 100 },
    )
  })

  it('leaves what is committed untouched by stages that are discarded or overtaken', () => {
    fc.assert(
      fc.property(
        batches,
        fc.array(fc.array(change, { maxLength: 20 }), { minLength: 1, maxLength: 4 }),
        (sequence, proposals) => {
          const trie = new Trie(4)
          const model = new Model()
          for (const changes of sequence) {
            trie.commit(trie.stage(changes))
            model.apply(changes)
          }
          const root = model.root
          const stages = proposals.map((changes) => trie.stage(changes))
          expect(toHex(trie.hash)).toBe(root)
          const chosen = stages.length - 1
          if (stages.length > 1) trie.discard(stages[0] as (typeof stages)[number])
          trie.commit(stages[chosen] as (typeof stages)[number])
          model.apply(proposals[chosen] as Change[])
          expect(toHex(trie.hash)).toBe(model.root)
          expect(trie.store.size).toEqual({
            leaves: model.entries.size,
            branches: Math.max(0, model.entries.size - 1),
          })
          // What follows works on sound nodes: a freed slot that was still in use would show here.
          const more = proposals.flat()
          trie.commit(trie.stage(more))
          model.apply(more)
          expect(toHex(trie.hash)).toBe(model.root)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('grows past its first capacity', () => {
    const entries = Array.from({ length: 3_000 }, (_, i) => {
      const bytes = new Uint8Array(5)
      new DataView(bytes.buffer).setUint32(1, Math.imul(i, 2_654_435_761) >>> 0)
      return { key: bytes, value: Uint8Array.of(i & 255) }
    })
    const trie = new Trie(5)
    trie.commit(trie.stage(entries))
    expect(toHex(trie.hash)).toBe(toHex(modelRoot(entries.map((one) => [one.key, one.value] as const))))
  })
})

describe('trie errors', () => {
  const one = { key: Uint8Array.of(1, 2), value: Uint8Array.of(1) }

  it.each([
    ['an empty key', new Uint8Array(0)],
    ['a key over the bound', new Uint8Array(5)],
    ['a key that another key begins with', Uint8Array.of(1)],
    ['a key that begins with another key', Uint8Array.of(1, 2, 3)],
  ])('refuses %s with TRIE_KEY and changes nothing', (_, bad) => {
    const trie = new Trie(4)
    trie.commit(trie.stage([one]))
    const before = { hash: trie.hash, size: trie.store.size }
    const changes = [
      { key: Uint8Array.of(7, 7), value: Uint8Array.of(1) },
      { key: bad, value: Uint8Array.of(1) },
    ]
    expect(() => trie.stage(changes)).toThrow(expect.objectContaining({ code: 'TRIE_KEY' }))
    expect({ hash: trie.hash, size: trie.store.size }).toEqual(before)
  })

  it('refuses to commit a stage twice, a discarded one, or one that was overtaken (TRIE_STAGE)', () => {
    const trie = new Trie(4)
    const committed = trie.stage([one])
    const overtaken = trie.stage([])
    const discarded = trie.stage([])
    trie.discard(discarded)
    trie.commit(committed)
    for (const stage of [committed, overtaken, discarded])
      expect(() => trie.commit(stage)).toThrow(expect.objectContaining({ code: 'TRIE_STAGE' }))
  })

  it('refuses entries out of order or twice when building (TRIE_ORDER)', () => {
    const [a, b] = [
      [Uint8Array.of(1), Uint8Array.of(1)],
      [Uint8Array.of(2), Uint8Array.of(1)],
    ] as const
    expect(() => Trie.fromSorted(4, [b, a] as never)).toThrow(expect.objectContaining({ code: 'TRIE_ORDER' }))
    expect(() => Trie.fromSorted(4, [a, a] as never)).toThrow(expect.objectContaining({ code: 'TRIE_ORDER' }))
  })
})
