/**
 * What a verifier knows about one request. A caveat on a field that is absent refuses: a server that does not
 * say which region it runs in cannot serve a credential for one region.
 */
export interface RequestContext {
  /** Unix time in whole seconds, by the verifier's clock. */
  readonly now: number
  /** What this request costs, in base units of the frame's asset; 0n if it is free. */
  readonly price: bigint
  /** Bytes that this request will be charged for under `bytes_per_interval`. */
  readonly bytes?: bigint | undefined

  readonly service?: string | undefined
  /** Request path without query, percent-encoded as on the wire. */
  readonly endpoint?: string | undefined
  readonly method?: string | undefined
  readonly resource?: string | undefined
  readonly accelerator?: string | undefined
  readonly region?: string | undefined
  readonly model?: string | undefined
  readonly task?: string | undefined
  readonly leaseSeconds?: bigint | undefined
  readonly batchSize?: bigint | undefined

  readonly frame?: string | undefined
  readonly channel?: string | undefined
  readonly quote?: string | undefined
  readonly payee?: string | undefined
  readonly payer?: string | undefined
  /** Lower-case hexadecimal; the server's check fills it from the identifier. */
  readonly paymentHash?: string | undefined
  /**
   * Sequence number of the channel state that pays for this request. When given, the verifier also demands that it
   * be greater than the last one accepted with this credential, so that payment and use advance together (PL-5).
   */
  readonly channelSequence?: bigint | undefined
}

/** The verifier's own settings: agreed with the holder before issue, never taken from the credential. */
export interface VerifierPolicy {
  /** Seconds after its expiry that a credential is still accepted; 0 to CLOCK_SKEW_SECONDS_MAX, default 0. */
  readonly clockSkewSeconds?: number
  /** Interval of `bytes_per_interval <= N` without a window of its own; default BYTE_INTERVAL_SECONDS_DEFAULT. */
  readonly byteIntervalSeconds?: number
  /** Base units in one satoshi (1000n for an asset in millisatoshi). Without it, satoshi caveats are refused. */
  readonly baseUnitsPerSatoshi?: bigint
  /**
   * Accept stateful caveats with nothing to count them, checking each request by itself (CV-5). Off by default,
   * because then presenting a credential again resets its limits.
   */
  readonly perCallOnly?: boolean
}
