/** What this package asks of a journal; `Journal` of @symbolon/journal fits. */
export interface ChannelJournal {
  append(record: Uint8Array): number
  /** Resolves when everything appended before the call is durable; callers share one sync. */
  flush(): Promise<void>
  entries(from?: number): Iterable<{ position: number; record: Uint8Array }>
  latestSnapshot(): { position: number; bytes: Uint8Array } | undefined
  writeSnapshot(state: Uint8Array): void
  deleteSegmentsBefore(position: number): number
  readonly endPosition: number
}

/** Replaces the log by `records`, which say all that it said. */
export function compact(journal: ChannelJournal, snapshot: Uint8Array): void {
  journal.writeSnapshot(snapshot)
  journal.deleteSegmentsBefore(journal.endPosition)
}
