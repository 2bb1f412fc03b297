/**
 * Events between two heights, in the order of the ledger, block by block; for one subject, the blocks that its filter rules
 * out are not read.
 *
 * Reads are synchronous, so a page is bounded by what it looks at (STORE_LIMITS.eventsScannedMax events of
 * STORE_LIMITS.blocksScannedMax blocks and STORE_LIMITS.filtersScannedMax filters, about 20 ms), not only by what it
 * returns: it may be short, even empty, and have a cursor. Only a page without a cursor is the last.
 */
import { equalBytes, type Hash } from '@symbolon/primitives'
import type { LedgerEvent } from '@symbolon/protocol'
import type { BlockIndex } from '../block-index.ts'
import type { BlockLog } from '../block-log.ts'
import { StoreError } from '../errors.ts'
import { STORE_LIMITS } from '../limits.ts'
import { invalidCursor, parseNumber, requireLimit } from './page.ts'

/** Events that a search over raw bytes skips in the time in which one is decoded. */
const SKIPPED_PER_SCANNED = 16

export interface EventQuery {
  /** Both inclusive; `toHeight` beyond the newest block means: up to it. */
  readonly fromHeight: bigint
  readonly toHeight: bigint
  readonly type?: string
  /** Address or channel. */
  readonly subject?: Hash
  /** From the page before, of the same query. */
  readonly cursor?: string
  readonly limit: number
}

export interface EventPage {
  readonly events: LedgerEvent[]
  readonly cursor?: string
}

/** Throws STORE_RANGE_INVALID. The cursor is `height.index` of the next event to look at. */
export function eventsOf(index: BlockIndex, log: BlockLog, query: EventQuery): EventPage {
  const { fromHeight, toHeight, subject, cursor, limit } = query
  requireLimit(limit)
  if (fromHeight < 0n || toHeight < fromHeight)
    throw new StoreError(
      'STORE_RANGE_INVALID',
      `Heights ${fromHeight} to ${toHeight} are no range. Give 0 or more, the lower one first.`,
    )
  const start = cursor === undefined ? { height: fromHeight, index: 0 } : parsePlace(cursor)
  if (start.height < fromHeight || start.height > toHeight) throw invalidCursor(cursor ?? '')
  const last = toHeight < log.height ? toHeight : log.height
  const events: LedgerEvent[] = []
  let eventsLeft: number = STORE_LIMITS.eventsScannedMax
  let blocksLeft: number = STORE_LIMITS.blocksScannedMax
  let filtersLeft: number = STORE_LIMITS.filtersScannedMax
  for (let { height } = start; height <= last; height++) {
    if (blocksLeft === 0 || filtersLeft === 0 || eventsLeft <= 0) return { events, cursor: `${height}.0` }
    if (subject !== undefined) {
      filtersLeft -= 1
      if (!index.mayConcern(height, subject)) continue
    }
    blocksLeft -= 1
    const block = log.read(height)
    if (block === undefined) break
    for (let at = height === start.height ? start.index : 0; at < block.eventCount; at++) {
      if (subject !== undefined) {
        const next = block.findEvent(subject, at)
        eventsLeft -= Math.ceil((next - at) / SKIPPED_PER_SCANNED)
        at = next
        if (at === block.eventCount) break
      }
      if (events.length === limit || eventsLeft <= 0) return { events, cursor: `${height}.${at}` }
      eventsLeft -= 1
      const event = block.event(at)
      if (event !== undefined && isWanted(event, query)) events.push(event)
    }
  }
  return { events }
}

function isWanted(event: LedgerEvent, { type, subject }: EventQuery): boolean {
  if (type !== undefined && event.type !== type) return false
  return subject === undefined || event.subjects.some((one) => equalBytes(one, subject))
}

function parsePlace(cursor: string): { height: bigint; index: number } {
  const [height = '', index = '', ...rest] = cursor.split('.')
  if (rest.length > 0) throw invalidCursor(cursor)
  return {
    height: BigInt(parseNumber(height, Number.MAX_SAFE_INTEGER)),
    index: parseNumber(index, 0xffffffff),
  }
}
