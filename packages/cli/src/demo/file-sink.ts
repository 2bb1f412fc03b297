/** Rows to a file, one per line, handed to the system before they are paid for. */
import { createWriteStream, type WriteStream } from 'node:fs'
import type { UnitSink } from '@symbolon/sdk'

const NEWLINE = Uint8Array.of(0x0a)

export class FileSink implements UnitSink {
  readonly #stream: WriteStream

  constructor(path: string) {
    this.#stream = createWriteStream(path)
  }

  write(units: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(Buffer.concat(units.flatMap((unit) => [unit, NEWLINE])), (error) =>
        error ? reject(error) : resolve(),
      )
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve))
  }
}
