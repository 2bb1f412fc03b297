import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { JournalError } from '../src/index.ts'

/** A directory that goes when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'symbolon-journal-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The code of the JournalError that `call` throws. */
export function codeOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof JournalError) return error.code
    throw error
  }
  throw new Error('expected a JournalError, nothing was thrown')
}

export async function rejectionOf(promise: Promise<unknown>): Promise<JournalError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof JournalError) return error
    throw error
  }
  throw new Error('expected a rejection')
}

export const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()

/** A small deterministic generator (mulberry32) for choices that a seed must reproduce. Values 0 to 1, exclusive. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
