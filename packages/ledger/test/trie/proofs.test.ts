import { compareBytes, decode, encode, equalBytes, type Hash, sha256, toHex } from '@symbolon/primitives'
import {
  branchHash,
  keyBit,
  leafHash,
  prefixProof,
  trieProof,
  verifyPrefixProof,
  verifyTrieProof,
} from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prove, provePrefix, Trie } from '../../src/index.ts'

const refused = expect.objectContaining({ code: 'TRIE_PROOF_INVALID' })
const key = fc.tuple(fc.constant(1), fc.nat(3), fc.nat(255)).map((bytes) => Uint8Array.from(bytes))
const keys = fc.uniqueArray(key, { selector: toHex, minLength: 1, maxLength: 40 })
const valueAt = (of: Uint8Array): Uint8Array => Uint8Array.of(0x5a, ...of)

function trieOf(of: readonly Uint8Array[]): Trie {
  const trie = new Trie(4)
  trie.commit(trie.stage(of.map((one) => ({ key: one, value: valueAt(one) }))))
  return trie
}

describe('inclusion and absence', () => {
  it('proves every key with its value, every other key absent, and survives the wire', () => {
    fc.assert(
      fc.property(keys, fc.array(key, { maxLength: 10 }), (present, asked) => {
        const trie = trieOf(present)
        for (const one of [...present, ...asked]) {
          const value = present.some((other) => equalBytes(other, one)) ? valueAt(one) : undefined
          const proof = decode(trieProof, encode(trieProof, prove(trie, one)))
          verifyTrieProof(trie.hash, one, value, proof)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('never proves a present key absent or with another value, nor an absent one present, by any proof of the trie', () => {
    fc.assert(
      fc.property(keys, key, (present, other) => {
        const trie = trieOf(present)
        const proofs = [...present, other].map((one) => prove(trie, one))
        for (const one of present)
          for (const proof of proofs) {
            expect(() => verifyTrieProof(trie.hash, one, undefined, proof)).toThrow(refused)
            expect(() => verifyTrieProof(trie.hash, one, Uint8Array.of(1), proof)).toThrow(refused)
          }
        if (!present.some((one) => equalBytes(one, other)))
          for (const proof of proofs)
            expect(() => verifyTrieProof(trie.hash, other, valueAt(other), proof)).toThrow(refused)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses every proof with a changed bit index, sibling, step added, removed, repeated or reordered', () => {
    fc.assert(
      fc.property(
        keys,
        fc.nat(),
        fc.nat(23),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (present, at, bit, noise) => {
          const trie = trieOf(present)
          const one = present[at % present.length] as Uint8Array
          const { path } = prove(trie, one)
          const step = { bit, sibling: noise as Hash }
          const index = path.length === 0 ? 0 : at % path.length
          const mutations = [
            [...path, step],
            [step, ...path],
            [...path.slice(0, index), step, ...path.slice(index)],
            ...(path.length === 0
              ? []
              : [
                  path.slice(1),
                  path.slice(0, -1),
                  path.toSpliced(index, 1),
                  [...path.slice(0, index + 1), ...path.slice(index)],
                  path.map((old, i) => (i === index ? { ...old, sibling: noise as Hash } : old)),
                  ...(path[index]?.bit === bit
                    ? []
                    : [path.map((old, i) => (i === index ? { ...old, bit } : old))]),
                ]),
            ...(path.length > 1 ? [path.toReversed()] : []),
          ]
          for (const mutated of mutations)
            expect(() => verifyTrieProof(trie.hash, one, valueAt(one), { path: mutated })).toThrow(refused)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('refuses an absence proof whose other leaf is real but stands elsewhere', () => {
    const present = [0, 64, 128, 192].map((byte) => Uint8Array.of(1, byte))
    const trie = trieOf(present)
    const absent = Uint8Array.of(1, 65)
    verifyTrieProof(trie.hash, absent, undefined, prove(trie, absent))
    for (const elsewhere of [present[0], present[2], present[3]] as Uint8Array[]) {
      const proof = {
        path: prove(trie, elsewhere).path,
        other: { key: elsewhere, valueHash: sha256(valueAt(elsewhere)) as Hash },
      }
      expect(() => verifyTrieProof(trie.hash, absent, undefined, proof)).toThrow(refused)
    }
  })

  it('refuses to forge absence by moving the branch bit beyond the key, which the branch hash commits to', () => {
    const [left, right] = [Uint8Array.of(1, 0x00), Uint8Array.of(1, 0x80)]
    const trie = trieOf([left, right])
    const forged = {
      path: [{ bit: 15, sibling: leafHash(left, sha256(valueAt(left))) }],
      other: { key: right, valueHash: sha256(valueAt(right)) as Hash },
    }
    expect(() => verifyTrieProof(trie.hash, left, undefined, forged)).toThrow(refused)
  })

  it('refuses a branch presented as a leaf', () => {
    const trie = trieOf([Uint8Array.of(1, 0x00), Uint8Array.of(1, 0x80)])
    const inner = { path: [], other: { key: Uint8Array.of(9), valueHash: trie.hash } }
    expect(() => verifyTrieProof(trie.hash, Uint8Array.of(1, 1), undefined, inner)).toThrow(refused)
  })

  it('proves absence in an empty trie with nothing, and refuses that for a trie that is not empty', () => {
    const empty = new Trie(4)
    verifyTrieProof(empty.hash, Uint8Array.of(1), undefined, prove(empty, Uint8Array.of(1)))
    const trie = trieOf([Uint8Array.of(1, 1)])
    expect(() => verifyTrieProof(trie.hash, Uint8Array.of(1, 2), undefined, { path: [] })).toThrow(refused)
    expect(() => verifyTrieProof(empty.hash, Uint8Array.of(1), Uint8Array.of(1), { path: [] })).toThrow(
      refused,
    )
  })
})

describe('everything under a prefix', () => {
  const prefix = fc.tuple(fc.constant(1), fc.nat(4)).map((bytes) => Uint8Array.from(bytes))
  const under = (all: readonly Uint8Array[], by: Uint8Array) =>
    all.filter((one) => equalBytes(one.subarray(0, by.length), by)).sort(compareBytes)

  it('is exactly what is there, in order, for every prefix', () => {
    fc.assert(
      fc.property(keys, prefix, (present, by) => {
        const trie = trieOf(present)
        const proof = decode(prefixProof, encode(prefixProof, provePrefix(trie, by)))
        expect(proof.leaves.map((leaf) => toHex(leaf.key))).toEqual(under(present, by).map(toHex))
        verifyPrefixProof(trie.hash, by, proof)
      }),
      { numRuns: 200 },
    )
  })

  it('cannot omit, add, repeat, reorder or replace a leaf', () => {
    fc.assert(
      fc.property(keys, fc.nat(), (present, at) => {
        const trie = trieOf(present)
        const by = (present[at % present.length] as Uint8Array).subarray(0, 2)
        const proof = provePrefix(trie, by)
        const index = at % proof.leaves.length
        const leaf = proof.leaves[index] as (typeof proof.leaves)[number]
        const foreign = { key: Uint8Array.of(...by, 255, 1), valueHash: leaf.valueHash }
        const mutations = [
          proof.leaves.toSpliced(index, 1),
          proof.leaves.toSpliced(index, 0, leaf),
          [...proof.leaves, foreign],
          proof.leaves.map((old, i) =>
            i === index ? { ...old, valueHash: sha256(old.valueHash) as Hash } : old,
          ),
          ...(proof.leaves.length > 1 ? [proof.leaves.toReversed(), proof.leaves.slice(1)] : []),
        ]
        for (const leaves of mutations)
          expect(() => verifyPrefixProof(trie.hash, by, { ...proof, leaves })).toThrow(refused)
      }),
      { numRuns: 100 },
    )
  })

  it('cannot leave out half of the subtree by proving one of its children', () => {
    const present = [Uint8Array.of(1, 7, 0x00), Uint8Array.of(1, 7, 0x80), Uint8Array.of(1, 9, 0)]
    const trie = trieOf(present)
    const by = Uint8Array.of(1, 7)
    const whole = provePrefix(trie, by)
    const [first, second] = whole.leaves as [(typeof whole.leaves)[number], (typeof whole.leaves)[number]]
    const sibling = leafHash(second.key, second.valueHash)
    const forged = { path: { path: [...whole.path.path, { bit: 16, sibling }] }, leaves: [first] }
    expect(() => verifyPrefixProof(trie.hash, by, forged)).toThrow(refused)
    expect(branchHash(16, leafHash(first.key, first.valueHash), sibling)).toHaveLength(32)
    expect(keyBit(second.key, 16)).toBe(1)
  })

  it('cannot claim that there is nothing', () => {
    const present = [Uint8Array.of(1, 7, 1), Uint8Array.of(1, 9, 1)]
    const trie = trieOf(present)
    for (const other of present) {
      const path = {
        path: prove(trie, other).path,
        other: { key: other, valueHash: sha256(valueAt(other)) as Hash },
      }
      expect(() => verifyPrefixProof(trie.hash, Uint8Array.of(1, 7), { path, leaves: [] })).toThrow(refused)
    }
  })
})
