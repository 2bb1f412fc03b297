/**
 * The mempool against a model that knows the rules (CON-054…057) and nothing of how the pool is built: a plain list, searched anew
 * for every question. Both see the same random life: additions, blocks made and given up, heights that pass.
 */
import {
  type Address,
  asAddress,
  asHash,
  encode,
  type Hash,
  hashKey,
  isSymbolonError,
} from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, type Transaction, transaction, transactionId } from '@symbolon/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Mempool, type PooledTransaction } from '../src/index.ts'

const LIMITS = { transactionsMax: 8, accountMax: 4, futureMax: 3, bytesMax: 10_000_000 }
const GAS = 1_000n
const FRAME = asHash(new Uint8Array(32).fill(1))
const ACCOUNTS = ['A', 'B', 'C', 'D'].map((letter) =>
  asAddress(new Uint8Array(32).fill(letter.charCodeAt(0))),
)

class State {
  height = 10n
  readonly accounts = new Map(ACCOUNTS.map((address) => [hashKey(address), { nonce: 0n, balance: 300n }]))

  of(address: Address): { nonce: bigint; balance: bigint } {
    const account = this.accounts.get(hashKey(address))
    if (account === undefined) throw new Error('not an account of this test')
    return account
  }
}

interface Item {
  readonly pooled: PooledTransaction
  readonly sender: Address
  readonly nonce: bigint
  readonly fee: bigint
  readonly outgoing: bigint
  readonly validUntil: bigint
  taken: boolean
}

class Model {
  items: Item[] = []
  readonly state: State

  constructor(state: State) {
    this.state = state
  }

  own(sender: Address): Item[] {
    return this.items
      .filter((one) => hashKey(one.sender) === hashKey(sender))
      .sort((a, b) => Number(a.nonce - b.nonce))
  }

  /** All transactions cost the same gas here, so the fee is the rate. */
  static better(a: Item, b: Item): boolean {
    return a.fee !== b.fee ? a.fee > b.fee : hashKey(a.pooled.id) < hashKey(b.pooled.id)
  }

  nextNonce(sender: Address): bigint {
    let { nonce } = this.state.of(sender)
    while (this.own(sender).some((one) => one.nonce === nonce)) nonce++
    return nonce
  }

  /** The code of the refusal, or what leaves. */
  add(item: Item): string | Hash[] {
    const { state } = this
    const account = state.of(item.sender)
    if (this.items.some((one) => hashKey(one.pooled.id) === hashKey(item.pooled.id)))
      return 'TRANSACTION_KNOWN'
    if (item.validUntil <= state.height) return 'TRANSACTION_EXPIRED'
    if (item.nonce < account.nonce) return 'NONCE_TOO_LOW'
    if (item.nonce > this.nextNonce(item.sender) + BigInt(LIMITS.futureMax)) return 'NONCE_TOO_FAR'
    const own = this.own(item.sender)
    const replaced = own.find((one) => one.nonce === item.nonce)
    if (replaced !== undefined) {
      if (replaced.taken) return 'REPLACEMENT_TOO_LATE'
      if (item.fee * 10n < replaced.fee * 11n) return 'REPLACEMENT_UNDERPRICED'
    } else if (own.length >= LIMITS.accountMax) return 'ACCOUNT_QUEUE_FULL'
    const total = own.reduce((sum, one) => sum + one.outgoing, item.outgoing) - (replaced?.outgoing ?? 0n)
    if (total > account.balance) return 'INSUFFICIENT_BALANCE'
    let evicted: Item | undefined
    if (replaced === undefined && this.items.length >= LIMITS.transactionsMax) {
      const queues = ACCOUNTS.map((address) => this.own(address)).filter(
        (queue) => queue.length > 0 && queue.at(-1)?.taken === false,
      )
      const lowest = queues.reduce<Item[] | undefined>(
        (low, queue) => (low === undefined || Model.better(low[0] as Item, queue[0] as Item) ? queue : low),
        undefined,
      )
      if (
        lowest === undefined ||
        hashKey((lowest[0] as Item).sender) === hashKey(item.sender) ||
        !Model.better(item, lowest[0] as Item)
      )
        return 'MEMPOOL_FULL'
      evicted = lowest.at(-1)
    }
    const leaving = [evicted, replaced].filter((one) => one !== undefined)
    this.items = [...this.items.filter((one) => !leaving.includes(one)), item]
    return leaving.map((one) => one.pooled.id)
  }

  take(countMax: number): Item[] {
    const next = new Map(ACCOUNTS.map((address) => [hashKey(address), this.state.of(address).nonce]))
    const taken: Item[] = []
    while (taken.length < countMax) {
      const [best] = this.items
        .filter((one) => next.get(hashKey(one.sender)) === one.nonce)
        .sort((a, b) => (Model.better(a, b) ? -1 : 1))
      if (best === undefined) break
      taken.push(best)
      next.set(hashKey(best.sender), best.nonce + 1n)
    }
    for (const one of taken) one.taken = true
    return taken
  }

  release(): void {
    for (const one of this.items) one.taken = false
  }

  /** After the state has changed. */
  settle(included: readonly Item[]): Item[] {
    this.release()
    const senders = new Set(included.map(({ sender }) => hashKey(sender)))
    const dropped: Item[] = []
    const drop = (one: Item): void => {
      this.items = this.items.filter((other) => other !== one)
      if (!included.includes(one)) dropped.push(one)
    }
    for (const address of ACCOUNTS.filter((one) => senders.has(hashKey(one)))) {
      const { nonce, balance } = this.state.of(address)
      for (const one of this.own(address)) if (one.nonce < nonce) drop(one)
      while (this.own(address).reduce((sum, one) => sum + one.outgoing, 0n) > balance)
        drop(this.own(address).at(-1) as Item)
    }
    for (const one of [...this.items]) if (one.validUntil <= this.state.height) drop(one)
    return dropped
  }
}

function itemOf(sender: Address, nonce: bigint, fee: bigint, amount: bigint, validUntil: bigint): Item {
  const body: Transaction['body'] = {
    frame: FRAME,
    sender,
    nonce,
    fee,
    gasLimit: GAS,
    validUntil,
    payload: { kind: 'accounts.transfer', body: { to: sender, amount } },
  }
  const signed = { body, signatures: [{ publicKey: new Uint8Array(32), signature: new Uint8Array(64) }] }
  const pooled = {
    id: transactionId(body),
    transaction: signed,
    bytes: encode(transaction, signed),
    senderKey: hashKey(sender),
  }
  return { pooled, sender, nonce, fee, outgoing: fee + amount, validUntil, taken: false }
}

const account = fc.constantFrom(...ACCOUNTS)
const small = (max: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: BigInt(max) })
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      sender: account,
      /** Beyond the next nonce of the account, mostly a little; below it sometimes. */
      ahead: fc.bigInt({ min: -1n, max: 5n }),
      fee: small(40),
      amount: small(60),
      life: small(6),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('take' as const), countMax: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      /** How many of those taken it includes, and what else happened to the payers' balances. */
      share: fc.nat(6),
      loss: small(100),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const) }) },
)

it('decides like the model through any life', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const state = new State()
      const model = new Model(state)
      const mempool = new Mempool(
        { account: (of) => state.of(of), height: () => state.height },
        { ...DEFAULT_PARAMETERS, gasPriceMinimum: 0n },
        LIMITS,
      )
      let taken: Item[] = []
      for (const one of steps) {
        if (one.kind === 'add') {
          const { nonce } = state.of(one.sender)
          const item = itemOf(
            one.sender,
            nonce + one.ahead < 0n ? 0n : nonce + one.ahead,
            one.fee,
            one.amount,
            state.height + one.life,
          )
          const expected = model.add(item)
          let actual: string | Hash[]
          try {
            actual = mempool.add(item.pooled)
          } catch (error) {
            if (!isSymbolonError(error)) throw error
            actual = error.code
          }
          expect(actual).toEqual(expected)
        } else if (one.kind === 'take') {
          // The producer takes once per block.
          if (taken.length > 0) continue
          taken = model.take(one.countMax)
          expect(mempool.take({ gasMax: 10n ** 12n, countMax: one.countMax, bytesMax: 10 ** 9 })).toEqual(
            taken.map(({ pooled }) => pooled),
          )
        } else if (one.kind === 'release') {
          model.release()
          mempool.release()
          taken = []
        } else {
          const included = taken.slice(0, one.share)
          for (const { sender, outgoing } of included) {
            const payer = state.of(sender)
            payer.nonce++
            const left = payer.balance - outgoing - one.loss
            payer.balance = left > 0n ? left : 0n
          }
          state.height++
          const dropped = mempool.settle(included.map(({ pooled }) => pooled))
          const expected = model.settle(included).map(({ pooled }) => pooled)
          expect(new Set(dropped)).toEqual(new Set(expected))
          taken = []
        }
        expect(mempool.size).toBe(model.items.length)
        expect(mempool.bytes).toBe(model.items.reduce((sum, { pooled }) => sum + pooled.bytes.length, 0))
        for (const address of ACCOUNTS) expect(mempool.nextNonce(address)).toBe(model.nextNonce(address))
      }
    }),
    { numRuns: 300 },
  )
})
