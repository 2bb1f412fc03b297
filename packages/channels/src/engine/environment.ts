/** Clock and randomness, passed in so that tests own them. */
export interface ChannelEnvironment {
  /** `length` bytes from a cryptographic source. */
  random(length: number): Uint8Array
  /** Runs once after `delayMs`; returns the cancellation. */
  timer(delayMs: number, run: () => void): () => void
  /** Lets other turns of the event loop in between slices of long work. */
  yield(): Promise<void>
}

export const nodeEnvironment: ChannelEnvironment = {
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  timer: (delayMs, run) => {
    const handle = setTimeout(run, delayMs)
    // A channel that waits for a silent peer must not keep a finished program alive.
    handle.unref()
    return () => clearTimeout(handle)
  },
  yield: () => new Promise((resolve) => setImmediate(resolve)),
}
