import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BATCH_HEADER_BYTES, BatchBuilder, decodeBatchHeader, decodeRecords } from '../src/batch.ts'
import { Journal } from '../src/index.ts'
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  isSegmentName,
  segmentName,
} from '../src/segment-header.ts'
import { temporaryDirectory } from './support.ts'

/** CRC-32 bit by bit from its definition (reflected polynomial 0xEDB88320), independent of the one in use. */
function crc32(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed >>> 0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return ~crc >>> 0
}

const SALT = 0xa1b2c3d4

function batchOf(firstPosition: number, records: Uint8Array[]): Buffer {
  const builder = new BatchBuilder(SALT, 32)
  builder.reset(firstPosition)
  for (const record of records) builder.add(record)
  return Buffer.from(builder.encode())
}

function decode(bytes: Buffer): Buffer[] | undefined {
  const header = decodeBatchHeader(bytes.subarray(0, BATCH_HEADER_BYTES), SALT)
  return header === undefined ? undefined : decodeRecords(header, bytes.subarray(BATCH_HEADER_BYTES), SALT)
}

describe('the bytes on disk', () => {
  it('the check value of CRC-32 holds for the independent one', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  })

  it('are those that the documentation gives, read here without the code that wrote them', async () => {
    const directory = temporaryDirectory()
    const journal = Journal.open({ directory, salt: () => SALT })
    journal.append(Buffer.from('first'))
    journal.append(Buffer.from('second'))
    await journal.flush()
    journal.appendSync(Buffer.from('third'))
    await journal.close()

    const file = readFileSync(join(directory, '0000000000000000.segment'))
    expect(file.toString('latin1', 0, 8)).toBe('SYMJRNL1')
    expect(file.readBigUInt64LE(8)).toBe(0n)
    expect(file.readUInt32LE(16)).toBe(SALT)
    expect(file.readUInt32LE(20)).toBe(crc32(file.subarray(0, 20)))

    let offset = 24
    let position = 0
    for (const texts of [['first', 'second'], ['third']]) {
      const body = texts.reduce((sum, value) => sum + 8 + value.length, 0)
      expect(file.toString('latin1', offset, offset + 4)).toBe('BTC1')
      expect(file.readUInt32LE(offset + 4)).toBe(body)
      expect(file.readBigUInt64LE(offset + 8)).toBe(BigInt(position))
      expect(file.readUInt32LE(offset + 16)).toBe(texts.length)
      expect(file.readUInt32LE(offset + 20)).toBe(crc32(file.subarray(offset, offset + 20), SALT))
      offset += 24
      for (const value of texts) {
        const record = file.subarray(offset + 8, offset + 8 + value.length)
        expect(file.readUInt32LE(offset)).toBe(value.length)
        expect(file.readUInt32LE(offset + 4)).toBe(crc32(record, (SALT ^ position) >>> 0))
        expect(record.toString()).toBe(value)
        offset += 8 + value.length
        position += 1
      }
    }
    expect(file.length).toBe(offset)
  })
})

describe('a batch', () => {
  const records = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 })
  // Beyond 2^32, where the seed of a record's checksum wraps.
  const position = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 10 })

  it('decodes to what was encoded, at any position', () => {
    fc.assert(
      fc.property(position, records, (first, list) => {
        expect(decode(batchOf(first, list))?.map((record) => [...record])).toEqual(
          list.map((record) => [...record]),
        )
      }),
    )
  })

  it('with any changed byte, any cut or any addition is not intact', () => {
    fc.assert(
      fc.property(position, records, fc.nat(), fc.integer({ min: 1, max: 255 }), (first, list, at, mask) => {
        const bytes = batchOf(first, list)
        const changed = Buffer.from(bytes)
        const index = at % bytes.length
        changed.writeUInt8((bytes[index] ?? 0) ^ mask, index)
        expect(decode(changed)).toBeUndefined()
        expect(decode(bytes.subarray(0, index))).toBeUndefined()
        expect(decode(Buffer.concat([bytes, Buffer.of(mask)]))).toBeUndefined()
      }),
    )
  })

  it('with two different records exchanged is not intact, though each is whole', () => {
    const bytes = batchOf(7, [Buffer.from('aa'), Buffer.from('bb')])
    const exchanged = Buffer.concat([bytes.subarray(0, 24), bytes.subarray(34, 44), bytes.subarray(24, 34)])
    expect(decode(exchanged)).toBeUndefined()
  })

  it('of another salt is not intact', () => {
    const bytes = batchOf(7, [Buffer.from('aa')])
    expect(decodeBatchHeader(bytes, SALT + 1)).toBeUndefined()
  })

  it('that claims no records, or more than fit, is not intact even with a right checksum', () => {
    for (const count of [0, 3, 0xffff_ffff]) {
      const bytes = batchOf(7, [Buffer.from('aa')])
      bytes.writeUInt32LE(count, 16)
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 20), SALT), 20)
      expect(decode(bytes)).toBeUndefined()
    }
  })
})

describe('a segment header', () => {
  it('survives encoding and no change of a byte', () => {
    const header = { firstPosition: 2 ** 40 + 3, salt: SALT }
    const bytes = encodeSegmentHeader(header)
    expect(decodeSegmentHeader(bytes)).toEqual(header)
    expect(decodeSegmentHeader(bytes.subarray(0, 23))).toBeUndefined()
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8((bytes[index] ?? 0) ^ 1, index)
      expect(decodeSegmentHeader(changed)).toBeUndefined()
    }
  })

  it('names sort as positions do', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(segmentName(a) < segmentName(b)).toBe(a < b)
        expect(isSegmentName(segmentName(a))).toBe(true)
      }),
    )
    for (const name of ['segment.draft', '0.segment', '0000000000000000.snapshot', 'lock'])
      expect(isSegmentName(name)).toBe(false)
  })
})
