/**
 * Where things are: transactions by identifier, events by subject, channels by party. Everything here follows from the log
 * and rides in the batch of the state, so it is never ahead of it or behind.
 *
 * A block is indexed when the first reader asks or when its batch is built, whichever comes first: not before the block is
 * acknowledged.
 */
import { type Address, asHash, decode, type Hash, hashKey } from '@symbolon/primitives'
import { channelOpened, type LedgerEvent, type Receipt } from '@symbolon/protocol'
import type { KeyValueReader, Operation } from '../engine/index.ts'
import { IndexLists } from './index-list.ts'
import { TABLE_PARTY_CHANNELS, TABLE_SUBJECT_EVENTS, transactionKey } from './keys.ts'

/** Height as u64 and index in the block as u32, big-endian. */
const PLACE_BYTES = 12
const CHANNEL_BYTES = 32

export interface Place {
  readonly height: bigint
  readonly index: number
}

/** What of an executed block is indexed. */
export interface IndexedBlock {
  readonly header: { readonly height: bigint }
  readonly receipts: readonly Receipt[]
  readonly events: readonly LedgerEvent[]
}

export class BlockIndex {
  readonly #reader: KeyValueReader
  readonly #subjects: IndexLists
  readonly #channels: IndexLists
  #added: IndexedBlock[] = []
  /** Transactions that are not written yet. */
  #transactions = new Map<string, Place>()
  #writing: ReadonlyMap<string, Place> = new Map()
  #operations: Operation[] = []

  constructor(reader: KeyValueReader) {
    this.#reader = reader
    this.#subjects = new IndexLists(reader, TABLE_SUBJECT_EVENTS, PLACE_BYTES)
    this.#channels = new IndexLists(reader, TABLE_PARTY_CHANNELS, CHANNEL_BYTES)
  }

  add(block: IndexedBlock): void {
    this.#added.push(block)
  }

  transaction(id: Uint8Array): Place | undefined {
    this.#index()
    const name = hashKey(id)
    const unwritten = this.#transactions.get(name) ?? this.#writing.get(name)
    if (unwritten !== undefined) return unwritten
    const value = this.#reader.get(transactionKey(id))
    return value === undefined ? undefined : placeOf(value)
  }

  eventCount(subject: Uint8Array): number {
    this.#index()
    return this.#subjects.count(subject)
  }

  /** Where the event number `index` of a subject is, oldest first. */
  eventAt(subject: Uint8Array, index: number): Place {
    return placeOf(this.#subjects.at(subject, index))
  }

  channelCount(party: Address): number {
    this.#index()
    return this.#channels.count(party)
  }

  channelAt(party: Address, index: number): Hash {
    return asHash(this.#channels.at(party, index).slice())
  }

  /** The operations of every block added so far; `written` must follow when they are visible in the engine. */
  takeOperations(into: Operation[]): void {
    this.#index()
    for (let i = 0; i < this.#operations.length; i++) into.push(this.#operations[i] as Operation)
    this.#operations = []
    this.#subjects.takeOperations(into)
    this.#channels.takeOperations(into)
    this.#writing = this.#transactions
    this.#transactions = new Map()
  }

  written(): void {
    this.#writing = new Map()
    this.#subjects.written()
    this.#channels.written()
  }

  #index(): void {
    if (this.#added.length === 0) return
    for (const block of this.#added) this.#indexBlock(block)
    this.#added = []
  }

  #indexBlock({ header: { height }, receipts, events }: IndexedBlock): void {
    // Copied by every addition, so one buffer serves all.
    const place = new Uint8Array(PLACE_BYTES)
    const view = new DataView(place.buffer)
    view.setBigUint64(0, height)
    for (let index = 0; index < receipts.length; index++) {
      const { transaction } = receipts[index] as Receipt
      view.setUint32(8, index)
      this.#operations.push({ type: 'put', key: transactionKey(transaction), value: place.slice() })
      this.#transactions.set(hashKey(transaction), { height, index })
    }
    for (let index = 0; index < events.length; index++) {
      const { type, subjects, data } = events[index] as LedgerEvent
      view.setUint32(8, index)
      for (let i = 0; i < subjects.length; i++) {
        const subject = subjects[i] as Hash
        // Somebody who pays himself is the subject of the payment once.
        if (subjects.findIndex((other) => hashKey(other) === hashKey(subject)) === i)
          this.#subjects.add(subject, place)
      }
      if (type === 'channels.opened') {
        const { channel, parties } = decode(channelOpened, data)
        for (const party of parties) this.#channels.add(party, channel)
      }
    }
  }
}

function placeOf(bytes: Uint8Array): Place {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PLACE_BYTES)
  return { height: view.getBigUint64(0), index: view.getUint32(8) }
}
