import { encode } from '@symbolon/primitives'
import { accountRecord, BUCKETS, event, type LedgerEvent, type Receipt, receipt } from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeAccounts, encodeEvents, encodeReceipts } from '../../src/encoding/block-records.ts'

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 23n, 24n, 255n, 256n, 65_535n, 65_536n, 4_294_967_295n, 4_294_967_296n, 2n ** 64n - 1n),
)
const u32 = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 0xffffffff))
const posting = fc.record({ bucket: fc.constantFrom(...BUCKETS), owner: hash, amount: u64 })
const events = fc.array(
  fc.record(
    {
      height: u64,
      index: u32,
      type: fc.constantFrom('accounts.transferred', 'channels.settled', 'fees.charged'),
      transaction: hash,
      subjects: fc.array(hash, { maxLength: 16 }),
      debits: fc.array(posting, { maxLength: 30 }),
      credits: fc.array(posting, { maxLength: 30 }),
      data: fc.uint8Array({ maxLength: 400 }),
    },
    { requiredKeys: ['height', 'index', 'type', 'subjects', 'debits', 'credits', 'data'] },
  ),
  { maxLength: 12 },
) as unknown as fc.Arbitrary<LedgerEvent[]>
const receipts = fc.array(
  fc.record({
    transaction: hash,
    code: fc.constantFrom('OK', 'INSUFFICIENT_BALANCE', 'OUT_OF_GAS'),
    gasUsed: u64,
    feeCharged: u64,
    eventsFirst: u32,
    eventsCount: u32,
    sender: hash,
  }),
  { maxLength: 12 },
) as unknown as fc.Arbitrary<Receipt[]>

describe('the fast encoders write the bytes of the schemas', () => {
  it('for events', () => {
    fc.assert(
      fc.property(events, (all) => {
        expect(encodeEvents(all)).toEqual(all.map((one) => encode(event, one)))
      }),
      { numRuns: 300 },
    )
  })
  it('for receipts', () => {
    fc.assert(
      fc.property(receipts, (all) => {
        expect(encodeReceipts(all)).toEqual(all.map((one) => encode(receipt, one)))
      }),
      { numRuns: 300 },
    )
  })
  it('for accounts', () => {
    const accounts = fc.array(fc.record({ balance: u64, nonce: u64 }), { maxLength: 20 })
    fc.assert(
      fc.property(accounts, (all) => {
        expect(encodeAccounts(all as never)).toEqual(all.map((one) => encode(accountRecord, one)))
      }),
      { numRuns: 200 },
    )
  })
  it('past the first capacity of their buffer', () => {
    const data = new Uint8Array(4_000).fill(7)
    const all = Array.from({ length: 60 }, (_, index) => ({
      height: 1n,
      index,
      type: 'a.b',
      subjects: [],
      debits: [],
      credits: [],
      data,
    }))
    expect(encodeEvents(all)).toEqual(all.map((one) => encode(event, one)))
  })
})
