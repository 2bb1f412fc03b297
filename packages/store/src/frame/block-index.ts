/**
 * Where things are: transactions by identifier, blocks by the subjects of their events, channels by party. Everything here
 * follows from the log and rides in the batch of the state, so it is never ahead of it or behind.
 *
 * A block is indexed when the first reader asks or when the writer gets to it, whichever comes first: not before the block
 * is acknowledged. From then on nothing of the executed block is held.
 */
import { type Address, asHash, decode, type Hash } from '@symbolon/primitives'
import { channelOpened, type LedgerEvent, type Receipt } from '@symbolon/protocol'
import type { KeyValueReader, Operation } from '../engine/index.ts'
import { IndexLists } from './index-list.ts'
import { TABLE_PARTY_CHANNELS } from './keys.ts'
import type { Place } from './place.ts'
import { SubjectFilters } from './subject-filter.ts'
import { TransactionIndex } from './transaction-index.ts'

const CHANNEL_BYTES = 32

/** What of an executed block is indexed. */
export interface IndexedBlock {
  readonly header: { readonly height: bigint }
  readonly receipts: readonly Receipt[]
  readonly events: readonly LedgerEvent[]
}

export class BlockIndex {
  readonly #transactions: TransactionIndex
  readonly #subjects: SubjectFilters
  readonly #channels: IndexLists
  /** Not indexed yet. */
  #added: IndexedBlock[] = []

  constructor(reader: KeyValueReader) {
    this.#transactions = new TransactionIndex(reader)
    this.#subjects = new SubjectFilters(reader)
    this.#channels = new IndexLists(reader, TABLE_PARTY_CHANNELS, CHANNEL_BYTES)
  }

  add(block: IndexedBlock): void {
    this.#added.push(block)
  }

  /** Indexes every block added so far, and lets go of it. */
  absorb(): void {
    if (this.#added.length === 0) return
    const added = this.#added
    this.#added = []
    for (const { header, receipts, events } of added) {
      this.#transactions.add(header.height, receipts)
      this.#subjects.add(header.height, events)
      for (let i = 0; i < events.length; i++) {
        const { type, data } = events[i] as LedgerEvent
        if (type !== 'channels.opened') continue
        const { channel, parties } = decode(channelOpened, data)
        for (const party of parties) this.#channels.add(party, channel)
      }
    }
  }

  /** To be held against the receipt there: see TransactionIndex. */
  transaction(id: Uint8Array): Place | undefined {
    this.absorb()
    return this.#transactions.find(id)
  }

  /** False only if no event of the block names the subject. */
  mayConcern(height: bigint, subject: Uint8Array): boolean {
    this.absorb()
    return this.#subjects.mayConcern(height, subject)
  }

  channelCount(party: Address): number {
    this.absorb()
    return this.#channels.count(party)
  }

  channelAt(party: Address, index: number): Hash {
    return asHash(this.#channels.at(party, index).slice())
  }

  /** The operations of every block added so far; `written` must follow when they are visible in the engine. */
  takeOperations(into: Operation[]): void {
    this.absorb()
    this.#transactions.takeOperations(into)
    this.#subjects.takeOperations(into)
    this.#channels.takeOperations(into)
  }

  written(): void {
    this.#transactions.written()
    this.#subjects.written()
    this.#channels.written()
  }
}
