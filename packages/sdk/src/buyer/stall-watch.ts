/** Notices a seller that has gone quiet: connected, paid, and sending nothing. */
export interface WatchedDelivery {
  readonly verified: bigint
  /** True while this side is the one that is awaited. */
  readonly isBusy: boolean
}

/** Calls back once if no unit was verified for `stallMs` of which this side was idle. Returns the way to stop. */
export function watchForStall(delivery: WatchedDelivery, stallMs: number, onStall: () => void): () => void {
  let reached = delivery.verified
  let timer: ReturnType<typeof setTimeout>
  const look = (): void => {
    if (delivery.verified === reached && !delivery.isBusy) {
      onStall()
      return
    }
    reached = delivery.verified
    timer = setTimeout(look, stallMs)
  }
  timer = setTimeout(look, stallMs)
  return () => clearTimeout(timer)
}
