/**
 * What the journal asks of a file system, and nothing more, so that tests can pass one that loses, tears and fails.
 *
 * Every operation is synchronous but one: only `datasync` waits for the device, and it is the one that overlaps with
 * other work. A write only copies into the page cache (tens of microseconds for 100 KB), which costs less than
 * the two thread hops of an asynchronous write.
 */
export interface JournalFile {
  /** Fills `into` from `offset` on; returns how many bytes there were. */
  readSync(into: Uint8Array, offset: number): number
  /** Writes all of `bytes` at `offset` or throws; a short write is completed or becomes an error. */
  writeSync(bytes: Uint8Array, offset: number): void
  /** Cuts or extends (with zeros, without allocating blocks) the file to `size` bytes. */
  truncateSync(size: number): void
  sizeSync(): number
  /** Resolves when everything written to the file before the call is on the device. */
  datasync(): Promise<void>
  datasyncSync(): void
  closeSync(): void
}

export interface FileSystem {
  /** `create` fails if the file exists; `write` and `read` fail if it does not. */
  openSync(path: string, mode: 'create' | 'write' | 'read'): JournalFile
  /** Names (not paths) in a directory, in no particular order. */
  listSync(directory: string): string[]
  makeDirectorySync(directory: string): void
  /** Atomic; replaces `to` if it exists. Durable only after `syncDirectorySync`. */
  renameSync(from: string, to: string): void
  /** Durable only after `syncDirectorySync`. */
  removeSync(path: string): void
  syncDirectorySync(directory: string): void
  /** Makes this process the only user of the directory, or throws JOURNAL_LOCKED. Returns the release. */
  lockSync(directory: string): () => void
}
