/**
 * Every bound of this package, with its default. All sizes are bytes.
 *
 * A batch is what one write and one sync make durable together, so `batchBytesMax` trades latency for throughput:
 * at 1 GB/s of disk, 4 MiB is 4 ms, far past the point where the cost of the sync itself (about 0.1 ms) disappears.
 */
export const JOURNAL_LIMITS = {
  /** Largest single record. */
  recordBytesMax: 16 * 1024 * 1024,
  /** A batch closes when the next record would take it over this; one record alone may exceed it. */
  batchBytesMax: 4 * 1024 * 1024,
  /** A segment file closes when the next batch would take it over this. */
  segmentBytesMax: 64 * 1024 * 1024,
  /** Appended but not yet durable; over it `append` refuses, so that a stalled disk cannot exhaust the memory. */
  pendingBytesMax: 64 * 1024 * 1024,
  /** One entry of the in-memory index per this many bytes of segment: what a `read` scans at most, besides one batch. */
  indexGranularityBytes: 64 * 1024,
  /** Largest snapshot. */
  snapshotBytesMax: 1024 * 1024 * 1024,
} as const
