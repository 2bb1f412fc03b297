import { type Address, decode, encode, isSymbolonError } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeTransaction,
  encodeTransaction,
  type Transaction,
  transaction,
  transactionId,
} from '../src/index.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
/** Around every change of the length of an integer. */
const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(
    0n,
    23n,
    24n,
    255n,
    256n,
    65_535n,
    65_536n,
    4_294_967_295n,
    4_294_967_296n,
    2n ** 53n,
    2n ** 64n - 1n,
  ),
)
const leg = fc.record({ to: bytes(32), amount: u64 })
const payload = fc.oneof(
  leg.map((body) => ({ kind: 'accounts.transfer', body }) as const),
  leg.map((body) => ({ kind: 'accounts.transfer', body }) as const),
  fc
    .array(leg, { minLength: 1, maxLength: 4 })
    .map((transfers) => ({ kind: 'accounts.transferBatch', body: { transfers } }) as const),
  bytes(32).map((channel) => ({ kind: 'channels.settle', body: { channel } }) as const),
)
const signed = fc.record({
  body: fc.record(
    {
      frame: bytes(32),
      sender: bytes(32),
      nonce: u64,
      fee: u64,
      gasLimit: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
      validUntil: u64,
      payload,
      anchor: bytes(32),
    },
    { requiredKeys: ['frame', 'sender', 'nonce', 'fee', 'gasLimit', 'validUntil', 'payload'] },
  ),
  signatures: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.array(fc.record({ publicKey: bytes(32), signature: bytes(64) }), {
        minLength: 1,
        maxLength: 1,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.array(fc.record({ publicKey: bytes(32), signature: bytes(64) }), {
        minLength: 1,
        maxLength: 4,
      }),
    },
  ),
}) as unknown as fc.Arbitrary<Transaction>

/** What the schema says of the bytes: the value, or the code of its error. */
function bySchema(encoded: Uint8Array): unknown {
  try {
    return decode(transaction, encoded)
  } catch (error) {
    return isSymbolonError(error) ? error.code : error
  }
}

function byDecodeTransaction(encoded: Uint8Array): unknown {
  try {
    return decodeTransaction(encoded).transaction
  } catch (error) {
    return isSymbolonError(error) ? error.code : error
  }
}

describe('reading an envelope', () => {
  it('gives the value of the schema and the identifier of the body, for every kind of envelope', () => {
    fc.assert(
      fc.property(signed, (value) => {
        const encoded = encodeTransaction(value)
        const read = decodeTransaction(encoded)
        expect(read.transaction).toEqual(bySchema(encoded))
        expect(read.id).toEqual(transactionId(value.body))
      }),
      { numRuns: 500 },
    )
  })

  it('accepts and refuses exactly what the schema does, whatever byte is changed, lost or added', () => {
    fc.assert(
      fc.property(signed, fc.nat(), fc.nat(255), (value, position, byte) => {
        const encoded = encodeTransaction(value)
        const at = position % encoded.length
        const damaged = [encoded.with(at, byte), encoded.slice(0, at), Uint8Array.of(...encoded, byte)]
        damaged.push(
          Uint8Array.of(...encoded.subarray(0, at), byte, ...encoded.subarray(at)),
          Uint8Array.from(encoded.filter((_, i) => i !== at)),
        )
        for (const one of damaged) expect(byDecodeTransaction(one)).toEqual(bySchema(one))
      }),
      { numRuns: 700 },
    )
  })

  it('refuses integers that are not in their shortest form, in a transfer as anywhere', () => {
    const value: Transaction = {
      body: {
        frame: new Uint8Array(32) as never,
        sender: new Uint8Array(32) as Address,
        nonce: 5n,
        fee: 5n,
        gasLimit: 5n,
        validUntil: 5n,
        payload: { kind: 'accounts.transfer', body: { to: new Uint8Array(32) as Address, amount: 5n } },
      },
      signatures: [{ publicKey: new Uint8Array(32), signature: new Uint8Array(64) }],
    }
    const encoded = encode(transaction, value)
    for (const [at, byte] of encoded.entries()) {
      if (byte !== 5) continue
      for (const longer of [
        [0x18, 5],
        [0x19, 0, 5],
        [0x1a, 0, 0, 0, 5],
        [0x1b, 0, 0, 0, 0, 0, 0, 0, 5],
      ]) {
        const padded = Uint8Array.of(...encoded.subarray(0, at), ...longer, ...encoded.subarray(at + 1))
        expect(byDecodeTransaction(padded)).toEqual(bySchema(padded))
      }
    }
  })

  it('does not alias the buffer that it read from', () => {
    fc.assert(
      fc.property(signed, (value) => {
        const encoded = encodeTransaction(value)
        const read = decodeTransaction(encoded)
        encoded.fill(0xff)
        expect(encode(transaction, read.transaction)).toEqual(encodeTransaction(value))
      }),
      { numRuns: 50 },
    )
  })
})
