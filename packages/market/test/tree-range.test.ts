/** The shape of the tree, against the set of all its nodes as the recursion of RFC 9162 §2.1.1 visits them. */
import { MerkleTree, merkleLeafHash, merkleNodeHash, utf8 } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsHash } from '../src/goods/tree-hash.ts'
import { depthOf, descend, packetRows } from '../src/goods/tree-range.ts'
import { csvFields, fileRows } from '../src/index.ts'

function nodesOf(start: number, end: number, into = new Set<string>()): Set<string> {
  into.add(`${start}-${end}`)
  if (end - start === 1) return into
  let k = 1
  while (k * 2 < end - start) k *= 2
  nodesOf(start, start + k, into)
  return nodesOf(start + k, end, into)
}

describe('ranges of rows', () => {
  it('are nodes of the tree exactly if a walk from the top arrives at them', () => {
    for (let count = 1; count <= 33; count++) {
      const nodes = nodesOf(0, count)
      for (let start = 0; start < count; start++)
        for (let end = start + 1; end <= count; end++)
          expect(
            descend({ start: 0, end: count }, { start, end }) !== undefined,
            `${start}-${end} of ${count}`,
          ).toBe(nodes.has(`${start}-${end}`))
    }
  })

  it('outside the node they start from are never reached', () => {
    expect(descend({ start: 4, end: 8 }, { start: 0, end: 4 })).toBeUndefined()
    expect(descend({ start: 4, end: 8 }, { start: 6, end: 10 })).toBeUndefined()
    expect(descend({ start: 4, end: 8 }, { start: 5, end: 5 })).toBeUndefined()
    expect(descend({ start: 4, end: 8 }, { start: 4, end: 8 })).toEqual([])
  })

  it('leave siblings behind that, with the range, tile the node', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(), (count, at) => {
        const start = at % count
        const siblings = descend({ start: 0, end: count }, { start, end: start + 1 }) ?? []
        const covered = siblings.reduce((sum, sibling) => sum + sibling.end - sibling.start, 1)
        expect(covered).toBe(count)
        expect(
          siblings.every((sibling) => (sibling.right ? sibling.start > start : sibling.end <= start)),
        ).toBe(true)
        expect(siblings.length).toBeLessThanOrEqual(20)
      }),
    )
  })

  it('cut for packets are nodes, within the bound, and cover what is sold without a gap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 300 }),
        (count, a, b, rowsMax) => {
          const nodes = nodesOf(0, count)
          const first = a % count
          const end = first + 1 + (b % (count - first))
          let at = first
          while (at < end) {
            const rows = packetRows(count, at, end, rowsMax)
            expect(rows >= 1 && rows <= rowsMax && at + rows <= end).toBe(true)
            expect(nodes.has(`${at}-${at + rows}`)).toBe(true)
            at += rows
          }
        },
      ),
    )
  })

  it('have the depth of their leftmost leaf', () => {
    expect([1, 2, 3, 4, 5, 8, 9, 1_024, 1_025].map(depthOf)).toEqual([0, 1, 2, 2, 3, 3, 4, 10, 11])
  })

  it('hash to the node of the tree, for every size', () => {
    expect(rowsHash([utf8('a'), utf8('b')])).toEqual(
      merkleNodeHash(merkleLeafHash(utf8('a')), merkleLeafHash(utf8('b'))),
    )
    for (let count = 1; count <= 70; count++) {
      const rows = Array.from({ length: count }, (_, i) => utf8(`${i}`))
      expect(rowsHash(rows)).toEqual(MerkleTree.fromLeaves(rows).root)
    }
  })
})

describe('CSV', () => {
  const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`
  const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '1'), maxLength: 6 })

  it('fields and rows come back from what a writer of RFC 4180 wrote', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        (records, lineEnd) => {
          const content = records.map((fields) => fields.map(quoted).join(',')).join(lineEnd)
          const { header, rows } = fileRows(utf8(content), 'csv')
          const texts = [header ?? new Uint8Array(), ...rows].map((row) =>
            csvFields(new TextDecoder().decode(row)),
          )
          expect(texts).toEqual(records)
        },
      ),
    )
  })

  it('fields without quotes are taken as they are, empty ones too', () => {
    expect(csvFields('a,,b ,')).toEqual(['a', '', 'b ', ''])
    expect(csvFields('')).toEqual([''])
  })
})
