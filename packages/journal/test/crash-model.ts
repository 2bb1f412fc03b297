/**
 * Runs operations on a journal over the simulated file system, crashes it, reopens it, and compares what is found with
 * what a person would demand: nothing acknowledged is missing, nothing was invented, no record changed place.
 */
import { Journal } from '../src/index.ts'
import { type Fault, SimulatedCrash, type SimulatedFileSystem } from '../src/simulated-file-system.ts'

export type Step =
  | { kind: 'append'; size: number }
  | { kind: 'flush' }
  | { kind: 'appendDurable'; size: number; callers: number }
  | { kind: 'appendSync'; size: number }
  | { kind: 'syncDuringFlush'; size: number }
  | { kind: 'truncate'; back: number }
  | { kind: 'snapshot' }
  | { kind: 'delete'; back: number }
  | { kind: 'reopen' }

export const OPTIONS = { directory: '/journal', segmentBytesMax: 400, batchBytesMax: 160, salt: () => 0x5eed }

export class CrashModel {
  readonly #fileSystem: SimulatedFileSystem
  /** Content by position of everything appended and not durably truncated. */
  readonly #expected: string[] = []
  /** Records before this were acknowledged as durable. */
  #acknowledged = 0
  /** No record at or after this may have been deleted. */
  #deletableBefore = 0
  #snapshots: (number | undefined)[] = [undefined]
  #serial = 0
  #journal: Journal | undefined

  constructor(fileSystem: SimulatedFileSystem) {
    this.#fileSystem = fileSystem
  }

  /** Runs the steps; a crash ends the run quietly. Returns whether it crashed. */
  async run(steps: readonly Step[]): Promise<boolean> {
    try {
      this.#open()
      for (const step of steps) await this.#step(step)
      return false
    } catch (error) {
      if (!isCrash(error)) throw error
      return true
    }
  }

  /** Reopens after `restart` and throws if anything promised is missing or anything is wrong. */
  verify(): void {
    this.#fileSystem.arm(undefined)
    this.#open()
    const journal = this.#require()
    const first = journal.firstPosition
    if (first > this.#deletableBefore)
      throw new Error(`records before ${first} are gone, nobody asked for that`)
    if (journal.endPosition < this.#acknowledged)
      throw new Error(
        `record ${journal.endPosition} was acknowledged (up to ${this.#acknowledged}) and is gone`,
      )
    if (journal.endPosition > this.#expected.length) throw new Error('records appeared that nobody appended')
    let position = first
    for (const entry of journal.entries()) {
      if (entry.position !== position) throw new Error(`position ${entry.position} where ${position} belongs`)
      if (entry.record.toString() !== this.#expected[position]) throw new Error(`record ${position} changed`)
      position += 1
    }
    if (position !== journal.endPosition) throw new Error('the iterator and endPosition disagree')
    const snapshot = journal.latestSnapshot()
    if (!this.#snapshots.includes(snapshot?.position)) throw new Error('an acknowledged snapshot is gone')
    if (snapshot !== undefined && snapshot.bytes.toString() !== `state ${snapshot.position}`)
      throw new Error('the snapshot changed')
    // What a reader has now seen must survive the next power cut too.
    this.#expected.length = journal.endPosition
    this.#acknowledged = journal.endPosition
    this.#snapshots = [snapshot?.position]
  }

  #open(): void {
    this.#journal = Journal.open({ ...OPTIONS, fileSystem: this.#fileSystem })
  }

  #require(): Journal {
    if (this.#journal === undefined) throw new Error('not open')
    return this.#journal
  }

  #record(size: number): Buffer {
    const record = `${this.#serial++}:`.padEnd(size, 'x')
    this.#expected.push(record)
    return Buffer.from(record)
  }

  #acknowledge(end: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, end)
  }

  async #step(step: Step): Promise<void> {
    const journal = this.#require()
    switch (step.kind) {
      case 'append':
        journal.append(this.#record(step.size))
        return
      case 'flush': {
        const end = journal.endPosition
        await journal.flush()
        return this.#acknowledge(end)
      }
      case 'appendDurable': {
        const callers = Array.from({ length: step.callers }, async () => {
          const position = await journal.appendDurable(this.#record(step.size))
          this.#acknowledge(position + 1)
        })
        for (const result of await Promise.allSettled(callers))
          if (result.status === 'rejected') throw result.reason
        return
      }
      case 'appendSync':
        return this.#acknowledge(journal.appendSync(this.#record(step.size)) + 1)
      case 'syncDuringFlush': {
        const flushed = journal.appendDurable(this.#record(step.size))
        const settled = flushed.then(
          (position) => this.#acknowledge(position + 1),
          (error: unknown) => error,
        )
        await Promise.resolve()
        try {
          this.#acknowledge(journal.appendSync(this.#record(step.size)) + 1)
        } finally {
          await settled
        }
        await flushed
        return
      }
      case 'truncate': {
        const floor = Math.max(journal.firstPosition, this.#snapshots.at(-1) ?? 0)
        const end = Math.max(floor, journal.endPosition - step.back)
        // Until it returns, what stays is promised and what goes may be found whole or in part.
        const before = this.#acknowledged
        this.#acknowledged = Math.min(before, end)
        journal.truncateAfter(end - 1)
        this.#expected.length = end
        this.#acknowledged = end
        return
      }
      case 'snapshot': {
        const position = journal.endPosition
        this.#snapshots.push(position)
        journal.writeSnapshot(Buffer.from(`state ${position}`))
        this.#snapshots = [position]
        return this.#acknowledge(position)
      }
      case 'delete': {
        const before = Math.max(0, Math.min(journal.endPosition - step.back, this.#snapshots.at(-1) ?? 0))
        this.#deletableBefore = Math.max(this.#deletableBefore, before)
        journal.deleteSegmentsBefore(before)
        return
      }
      case 'reopen': {
        const end = journal.endPosition
        await journal.close()
        this.#acknowledge(end)
        this.#open()
        return
      }
    }
  }
}

function isCrash(error: unknown): boolean {
  return error instanceof SimulatedCrash || (error instanceof Error && isCrash(error.cause))
}

export const crashAt = (operation: number, bytes: number): Fault => ({ operation, kind: 'crash', bytes })
