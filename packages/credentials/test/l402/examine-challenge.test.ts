import { describe, expect, test } from 'vitest'
import {
  attenuateAll,
  type Challenge,
  createMacaroon,
  examineChallenge,
  type Macaroon,
  type PurchaseTerms,
  signBinding,
} from '../../src/index.ts'
import { EXPIRY, mint, NOW, PAYMENT_HASH_HEX, paymentHash } from '../issuer.ts'

const otherHash = new Uint8Array(32).fill(8)
const terms: PurchaseTerms = {
  now: NOW,
  amountMax: 50n,
  decodeInvoice: () => ({ paymentHash, amount: 50n }),
}
const offer = (macaroon: Macaroon): Challenge => ({ macaroon, invoice: 'invoice', binding: undefined })

async function codeOf(challenge: Challenge, overrides: Partial<PurchaseTerms> = {}): Promise<string> {
  return examineChallenge(challenge, { ...terms, ...overrides }).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
}

describe("the buyer's checks before paying (L402-5)", () => {
  test('a good offer passes with what is to be paid', async () => {
    expect(await examineChallenge(offer(mint()), terms)).toMatchObject({
      amount: 50n,
      expiresAt: EXPIRY,
      paymentHash,
    })
  })

  test('T-10: an invoice for another payment is discarded', async () => {
    const decodeInvoice = () => ({ paymentHash: otherHash, amount: 1n })
    expect(await codeOf(offer(mint()), { decodeInvoice })).toBe('L402_PAYMENT_HASH_MISMATCH')
  })

  test("so is a macaroon whose stated hash is not its identifier's", async () => {
    expect(await codeOf(offer(mint([`payment_hash = ${'08'.repeat(32)}`])))).toBe(
      'L402_PAYMENT_HASH_MISMATCH',
    )
    expect(await codeOf(offer(mint([`payment_hash = ${PAYMENT_HASH_HEX}`])))).toBe('accepted')
  })

  test('an amount over the budget is refused, at the budget it is not', async () => {
    expect(await codeOf(offer(mint()), { amountMax: 50n })).toBe('accepted')
    expect(await codeOf(offer(mint()), { amountMax: 49n })).toBe('L402_AMOUNT_OVER_BUDGET')
  })

  test('a macaroon that commits to no payment is refused', async () => {
    const foreign = createMacaroon(new Uint8Array(32), new TextEncoder().encode('keyid'))
    expect(await codeOf(offer(foreign))).toBe('MACAROON_IDENTIFIER_MALFORMED')
  })

  test("CAV-7: one without an expiry is bought only on saying so; other languages' caveats do not matter", async () => {
    const identifier = Uint8Array.of(0, 0, ...paymentHash, ...new Uint8Array(32))
    const foreign = attenuateAll(createMacaroon(new Uint8Array(32), identifier), ['services=loop:0'])
    expect(await codeOf(offer(foreign))).toBe('CAVEAT_EXPIRY_MISSING')
    expect(await codeOf(offer(foreign), { allowMissingExpiry: true })).toBe('accepted')
  })

  test('one that has expired is refused', async () => {
    expect(await codeOf(offer(mint()), { now: EXPIRY })).toBe('accepted')
    expect(await codeOf(offer(mint()), { now: EXPIRY + 1 })).toBe('CAVEAT_EXPIRED')
  })

  test('one that would not allow the intended request is not bought', async () => {
    const intended = { now: 0, price: 10n, service: 'a' }
    expect(await codeOf(offer(mint(['service = a'])), { intended })).toBe('accepted')
    expect(await codeOf(offer(mint(['service = b'])), { intended })).toBe('CAVEAT_SCOPE_MISMATCH')
    expect(await codeOf(offer(mint(['max_amount_per_request <= 9'])), { intended })).toBe(
      'CAVEAT_PRICE_EXCEEDED',
    )
  })

  test('an invoice that cannot be decoded fails as its decoder says', async () => {
    const decodeInvoice = () => {
      throw Object.assign(new Error('bad invoice'), { code: 'INVOICE_MALFORMED' })
    }
    expect(await codeOf(offer(mint()), { decodeInvoice })).toBe('INVOICE_MALFORMED')
  })
})

describe('with an expected binding (PL-4)', () => {
  const expected = {
    frame: 'f',
    channel: 'c',
    quote: 'q',
    price: 50n,
    resource: 'r',
    payee: 'did:symbolon:p',
    payer: 'did:symbolon:b',
  }
  const verify = (bytes: Uint8Array, signature: Uint8Array) => signature[0] === bytes[bytes.length - 1]
  const sign = (bytes: Uint8Array) => Uint8Array.of(bytes[bytes.length - 1]!)
  const signed = async (overrides = {}) =>
    signBinding({ ...expected, paymentHash: PAYMENT_HASH_HEX, expiresAt: EXPIRY, ...overrides }, sign)

  test('an unsigned challenge is refused, a matching one passes', async () => {
    const binding = { expected, verify }
    expect(await codeOf(offer(mint()), { binding })).toBe('BINDING_MISSING')
    expect(await codeOf({ ...offer(mint()), binding: await signed() }, { binding })).toBe('accepted')
  })

  test('a binding of another payment, channel or resource is refused before the budget is looked at', async () => {
    const terms = { binding: { expected, verify }, amountMax: 0n }
    for (const [overrides, code] of [
      [{ paymentHash: '08'.repeat(32) }, 'BINDING_PAYMENT_HASH_MISMATCH'],
      [{ channel: 'other' }, 'BINDING_CHANNEL_MISMATCH'],
      [{ resource: 'other' }, 'BINDING_RESOURCE_MISMATCH'],
      [{ price: 49n }, 'BINDING_PRICE_MISMATCH'],
    ] as const)
      expect(await codeOf({ ...offer(mint()), binding: await signed(overrides) }, terms)).toBe(code)
  })

  test('an invoice that asks more than the signed price is refused', async () => {
    const decodeInvoice = () => ({ paymentHash, amount: 51n })
    const challenge = { ...offer(mint()), binding: await signed() }
    expect(await codeOf(challenge, { binding: { expected, verify }, decodeInvoice, amountMax: 100n })).toBe(
      'BINDING_PRICE_MISMATCH',
    )
  })
})
