/** The machine's own file system. */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { lockDirectory } from './directory-lock.ts'
import type { FileSystem, JournalFile } from './file-system.ts'

const FLAGS = { create: 'wx+', write: 'r+', read: 'r' } as const

class NodeFile implements JournalFile {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  readSync(into: Uint8Array, offset: number): number {
    let done = 0
    while (done < into.length) {
      const count = readSync(this.#descriptor, into, done, into.length - done, offset + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  writeSync(bytes: Uint8Array, offset: number): void {
    let done = 0
    // The kernel may write less than asked (a signal, a nearly full disk); the next call then gives the reason.
    while (done < bytes.length)
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, offset + done)
  }

  truncateSync(size: number): void {
    ftruncateSync(this.#descriptor, size)
  }

  sizeSync(): number {
    return fstatSync(this.#descriptor).size
  }

  datasync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#descriptor, (error) => (error === null ? resolve() : reject(error)))
    })
  }

  datasyncSync(): void {
    fdatasyncSync(this.#descriptor)
  }

  closeSync(): void {
    closeSync(this.#descriptor)
  }
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

export const nodeFileSystem: FileSystem = {
  openSync: (path, mode) => new NodeFile(openSync(path, FLAGS[mode], 0o600)),
  listSync: (directory) => readdirSync(directory),
  makeDirectorySync(directory) {
    // The name of a new directory is itself an entry that a power cut can lose, at every level that was created.
    const first = mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (first === undefined) return
    for (let level = directory; level.length >= first.length; level = dirname(level))
      syncDirectory(dirname(level))
  },
  renameSync,
  removeSync: unlinkSync,
  syncDirectorySync: syncDirectory,
  lockSync: lockDirectory,
}
