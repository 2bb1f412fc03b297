/**
 * The mempool (CON-054…057): what waits for a block.
 *
 * Per account the transactions stand in nonce order; only the run without a gap from the account's next nonce is
 * executable, the rest waits. Accounts compete by the fee rate of their head transaction, so that a cheap head holds
 * its expensive successors back and nonce order never fights fee order. At capacity the *tail* of the account with the
 * lowest head rate goes: evicting its head would strand everything behind it.
 *
 * Invariants: an account's queued transactions together never exceed its balance; no two share a nonce; sizes stay within
 * limits.ts; what was taken for a block under way is neither replaced nor evicted before that block is settled or released,
 * because its submitter would be told that it was dropped while it becomes final.
 *
 * PERF: O(log heads) to take, O(1) to add at the end of a queue. While the pool is full, each add looks at every account's
 * head for the cheapest: about 3 ms with 65,536 accounts, which the listener's rate limit bounds.
 *
 * The caller has verified signatures and the format; the pool decides on nonce, fee, balance and room.
 */
import { type Address, type Amount, type Hash, hashKey } from '@symbolon/primitives'
import { type Parameters, type Transaction, transactionOutgoing } from '@symbolon/protocol'
import {
  MEMPOOL_ACCOUNT_MAX,
  MEMPOOL_BYTES_MAX,
  MEMPOOL_FUTURE_MAX,
  MEMPOOL_REPLACEMENT_PERCENT,
  MEMPOOL_TRANSACTIONS_MAX,
} from '../limits.ts'
import { MempoolError } from './errors.ts'
import { Heap } from './heap.ts'
import { minimumFee } from './minimum-fee.ts'
import { type Entry, executableOf, paysMore, placeOf, type Queue } from './queue.ts'

export interface PooledTransaction {
  readonly id: Hash
  readonly transaction: Transaction
  /** Canonical bytes, as they will stand in the block. */
  readonly bytes: Uint8Array
  /** hashKey of the sender's address. */
  readonly senderKey: string
}

/** The state at the last checkpoint. */
export interface AccountView {
  /** Zeros for an address without an account. `key` is hashKey(of). */
  account(of: Address, key: string): { readonly nonce: bigint; readonly balance: Amount }
  height(): bigint
}

export interface MempoolLimits {
  readonly transactionsMax?: number
  readonly accountMax?: number
  readonly futureMax?: number
  readonly bytesMax?: number
}

export class Mempool<P extends PooledTransaction = PooledTransaction> {
  readonly #view: AccountView
  readonly #parameters: Parameters
  readonly #limits: Required<MempoolLimits>
  readonly #queues = new Map<string, Queue<P>>()
  readonly #ids = new Map<string, Entry<P>>()
  /** In the block under way. */
  readonly #taken = new Set<Entry<P>>()
  #bytes = 0
  /** No waiting transaction expires before this height, so that most checkpoints need no search for expired ones. */
  #expiryMin = 2n ** 64n
  /** Transactions evicted for room, replaced and dropped as stale: for the metrics. */
  readonly counts = { evicted: 0, replaced: 0, stale: 0 }

  constructor(view: AccountView, parameters: Parameters, limits: MempoolLimits = {}) {
    this.#view = view
    this.#parameters = parameters
    this.#limits = {
      transactionsMax: limits.transactionsMax ?? MEMPOOL_TRANSACTIONS_MAX,
      accountMax: limits.accountMax ?? MEMPOOL_ACCOUNT_MAX,
      futureMax: limits.futureMax ?? MEMPOOL_FUTURE_MAX,
      bytesMax: limits.bytesMax ?? MEMPOOL_BYTES_MAX,
    }
  }

  get size(): number {
    return this.#ids.size
  }

  get bytes(): number {
    return this.#bytes
  }

  has(id: Hash): boolean {
    return this.#ids.has(hashKey(id))
  }

  get(id: Hash): P | undefined {
    return this.#ids.get(hashKey(id))?.pooled
  }

  /** The nonce that the account's next transaction should carry, after the executable run that waits here. */
  nextNonce(of: Address): bigint {
    const key = hashKey(of)
    const queue = this.#queues.get(key)
    return queue === undefined ? this.#view.account(of, key).nonce : executableOf(queue)
  }

  /**
   * Takes a transaction in, or throws a MempoolError and changes nothing.
   * @returns identifiers that had to leave for it: evicted, or replaced by it
   */
  add(pooled: P): Hash[] {
    const { body } = pooled.transaction
    const id = hashKey(pooled.id)
    if (this.#ids.has(id))
      throw new MempoolError('TRANSACTION_KNOWN', 'the transaction is already waiting; ask for its receipt')
    if (body.validUntil <= this.#view.height())
      throw new MempoolError(
        'TRANSACTION_EXPIRED',
        `valid until height ${body.validUntil}, which has passed; sign it anew`,
      )
    const key = pooled.senderKey
    const account = this.#view.account(body.sender, key)
    const next = account.nonce
    if (body.nonce < next)
      throw new MempoolError(
        'NONCE_TOO_LOW',
        `nonce ${body.nonce} is used; the account's next nonce is ${next}`,
        { next },
      )
    if (body.fee * 1_000_000n < body.gasLimit * this.#parameters.gasPriceMinimum)
      throw new MempoolError(
        'FEE_TOO_LOW',
        `the fee must be at least ${minimumFee(body.gasLimit, this.#parameters)} base units for this gas limit`,
      )

    const queue = this.#queues.get(key) ?? {
      key,
      address: body.sender,
      entries: [],
      outgoing: 0n,
      next,
      executable: next,
    }
    const entry: Entry<P> = {
      pooled,
      key: id,
      bytes: pooled.bytes,
      nonce: body.nonce,
      fee: body.fee,
      gasLimit: body.gasLimit,
      outgoing: transactionOutgoing(body, this.#parameters),
    }
    const place = placeOf(queue.entries, body.nonce)
    const present = queue.entries[place]
    const replaced = present !== undefined && present.nonce === body.nonce ? present : undefined
    this.#checkQueue(queue, entry, replaced, account)
    const evicted = replaced === undefined ? this.#makeRoom(entry, key) : undefined

    if (evicted !== undefined) {
      this.#remove(evicted.queue, evicted.queue.entries.length - 1)
      this.counts.evicted++
    }
    if (replaced !== undefined) {
      this.#remove(queue, place)
      this.counts.replaced++
    }
    if (place === queue.entries.length) queue.entries.push(entry)
    else queue.entries.splice(place, 0, entry)
    queue.outgoing += entry.outgoing
    // In order at the end, as nearly always, the run grows by one; otherwise it is counted again when it is next needed.
    if (queue.executable !== undefined && replaced === undefined && entry.nonce === queue.executable)
      queue.executable = place === queue.entries.length - 1 ? entry.nonce + 1n : undefined
    this.#queues.set(key, queue)
    this.#ids.set(id, entry)
    this.#bytes += entry.bytes.length
    if (body.validUntil < this.#expiryMin) this.#expiryMin = body.validUntil
    return [evicted?.entry, replaced].flatMap((left) => (left === undefined ? [] : [left.pooled.id]))
  }

  #checkQueue(
    queue: Queue<P>,
    entry: Entry<P>,
    replaced: Entry<P> | undefined,
    { nonce: next, balance }: { readonly nonce: bigint; readonly balance: Amount },
  ): void {
    const { futureMax, accountMax } = this.#limits
    const executable = executableOf(queue)
    if (entry.nonce > executable + BigInt(futureMax))
      throw new MempoolError(
        'NONCE_TOO_FAR',
        `nonce ${entry.nonce} is more than ${futureMax} beyond ${executable}; send the missing ones first`,
        { next },
      )
    if (replaced !== undefined) {
      if (this.#taken.has(replaced))
        throw new MempoolError(
          'REPLACEMENT_TOO_LATE',
          'the transaction with this nonce is in the block under way; ask for its receipt',
        )
      const percent = BigInt(100 + MEMPOOL_REPLACEMENT_PERCENT)
      if (entry.fee * replaced.gasLimit * 100n < replaced.fee * entry.gasLimit * percent)
        throw new MempoolError(
          'REPLACEMENT_UNDERPRICED',
          `to replace the waiting transaction, pay at least ${MEMPOOL_REPLACEMENT_PERCENT} % more per gas`,
        )
    } else if (queue.entries.length >= accountMax) {
      throw new MempoolError(
        'ACCOUNT_QUEUE_FULL',
        `the account has ${accountMax} transactions waiting; wait for a checkpoint`,
      )
    }
    const total = queue.outgoing - (replaced?.outgoing ?? 0n) + entry.outgoing
    if (total > balance)
      throw new MempoolError(
        'INSUFFICIENT_BALANCE',
        `waiting transactions would spend up to ${total} base units of ${balance}`,
        { total, balance },
      )
  }

  /** Finds what must leave, without removing it; throws MEMPOOL_FULL if the newcomer pays no more than the lowest head. */
  #makeRoom(entry: Entry<P>, key: string): { queue: Queue<P>; entry: Entry<P> } | undefined {
    const { transactionsMax, bytesMax } = this.#limits
    if (this.#ids.size < transactionsMax && this.#bytes + entry.bytes.length <= bytesMax) return undefined
    let lowest: Queue<P> | undefined
    for (const queue of this.#queues.values()) {
      if (this.#taken.has(queue.entries.at(-1) as Entry<P>)) continue
      if (lowest === undefined || paysMore(lowest.entries[0] as Entry<P>, queue.entries[0] as Entry<P>))
        lowest = queue
    }
    const head = lowest?.entries[0]
    const tail = lowest?.entries.at(-1)
    if (
      lowest === undefined ||
      head === undefined ||
      tail === undefined ||
      lowest.key === key ||
      !paysMore(entry, head)
    )
      throw new MempoolError(
        'MEMPOOL_FULL',
        'the mempool is full of better-paying transactions; raise the fee or wait',
      )
    if (this.#bytes - tail.bytes.length + entry.bytes.length > bytesMax)
      throw new MempoolError(
        'MEMPOOL_FULL',
        'the mempool has no room for a transaction of this size; wait for a checkpoint',
      )
    return { queue: lowest, entry: tail }
  }

  /** The best-paying executable transactions in block order, within the three bounds. They stay until `settle` or `release`. */
  take(bounds: { gasMax: bigint; countMax: number; bytesMax: number }): P[] {
    const heads = new Heap<{ queue: Queue<P>; at: number; entry: Entry<P> }>((a, b) =>
      paysMore(a.entry, b.entry),
    )
    const offer = (queue: Queue<P>, at: number, nonce: bigint): void => {
      const entry = queue.entries[at]
      if (entry !== undefined && entry.nonce === nonce) heads.push({ queue, at, entry })
    }
    for (const queue of this.#queues.values()) offer(queue, 0, queue.next)
    const taken: P[] = []
    let gas = 0n
    let bytes = 0
    for (let head = heads.pop(); head !== undefined && taken.length < bounds.countMax; head = heads.pop()) {
      const { entry, queue, at } = head
      // What does not fit any more is skipped together with its successors; a cheaper account may still fit.
      if (gas + entry.gasLimit > bounds.gasMax || bytes + entry.bytes.length > bounds.bytesMax) continue
      gas += entry.gasLimit
      bytes += entry.bytes.length
      taken.push(entry.pooled)
      this.#taken.add(entry)
      offer(queue, at + 1, entry.nonce + 1n)
    }
    return taken
  }

  /** The block for which transactions were taken will not be made. */
  release(): void {
    this.#taken.clear()
  }

  /**
   * After a checkpoint: drops what the new state has consumed or outlived, for the senders of the block and, for expiry,
   * for everyone. Also drops tails that the balance no longer covers.
   * @param block the transactions of the block: those of this pool are the same objects that `take` returned
   * @returns what was dropped without having been included
   */
  settle(block: Iterable<P>): P[] {
    this.#taken.clear()
    const dropped: P[] = []
    const included = new Set(block)
    const touched = new Set<string>()
    for (const { senderKey } of included) touched.add(senderKey)
    for (const key of touched) {
      const queue = this.#queues.get(key)
      if (queue === undefined) continue
      const { nonce, balance } = this.#view.account(queue.address, key)
      queue.next = nonce
      let consumed = 0
      while ((queue.entries[consumed]?.nonce ?? nonce) < nonce) consumed++
      this.#drop(queue, 0, consumed, included, dropped)
      while (queue.outgoing > balance && queue.entries.length > 0)
        this.#drop(queue, queue.entries.length - 1, 1, included, dropped)
    }
    const height = this.#view.height()
    if (this.#expiryMin <= height) this.#dropExpired(height, included, dropped)
    return dropped
  }

  #dropExpired(height: bigint, included: ReadonlySet<P>, dropped: P[]): void {
    this.#expiryMin = 2n ** 64n
    for (const queue of [...this.#queues.values()])
      for (let at = queue.entries.length - 1; at >= 0; at--) {
        const validUntil = queue.entries[at]?.pooled.transaction.body.validUntil ?? 0n
        if (validUntil <= height) this.#drop(queue, at, 1, included, dropped)
        else if (validUntil < this.#expiryMin) this.#expiryMin = validUntil
      }
  }

  /** Removes one transaction by identifier (the block builder found that it can never be included). */
  discard(id: Hash): void {
    const entry = this.#ids.get(hashKey(id))
    const queue = entry === undefined ? undefined : this.#queues.get(entry.pooled.senderKey)
    if (entry !== undefined && queue !== undefined) {
      this.#taken.delete(entry)
      this.#remove(queue, queue.entries.indexOf(entry))
    }
  }

  /** Removes `count` entries from `at` on, and adds those that no block includes to `dropped`. */
  #drop(queue: Queue<P>, at: number, count: number, included: ReadonlySet<P>, dropped: P[]): void {
    for (const { pooled } of this.#remove(queue, at, count)) {
      if (included.has(pooled)) continue
      this.counts.stale++
      dropped.push(pooled)
    }
  }

  #remove(queue: Queue<P>, at: number, count = 1): Entry<P>[] {
    if (count === 0) return []
    const removed = queue.entries.splice(at, count)
    for (const entry of removed) {
      queue.outgoing -= entry.outgoing
      this.#bytes -= entry.bytes.length
      this.#ids.delete(entry.key)
    }
    // Consumed ones leave the end of the run where it is.
    if (removed.some(({ nonce }) => nonce >= queue.next)) queue.executable = undefined
    if (queue.entries.length === 0) this.#queues.delete(queue.key)
    return removed
  }
}
