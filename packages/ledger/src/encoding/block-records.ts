/** Canonical bytes of the receipts, events and accounts of a block; field numbers are those of the protocol's schemas. */
import { encode, text } from '@symbolon/primitives'
import { BUCKETS, type LedgerEvent, type Receipt } from '@symbolon/protocol'
import type { WorkingAccount } from '../execution/working-state.ts'
import type { Leg } from '../module.ts'
import { CanonicalBuffer } from './canonical-buffer.ts'

const MAP = 0xa0
const ARRAY = 0x80
const BUCKET_POSITION = Object.fromEntries(BUCKETS.map((bucket, position) => [bucket, position])) as Record<
  Leg['bucket'],
  number
>
const TEXT = text(64)
/** Encoded codes and event types. They come from the code of modules, so there are few; the bound is a safety net. */
const texts = new Map<string, Uint8Array>()
const TEXTS_MAX = 4_096

function textBytes(value: string): Uint8Array {
  let bytes = texts.get(value)
  if (bytes === undefined) {
    bytes = encode(TEXT, value)
    if (texts.size < TEXTS_MAX) texts.set(value, bytes)
  }
  return bytes
}

export function encodeReceipts(receipts: readonly Receipt[]): Uint8Array[] {
  const out = new CanonicalBuffer()
  for (let i = 0; i < receipts.length; i++) {
    const { transaction, code, gasUsed, feeCharged, eventsFirst, eventsCount, sender } = receipts[
      i
    ] as Receipt
    out.byte(MAP | 7)
    out.byte(1)
    out.byteString(transaction)
    out.byte(2)
    out.raw(textBytes(code))
    out.byte(3)
    out.unsigned(gasUsed)
    out.byte(4)
    out.unsigned(feeCharged)
    out.byte(5)
    out.head(0, eventsFirst)
    out.byte(6)
    out.head(0, eventsCount)
    out.byte(7)
    out.byteString(sender)
    out.end()
  }
  return out.values()
}

export function encodeEvents(events: readonly LedgerEvent[]): Uint8Array[] {
  const out = new CanonicalBuffer()
  for (let i = 0; i < events.length; i++) {
    const { height, index, type, transaction, subjects, debits, credits, data } = events[i] as LedgerEvent
    out.byte(MAP | (transaction === undefined ? 7 : 8))
    out.byte(1)
    out.unsigned(height)
    out.byte(2)
    out.head(0, index)
    out.byte(3)
    out.raw(textBytes(type))
    if (transaction !== undefined) {
      out.byte(4)
      out.byteString(transaction)
    }
    out.byte(5)
    out.head(ARRAY, subjects.length)
    for (let n = 0; n < subjects.length; n++) out.byteString(subjects[n] as Uint8Array)
    out.byte(6)
    postings(out, debits)
    out.byte(7)
    postings(out, credits)
    out.byte(8)
    out.byteString(data)
    out.end()
  }
  return out.values()
}

function postings(out: CanonicalBuffer, legs: LedgerEvent['debits']): void {
  out.head(ARRAY, legs.length)
  for (let i = 0; i < legs.length; i++) {
    const { bucket, owner, amount } = legs[i] as LedgerEvent['debits'][number]
    out.byte(MAP | 3)
    out.byte(1)
    out.byte(BUCKET_POSITION[bucket])
    out.byte(2)
    out.byteString(owner)
    out.byte(3)
    out.unsigned(amount)
  }
}

export function encodeAccounts(accounts: readonly WorkingAccount[]): Uint8Array[] {
  const out = new CanonicalBuffer()
  for (let i = 0; i < accounts.length; i++) {
    const { balance, nonce } = accounts[i] as WorkingAccount
    out.byte(MAP | 2)
    out.byte(1)
    out.unsigned(balance)
    out.byte(2)
    out.unsigned(nonce)
    out.end()
  }
  return out.values()
}
