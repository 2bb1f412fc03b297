/** Units as lines of a file: what a killed buyer finds again, and counts. */
import { fdatasyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { fromUtf8 } from '@symbolon/primitives'
import type { UnitSink } from '@symbolon/sdk'

export class FileSink implements UnitSink {
  /** Whole lines that were there at the start; a line that a kill cut off is removed. */
  readonly kept: bigint
  readonly #file: number
  readonly #onWrite: (lines: number) => void

  constructor(path: string, onWrite: (lines: number) => void = () => {}) {
    this.#file = openSync(path, 'a+')
    const text = readFileSync(path, 'utf8')
    const whole = text.lastIndexOf('\n') + 1
    truncateSync(path, whole)
    this.kept = BigInt(text.slice(0, whole).split('\n').length - 1)
    this.#onWrite = onWrite
  }

  write(units: readonly Uint8Array[]): void {
    writeSync(this.#file, units.map((unit) => `${fromUtf8(unit)}\n`).join(''))
    fdatasyncSync(this.#file)
    this.#onWrite(units.length)
  }
}
