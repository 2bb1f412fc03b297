/**
 * What stands where the next batch should: nothing, the remains of an unfinished write, or evidence of lost data.
 *
 * A batch is written only after the batch before it was synced. So an intact batch header that carries a later
 * position, anywhere behind the damage, proves that the damaged bytes were durable once: that is corruption.
 * Without such a header the damage is an unfinished last write, which nobody was told is durable.
 * (A last batch damaged *after* it was synced looks the same and no log of one copy can tell: README, Limits.)
 */
import { BATCH_HEADER_BYTES, BATCH_MAGIC, decodeBatchHeader } from './batch.ts'
import type { ReadWindow } from './read-window.ts'

const SEARCH_BYTES = 1024 * 1024
const ZEROS = Buffer.alloc(SEARCH_BYTES)

export type Tail =
  | { kind: 'clean' }
  | { kind: 'torn'; bytes: number }
  | { kind: 'corrupt'; survivorOffset: number; survivorPosition: number }

/** Examines the file from `offset`, where a batch with `expectedPosition` would start but none is intact. */
export function examineTail(
  window: ReadWindow,
  offset: number,
  expectedPosition: number,
  salt: number,
): Tail {
  const end = lastNonZero(window, offset)
  if (end === offset) return { kind: 'clean' }
  const survivor = findBatchHeader(window, offset, end, expectedPosition, salt)
  return survivor ?? { kind: 'torn', bytes: end - offset }
}

/** Offset after the last byte that is not zero: a segment is extended ahead with zeros, which hold no data. */
function lastNonZero(window: ReadWindow, from: number): number {
  let end = from
  for (let at = from; at < window.size; at += SEARCH_BYTES) {
    const bytes = window.view(at, SEARCH_BYTES)
    if (bytes.length === 0) break
    if (bytes.equals(ZEROS.subarray(0, bytes.length))) continue
    let last = bytes.length - 1
    while (bytes[last] === 0) last -= 1
    end = at + last + 1
  }
  return end
}

function findBatchHeader(
  window: ReadWindow,
  from: number,
  end: number,
  expectedPosition: number,
  salt: number,
): Extract<Tail, { kind: 'corrupt' }> | undefined {
  for (let at = from; at < end; at += SEARCH_BYTES) {
    // The overlap finds a header that straddles two steps.
    const bytes = window.view(at, SEARCH_BYTES + BATCH_HEADER_BYTES - 1)
    for (let hit = bytes.indexOf(BATCH_MAGIC); hit >= 0; hit = bytes.indexOf(BATCH_MAGIC, hit + 1)) {
      const header = decodeBatchHeader(bytes.subarray(hit, hit + BATCH_HEADER_BYTES), salt)
      if (header !== undefined && header.firstPosition > expectedPosition)
        return { kind: 'corrupt', survivorOffset: at + hit, survivorPosition: header.firstPosition }
    }
  }
  return undefined
}
