/**
 * Where transactions are, by the first TRANSACTION_PREFIX_BYTES of their identifier. Whoever asks holds the full identifier
 * against the receipt at that place (FrameStore.transaction): 2^64 work would find two bodies of one prefix, and their
 * author would only hide one of his own two from this index.
 *
 * What is not in the engine yet is found in memory: per block one packed array and one table, no object per transaction,
 * because a busy block has thousands and the garbage collector would copy each of them.
 */
import type { Receipt } from '@symbolon/protocol'
import type { KeyValueReader, Operation } from '../engine/index.ts'
import { TRANSACTION_PREFIX_BYTES, transactionKey } from './keys.ts'
import { PLACE_BYTES, type Place, placeOf, setPlace } from './place.ts'

export class TransactionIndex {
  readonly #reader: KeyValueReader
  /** Not in the engine yet, and those of them that are on their way. */
  #unwritten: BlockTransactions[] = []
  #writing: readonly BlockTransactions[] = []

  constructor(reader: KeyValueReader) {
    this.#reader = reader
  }

  add(height: bigint, receipts: readonly Receipt[]): void {
    if (receipts.length > 0) this.#unwritten.push(new BlockTransactions(height, receipts))
  }

  /** The place of the transaction, or of another with the same beginning. */
  find(id: Uint8Array): Place | undefined {
    for (const blocks of [this.#unwritten, this.#writing])
      for (let i = blocks.length - 1; i >= 0; i--) {
        const place = blocks[i]?.find(id)
        if (place !== undefined) return place
      }
    const value = this.#reader.get(transactionKey(id))
    return value === undefined ? undefined : placeOf(value)
  }

  /** One put per transaction; `written` must follow when they are visible in the engine. */
  takeOperations(into: Operation[]): void {
    for (const block of this.#unwritten) block.addOperations(into)
    this.#writing = this.#unwritten
    this.#unwritten = []
  }

  written(): void {
    this.#writing = []
  }
}

/** The transactions of one block: keys ready for the engine, and an open-addressing table over them, at most half full. */
class BlockTransactions {
  readonly #height: bigint
  readonly #count: number
  /** Table byte and prefix, one behind the other. */
  readonly #keys: Uint8Array
  /** Index in the block plus one; 0 is free. */
  readonly #slots: Uint32Array

  constructor(height: bigint, receipts: readonly Receipt[]) {
    this.#height = height
    this.#count = receipts.length
    this.#keys = new Uint8Array(receipts.length * KEY_BYTES)
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(receipts.length * 2)))
    const keys = this.#keys
    const slots = this.#slots
    const mask = slots.length - 1
    for (let index = 0, at = 0; index < receipts.length; index++, at += KEY_BYTES) {
      const { transaction } = receipts[index] as Receipt
      keys[at] = TABLE
      for (let i = 0; i < TRANSACTION_PREFIX_BYTES; i++) keys[at + 1 + i] = transaction[i] as number
      let slot = slotOf(transaction) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = index + 1
    }
  }

  find(id: Uint8Array): Place | undefined {
    const mask = this.#slots.length - 1
    for (let slot = slotOf(id) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] as number) - 1
      if (this.#hasPrefix(index, id)) return { height: this.#height, index }
    }
    return undefined
  }

  addOperations(into: Operation[]): void {
    const values = new Uint8Array(this.#count * PLACE_BYTES)
    const view = new DataView(values.buffer)
    for (let index = 0; index < this.#count; index++) {
      const at = index * PLACE_BYTES
      setPlace(view, at, this.#height, index)
      into.push({
        type: 'put',
        key: this.#keys.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES),
        value: values.subarray(at, at + PLACE_BYTES),
      })
    }
  }

  #hasPrefix(index: number, id: Uint8Array): boolean {
    const at = index * KEY_BYTES + 1
    for (let i = 0; i < TRANSACTION_PREFIX_BYTES; i++) if (this.#keys[at + i] !== id[i]) return false
    return true
  }
}

const KEY_BYTES = TRANSACTION_PREFIX_BYTES + 1
const TABLE = transactionKey(new Uint8Array(TRANSACTION_PREFIX_BYTES))[0] as number

/** Identifiers are digests: any four bytes spread well, but for what an author grinds; that costs a longer walk within one block. */
function slotOf(id: Uint8Array): number {
  return (id[0] as number) | ((id[1] as number) << 8) | ((id[2] as number) << 16) | ((id[3] as number) << 24)
}
