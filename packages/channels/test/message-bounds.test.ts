/** Every bound of the wire, at its last value that passes and its first that does not (MSG-8). */
import { STREAM_TICKS_MAX } from '@symbolon/protocol'
import { describe, expect, test } from 'vitest'
import { CHANNEL_LIMITS, decodeMessage, encodeMessage, type Message, type Operation } from '../src/index.ts'
import { hashOf } from './support.ts'

const filled = (length: number): Uint8Array => new Uint8Array(length).fill(1)
const update = (operations: Operation[]): Message => ({
  kind: 'update',
  body: { sequence: 1n, operations, signature: filled(64) },
})
const pays = (count: number): Operation[] =>
  Array.from({ length: count }, () => ({ kind: 'pay', body: { amount: 1n } }))
const tick = (index: number, preimage = 32): Message => ({
  kind: 'tick',
  body: { stream: 1n, index, preimage: filled(preimage) },
})
const data = (length: number): Message => ({ kind: 'data', body: { bytes: filled(length) } })
const countersign = (length: number): Message => ({
  kind: 'countersign',
  body: { signature: filled(64), transaction: filled(length) },
})

describe.each<[string, Message, Message]>([
  ['operationsPerUpdateMax', update(pays(64)), update(pays(65))],
  ['ticks of a chain', tick(STREAM_TICKS_MAX), tick(STREAM_TICKS_MAX + 1)],
  ['a preimage has 32 bytes', tick(1, 32), tick(1, 33)],
  ['a preimage has 32 bytes, not fewer', tick(1, 32), tick(1, 31)],
  [
    'applicationBytesMax',
    data(CHANNEL_LIMITS.applicationBytesMax),
    data(CHANNEL_LIMITS.applicationBytesMax + 1),
  ],
  [
    'openingTransactionBytesMax',
    countersign(CHANNEL_LIMITS.openingTransactionBytesMax),
    countersign(CHANNEL_LIMITS.openingTransactionBytesMax + 1),
  ],
  [
    'a signature has 64 bytes',
    { kind: 'accept', body: { sequence: 1n, signature: filled(64) } },
    { kind: 'accept', body: { sequence: 1n, signature: filled(63) } },
  ],
  [
    'an error text has 256 bytes',
    { kind: 'error', body: { code: 'A', reason: 'x'.repeat(256) } },
    { kind: 'error', body: { code: 'A', reason: 'x'.repeat(257) } },
  ],
  [
    'an error code is upper case',
    { kind: 'error', body: { code: 'A_1', reason: '' } },
    { kind: 'error', body: { code: 'a', reason: '' } },
  ],
  [
    'a version is one byte',
    { kind: 'greet', body: { version: 255, channel: hashOf('c'), nonce: filled(32) } },
    { kind: 'greet', body: { version: 256, channel: hashOf('c'), nonce: filled(32) } },
  ],
])('%s', (_, largest, beyond) => {
  test('passes at the bound and is refused beyond it', () => {
    expect(decodeMessage(encodeMessage(largest))).toEqual(largest)
    expect(() => encodeMessage(beyond)).toThrow()
  })
})

test('a message over messageBytesMax is refused by its length alone', () => {
  expect(() => decodeMessage(new Uint8Array(CHANNEL_LIMITS.messageBytesMax + 1))).toThrow(
    expect.objectContaining({ code: 'CHANNEL_MESSAGE_TOO_LARGE' }),
  )
})

test('the receiver keeps every bound by itself: bytes that an encoder of ours would refuse are refused when read', () => {
  // accept: [9, {1: 1, 2: bytes}], with a signature of 63 bytes written by hand.
  const short = Uint8Array.from([0x82, 0x09, 0xa2, 0x01, 0x01, 0x02, 0x58, 63, ...filled(63)])
  // update: [7, {1: 1, 2: [65 × pay], 3: signature}].
  const pay = [0x82, 0x01, 0xa1, 0x01, 0x01]
  const operations = [0x98, 65, ...Array.from({ length: 65 }, () => pay).flat()]
  const many = Uint8Array.from([
    0x82,
    0x07,
    0xa3,
    0x01,
    0x01,
    0x02,
    ...operations,
    0x03,
    0x58,
    64,
    ...filled(64),
  ])
  const allowed = [0x98, 64, ...Array.from({ length: 64 }, () => pay).flat()]
  const most = Uint8Array.from([
    0x82,
    0x07,
    0xa3,
    0x01,
    0x01,
    0x02,
    ...allowed,
    0x03,
    0x58,
    64,
    ...filled(64),
  ])
  for (const bytes of [short, many])
    expect(() => decodeMessage(bytes)).toThrow(expect.objectContaining({ code: 'CHANNEL_MESSAGE_MALFORMED' }))
  expect(decodeMessage(most)).toEqual(update(pays(64)))
})
