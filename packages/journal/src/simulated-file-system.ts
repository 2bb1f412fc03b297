/**
 * A file system in memory that behaves as badly as a real one may.
 *
 * What is written is visible at once, as through a page cache, and survives a power cut only if it was synced;
 * of the rest, any subset survives: each piece of an unsynced write, each change of size, each change of a
 * directory, independently. A fault can be armed at any operation: the process dies there (a write then has
 * put down only some of its bytes), the operation fails, or a sync fails and, as on Linux, its pages are marked
 * clean though they were never written, so that the next sync succeeds and saves nothing.
 */
import { JournalError } from './errors.ts'
import type { FileSystem, JournalFile } from './file-system.ts'

/** Thrown by every operation from the instant of a simulated crash until `restart`. */
export class SimulatedCrash extends Error {}

export interface Fault {
  /** Which mutating operation, counted from 0 since the fault system was made. */
  operation: number
  kind: 'crash' | 'error'
  /** For a write: how many bytes reach the page cache before the fault. */
  bytes?: number
}

/** How finely a power cut may tear an unsynced write, in bytes: smaller than any device, so nothing hides. */
const TEAR_BYTES = 16

type Change = { offset: number; bytes: Buffer } | { size: number }

class Inode {
  /** As programs see it. */
  cached = Buffer.alloc(0)
  /** As the device has it. */
  stored = Buffer.alloc(0)
  unsynced: Change[] = []

  change(change: Change): void {
    this.cached = applyChange(this.cached, change)
    this.unsynced.push(change)
  }
}

function applyChange(content: Buffer<ArrayBuffer>, change: Change): Buffer<ArrayBuffer> {
  const size = 'size' in change ? change.size : Math.max(content.length, change.offset + change.bytes.length)
  let result = content
  if (size !== content.length) {
    result = Buffer.alloc(size)
    content.copy(result)
  }
  if ('bytes' in change) change.bytes.copy(result, change.offset)
  return result
}

type Names = Map<string, Inode>
type NameChange = (names: Names) => void

export class SimulatedFileSystem implements FileSystem {
  /** Mutating operations so far; the range for `Fault.operation`. */
  operations = 0
  #cachedNames: Names = new Map()
  #storedNames: Names = new Map()
  #unsyncedNames: NameChange[] = []
  #locked = new Set<string>()
  #fault: Fault | undefined
  #dead = false

  /** Arms one fault; it disarms when it strikes. */
  arm(fault: Fault | undefined): void {
    this.#fault = fault
  }

  /**
   * Ends the simulated process and starts anew. `process` keeps the page cache (a kill -9), `power` keeps what was
   * synced and an arbitrary part of the rest, chosen by `random` (0 to 1, exclusive).
   */
  restart(kind: 'process' | 'power', random: () => number): void {
    this.#dead = false
    this.#fault = undefined
    this.#locked.clear()
    if (kind === 'process') return
    const inodes = new Set([...this.#cachedNames.values(), ...this.#storedNames.values()])
    for (const change of this.#unsyncedNames) if (random() < 0.5) change(this.#storedNames)
    this.#unsyncedNames = []
    this.#cachedNames = new Map(this.#storedNames)
    for (const inode of inodes) {
      for (const change of inode.unsynced) {
        for (const piece of piecesOf(change))
          if (random() < 0.5) inode.stored = applyChange(inode.stored, piece)
      }
      inode.unsynced = []
      inode.cached = Buffer.from(inode.stored)
    }
  }

  /** The bytes of a file as programs see them, to damage it: changes made to the result are durable at once. */
  damage(path: string, change: (bytes: Buffer) => Buffer | undefined): void {
    const inode = this.#inode(path)
    const bytes = Buffer.from(inode.cached)
    const result = change(bytes) ?? bytes
    inode.cached = Buffer.from(result)
    inode.stored = Buffer.from(result)
    inode.unsynced = []
  }

  openSync(path: string, mode: 'create' | 'write' | 'read'): JournalFile {
    this.#requireAlive()
    if (mode === 'create') {
      if (this.#cachedNames.has(path)) throw new Error(`EEXIST: ${path}`)
      this.#mutate()
      const inode = new Inode()
      this.#changeNames((names) => names.set(path, inode))
    }
    return this.#file(this.#inode(path))
  }

  listSync(directory: string): string[] {
    this.#requireAlive()
    const prefix = `${directory}/`
    return [...this.#cachedNames.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
  }

  makeDirectorySync(): void {
    this.#requireAlive()
  }

  renameSync(from: string, to: string): void {
    this.#mutate()
    const inode = this.#inode(from)
    this.#changeNames((names) => {
      names.delete(from)
      names.set(to, inode)
    })
  }

  removeSync(path: string): void {
    this.#mutate()
    this.#inode(path)
    this.#changeNames((names) => names.delete(path))
  }

  syncDirectorySync(): void {
    this.#mutate((fault) => {
      if (fault.kind === 'error') this.#unsyncedNames = []
    })
    for (const change of this.#unsyncedNames) change(this.#storedNames)
    this.#unsyncedNames = []
  }

  lockSync(directory: string): () => void {
    this.#requireAlive()
    if (this.#locked.has(directory))
      throw new JournalError('JOURNAL_LOCKED', `${directory} is in use. Close the other journal first.`)
    this.#locked.add(directory)
    return () => this.#locked.delete(directory)
  }

  #file(inode: Inode): JournalFile {
    const sync = (changes: readonly Change[]): void => {
      this.#mutate((fault) => {
        // A sync cut short by a crash leaves its changes unsynced: any part of them may survive.
        if (fault.kind === 'error') inode.unsynced = []
      })
      for (const change of inode.unsynced)
        if (changes.includes(change)) inode.stored = applyChange(inode.stored, change)
      inode.unsynced = inode.unsynced.filter((change) => !changes.includes(change))
    }
    return {
      readSync: (into, offset) => {
        this.#requireAlive()
        const bytes = inode.cached.subarray(offset, offset + into.length)
        into.set(bytes)
        return bytes.length
      },
      writeSync: (bytes, offset) => {
        const put = (length: number): void =>
          inode.change({ offset, bytes: Buffer.from(bytes.subarray(0, length)) })
        this.#mutate((fault) => put(Math.min(fault.bytes ?? 0, bytes.length)))
        put(bytes.length)
      },
      truncateSync: (size) => {
        this.#mutate()
        inode.change({ size })
      },
      sizeSync: () => {
        this.#requireAlive()
        return inode.cached.length
      },
      datasync: async () => {
        // The device takes its time: other turns of the event loop, writes among them, come in between, and this
        // sync promises nothing about those.
        const changes = [...inode.unsynced]
        await new Promise((resolve) => setImmediate(resolve))
        sync(changes)
      },
      datasyncSync: () => sync(inode.unsynced),
      closeSync: () => {},
    }
  }

  #inode(path: string): Inode {
    const inode = this.#cachedNames.get(path)
    if (inode === undefined) throw new Error(`ENOENT: ${path}`)
    return inode
  }

  #changeNames(change: NameChange): void {
    change(this.#cachedNames)
    this.#unsyncedNames.push(change)
  }

  #requireAlive(): void {
    if (this.#dead) throw new SimulatedCrash('the simulated machine is down')
  }

  /** Counts the operation and lets an armed fault strike; `damage` is what the failed operation still does. */
  #mutate(damage: (fault: Fault) => void = () => {}): void {
    this.#requireAlive()
    const fault = this.#fault
    if (fault?.operation !== this.operations++) return
    this.#fault = undefined
    damage(fault)
    if (fault.kind === 'error') throw new Error('EIO: simulated')
    this.#dead = true
    throw new SimulatedCrash('simulated crash')
  }
}

/** The parts of a change that a power cut may keep or lose each on its own. */
function* piecesOf(change: Change): Generator<Change> {
  if ('size' in change) {
    yield change
    return
  }
  for (let at = 0; at < change.bytes.length; at += TEAR_BYTES)
    yield { offset: change.offset + at, bytes: change.bytes.subarray(at, at + TEAR_BYTES) }
}
