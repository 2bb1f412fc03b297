/** What a channel tells its owner. Listeners must not throw; one that does is the owner's bug and stops nothing. */
import type { SignedChannelState } from '@symbolon/protocol'
import type { ChannelError } from '../errors.ts'
import type { OperationBatch } from '../operation/apply.ts'
import type { StreamPayee } from '../stream/payee.ts'
import type { Phase } from './phase.ts'

export interface ChannelEvents {
  phase: (phase: Phase) => void
  /** Connected, identified and resynchronised. */
  online: () => void
  offline: (reason: string) => void
  /** A new state with both signatures is durable here. */
  advanced: (signed: SignedChannelState, batches: readonly OperationBatch[]) => void
  /** More ticks paid to me are durable; shared by all streams of the channel. */
  ticks: () => void
  /** The peer opened a stream to me. */
  stream: (payee: StreamPayee) => void
  /** The peer broke the protocol; the connection was dropped and nothing changed. */
  violation: (error: ChannelError) => void
  /** The peer refused a message of mine. */
  peerError: (error: ChannelError) => void
  /** The peer has not answered for answerTimeoutMs: ask the close policy. */
  silence: () => void
  /** My disk failed: nothing more is acknowledged. Fix it, then open the store again. */
  failure: (error: unknown) => void
}

export class EventEmitter<E extends { [name in keyof E]: (...given: never[]) => void }> {
  readonly #listeners = new Map<keyof E, Set<(...given: never[]) => void>>()

  /** Returns the way to stop listening. */
  on<N extends keyof E>(name: N, listener: E[N]): () => void {
    const set = this.#listeners.get(name) ?? new Set()
    set.add(listener)
    this.#listeners.set(name, set)
    return () => set.delete(listener)
  }

  emit<N extends keyof E>(name: N, ...given: Parameters<E[N]>): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(...(given as never[]))
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
