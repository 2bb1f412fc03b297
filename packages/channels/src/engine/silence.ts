/**
 * Notices that the peer does not answer (CL-4). One timer serves all proposals of a connection: arming and cancelling one per update
 * would cost more than signing. A silence is therefore noticed after one to two timeouts.
 */
import type { Outstanding } from './core.ts'
import type { ChannelEnvironment } from './environment.ts'

export class Silence {
  readonly #environment: ChannelEnvironment
  readonly #timeoutMs: number
  readonly #outstanding: () => Outstanding | undefined
  readonly #noticed: () => void
  #cancel: (() => void) | undefined

  constructor(
    environment: ChannelEnvironment,
    timeoutMs: number,
    outstanding: () => Outstanding | undefined,
    noticed: () => void,
  ) {
    this.#environment = environment
    this.#timeoutMs = timeoutMs
    this.#outstanding = outstanding
    this.#noticed = noticed
  }

  /** A proposal of mine is out. */
  watch(): void {
    if (this.#cancel !== undefined) return
    const watched = this.#outstanding()
    this.#cancel = this.#environment.timer(this.#timeoutMs, () => {
      this.#cancel = undefined
      const now = this.#outstanding()
      if (now === undefined) return
      if (now === watched) this.#noticed()
      else this.watch()
    })
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
