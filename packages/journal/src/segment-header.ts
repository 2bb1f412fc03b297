/**
 * The first 24 bytes of a segment file. Integers are little-endian.
 *
 * | offset | bytes | content                                                    |
 * | ------ | ----- | ---------------------------------------------------------- |
 * | 0      | 8     | `SYMJRNL1`: magic and format version                       |
 * | 8      | 8     | position of the first record of the segment                |
 * | 16     | 4     | salt: random, one per journal, seeds every checksum below  |
 * | 20     | 4     | CRC-32 of bytes 0 to 20                                    |
 *
 * The salt keeps a record whose *content* looks like a batch from being taken for one when a torn tail is searched,
 * and keeps a segment of another journal from being read as part of this one.
 */
import { crc32 } from 'node:zlib'

export const SEGMENT_HEADER_BYTES = 24
const MAGIC = Buffer.from('SYMJRNL1', 'latin1')

export interface SegmentHeader {
  firstPosition: number
  salt: number
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES)
  MAGIC.copy(bytes)
  bytes.writeBigUInt64LE(BigInt(header.firstPosition), 8)
  bytes.writeUInt32LE(header.salt, 16)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20)
  return bytes
}

/** Undefined if the bytes are not a whole, intact header. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined
  if (bytes.readUInt32LE(20) !== crc32(bytes.subarray(0, 20))) return undefined
  return { firstPosition: Number(bytes.readBigUInt64LE(8)), salt: bytes.readUInt32LE(16) }
}

/** Positions sort as text: `0000000000000000.segment`, sixteen hexadecimal digits. */
export const segmentName = (firstPosition: number): string =>
  `${firstPosition.toString(16).padStart(16, '0')}.segment`

export const isSegmentName = (name: string): boolean => /^[0-9a-f]{16}\.segment$/.test(name)
