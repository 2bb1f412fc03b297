import {
  type Address,
  type Amount,
  asAddress,
  asHash,
  encode,
  type Hash,
  hashKey,
  isSymbolonError,
} from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, type Transaction, transaction, transactionId } from '@symbolon/protocol'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Mempool, type MempoolLimits, type PooledTransaction } from '../src/mempool/mempool.ts'

const FRAME = asHash(new Uint8Array(32).fill(1))
const who = (letter: string): Address => asAddress(new Uint8Array(32).fill(letter.charCodeAt(0)))
const A = who('A')
const B = who('B')
const C = who('C')
const GAS = 1_000n

class State {
  nonces = new Map<string, bigint>()
  balances = new Map<string, bigint>()
  at = 10n
  account = (of: Address): { nonce: bigint; balance: Amount } => ({
    nonce: this.nonce(of),
    balance: this.balance(of),
  })
  nonce = (of: Address): bigint => this.nonces.get(hashKey(of)) ?? 0n
  balance = (of: Address): Amount => this.balances.get(hashKey(of)) ?? 1_000_000n
  height = (): bigint => this.at
}

function pooled(
  sender: Address,
  nonce: bigint,
  fee: bigint,
  options: { amount?: bigint; validUntil?: bigint; gasLimit?: bigint } = {},
): PooledTransaction {
  const { amount = 1n, validUntil = 100n, gasLimit = GAS } = options
  const body: Transaction['body'] = {
    frame: FRAME,
    sender,
    nonce,
    fee,
    gasLimit,
    validUntil,
    payload: { kind: 'accounts.transfer', body: { to: B, amount } },
  }
  const signed = { body, signatures: [{ publicKey: new Uint8Array(32), signature: new Uint8Array(64) }] }
  return {
    id: transactionId(body),
    transaction: signed,
    bytes: encode(transaction, signed),
    senderKey: hashKey(sender),
  }
}

const everything = { gasMax: 10n ** 12n, countMax: 1_000, bytesMax: 10 ** 9 }
let state: State
beforeEach(() => {
  state = new State()
})
const pool = (limits: MempoolLimits = {}): Mempool =>
  new Mempool(state, { ...DEFAULT_PARAMETERS, gasPriceMinimum: 0n }, limits)
const order = (mempool: Mempool): string[] =>
  mempool
    .take(everything)
    .map(({ transaction: { body } }) => `${String.fromCharCode(body.sender[0] ?? 0)}${body.nonce}`)
const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (isSymbolonError(error)) return error.code
    throw error
  }
  return 'accepted'
}

describe('order', () => {
  it('worked example 26: evicts the tail of the account with the cheapest head, and orders B, C, A', () => {
    state.nonces.set(hashKey(A), 1n).set(hashKey(B), 1n)
    const mempool = pool({ transactionsMax: 3 })
    mempool.add(pooled(A, 1n, 1n))
    const tail = pooled(A, 2n, 9n)
    mempool.add(tail)
    mempool.add(pooled(B, 1n, 5n))
    const left = mempool.add(pooled(C, 0n, 4n))
    expect(left).toEqual([tail.id])
    expect(order(mempool)).toEqual(['B1', 'C0', 'A1'])
  })

  it('never lets a nonce overtake its predecessor, whatever it pays', () => {
    const mempool = pool()
    mempool.add(pooled(A, 1n, 900n))
    mempool.add(pooled(A, 0n, 1n))
    mempool.add(pooled(B, 0n, 5n))
    expect(order(mempool)).toEqual(['B0', 'A0', 'A1'])
  })

  it('compares rates, not absolute fees', () => {
    const mempool = pool()
    mempool.add(pooled(A, 0n, 100n, { gasLimit: 10_000n }))
    mempool.add(pooled(B, 0n, 50n, { gasLimit: 1_000n }))
    expect(order(mempool)).toEqual(['B0', 'A0'])
  })

  it('holds future nonces back until the gap closes', () => {
    const mempool = pool()
    mempool.add(pooled(A, 2n, 9n))
    expect(order(mempool)).toEqual([])
    expect(mempool.nextNonce(A)).toBe(0n)
    mempool.add(pooled(A, 0n, 9n))
    mempool.add(pooled(A, 1n, 9n))
    expect(order(mempool)).toEqual(['A0', 'A1', 'A2'])
    expect(mempool.nextNonce(A)).toBe(3n)
  })

  it('respects the gas, count and byte bounds of a block', () => {
    const mempool = pool()
    for (let nonce = 0n; nonce < 5n; nonce++) mempool.add(pooled(A, nonce, 10n))
    expect(mempool.take({ ...everything, gasMax: 3n * GAS })).toHaveLength(3)
    expect(mempool.take({ ...everything, countMax: 2 })).toHaveLength(2)
    const size = pooled(A, 0n, 10n).bytes.length
    expect(mempool.take({ ...everything, bytesMax: size * 4 })).toHaveLength(4)
  })
})

describe('admission', () => {
  it.each([
    ['TRANSACTION_EXPIRED', () => pooled(A, 0n, 10n, { validUntil: 10n })],
    ['NONCE_TOO_LOW', () => pooled(C, 4n, 10n)],
    ['NONCE_TOO_FAR', () => pooled(A, 65n, 10n)],
    ['INSUFFICIENT_BALANCE', () => pooled(A, 0n, 10n, { amount: 999_991n })],
  ])('refuses with %s and changes nothing', (code, make) => {
    state.nonces.set(hashKey(C), 5n)
    const mempool = pool()
    expect(codeOf(() => mempool.add(make()))).toBe(code)
    expect(mempool.size).toBe(0)
    expect(mempool.bytes).toBe(0)
  })

  it('refuses a transaction that it has', () => {
    const mempool = pool()
    mempool.add(pooled(A, 0n, 10n))
    expect(codeOf(() => mempool.add(pooled(A, 0n, 10n)))).toBe('TRANSACTION_KNOWN')
  })

  it('asks for the minimum fee of the frame', () => {
    const mempool = new Mempool(state, { ...DEFAULT_PARAMETERS, gasPriceMinimum: 1_000_000n })
    expect(codeOf(() => mempool.add(pooled(A, 0n, GAS - 1n)))).toBe('FEE_TOO_LOW')
    expect(codeOf(() => mempool.add(pooled(A, 0n, GAS)))).toBe('accepted')
  })

  it('replaces at ten per cent more, not below', () => {
    const mempool = pool()
    const first = pooled(A, 0n, 100n)
    mempool.add(first)
    expect(codeOf(() => mempool.add(pooled(A, 0n, 109n, { amount: 2n })))).toBe('REPLACEMENT_UNDERPRICED')
    expect(mempool.add(pooled(A, 0n, 110n, { amount: 2n }))).toEqual([first.id])
    expect(mempool.size).toBe(1)
  })

  it('counts everything that waits against the balance', () => {
    state.balances.set(hashKey(A), 100n)
    const mempool = pool()
    mempool.add(pooled(A, 0n, 10n, { amount: 50n }))
    expect(codeOf(() => mempool.add(pooled(A, 1n, 10n, { amount: 31n })))).toBe('INSUFFICIENT_BALANCE')
    mempool.add(pooled(A, 1n, 10n, { amount: 30n }))
    // A replacement is counted instead of what it replaces.
    expect(codeOf(() => mempool.add(pooled(A, 1n, 20n, { amount: 20n })))).toBe('accepted')
  })

  it('bounds one account', () => {
    const mempool = pool({ accountMax: 2 })
    mempool.add(pooled(A, 0n, 10n))
    mempool.add(pooled(A, 1n, 10n))
    expect(codeOf(() => mempool.add(pooled(A, 2n, 10n)))).toBe('ACCOUNT_QUEUE_FULL')
  })

  it('at capacity refuses who pays no more, and never evicts for the account that would lose', () => {
    const mempool = pool({ transactionsMax: 2 })
    mempool.add(pooled(A, 0n, 5n))
    mempool.add(pooled(B, 0n, 6n))
    expect(codeOf(() => mempool.add(pooled(C, 0n, 4n)))).toBe('MEMPOOL_FULL')
    expect(codeOf(() => mempool.add(pooled(A, 1n, 100n)))).toBe('MEMPOOL_FULL')
    expect(order(mempool)).toEqual(['B0', 'A0'])
  })
})

describe('after a checkpoint', () => {
  it('drops what was included, what became stale and what expired', () => {
    const mempool = pool()
    const included = pooled(A, 0n, 10n)
    const stale = pooled(A, 1n, 10n)
    const kept = pooled(A, 2n, 10n)
    const expired = pooled(B, 0n, 10n, { validUntil: 11n })
    for (const one of [included, stale, kept, expired]) mempool.add(one)
    state.nonces.set(hashKey(A), 2n)
    state.at = 11n
    const dropped = mempool.settle([included])
    expect(dropped).toEqual([stale, expired])
    expect(order(mempool)).toEqual(['A2'])
    expect(mempool.counts.stale).toBe(2)
  })

  it('counts the run of an account from the nonce that the block left it at', () => {
    const mempool = pool()
    const [first, second, third] = [pooled(A, 0n, 10n), pooled(A, 1n, 10n), pooled(A, 2n, 10n)]
    for (const one of [first, third, second]) mempool.add(one)
    expect(mempool.nextNonce(A)).toBe(3n)
    state.nonces.set(hashKey(A), 1n)
    expect(mempool.settle([first])).toEqual([])
    expect(mempool.nextNonce(A)).toBe(3n)
    expect(order(mempool)).toEqual(['A1', 'A2'])
    mempool.discard(second.id)
    expect(mempool.nextNonce(A)).toBe(1n)
    expect(order(mempool)).toEqual([])
  })

  it('drops tails that the balance no longer covers', () => {
    const mempool = pool()
    mempool.add(pooled(A, 0n, 10n, { amount: 100n }))
    mempool.add(pooled(A, 1n, 10n, { amount: 100n }))
    state.balances.set(hashKey(A), 150n)
    // Another transaction of the account is in the block, which this pool never saw.
    expect(mempool.settle([pooled(A, 0n, 1n)])).toHaveLength(1)
    expect(order(mempool)).toEqual(['A0'])
  })
})

it('under random traffic keeps its invariants', () => {
  const accounts = [A, B, C]
  const step = fc.record({
    sender: fc.constantFrom(...accounts),
    nonce: fc.bigInt({ min: 0n, max: 6n }),
    fee: fc.bigInt({ min: 1n, max: 50n }),
    amount: fc.bigInt({ min: 0n, max: 60n }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const local = new State()
      for (const account of accounts) local.balances.set(hashKey(account), 200n)
      const mempool = new Mempool(
        local,
        { ...DEFAULT_PARAMETERS, gasPriceMinimum: 0n },
        { transactionsMax: 7, accountMax: 4 },
      )
      const held = new Map<string, PooledTransaction>()
      for (const { sender, nonce, fee, amount } of steps) {
        const one = pooled(sender, nonce, fee, { amount })
        try {
          const left: Hash[] = mempool.add(one)
          for (const id of left) held.delete(hashKey(id))
          held.set(hashKey(one.id), one)
        } catch (error) {
          if (!isSymbolonError(error)) throw error
        }
        expect(mempool.size).toBe(held.size)
        expect(held.size).toBeLessThanOrEqual(7)
      }
      for (const account of accounts) {
        const own = [...held.values()].filter(
          (one) => hashKey(one.transaction.body.sender) === hashKey(account),
        )
        expect(new Set(own.map((one) => one.transaction.body.nonce)).size).toBe(own.length)
        const { total } = own.reduce(
          (sum, { transaction: { body } }) => ({
            total:
              sum.total +
              body.fee +
              (body.payload.kind === 'accounts.transfer' ? body.payload.body.amount : 0n),
          }),
          { total: 0n },
        )
        expect(total).toBeLessThanOrEqual(200n)
        const nonces = mempool
          .take(everything)
          .filter(({ transaction: { body } }) => hashKey(body.sender) === hashKey(account))
          .map(({ transaction: { body } }) => body.nonce)
        expect(nonces).toEqual(nonces.map((_, index) => BigInt(index)))
        expect(mempool.nextNonce(account)).toBe(BigInt(nonces.length))
      }
    }),
  )
})

describe('a block under way', () => {
  it('keeps what was taken for it: neither replaced nor evicted, until it is settled or given up', () => {
    const mempool = pool({ transactionsMax: 2 })
    const first = pooled(A, 0n, 10n)
    mempool.add(first)
    mempool.add(pooled(B, 0n, 20n))
    expect(mempool.take(everything)).toHaveLength(2)
    expect(codeOf(() => mempool.add(pooled(A, 0n, 900n)))).toBe('REPLACEMENT_TOO_LATE')
    expect(codeOf(() => mempool.add(pooled(C, 0n, 900n)))).toBe('MEMPOOL_FULL')
    mempool.release()
    expect(mempool.add(pooled(C, 0n, 900n))).toEqual([first.id])
    mempool.take(everything)
    mempool.settle([])
    expect(codeOf(() => mempool.add(pooled(B, 0n, 900n)))).toBe('accepted')
  })
})
