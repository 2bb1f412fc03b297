/**
 * Where things are: transactions by identifier, events by subject, channels by party. Everything here follows from the log
 * and rides in the batch of the state, so it is never ahead of it or behind.
 *
 * A block is indexed when the first reader asks or when its batch is built, whichever comes first: not before the block is
 * acknowledged.
 */
import { type Address, asHash, decode, equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import { channelOpened, type LedgerEvent, type Receipt } from '@symbolon/protocol'
import type { KeyValueReader, Operation } from '../engine/index.ts'
import { IndexLists } from './index-list.ts'
import { TABLE_PARTY_CHANNELS, TABLE_SUBJECT_EVENTS, transactionKey } from './keys.ts'

/** Height as u40 and index in the block as u24, big-endian: a thousand blocks per second for thirty years. */
const PLACE_BYTES = 8
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
  /** Not in the lists yet. */
  #added: IndexedBlock[] = []
  /** Not in the engine yet, and those of them that are on their way. */
  #unwritten: UnwrittenTransactions[] = []
  #writing: readonly UnwrittenTransactions[] = []

  constructor(reader: KeyValueReader) {
    this.#reader = reader
    this.#subjects = new IndexLists(reader, TABLE_SUBJECT_EVENTS, PLACE_BYTES)
    this.#channels = new IndexLists(reader, TABLE_PARTY_CHANNELS, CHANNEL_BYTES)
  }

  add(block: IndexedBlock): void {
    this.#added.push(block)
    this.#unwritten.push(new UnwrittenTransactions(block))
  }

  transaction(id: Uint8Array): Place | undefined {
    for (const blocks of [this.#unwritten, this.#writing])
      for (const block of blocks) {
        const place = block.find(id)
        if (place !== undefined) return place
      }
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
    for (const block of this.#unwritten) block.addOperations(into)
    this.#subjects.takeOperations(into)
    this.#channels.takeOperations(into)
    this.#writing = this.#unwritten
    this.#unwritten = []
  }

  written(): void {
    this.#writing = []
    this.#subjects.written()
    this.#channels.written()
  }

  #index(): void {
    if (this.#added.length === 0) return
    for (const block of this.#added) this.#indexBlock(block)
    this.#added = []
  }

  #indexBlock({ header: { height }, events }: IndexedBlock): void {
    // The lists copy it, so one buffer serves all.
    const place = new Uint8Array(PLACE_BYTES)
    const view = new DataView(place.buffer)
    for (let index = 0; index < events.length; index++) {
      const { type, subjects, data } = events[index] as LedgerEvent
      setPlace(view, 0, height, index)
      for (let i = 0; i < subjects.length; i++) {
        const subject = subjects[i] as Hash
        // Somebody who pays himself is the subject of the payment once.
        if (subjects.findIndex((other) => equalBytes(other, subject)) === i)
          this.#subjects.add(subject, place)
      }
      if (type === 'channels.opened') {
        const { channel, parties } = decode(channelOpened, data)
        for (const party of parties) this.#channels.add(party, channel)
      }
    }
  }
}

/** The transactions of a block until they are in the engine. Searched by a Map that only the first search makes. */
class UnwrittenTransactions {
  readonly #block: IndexedBlock
  #indices: Map<string, number> | undefined

  constructor(block: IndexedBlock) {
    this.#block = block
  }

  find(id: Uint8Array): Place | undefined {
    const { header, receipts } = this.#block
    this.#indices ??= new Map(receipts.map(({ transaction }, index) => [hashKey(transaction), index]))
    const index = this.#indices.get(hashKey(id))
    return index === undefined ? undefined : { height: header.height, index }
  }

  addOperations(into: Operation[]): void {
    const { header, receipts } = this.#block
    const values = new Uint8Array(receipts.length * PLACE_BYTES)
    const view = new DataView(values.buffer)
    for (let index = 0; index < receipts.length; index++) {
      const start = index * PLACE_BYTES
      setPlace(view, start, header.height, index)
      const key = transactionKey((receipts[index] as Receipt).transaction)
      into.push({ type: 'put', key, value: values.subarray(start, start + PLACE_BYTES) })
    }
  }
}

function setPlace(view: DataView, at: number, height: bigint, index: number): void {
  const number = Number(height)
  view.setUint32(at, Math.floor(number / 256))
  view.setUint32(at + 4, ((number & 255) << 24) | index)
}

function placeOf(bytes: Uint8Array): Place {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PLACE_BYTES)
  const low = view.getUint32(4)
  return { height: BigInt(view.getUint32(0) * 256 + (low >>> 24)), index: low & 0xffffff }
}
