/**
 * What the node asks of an ordered key-value store: keys and values are bytes, keys are ordered bytewise, and a batch
 * is all or nothing.
 *
 * Reads of one key are synchronous, because execution of a block reads a thousand of them and a hop to another
 * thread costs ten times the read. Ranges are asynchronous and paged, because they may be as long as the state.
 */
export interface Operation {
  type: 'put' | 'delete'
  key: Uint8Array
  /** Present exactly for `put`; may be empty. */
  value?: Uint8Array
}

export interface RangeOptions {
  /** First key, inclusive (absent: from the start). */
  gte?: Uint8Array
  /** End, exclusive (absent: to the end). */
  lt?: Uint8Array
  /** From the end of the range to its start. */
  reverse?: boolean
  /** At most so many entries, at least 0. */
  limit?: number
}

export interface KeyValueEntry {
  key: Uint8Array
  value: Uint8Array
}

/** The reading half. Every returned array is a plain Uint8Array and belongs to the caller. */
export interface KeyValueReader {
  /** Undefined if absent; an empty value is an empty array. */
  get(key: Uint8Array): Uint8Array | undefined
  has(key: Uint8Array): boolean
  /** Entries in key order, as of the first step: batches that complete later do not show. */
  range(options?: RangeOptions): AsyncGenerator<KeyValueEntry, void, undefined>
}

export interface KeyValueSnapshot extends KeyValueReader {
  close(): Promise<void>
}

export interface KeyValueEngine extends KeyValueReader {
  /**
   * Applies all operations or none, in order (of two on one key the later wins); several calls take effect in the
   * order of the calls. Visible to readers when it resolves, at the latest. With `sync` it is then durable; without,
   * a crash may lose it, but only together with every later batch. Arguments must not change until it resolves.
   * After ENGINE_FAILED no later batch succeeds: reopen, and see what is there.
   */
  batch(operations: readonly Operation[], options: { sync: boolean }): Promise<void>
  /** The state at this instant, until it is closed. */
  snapshot(): KeyValueSnapshot
  /** Waits for batches in flight. Everything afterwards throws ENGINE_CLOSED. */
  close(): Promise<void>
}
