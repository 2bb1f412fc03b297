/** Records appended and not yet written, already encoded, in the batches that they will be written in. */
import { BATCH_HEADER_BYTES, BatchBuilder, RECORD_HEADER_BYTES } from './batch.ts'

export class PendingBatches {
  readonly #salt: number
  readonly #batchBytesMax: number
  readonly #queue: BatchBuilder[] = []
  readonly #free: BatchBuilder[] = []
  #bytes = 0

  constructor(salt: number, batchBytesMax: number) {
    this.#salt = salt
    this.#batchBytesMax = batchBytesMax
  }

  /** Bytes that the pending batches will take on disk. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  /** The batch to be written next; it stays in the queue until `remove`. */
  get head(): BatchBuilder | undefined {
    return this.#queue[0]
  }

  add(position: number, record: Uint8Array): void {
    const size = RECORD_HEADER_BYTES + record.length
    let batch = this.#queue.at(-1)
    if (batch === undefined || batch.bytes + size > this.#batchBytesMax) {
      batch = this.#free.pop() ?? new BatchBuilder(this.#salt)
      batch.reset(position)
      this.#queue.push(batch)
      this.#bytes += BATCH_HEADER_BYTES
    }
    batch.add(record)
    this.#bytes += size
  }

  /** Takes the head out; its buffer is reused unless one huge record made it larger than a batch should be. */
  remove(): void {
    const batch = this.#queue.shift()
    if (batch === undefined) return
    this.#bytes -= batch.bytes
    if (batch.bytes <= this.#batchBytesMax && this.#free.length < 2) this.#free.push(batch)
  }
}
