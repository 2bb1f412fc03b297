/**
 * An exclusive lock on a directory: the file `lock`, created only if absent, which names its owner.
 *
 * Node has no flock, so a lock survives a kill -9 and must be recognised as stale. A process number alone does not
 * tell: numbers are reused, and in a container every start may get the same one. The owner is therefore the
 * number, the instant the process started and the boot of the machine (Linux; elsewhere the number alone, and
 * then a reused number keeps the lock until someone removes the file).
 *
 * Taking over a stale lock is itself a race: two newcomers may both find it stale, and the slower would remove
 * the lock that the faster has just made. Takeover happens under a second file, `lock.takeover`.
 */
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { JournalError } from './errors.ts'

interface Owner {
  process: number
  /** Clock ticks since boot; absent where the system does not say. */
  started?: string
  boot?: string
}

/** Directories that this process holds: a second open in the same process is refused like any other. */
const held = new Set<string>()

function startOf(process: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8')
    // Field 22 (proc(5)); counted after the command name, which is in parentheses and may contain anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function bootOf(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return undefined
  }
}

function currentOwner(): Owner {
  const started = startOf(process.pid)
  const boot = bootOf()
  return {
    process: process.pid,
    ...(started === undefined ? {} : { started }),
    ...(boot === undefined ? {} : { boot }),
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.boot !== undefined && owner.boot !== bootOf()) return false
  if (owner.started !== undefined) {
    const started = startOf(owner.process)
    // Same number, same start: the very process. This process itself is caught by `held` before it comes here.
    if (started !== undefined) return started === owner.started
    return false
  }
  if (owner.process === process.pid) return false
  try {
    process.kill(owner.process, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Creates `path` with its whole content in one step, so that nobody ever reads a half-written owner. */
function createOwned(path: string, owner: Owner): boolean {
  const draft = `${path}.${owner.process}`
  writeFileSync(draft, JSON.stringify(owner), { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return { process: -1 }
  }
}

function refuse(directory: string, path: string, owner: Owner | undefined): never {
  throw new JournalError(
    'JOURNAL_LOCKED',
    `${directory} is in use by process ${owner?.process ?? 'unknown'}. Stop that process first; ` +
      `if you are certain that it is gone, remove ${path}.`,
    { details: { directory, path, process: owner?.process } },
  )
}

/** Locks `directory` for this process or throws JOURNAL_LOCKED; returns the release, which may be called twice. */
export function lockDirectory(directory: string): () => void {
  const identity = resolve(directory)
  const path = join(identity, 'lock')
  const owner = currentOwner()
  if (held.has(identity)) refuse(directory, path, owner)
  if (!createOwned(path, owner)) takeOver(directory, path, owner)
  held.add(identity)
  return () => {
    if (!held.delete(identity)) return
    unlinkSync(path)
  }
}

function takeOver(directory: string, path: string, owner: Owner): void {
  const takeover = `${path}.takeover`
  const present = readOwner(path)
  if (present !== undefined && isLiveOrUnreadable(present)) refuse(directory, path, present)
  if (!createOwned(takeover, owner)) refuse(directory, takeover, readOwner(takeover))
  try {
    // Read again: between the first look and this file, another newcomer may have finished its takeover.
    const stale = readOwner(path)
    if (stale !== undefined) {
      if (isLiveOrUnreadable(stale)) refuse(directory, path, stale)
      unlinkSync(path)
    }
    if (!createOwned(path, owner)) refuse(directory, path, readOwner(path))
  } finally {
    unlinkSync(takeover)
  }
}

/** A lock that cannot be read says nothing about its owner: a person must decide. */
const isLiveOrUnreadable = (owner: Owner): boolean => owner.process < 0 || isAlive(owner)
