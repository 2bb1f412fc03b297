/** Groups of operations that wait to be proposed, and whom to tell about each. */
import type { ChannelError } from '../errors.ts'
import type { Operation } from '../operation/operation.ts'
import type { OperationGroup } from './core.ts'

interface Waiter {
  readonly resolve: (sequence: bigint) => void
  readonly reject: (error: ChannelError) => void
}

export class UpdateQueue {
  #groups: OperationGroup[] = []
  readonly #waiters = new Map<number, Waiter>()
  #nextTicket = 0

  get groups(): readonly OperationGroup[] {
    return this.#groups
  }

  add(operations: readonly Operation[]): Promise<bigint> {
    return new Promise((resolve, reject) => {
      const ticket = this.#nextTicket++
      this.#waiters.set(ticket, { resolve, reject })
      this.#groups.push({ ticket, operations })
    })
  }

  /** Keeps only the last `left` groups: the others have been proposed or have failed. */
  keep(left: number): void {
    this.#groups = left === 0 ? [] : this.#groups.slice(this.#groups.length - left)
  }

  /** Puts groups back to the front; those of a process that has died have nobody waiting and are dropped. */
  requeue(groups: readonly OperationGroup[]): void {
    this.#groups = [...groups.filter(({ ticket }) => this.#waiters.has(ticket)), ...this.#groups]
  }

  settle(tickets: readonly number[], sequence: bigint): void {
    for (const ticket of tickets) {
      this.#waiters.get(ticket)?.resolve(sequence)
      this.#waiters.delete(ticket)
    }
  }

  fail(tickets: readonly number[], error: ChannelError): void {
    for (const ticket of tickets) {
      this.#waiters.get(ticket)?.reject(error)
      this.#waiters.delete(ticket)
    }
  }

  /** Everything queued fails; what is outstanding with the peer is still open. */
  failQueued(error: ChannelError): void {
    this.fail(
      this.#groups.map(({ ticket }) => ticket),
      error,
    )
    this.#groups = []
  }

  failAll(error: ChannelError): void {
    this.fail([...this.#waiters.keys()], error)
    this.#groups = []
  }
}
