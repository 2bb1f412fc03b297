/**
 * An ordered, bounded, message-preserving link between two engines. Nothing about it is trusted: it may cut at any message,
 * and who is at the other end is proven by the hello.
 */
export interface TransportHandlers {
  message(bytes: Uint8Array): void
  /** The send buffer fell below its low-water mark. */
  drain(): void
  /** No message follows and none can be sent. Called once. */
  close(reason: string): void
}

export interface Transport {
  /** Starts delivery; what arrived before is delivered first. Call once. */
  attach(handlers: TransportHandlers): void
  /** Queues a message; lost without a word if the link is cut. The bytes must not change afterwards. */
  send(bytes: Uint8Array): void
  /** Bytes queued and not yet handed to the system. */
  readonly bufferedBytes: number
  /** Stops and resumes delivery: backpressure on the peer. */
  pause(): void
  resume(): void
  close(reason?: string): void
}
