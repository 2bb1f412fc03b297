import { compareBytes } from '@symbolon/primitives'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keysUnder } from '../../src/trie/keys-under.ts'
import { Trie } from '../../src/trie/trie.ts'

const LENGTH = 3
const few = fc.constantFrom(0, 1, 0x80, 0xff)
const key = fc.array(few, { minLength: LENGTH, maxLength: LENGTH }).map((bytes) => Uint8Array.from(bytes))
const prefix = fc.array(few, { minLength: 1, maxLength: LENGTH }).map((bytes) => Uint8Array.from(bytes))

it('yields exactly the keys that a filter over all of them finds, in order', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 30 }), prefix, (keys, wanted) => {
      const trie = new Trie(LENGTH)
      trie.commit(trie.stage(keys.map((one) => ({ key: one, value: one }))))
      const distinct = new Map(keys.map((one) => [one.toString(), one]))
      const expected = [...distinct.values()]
        .filter((one) => wanted.every((byte, i) => one[i] === byte))
        .sort(compareBytes)
      expect([...keysUnder(trie, wanted)]).toEqual(expected)
    }),
  )
})

it('shows what is committed, not what is staged', () => {
  const trie = new Trie(LENGTH)
  trie.commit(trie.stage([{ key: Uint8Array.of(1, 2, 3), value: Uint8Array.of(1) }]))
  const stage = trie.stage([{ key: Uint8Array.of(1, 2, 4), value: Uint8Array.of(1) }])
  expect([...keysUnder(trie, Uint8Array.of(1))]).toHaveLength(1)
  trie.commit(stage)
  expect([...keysUnder(trie, Uint8Array.of(1))]).toHaveLength(2)
})
