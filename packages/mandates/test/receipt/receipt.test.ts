import { type Hash, toHex } from '@symbolon/primitives'
import type { StateProof } from '@symbolon/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  encodeReceipt,
  narrow,
  type PurchaseReceipt,
  RECEIPT_LINKS,
  type ReceiptCode,
  type ReceiptReport,
  verifyReceipt,
  verifyReceiptBytes,
} from '../../src/index.ts'
import {
  agent,
  digest,
  FRAME,
  mandateOf,
  OTHER_FRAME,
  PRINCIPAL,
  provider,
  STRANGER,
  seed,
  signed,
  WORKER,
} from '../support.ts'
import {
  bodyOf,
  both,
  checkpointOf,
  decoders,
  included,
  type Parts,
  purchase,
  VALIDATORS,
} from './purchase.ts'

const trust = { frame: FRAME, validators: VALIDATORS, principal: PRINCIPAL }
const verify = (receipt: PurchaseReceipt): ReceiptReport => verifyReceipt(receipt, trust, decoders)
let valid: PurchaseReceipt
beforeAll(async () => {
  valid = await purchase()
})

describe('a purchase receipt', () => {
  it('re-verifies the whole path, link by link, and says what was paid', () => {
    const report = verifyReceiptBytes(encodeReceipt(valid), trust, decoders)
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([])
    expect(report).toMatchObject({ valid: true, paid: 1_500n })
    expect(report.checks.map(({ link }) => link)).toEqual(RECEIPT_LINKS.map(({ link }) => link))
  })

  it('proves nothing to who trusts another frame, other validators, or expects another principal', () => {
    expect(verifyReceipt(valid, { ...trust, frame: OTHER_FRAME }, decoders)).toMatchObject({
      valid: false,
      code: 'RECEIPT_MANDATE',
      paid: 0n,
    })
    const others = VALIDATORS.map((one) => ({ ...one, stake: 2n }))
    expect(verifyReceipt(valid, { ...trust, validators: others }, decoders)).toMatchObject({
      valid: false,
      code: 'RECEIPT_OPEN',
    })
    expect(verifyReceipt(valid, { ...trust, principal: STRANGER }, decoders)).toMatchObject({
      valid: false,
      code: 'RECEIPT_MANDATE',
    })
  })

  it('fails everything that rests on a broken link, and nothing before it', () => {
    const report = verify({ ...valid, challenge: { ...valid.challenge, signature: new Uint8Array(64) } })
    const at = RECEIPT_LINKS.findIndex(({ link }) => link === 'challenge')
    expect(report.checks.map(({ passed }) => passed)).toEqual(RECEIPT_LINKS.map((_, i) => i < at))
    expect(report.checks.at(-1)?.reason).toBe('rests on the link "challenge"')
  })
})

/** One byte of every byte string, one unit of every number: each mutation must be noticed, at the link that it belongs to. */
function* mutations(value: unknown, path: string[] = []): Generator<{ path: string[]; mutated: unknown }> {
  if (value instanceof Uint8Array) {
    if (value.length === 0) return
    const mutated = Uint8Array.from(value)
    const at = mutated.length >> 1
    mutated[at] = (mutated[at] ?? 0) ^ 1
    yield { path, mutated }
  } else if (typeof value === 'bigint') yield { path, mutated: value + 1n }
  else if (typeof value === 'number') yield { path, mutated: value + 1 }
  else if (typeof value === 'boolean') yield { path, mutated: !value }
  else if (typeof value === 'string') yield { path, mutated: `${value}x` }
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value))
      for (const { path: inner, mutated } of mutations(member, [...path, key])) yield { path: inner, mutated }
}
function withValue(of: unknown, [key, ...rest]: string[], mutated: unknown): unknown {
  if (key === undefined) return mutated
  const copy = Array.isArray(of) ? [...of] : { ...(of as object) }
  Object.assign(copy, { [key]: withValue((of as Record<string, unknown>)[key], rest, mutated) })
  return copy
}
/** Which links may name a mutation of a top-level field; the receipt's own frame is checked first of all. */
const LINKS_OF: Record<string, ReceiptCode[]> = {
  frame: ['RECEIPT_MANDATE'],
  mandates: ['RECEIPT_MANDATE'],
  descriptor: ['RECEIPT_DESCRIPTOR'],
  quote: ['RECEIPT_QUOTE'],
  commitment: ['RECEIPT_COMMITMENT'],
  open: ['RECEIPT_OPEN'],
  challenge: ['RECEIPT_CHALLENGE'],
  credential: ['RECEIPT_CREDENTIAL'],
  stream: ['RECEIPT_STREAM'],
  goods: ['RECEIPT_GOODS'],
  final: ['RECEIPT_FINAL'],
  close: ['RECEIPT_CLOSE'],
  audit: ['RECEIPT_AUDIT'],
}

it('notices every mutation of every field, and names the link', () => {
  const missed: string[] = []
  let count = 0
  for (const { path, mutated } of mutations(valid)) {
    const name = path.join('.')
    // More units verified than paid for is no fault.
    if (name === 'goods.verified') continue
    count++
    const report = verify(withValue(valid, path, mutated) as PurchaseReceipt)
    if (report.valid || !LINKS_OF[path[0] ?? '']?.includes(report.code ?? 'RECEIPT_MANDATE'))
      missed.push(`${name}: ${report.code ?? 'accepted'}`)
  }
  expect(missed).toEqual([])
  expect(count).toBeGreaterThan(150)
})

it.each(Object.keys(LINKS_OF))('is refused without its %s', (field) => {
  const { [field as keyof PurchaseReceipt]: _, ...rest } = valid
  expect(verify(rest as PurchaseReceipt).valid).toBe(false)
})

describe('records that are properly signed but belong to another purchase', () => {
  const other = toHex(digest(0xabc))
  it.each<[string, Partial<Parts>, ReceiptCode]>([
    ['a descriptor of another frame', { descriptor: { frame: other } }, 'RECEIPT_DESCRIPTOR'],
    ['a quote for another descriptor', { quote: { descriptor: other } }, 'RECEIPT_QUOTE'],
    ['a quote for another buyer', { quote: { buyer: toHex(STRANGER) } }, 'RECEIPT_QUOTE'],
    ['a quote by another provider', { quote: { provider: toHex(STRANGER) } }, 'RECEIPT_QUOTE'],
    ['a commitment for another quote', { commitment: { quote: other } }, 'RECEIPT_COMMITMENT'],
    ['a commitment of another buyer', { commitment: { buyer: toHex(STRANGER) } }, 'RECEIPT_COMMITMENT'],
    ['an opening that failed', { openCode: 'BALANCE_TOO_LOW' }, 'RECEIPT_OPEN'],
    ['a challenge for another channel', { challenge: { channel: other } }, 'RECEIPT_CHALLENGE'],
    ['a challenge for another quote', { challenge: { quote: other } }, 'RECEIPT_CHALLENGE'],
    ['a challenge to another payer', { challenge: { payer: toHex(STRANGER) } }, 'RECEIPT_CHALLENGE'],
    ['a credential for another challenge', { challenge: { paymentHash: other } }, 'RECEIPT_CREDENTIAL'],
    ['a stream under another quote', { stream: { quote: digest(0xabc) } }, 'RECEIPT_STREAM'],
    [
      'a stream shorter than its ticks',
      { stream: { length: 14 }, streamState: { balances: [98_600n, 0n] } },
      'RECEIPT_STREAM',
    ],
    ['a stream paid by the provider', { stream: { payer: 1 } }, 'RECEIPT_STREAM'],
    ['more paid than verified', { quote: { unitPrice: '99' } }, 'RECEIPT_GOODS'],
    ['goods that nobody quoted', { quote: { goods: other } }, 'RECEIPT_GOODS'],
    ['more paid than quoted', { quote: { total: '1499' } }, 'RECEIPT_FINAL'],
    ['a last state that pays less', { final: { balances: [98_501n, 1_499n] } }, 'RECEIPT_FINAL'],
    ['a last state older than the stream', { final: { sequence: 1n } }, 'RECEIPT_FINAL'],
    ['a last state that is not final', { final: { final: false } }, 'RECEIPT_CLOSE'],
    ['a close that failed', { closeCode: 'CHANNEL_CLOSED' }, 'RECEIPT_CLOSE'],
    ['a decision to deny', { decided: { verdict: 'deny' } }, 'RECEIPT_AUDIT'],
    ['a decision about something else', { decided: { digest: digest(1) } }, 'RECEIPT_AUDIT'],
    ['a decision under another mandate', { decided: { mandate: digest(1) } }, 'RECEIPT_AUDIT'],
    ['an entry that is no decision', { entryType: 'receipt' }, 'RECEIPT_AUDIT'],
  ])('%s', async (_, changes, code) => {
    expect(verify(await purchase(changes)).code).toBe(code)
  })

  it('a mandate that was handed on to somebody else', () => {
    const child = signed(narrow(mandateOf(), { delegate: WORKER, nonce: new Uint8Array(16) }), agent)
    expect(verify({ ...valid, mandates: [...valid.mandates, child] }).code).toBe('RECEIPT_QUOTE')
  })

  it('a close without an anchor, and a close of another channel', () => {
    const { body } = valid.close.transaction
    expect(verify({ ...valid, close: included(9n, bodyOf(1n, body.payload)) }).code).toBe('RECEIPT_AUDIT')
    const settle = included(
      9n,
      bodyOf(1n, { kind: 'channels.settle', body: { channel: digest(5) } }, body.anchor),
    )
    expect(verify({ ...valid, close: settle }).code).toBe('RECEIPT_CLOSE')
  })

  it('a unilateral close needs the record of the channel, under a checkpoint', () => {
    const { body } = valid.close.transaction
    const channel = valid.final.state.channel
    const settle = included(9n, bodyOf(1n, { kind: 'channels.settle', body: { channel } }, body.anchor))
    expect(verify({ ...valid, close: settle }).checks.find(({ link }) => link === 'close')?.reason).toBe(
      'the record of the closed channel is missing',
    )
    const forged: StateProof = {
      namespace: 'channels',
      key: new Uint8Array(33),
      proof: { path: [] },
      roots: Array.from({ length: 5 }, () => new Uint8Array(32) as Hash),
      checkpoint: checkpointOf(9n, { transactionRoot: digest(1), receiptRoot: digest(2) }),
    }
    expect(verify({ ...valid, close: settle, closed: forged }).code).toBe('RECEIPT_CLOSE')
  })

  it('a stream state that only one side has signed', () => {
    const [ours] = both(valid.stream.state.state).signatures
    const state = { ...valid.stream.state, signatures: [ours!, provider.sign(seed(1))] }
    expect(verify({ ...valid, stream: { ...valid.stream, state } }).code).toBe('RECEIPT_STREAM')
  })
})
