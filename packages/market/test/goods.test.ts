import {
  asHash,
  decode,
  encode,
  MerkleTree,
  merkleLeafHash,
  sha256,
  utf8,
  verifyInclusion,
} from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fileRows,
  offerRows,
  packetRowsForWindow,
  type Quote,
  quotedGoodsOf,
  type RowPacket,
  RowSeller,
  RowVerifier,
  rowPacket,
} from '../src/index.ts'
import { codeOf, quote } from './fixture.ts'

/** RFC 9162 §2.1.1, word for word, as an oracle: nothing of the code under test. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return sha256(Uint8Array.of(0, ...(leaves[0] ?? [])))
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Uint8Array.of(1, ...mth(leaves.slice(0, k)), ...mth(leaves.slice(k))))
}

const file = (count: number, name = 'row') => Array.from({ length: count }, (_, i) => utf8(`${name} ${i}`))
const quoteFor = (rows: readonly Uint8Array[], first: number, quantity: number): Quote => ({
  ...quote,
  goods: { root: asHash(mth(rows)), rowCount: rows.length, first },
  quantity: BigInt(quantity),
  total: BigInt(quantity) * quote.unitPrice,
})
function delivery(rows: readonly Uint8Array[], first: number, end: number, rowsMax: number): RowPacket[] {
  const seller = new RowSeller(MerkleTree.fromLeaves(rows), rows, { first, end }, rowsMax)
  const packets: RowPacket[] = []
  for (let packet = seller.next(); packet !== undefined; packet = seller.next()) packets.push(packet)
  return packets
}

describe('rows against the root of the quote', () => {
  it('verify for every size, every range and every packet size', () => {
    for (let count = 1; count <= 20; count++) {
      const rows = file(count)
      for (let first = 0; first < count; first++)
        for (const end of new Set([first + 1, Math.min(first + 3, count), count]))
          for (const rowsMax of [1, 2, 4, 7]) {
            const verifier = new RowVerifier(quoteFor(rows, first, end - first), { rowsMax })
            const received = delivery(rows, first, end, rowsMax).flatMap((packet) => {
              expect(packet.rows.length).toBeLessThanOrEqual(rowsMax)
              verifier.accept(packet)
              return packet.rows
            })
            expect(received).toEqual(rows.slice(first, end))
            expect(verifier.verified).toBe(end - first)
            expect(verifier.complete).toBe(true)
          }
    }
  })

  it('verify in random files, ranges and packet sizes, over the wire', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 128 }),
        (count, a, b, rowsMax) => {
          const rows = file(count)
          const first = a % count
          const end = first + 1 + (b % (count - first))
          const verifier = new RowVerifier(quoteFor(rows, first, end - first), { rowsMax })
          for (const packet of delivery(rows, first, end, rowsMax))
            verifier.accept(decode(rowPacket, encode(rowPacket, packet)))
          expect(verifier.complete).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('the first packet alone is an RFC 9162 inclusion proof', () => {
    const rows = file(100)
    for (const first of [0, 1, 37, 99]) {
      const [packet] = delivery(rows, first, first + 1, 1)
      const claim = {
        leafHash: merkleLeafHash(rows[first] as Uint8Array),
        index: first,
        treeSize: 100,
        root: mth(rows),
        proof: packet?.proof ?? [],
      }
      expect(verifyInclusion(claim)).toBe(true)
    }
  })

  it('in order cost less than one hash per row, n − 1 in all', () => {
    for (const count of [1, 2, 64, 1_000]) {
      const hashes = delivery(file(count), 0, count, 1).reduce((sum, { proof }) => sum + proof.length, 0)
      expect(hashes).toBe(count - 1)
    }
    // Chunks of 64 of 1,000 rows are 16 nodes: 15 hashes.
    expect(delivery(file(1_000), 0, 1_000, 64).reduce((sum, { proof }) => sum + proof.length, 0)).toBe(15)
  })

  it('continue after a reconnect at the first row that was not verified', () => {
    const rows = file(100)
    const of = quoteFor(rows, 10, 80)
    const before = new RowVerifier(of, { rowsMax: 1 })
    for (const packet of delivery(rows, 10, 90, 1).slice(0, 33)) before.accept(packet)
    const after = new RowVerifier(of, { rowsMax: 8, verified: before.verified })
    for (const packet of delivery(rows, 10 + before.verified, 90, 8)) after.accept(packet)
    expect(after).toMatchObject({ verified: 80, complete: true })
  })

  it('a window of unpaid rows gives a packet that fits in it twice', () => {
    expect([0, 1, 2, 3, 4, 7, 8, 16, 100, 128, 65_536].map(packetRowsForWindow)).toEqual([
      1, 1, 1, 1, 2, 2, 4, 8, 32, 64, 1_024,
    ])
  })
})

describe('a dishonest seller is found out before anything is paid', () => {
  const rows = file(50)
  const packets = delivery(rows, 0, 50, 1)
  const at = (index: number): RowPacket => packets[index] as RowPacket
  const verifierAt = (verified: number): RowVerifier => {
    const verifier = new RowVerifier(quoteFor(rows, 0, 50), { rowsMax: 4 })
    for (let i = 0; i < verified; i++) verifier.accept(at(i))
    return verifier
  }
  const verdict = (verified: number, packet: RowPacket) => {
    const verifier = verifierAt(verified)
    const code = codeOf(() => verifier.accept(packet))
    // Whatever was refused, the honest packet is still accepted.
    if (code !== undefined) expect(verifier.verified).toBe(verified)
    if (code !== undefined && verified < 50) expect(verifier.accept(at(verified))).toBe(verified + 1)
    return code
  }

  it('with a wrong row', () => {
    for (const index of [0, 1, 2, 31, 32, 48, 49]) {
      expect(verdict(index, { ...at(index), rows: [utf8('forged')] })).toBe('GOODS_ROW_FORGED')
      expect(verdict(index, { ...at(index), rows: [new Uint8Array(0)] })).toBe('GOODS_ROW_FORGED')
    }
  })

  it('with the same row twice, a skipped row or rows in another order', () => {
    expect(verdict(5, at(4))).toBe('GOODS_OUT_OF_ORDER')
    expect(verdict(5, { ...at(4), first: 5 })).toMatch(/^GOODS_(ROW_FORGED|PROOF_LENGTH)$/)
    expect(verdict(5, at(6))).toBe('GOODS_OUT_OF_ORDER')
    expect(verdict(5, { ...at(5), rows: at(6).rows })).toBe('GOODS_ROW_FORGED')
    const [chunk] = delivery(rows, 0, 50, 4)
    expect(verdict(0, { ...(chunk as RowPacket), rows: [...(chunk?.rows ?? [])].reverse() })).toBe(
      'GOODS_ROW_FORGED',
    )
  })

  it('with a row of another file, with its own valid proof', () => {
    const others = delivery(file(50, 'other'), 0, 50, 1)
    for (const index of [0, 7, 49])
      expect(verdict(index, others[index] as RowPacket)).toBe('GOODS_ROW_FORGED')
  })

  it('with any flipped bit of a row or a proof, and any shorter or longer proof', () => {
    for (const index of [0, 2, 8, 32]) {
      const packet = at(index)
      packet.proof.forEach((hash, level) => {
        for (const bit of [0, 7, 255]) {
          const flipped = hash.slice()
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
          expect(verdict(index, { ...packet, proof: packet.proof.with(level, asHash(flipped)) })).toBe(
            'GOODS_ROW_FORGED',
          )
        }
      })
      expect(verdict(index, { ...packet, proof: packet.proof.slice(1) })).toBe('GOODS_PROOF_LENGTH')
      expect(verdict(index, { ...packet, proof: [...packet.proof, asHash(new Uint8Array(32))] })).toBe(
        'GOODS_PROOF_LENGTH',
      )
    }
  })

  it('who presents an inner node of the tree as a row', () => {
    const small = file(2)
    const inner = Uint8Array.of(
      ...merkleLeafHash(small[0] as Uint8Array),
      ...merkleLeafHash(small[1] as Uint8Array),
    )
    const verifier = new RowVerifier(quoteFor(small, 0, 1), { rowsMax: 1 })
    expect(codeOf(() => verifier.accept({ first: 0, rows: [inner], proof: [] }))).toBe('GOODS_PROOF_LENGTH')
  })

  it('who sends rows that are no node of the tree, too many at once, or more than were sold', () => {
    expect(verdict(1, { first: 1, rows: rows.slice(1, 3), proof: [] })).toBe('GOODS_CHUNK_SHAPE')
    expect(verdict(0, { first: 0, rows: rows.slice(0, 8), proof: [] })).toBe('GOODS_ROWS_EXCEEDED')
    expect(verdict(50, { first: 50, rows: [utf8('extra')], proof: [] })).toBe('GOODS_OUT_OF_ORDER')
    const part = new RowVerifier(quoteFor(rows, 0, 2), { rowsMax: 4 })
    expect(codeOf(() => part.accept(delivery(rows, 0, 50, 4)[0] as RowPacket))).toBe('GOODS_ROWS_EXCEEDED')
  })

  it('and a buyer cannot claim more verified rows than were sold, or verify a quote without goods', () => {
    expect(codeOf(() => new RowVerifier(quoteFor(rows, 0, 5), { rowsMax: 1, verified: 6 }))).toBe(
      'GOODS_OUT_OF_ORDER',
    )
    const { goods: _, ...bare } = quote
    expect(codeOf(() => new RowVerifier(bare, { rowsMax: 1 }))).toBe('GOODS_OUT_OF_ORDER')
  })
})

describe('the rows of a file', () => {
  const texts = (content: string, format: 'csv' | 'ndjson') =>
    fileRows(utf8(content), format).rows.map((row) => new TextDecoder().decode(row))

  it('are its records without line endings; a quoted line break belongs to the field', () => {
    expect(texts('h\r\na\r\n"b\nc"\n\nd', 'csv')).toEqual(['a', '"b\nc"', 'd'])
    expect(texts('{"a":"\\""}\n{"b":1}\n', 'ndjson')).toEqual(['{"a":"\\""}', '{"b":1}'])
    expect(texts('', 'csv')).toEqual([])
  })

  it('are committed to by the root that the RFC gives', () => {
    for (const count of [1, 2, 3, 7, 8, 33]) {
      const forSale = offerRows(file(count))
      expect(quotedGoodsOf(forSale, 0)).toEqual({ root: mth(file(count)), rowCount: count, first: 0 })
    }
    expect(codeOf(() => offerRows([new Uint8Array(65_537)]))).toBe('GOODS_ROW_TOO_LARGE')
  })
})
