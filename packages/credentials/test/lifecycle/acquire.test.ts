import { describe, expect, test } from 'vitest'
import {
  type Challenge,
  CredentialBuyer,
  type CredentialRecord,
  CredentialVerifier,
  decodeMacaroon,
  MemoryCredentialStore,
  type Payer,
  type PaymentOutcome,
  type PurchaseTerms,
  usableCredential,
} from '../../src/index.ts'
import { EXPIRY, mint, NOW, PAYMENT_HASH_HEX, paymentHash, preimage, rootKeys } from '../issuer.ts'

const RESOURCE = 'https://provider.example/v2/completion'
const challenge: Challenge = { macaroon: mint(), invoice: 'invoice', binding: undefined }
const terms: PurchaseTerms = { now: NOW, amountMax: 50n, decodeInvoice: () => ({ paymentHash, amount: 50n }) }
const settled: PaymentOutcome = { status: 'settled', preimage }

/** A wallet and a disk that write down what happens to them, in order. */
class World implements Payer {
  readonly log: string[] = []
  readonly disk = new Map<string, CredentialRecord>()
  paid = 0
  outcome: PaymentOutcome | Error = settled
  later: PaymentOutcome = { status: 'unknown' }
  failWrites = false
  store = this.open()

  open(): MemoryCredentialStore {
    return new MemoryCredentialStore(async ({ resource, paymentHash: hash }, record) => {
      await Promise.resolve()
      if (this.failWrites) throw new Error('disk full')
      this.log.push(record === undefined ? 'delete' : `write ${record.status}`)
      if (record === undefined) this.disk.delete(`${resource} ${hash}`)
      else this.disk.set(`${resource} ${hash}`, record)
    }, this.disk.values())
  }

  async pay(): Promise<PaymentOutcome> {
    this.log.push('pay')
    this.paid++
    await Promise.resolve()
    if (this.outcome instanceof Error) throw this.outcome
    return this.outcome
  }

  lookUp(): Promise<PaymentOutcome> {
    this.log.push('look up')
    return Promise.resolve(this.later)
  }
}

describe('buying a credential', () => {
  test('writes the stub before paying and the preimage before reporting success (L402-5…7)', async () => {
    const world = new World()
    const record = await new CredentialBuyer(world.store, world).buy(RESOURCE, challenge, terms)
    expect(world.log).toEqual(['write pending', 'pay', 'write active'])
    expect(record).toMatchObject({
      paymentHash: PAYMENT_HASH_HEX,
      status: 'active',
      amount: 50n,
      expiresAt: EXPIRY,
    })
    const verdict = await new CredentialVerifier({ rootKeys }).verify(
      decodeMacaroon(record.macaroon),
      record.preimage!,
      {
        now: NOW,
        price: 0n,
      },
    )
    expect(verdict.accepted).toBe(true)
  })

  test('T-10: nothing is paid or stored for a challenge whose hashes differ', async () => {
    const world = new World()
    const decodeInvoice = () => ({ paymentHash: new Uint8Array(32), amount: 1n })
    const buying = new CredentialBuyer(world.store, world).buy(RESOURCE, challenge, {
      ...terms,
      decodeInvoice,
    })
    await expect(buying).rejects.toMatchObject({ code: 'L402_PAYMENT_HASH_MISMATCH' })
    expect(world.log).toEqual([])
  })

  test('nothing is paid over the budget', async () => {
    const world = new World()
    const buying = new CredentialBuyer(world.store, world).buy(RESOURCE, challenge, {
      ...terms,
      amountMax: 49n,
    })
    await expect(buying).rejects.toMatchObject({ code: 'L402_AMOUNT_OVER_BUDGET' })
    expect(world.paid).toBe(0)
  })

  test('nothing is paid if the stub cannot be written', async () => {
    const world = new World()
    world.failWrites = true
    await expect(new CredentialBuyer(world.store, world).buy(RESOURCE, challenge, terms)).rejects.toThrow(
      'disk full',
    )
    expect(world.paid).toBe(0)
    expect(await world.store.list(RESOURCE)).toEqual([])
  })

  test('a payment that failed for good leaves no record, and another may follow', async () => {
    const world = new World()
    const buyer = new CredentialBuyer(world.store, world)
    world.outcome = { status: 'failed' }
    await expect(buyer.buy(RESOURCE, challenge, terms)).rejects.toMatchObject({ code: 'L402_PAYMENT_FAILED' })
    expect(world.disk.size).toBe(0)
    world.outcome = settled
    expect((await buyer.buy(RESOURCE, challenge, terms)).status).toBe('active')
  })

  test('many callers at once buy one credential', async () => {
    const world = new World()
    const buyer = new CredentialBuyer(world.store, world)
    const records = await Promise.all(Array.from({ length: 10 }, () => buyer.buy(RESOURCE, challenge, terms)))
    expect(world.paid).toBe(1)
    expect(new Set(records).size).toBe(1)
  })

  test('a challenge that is paid for already is not paid again', async () => {
    const world = new World()
    const buyer = new CredentialBuyer(world.store, world)
    await buyer.buy(RESOURCE, challenge, terms)
    await buyer.buy(RESOURCE, challenge, terms)
    expect(world.paid).toBe(1)
  })

  test('a wallet that returns a wrong preimage is not believed, and the record is kept', async () => {
    const world = new World()
    world.outcome = { status: 'settled', preimage: new Uint8Array(32) }
    const buying = new CredentialBuyer(world.store, world).buy(RESOURCE, challenge, terms)
    await expect(buying).rejects.toMatchObject({ code: 'L402_PREIMAGE_MISMATCH' })
    expect((await world.store.list(RESOURCE)).map(({ status }) => status)).toEqual(['pending'])
    expect(await usableCredential(world.store, RESOURCE, NOW)).toBeUndefined()
  })
})

describe('L402-18: a payment whose end is unknown', () => {
  const other: Challenge = { ...challenge, macaroon: mint([], { paymentHash: new Uint8Array(32).fill(3) }) }

  test.each([
    ['an answer of unknown', { status: 'unknown' } as const],
    ['a timeout', new Error('timeout')],
  ])('after %s nothing more is paid for the resource, whatever is offered', async (_name, outcome) => {
    const world = new World()
    world.outcome = outcome
    const buyer = new CredentialBuyer(world.store, world)
    await expect(buyer.buy(RESOURCE, challenge, terms)).rejects.toMatchObject({
      code: 'L402_PAYMENT_PENDING',
    })
    for (let retry = 0; retry < 5; retry++)
      for (const again of [challenge, other])
        await expect(buyer.buy(RESOURCE, again, terms)).rejects.toMatchObject({
          code: 'L402_PAYMENT_PENDING',
        })
    expect(world.paid).toBe(1)
  })

  test('a late preimage completes the first purchase instead of paying a second', async () => {
    const world = new World()
    world.outcome = new Error('timeout')
    const buyer = new CredentialBuyer(world.store, world)
    await expect(buyer.buy(RESOURCE, challenge, terms)).rejects.toMatchObject({
      code: 'L402_PAYMENT_PENDING',
    })
    world.later = settled
    expect(await buyer.buy(RESOURCE, other, terms)).toMatchObject({
      status: 'active',
      paymentHash: PAYMENT_HASH_HEX,
    })
    expect(world.paid).toBe(1)
  })

  test('once it is known to have failed, a new payment may be made', async () => {
    const world = new World()
    world.outcome = new Error('timeout')
    const buyer = new CredentialBuyer(world.store, world)
    await expect(buyer.buy(RESOURCE, challenge, terms)).rejects.toThrow()
    world.later = { status: 'failed' }
    world.outcome = settled
    expect(await buyer.buy(RESOURCE, challenge, terms)).toMatchObject({ status: 'active' })
    expect(world.paid).toBe(2)
  })

  test('another resource is not held up', async () => {
    const world = new World()
    const buyer = new CredentialBuyer(world.store, world)
    world.outcome = new Error('timeout')
    await expect(buyer.buy(RESOURCE, challenge, terms)).rejects.toThrow()
    world.outcome = settled
    expect(await buyer.buy('https://elsewhere.example/', challenge, terms)).toMatchObject({
      status: 'active',
    })
  })
})

describe('crashes', () => {
  test('L402-7: a crash between payment and writing the preimage loses neither money nor credential', async () => {
    const world = new World()
    const originalPay = world.pay.bind(world)
    world.pay = async () => {
      const outcome = await originalPay()
      world.failWrites = true
      return outcome
    }
    await expect(new CredentialBuyer(world.store, world).buy(RESOURCE, challenge, terms)).rejects.toThrow(
      'disk full',
    )
    // The process starts again with what the disk holds, and the wallet still knows the payment.
    world.failWrites = false
    world.later = settled
    const store = world.open()
    const buyer = new CredentialBuyer(store, world)
    expect(await buyer.reconcile(RESOURCE)).toBe(0)
    expect(await usableCredential(store, RESOURCE, NOW)).toMatchObject({ paymentHash: PAYMENT_HASH_HEX })
    expect(world.paid).toBe(1)
  })

  test('L402-16: a credential works after a restart', async () => {
    const world = new World()
    await new CredentialBuyer(world.store, world).buy(RESOURCE, challenge, terms)
    expect(await usableCredential(world.open(), RESOURCE, NOW)).toMatchObject({ status: 'active' })
  })
})

describe('choosing and forgetting', () => {
  const record = (hash: string, expiresAt: number | undefined, status: 'active' | 'pending' = 'active') => ({
    resource: RESOURCE,
    paymentHash: hash,
    macaroon: new Uint8Array(),
    amount: 1n,
    expiresAt,
    status,
    preimage: status === 'active' ? preimage : undefined,
  })
  const memory = (records: CredentialRecord[]) => new MemoryCredentialStore(() => Promise.resolve(), records)

  test('the unexpired active credential with the longest life is presented', async () => {
    const store = memory([record('a', 100), record('b', 300), record('c', 200), record('d', 900, 'pending')])
    expect((await usableCredential(store, RESOURCE, 50))?.paymentHash).toBe('b')
    expect((await usableCredential(store, RESOURCE, 300))?.paymentHash).toBe('b')
    expect(await usableCredential(store, RESOURCE, 301)).toBeUndefined()
    expect(await usableCredential(store, 'elsewhere', 50)).toBeUndefined()
  })

  test('a fresh 402 evicts the credential that drew it, and another one in the store spares a purchase', async () => {
    const world = new World()
    const store = memory([record('a', NOW + 100), record('b', NOW + 300)])
    const buyer = new CredentialBuyer(store, world)
    expect((await buyer.buy(RESOURCE, challenge, terms, 'b')).paymentHash).toBe('a')
    expect((await store.list(RESOURCE)).map(({ paymentHash: hash }) => hash)).toEqual(['a'])
    expect(world.paid).toBe(0)
    expect((await buyer.buy(RESOURCE, challenge, terms, 'a')).paymentHash).toBe(PAYMENT_HASH_HEX)
    expect(world.paid).toBe(1)
  })

  test('a request whose 402 arrives after another has bought uses that purchase', async () => {
    const world = new World()
    const buyer = new CredentialBuyer(world.store, world)
    const first = await buyer.buy(RESOURCE, challenge, terms)
    const otherOffer: Challenge = {
      ...challenge,
      macaroon: mint([], { paymentHash: new Uint8Array(32).fill(3) }),
    }
    expect(await buyer.buy(RESOURCE, otherOffer, terms)).toEqual(first)
    expect(world.paid).toBe(1)
  })

  test('one that joins a purchase but was refused with its result buys anew', async () => {
    const world = new World()
    const buyer = new CredentialBuyer(memory([record('a', NOW + 100)]), world)
    const [joined, refused] = await Promise.all([
      buyer.buy(RESOURCE, challenge, terms),
      buyer.buy(RESOURCE, challenge, terms, 'a'),
    ])
    expect([joined.paymentHash, refused.paymentHash]).toEqual(['a', PAYMENT_HASH_HEX])
    expect(world.paid).toBe(1)
  })

  test('a stored credential that does not cover the intended request is not handed out', async () => {
    const world = new World()
    const buyer = new CredentialBuyer(world.store, world)
    const narrow: Challenge = { ...challenge, macaroon: mint(['service = a']) }
    const wide: Challenge = { ...challenge, macaroon: mint([], { paymentHash: new Uint8Array(32).fill(3) }) }
    await buyer.buy(RESOURCE, narrow, { ...terms, intended: { now: 0, price: 0n, service: 'a' } })
    const decodeInvoice = () => ({ paymentHash: new Uint8Array(32).fill(3), amount: 50n })
    world.outcome = { status: 'failed' }
    const second = buyer.buy(RESOURCE, wide, {
      ...terms,
      decodeInvoice,
      intended: { now: 0, price: 0n, service: 'b' },
    })
    await expect(second).rejects.toMatchObject({ code: 'L402_PAYMENT_FAILED' })
    expect(world.paid).toBe(2)
  })
})
