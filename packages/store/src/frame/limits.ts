/** Every bound of the frame store, with its default. */
export const STORE_LIMITS = {
  /** One block with its receipts and events. A full block of batches of 256 transfers takes about 17 MB. */
  recordBytesMax: 64 * 1024 * 1024,
  logSegmentBytesMax: 256 * 1024 * 1024,
  genesisBytesMax: 4 * 1024 * 1024,
  /** Blocks, and bytes of their records, that are durable in the log and not yet in the state database: over it, `append` waits. */
  behindBlocksMax: 64,
  behindBytesMax: 64 * 1024 * 1024,
  /** The state database is synced at least once in so many blocks: what a power cut makes recovery execute again. */
  stateSyncBlocks: 256,
  /** Encoded values of the state, other than accounts (the ledger keeps those decoded), kept in memory. */
  stateCacheBytes: 32 * 1024 * 1024,
  /** Records of recent or recently read blocks kept in memory. */
  blockCacheBytes: 64 * 1024 * 1024,
  /** Newest part of the index lists kept in memory, by number of lists; each takes about 300 bytes. */
  listsCachedMax: 200_000,
  /** Entries, and hits, of one page of a query. */
  pageMax: 1_000,
  /** Events that one `events` call looks at, and blocks: a page may be short of its limit, and then has a cursor. */
  eventsScannedMax: 4_000,
  blocksScannedMax: 256,
  /** Heights behind the newest voted one for which votes are remembered; votes below are refused. */
  voteHeightsMax: 64,
  /** Votes of one height that are remembered: rounds × 2 phases. */
  votesMax: 16_384,
  /** Bytes of the vote log, after which it is replaced by a snapshot of what is remembered. */
  voteSegmentBytesMax: 1024 * 1024,
} as const
