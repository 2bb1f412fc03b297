/**
 * Reads the one envelope that most traffic consists of, a single transfer with one signature, several times faster than its schema
 * can. It knows the canonical bytes of that envelope and nothing else: for whatever deviates in any byte, well-formed or
 * not, it answers undefined and the schema decides. The tests hold the two together on valid and on damaged input.
 */
import type { Address, Hash } from '@symbolon/primitives'
import type { Transaction } from './envelope.ts'

const GAS_LIMIT_MAX = 1_000_000_000n

let bytes: Uint8Array = new Uint8Array(0)
let view: DataView = new DataView(bytes.buffer)
let at = 0

/** A canonical unsigned integer at the cursor, or -1n. */
function unsigned(): bigint {
  const initial = bytes[at] as number
  if (initial < 24) {
    at += 1
    return BigInt(initial)
  }
  const start = at + 1
  if (initial === 24) {
    at += 2
    return (bytes[start] as number) >= 24 ? BigInt(bytes[start] as number) : -1n
  }
  if (initial === 25) {
    at += 3
    const value = view.getUint16(start)
    return value > 0xff ? BigInt(value) : -1n
  }
  if (initial === 26) {
    at += 5
    const value = view.getUint32(start)
    return value > 0xffff ? BigInt(value) : -1n
  }
  if (initial !== 27) return -1n
  at += 9
  const value = view.getBigUint64(start)
  return value > 0xffffffffn ? value : -1n
}

function expect(byte: number): boolean {
  return bytes[at++] === byte
}

/** Field number and head of 32 bytes, then a copy of them; undefined if they are not there. */
function field32(number: number): Uint8Array | undefined {
  if (bytes[at] !== number || bytes[at + 1] !== 0x58 || bytes[at + 2] !== 32) return undefined
  at += 35
  return bytes.slice(at - 32, at)
}

/** Such an envelope with its five integers in one byte each, and in nine. Every read stays within BYTES_MIN bytes. */
const BYTES_MIN = 228
const BYTES_MAX = 268

/** The transaction and where its body ends (it starts at byte 2), or undefined. */
export function readTransfer(encoded: Uint8Array): { transaction: Transaction; bodyEnd: number } | undefined {
  const { length } = encoded
  if (length < BYTES_MIN || length > BYTES_MAX) return undefined
  bytes = encoded
  view = new DataView(encoded.buffer, encoded.byteOffset, length)
  at = 0
  if (!expect(0xa2) || !expect(1) || !expect(0xa7)) return undefined
  const frame = field32(1)
  const sender = field32(2)
  if (frame === undefined || sender === undefined || !expect(3)) return undefined
  const nonce = unsigned()
  if (nonce < 0n || !expect(4)) return undefined
  const fee = unsigned()
  if (fee < 0n || !expect(5)) return undefined
  const gasLimit = unsigned()
  if (gasLimit < 0n || gasLimit > GAS_LIMIT_MAX || !expect(6)) return undefined
  const validUntil = unsigned()
  // The payload: [100, {1: to, 2: amount}].
  if (validUntil < 0n || !expect(7) || !expect(0x82) || !expect(0x18) || !expect(100) || !expect(0xa2))
    return undefined
  const to = field32(1)
  if (to === undefined || !expect(2)) return undefined
  const amount = unsigned()
  const bodyEnd = at
  if (amount < 0n || !expect(2) || !expect(0x81) || !expect(0xa2)) return undefined
  const publicKey = field32(1)
  if (publicKey === undefined || !expect(2) || !expect(0x58) || !expect(64) || at + 64 !== length)
    return undefined
  const signature = encoded.slice(at)
  const body = {
    frame: frame as Hash,
    sender: sender as Address,
    nonce,
    fee,
    gasLimit,
    validUntil,
    payload: { kind: 'accounts.transfer' as const, body: { to: to as Address, amount } },
  }
  return { transaction: { body, signatures: [{ publicKey, signature }] }, bodyEnd }
}
