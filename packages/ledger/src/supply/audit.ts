/**
 * The independent audit (DESIGN §6.1): recomputes the supply, every bucket and every holder's balance from the event log alone and
 * reconciles them with a full scan of the state and with the totals that the header claims. It shares no number with
 * execution, so it finds what the check of each block cannot: a log that was edited afterwards, or a state on disk
 * that was.
 *
 * PERF: O(events + entries of the state); memory O(holders).
 */
import { decode, hashKey, toHex } from '@symbolon/primitives'
import { accountRecord, BUCKETS, type Bucket, type LedgerEvent, type Supply } from '@symbolon/protocol'
import { FINDINGS_MAX } from '../limits.ts'
import type { Leg } from '../module.ts'
import type { FlatState } from '../state/flat-state.ts'

export type SupplyFindingCode =
  | 'EVENT_GAP'
  | 'EVENT_UNBALANCED'
  | 'HOLDER_OVERDRAWN'
  | 'TOTALS_MISMATCH'
  | 'BALANCE_MISMATCH'

export interface SupplyFinding {
  readonly code: SupplyFindingCode
  readonly message: string
}

export interface SupplyAudit {
  readonly supply: Supply
  /** Empty if and only if everything agrees. At most FINDINGS_MAX. */
  readonly findings: readonly SupplyFinding[]
}

/** Which base units the records of a namespace say they hold, other than liquid balances, which the audit reads itself. */
export type Holdings = (
  namespace: 'identity' | 'channels' | 'storage' | 'reputation',
  key: Uint8Array,
  value: Uint8Array,
) => Iterable<Leg>

export interface SupplyAuditInput {
  /** All events from the genesis on. */
  readonly events: Iterable<Pick<LedgerEvent, 'height' | 'index' | 'type' | 'debits' | 'credits'>>
  readonly state: Pick<FlatState, 'entries'>
  /** Totals of the last header. */
  readonly claimed: Supply
  /** Reconciles the buckets that it yields at least one holding of, holder by holder. */
  readonly holdings?: Holdings
}

export function auditSupply({ events, state, claimed, holdings }: SupplyAuditInput): SupplyAudit {
  const findings: SupplyFinding[] = []
  const find = (code: SupplyFindingCode, message: string): void => {
    if (findings.length < FINDINGS_MAX) findings.push({ code, message })
  }
  const books = new Books(find)
  for (const event of events) books.add(event)
  books.endBlock()
  for (const field of ['issued', 'destroyed'] as const)
    if (books[field] !== claimed[field])
      find('TOTALS_MISMATCH', `the events say ${field} ${books[field]}, the header ${claimed[field]}`)
  const buckets = BUCKETS.map((bucket) => books.total(bucket))
  for (const [position, total] of buckets.entries())
    if (total !== claimed.buckets[position])
      find(
        'TOTALS_MISMATCH',
        `the events say ${total} in ${BUCKETS[position]}, the header ${claimed.buckets[position]}`,
      )
  books.reconcile('liquid', liquidHoldings(state))
  if (holdings !== undefined) reconcileRecords(books, state, holdings)
  return { supply: { issued: books.issued, destroyed: books.destroyed, buckets }, findings }
}

function* liquidHoldings(state: Pick<FlatState, 'entries'>): Iterable<Leg> {
  for (const [key, value] of state.entries('accounts'))
    yield { bucket: 'liquid', owner: key.subarray(1), amount: decode(accountRecord, value).balance }
}

function reconcileRecords(books: Books, state: Pick<FlatState, 'entries'>, holdings: Holdings): void {
  const held = new Map<Bucket, Leg[]>()
  for (const namespace of ['identity', 'channels', 'storage', 'reputation'] as const)
    for (const [key, value] of state.entries(namespace))
      for (const leg of holdings(namespace, key, value)) take(held, leg)
  for (const [bucket, legs] of held) books.reconcile(bucket, legs)
}

function take(held: Map<Bucket, Leg[]>, leg: Leg): void {
  const legs = held.get(leg.bucket)
  if (legs === undefined) held.set(leg.bucket, [leg])
  else legs.push(leg)
}

/** Balances by bucket and holder, from events. */
class Books {
  issued = 0n
  destroyed = 0n
  readonly #holders = new Map<Bucket, Map<string, bigint>>(BUCKETS.map((bucket) => [bucket, new Map()]))
  readonly #find: (code: SupplyFindingCode, message: string) => void
  /** Holders debited in the current block: overdrawn only if they still are when it ends, since credits land then. */
  readonly #debited: [Bucket, string][] = []
  #height = 0n
  #next = 0

  constructor(find: (code: SupplyFindingCode, message: string) => void) {
    this.#find = find
  }

  add({
    height,
    index,
    type,
    debits,
    credits,
  }: Pick<LedgerEvent, 'height' | 'index' | 'type' | 'debits' | 'credits'>): void {
    if (height !== this.#height) {
      this.endBlock()
      if (height < this.#height)
        this.#find('EVENT_GAP', `an event of height ${height} stands after height ${this.#height}`)
      this.#height = height
      this.#next = 0
    }
    if (index !== this.#next)
      this.#find('EVENT_GAP', `event ${index} of height ${height} stands where ${this.#next} belongs`)
    this.#next = index + 1
    let net = 0n
    for (const { bucket, owner, amount } of credits) net += this.#move(bucket, hashKey(owner), amount)
    for (const { bucket, owner, amount } of debits) {
      net += this.#move(bucket, hashKey(owner), -amount)
      this.#debited.push([bucket, hashKey(owner)])
    }
    if (type.endsWith('.issued') && net > 0n) this.issued += net
    else if (type.endsWith('.destroyed') && net < 0n) this.destroyed -= net
    else if (net !== 0n)
      this.#find('EVENT_UNBALANCED', `the legs of event ${index} of height ${height} (${type}) sum to ${net}`)
  }

  endBlock(): void {
    for (const [bucket, holder] of this.#debited.splice(0)) {
      const balance = this.#holders.get(bucket)?.get(holder) ?? 0n
      if (balance < 0n)
        this.#find(
          'HOLDER_OVERDRAWN',
          `${nameOf(holder)} is overdrawn in ${bucket} by ${-balance} at height ${this.#height}`,
        )
    }
  }

  total(bucket: Bucket): bigint {
    let total = 0n
    for (const balance of this.#holders.get(bucket)?.values() ?? []) total += balance
    return total
  }

  /** Holds the state's balances against the events', both ways. */
  reconcile(bucket: Bucket, held: Iterable<Leg>): void {
    const expected = new Map(this.#holders.get(bucket))
    for (const { owner, amount } of held) {
      const holder = hashKey(owner)
      this.#compare(bucket, holder, expected.get(holder) ?? 0n, amount)
      expected.delete(holder)
    }
    for (const [holder, balance] of expected) this.#compare(bucket, holder, balance, 0n)
  }

  #compare(bucket: Bucket, holder: string, events: bigint, state: bigint): void {
    if (events !== state)
      this.#find(
        'BALANCE_MISMATCH',
        `${nameOf(holder)}: the events say ${events} in ${bucket}, the state ${state}`,
      )
  }

  #move(bucket: Bucket, holder: string, amount: bigint): bigint {
    const holders = this.#holders.get(bucket)
    holders?.set(holder, (holders.get(holder) ?? 0n) + amount)
    return amount
  }
}

function nameOf(holder: string): string {
  return toHex(Uint8Array.from(holder, (char) => char.charCodeAt(0)))
}
