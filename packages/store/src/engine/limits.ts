/** Every bound of the engines, with its default. */
export const ENGINE_LIMITS = {
  /** A key has at least one byte; keys this long are already far from what an ordered store is good at. */
  keyBytesMax: 1024,
  valueBytesMax: 16 * 1024 * 1024,
  /** Keys and values of one batch: it is held in memory until it is durable. */
  batchBytesMax: 256 * 1024 * 1024,
  batchOperationsMax: 1_000_000,
  /** Entries that an iterator fetches in one hop to the engine's thread. */
  iteratorPageEntries: 1000,
  /** Blocks of table files kept in memory, bytes. */
  cacheBytes: 128 * 1024 * 1024,
  /** Newest writes kept in memory, bytes; a batch beyond it is written to a table file in the background. */
  writeBufferBytes: 32 * 1024 * 1024,
} as const
