/**
 * Sequential reading of a file through a buffer, so that small batches do not cost a system call each.
 *
 * Every refill allocates anew and never writes to an old buffer: a view handed out stays valid.
 */
import type { JournalFile } from './file-system.ts'

export class ReadWindow {
  readonly size: number
  readonly #file: JournalFile
  readonly #windowBytes: number
  #buffer: Buffer = Buffer.alloc(0)
  #start = 0

  /** `size`: where reading stops, the end of the file unless told. */
  constructor(file: JournalFile, windowBytes: number, size: number = file.sizeSync()) {
    this.#file = file
    this.#windowBytes = windowBytes
    this.size = size
  }

  /** A view of `length` bytes at `offset`; shorter only where the file ends. */
  view(offset: number, length: number): Buffer {
    const available = Math.max(0, Math.min(length, this.size - offset))
    if (offset < this.#start || offset + available > this.#start + this.#buffer.length)
      this.#fill(offset, available)
    return this.#buffer.subarray(offset - this.#start, offset - this.#start + available)
  }

  #fill(offset: number, length: number): void {
    const wanted = Math.min(this.size - offset, Math.max(length, this.#windowBytes))
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, wanted))
    this.#buffer = buffer.subarray(0, this.#file.readSync(buffer, offset))
    this.#start = offset
  }
}
