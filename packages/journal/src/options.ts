/** What a journal is opened with. */
import { JournalError } from './errors.ts'
import type { FileSystem } from './file-system.ts'
import { JOURNAL_LIMITS } from './limits.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { SEGMENT_HEADER_BYTES } from './segment-header.ts'

export interface JournalOptions {
  /** Created if absent. One process at a time. */
  directory: string
  /** `none` leaves durability to the system's page cache: for tests and for data that can be fetched again. */
  sync?: 'fdatasync' | 'none'
  /** `all` checks every record at open; `last` only the newest segment, older ones when they are first read. */
  verify?: 'all' | 'last'
  recordBytesMax?: number
  batchBytesMax?: number
  segmentBytesMax?: number
  pendingBytesMax?: number
  fileSystem?: FileSystem
  /** Source of the 32-bit salt of a new journal; anything that a writer of records cannot guess. */
  salt?: () => number
}

/** The largest value that a 32-bit length field can hold with room for its headers. */
const FIELD_MAX = 0xffff_ff00

/** Fills in defaults. Throws JOURNAL_OPTION_OUT_OF_BOUNDS naming the option. */
export function resolveOptions(options: JournalOptions): Required<JournalOptions> {
  const resolved = {
    sync: 'fdatasync' as const,
    verify: 'all' as const,
    recordBytesMax: JOURNAL_LIMITS.recordBytesMax,
    batchBytesMax: JOURNAL_LIMITS.batchBytesMax,
    segmentBytesMax: JOURNAL_LIMITS.segmentBytesMax,
    pendingBytesMax: JOURNAL_LIMITS.pendingBytesMax,
    fileSystem: nodeFileSystem,
    salt: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
    ...options,
  }
  requireBound('recordBytesMax', resolved.recordBytesMax, 1, FIELD_MAX)
  requireBound('batchBytesMax', resolved.batchBytesMax, 1, FIELD_MAX)
  requireBound('segmentBytesMax', resolved.segmentBytesMax, SEGMENT_HEADER_BYTES, Number.MAX_SAFE_INTEGER)
  requireBound('pendingBytesMax', resolved.pendingBytesMax, resolved.recordBytesMax, Number.MAX_SAFE_INTEGER)
  return resolved
}

function requireBound(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return
  throw new JournalError(
    'JOURNAL_OPTION_OUT_OF_BOUNDS',
    `${name} is ${value}; give a whole number of bytes from ${min} to ${max}.`,
    { details: { option: name, value, min, max } },
  )
}
