/**
 * Keeps one channel connected while a purchase needs it. One attempt at a time: an attempt that fails also ends a connection,
 * and must not begin another row of attempts. A seller that takes connections and drops them without a new unit is given up
 * after as many attempts as one that cannot be reached.
 */
import type { Channel } from '@symbolon/channels'
import { SdkError } from '../errors.ts'
import { RECONNECT_ATTEMPTS, RECONNECT_MIN_MS } from '../limits.ts'
import { dial } from './dial.ts'

export interface KeptConnection {
  readonly channel: Channel
  /** Of the seller's channel endpoint. */
  readonly url: string
  /** Anything that grows with the purchase: while it does, connections may be lost as often as they like. */
  readonly progress: () => bigint
  readonly onConnected: () => void
  /** Called once, with DELIVERY_INTERRUPTED; nothing is tried afterwards. */
  readonly onFailed: (error: SdkError) => void
}

/** Returns the way to stop. */
export function keepConnected(kept: KeptConnection): () => void {
  let isStopped = false
  let isRunning = false
  let attempts = 0
  let reached = kept.progress()
  const run = async (): Promise<void> => {
    let last: unknown
    while (!isStopped && !kept.channel.isOnline) {
      if (kept.progress() > reached) attempts = 0
      reached = kept.progress()
      if (attempts >= RECONNECT_ATTEMPTS) return fail(last)
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MIN_MS * 2 ** attempts))
      attempts += 1
      if (isStopped) return
      try {
        await kept.channel.connect(await dial(kept.url))
        if (!isStopped) kept.onConnected()
      } catch (error) {
        last = error
      }
    }
  }
  const fail = (cause: unknown): void => {
    isStopped = true
    const reason = cause instanceof Error ? cause.message : 'it drops every connection'
    kept.onFailed(
      new SdkError('DELIVERY_INTERRUPTED', `the seller could not be reached again: ${reason}`, { cause }),
    )
  }
  const begin = (): void => {
    if (isRunning || isStopped) return
    isRunning = true
    void run().finally(() => {
      isRunning = false
      // The connection may have been lost again in the turn in which the attempt ended.
      if (!kept.channel.isOnline) begin()
    })
  }
  const stop = kept.channel.events.on('offline', begin)
  if (!kept.channel.isOnline) begin()
  return () => {
    isStopped = true
    stop()
  }
}

/**
 * Does work that needs the seller's signature, over as many connections as it takes: an update waits while nobody is
 * connected. Errors: DELIVERY_INTERRUPTED, those of the work.
 */
export async function whileConnected<T>(channel: Channel, url: string, work: () => Promise<T>): Promise<T> {
  let stop = (): void => {}
  const lost = new Promise<never>((_, reject) => {
    stop = keepConnected({
      channel,
      url,
      progress: () => channel.signed.state.sequence,
      onConnected: () => {},
      onFailed: reject,
    })
  })
  try {
    return await Promise.race([work(), lost])
  } finally {
    stop()
  }
}
