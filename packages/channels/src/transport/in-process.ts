/**
 * Two ends in one process, for tests, benchmarks and agents that live together. Delivery is asynchronous and in order; `faults`
 * make it as bad as a network may be. A link never loses or reorders a single message: like TCP, it is cut, and messages
 * in flight are lost.
 */
import type { Transport, TransportHandlers } from './transport.ts'

export interface InProcessFaults {
  /** Called for every message sent; `cut` loses it and ends the link, `cut-after` delivers it and ends the link. */
  onMessage?(from: 0 | 1, bytes: Uint8Array): 'deliver' | 'cut' | 'cut-after'
  /** Turns of the event loop before a batch is delivered. */
  delay?(run: () => void): void
}

class InProcessEnd implements Transport {
  readonly #side: 0 | 1
  readonly #faults: InProcessFaults
  peer: InProcessEnd | undefined
  #handlers: TransportHandlers | undefined
  #inbox: Uint8Array[] = []
  #inboxBytes = 0
  #scheduled = false
  #paused = false
  #closed = false
  #closeReason: string | undefined

  constructor(side: 0 | 1, faults: InProcessFaults) {
    this.#side = side
    this.#faults = faults
  }

  get bufferedBytes(): number {
    return this.peer === undefined ? 0 : this.peer.pendingBytes
  }

  get pendingBytes(): number {
    return this.#inboxBytes
  }

  attach(handlers: TransportHandlers): void {
    this.#handlers = handlers
    this.#schedule()
  }

  send(bytes: Uint8Array): void {
    if (this.#closed || this.peer === undefined) return
    const fate = this.#faults.onMessage?.(this.#side, bytes) ?? 'deliver'
    if (fate !== 'cut') this.peer.receive(bytes)
    if (fate !== 'deliver') this.close('cut')
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  close(reason = 'closed'): void {
    if (this.#closed) return
    this.end(reason)
    this.peer?.end(reason)
  }

  drained(): void {
    this.#handlers?.drain()
  }

  end(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#closeReason = reason
    this.#schedule()
  }

  receive(bytes: Uint8Array): void {
    if (this.#closed) return
    this.#inbox.push(bytes)
    this.#inboxBytes += bytes.length
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#handlers === undefined) return
    this.#scheduled = true
    const delay = this.#faults.delay ?? queueMicrotask
    delay(() => this.#deliver())
  }

  #deliver(): void {
    this.#scheduled = false
    const handlers = this.#handlers
    if (handlers === undefined) return
    const batch = this.#inbox
    let delivered = 0
    while (delivered < batch.length && !this.#paused) {
      const bytes = batch[delivered++] as Uint8Array
      this.#inboxBytes -= bytes.length
      handlers.message(bytes)
    }
    this.#inbox = batch.slice(delivered)
    if (delivered > 0) this.peer?.drained()
    if (this.#inbox.length > 0 && !this.#paused) this.#schedule()
    else if (this.#closeReason !== undefined && this.#inbox.length === 0) {
      const reason = this.#closeReason
      this.#closeReason = undefined
      handlers.close(reason)
    }
  }
}

/** Party 0's end first. */
export function inProcessPair(faults: InProcessFaults = {}): [Transport, Transport] {
  const a = new InProcessEnd(0, faults)
  const b = new InProcessEnd(1, faults)
  a.peer = b
  b.peer = a
  return [a, b]
}
