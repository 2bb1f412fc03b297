/** Every bound of the frame store, with its default. */
export const STORE_LIMITS = {
  /** One block with its receipts and events. A full block of batches of 256 transfers takes about 17 MB. */
  recordBytesMax: 64 * 1024 * 1024,
  logSegmentBytesMax: 256 * 1024 * 1024,
  genesisBytesMax: 4 * 1024 * 1024,
  /**
   * What gathers in memory before it is written to the state database: blocks, bytes of their records, and how long the
   * oldest of them waits. The first bound that is reached starts a batch. A kill makes recovery execute so much again.
   */
  stateBatchBlocks: 64,
  stateBatchBytes: 32 * 1024 * 1024,
  stateBatchMilliseconds: 250,
  /** Blocks, and bytes of their records, that are durable in the log and not yet in the state database: over it, `append` waits. */
  behindBlocksMax: 256,
  behindBytesMax: 128 * 1024 * 1024,
  /** The state database is synced at least once in so many blocks: what a power cut makes recovery execute again. */
  stateSyncBlocks: 256,
  /** Snapshots kept in the folder, and bytes written between two turns of the event loop while one is made (about 0.3 ms). */
  snapshotsKept: 2,
  snapshotPartBytes: 256 * 1024,
  /** Operations of one batch while a snapshot is restored. */
  restoreBatchOperations: 100_000,
  /** Encoded values of the state, other than accounts (the ledger keeps those decoded), kept in memory. */
  stateCacheBytes: 32 * 1024 * 1024,
  /** Records of recent or recently read blocks kept in memory. */
  blockCacheBytes: 64 * 1024 * 1024,
  /** Newest part of the index lists kept in memory, by number of lists; each takes about 300 bytes. */
  listsCachedMax: 200_000,
  /** Entries, and hits, of one page of a query. */
  pageMax: 1_000,
  /** Events that one `events` call looks at, blocks that it reads, and subject filters: a page may be short of its limit, and then has a cursor. */
  eventsScannedMax: 4_000,
  blocksScannedMax: 256,
  filtersScannedMax: 4_096,
  /** Heights behind the newest voted one for which votes are remembered; votes below are refused. */
  voteHeightsMax: 64,
  /** Votes of one height that are remembered: rounds × 2 phases. */
  votesMax: 16_384,
  /** Bytes of the vote log, after which it is replaced by a snapshot of what is remembered. */
  voteSegmentBytesMax: 1024 * 1024,
} as const
