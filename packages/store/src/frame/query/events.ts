/**
 * Events between two heights, in the order of the ledger: of one subject through the index, otherwise block by block.
 *
 * Reads are synchronous, so a page is bounded by what it looks at (STORE_LIMITS.eventsScannedMax events of
 * STORE_LIMITS.blocksScannedMax blocks, about 20 ms), not only by what it returns: it may be short, even empty, and have
 * a cursor. Only a page without a cursor is the last.
 */
import type { Hash } from '@symbolon/primitives'
import type { LedgerEvent } from '@symbolon/protocol'
import type { BlockIndex } from '../block-index.ts'
import type { BlockLog } from '../block-log.ts'
import type { StoredBlock } from '../block-record.ts'
import { StoreError } from '../errors.ts'
import { STORE_LIMITS } from '../limits.ts'
import { invalidCursor, parseNumber, requireLimit } from './page.ts'

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

/** Throws STORE_RANGE_INVALID. */
export function eventsOf(index: BlockIndex, log: BlockLog, query: EventQuery): EventPage {
  requireLimit(query.limit)
  if (query.fromHeight < 0n || query.toHeight < query.fromHeight)
    throw new StoreError(
      'STORE_RANGE_INVALID',
      `Heights ${query.fromHeight} to ${query.toHeight} are no range. Give 0 or more, the lower one first.`,
    )
  return query.subject === undefined ? scan(log, query) : ofSubject(index, log, query, query.subject)
}

/** The cursor is the number of the subject's next event. */
function ofSubject(index: BlockIndex, log: BlockLog, query: EventQuery, subject: Hash): EventPage {
  const { fromHeight, toHeight, type, cursor, limit } = query
  const count = index.eventCount(subject)
  const first =
    cursor === undefined ? firstFrom(index, subject, count, fromHeight) : parseNumber(cursor, count)
  const events: LedgerEvent[] = []
  let blocks = 0
  let block: StoredBlock | undefined
  for (let i = first; i < count; i++) {
    const place = index.eventAt(subject, i)
    if (place.height > toHeight) break
    if (block?.height !== place.height) {
      block = log.read(place.height)
      blocks += 1
    }
    if (
      events.length === limit ||
      blocks > STORE_LIMITS.blocksScannedMax ||
      i - first >= STORE_LIMITS.eventsScannedMax
    )
      return { events, cursor: String(i) }
    const event = block?.event(place.index)
    if (event !== undefined && (type === undefined || event.type === type)) events.push(event)
  }
  return { events }
}

/** Number of the first event at or above the height: about log2(count) lookups. */
function firstFrom(index: BlockIndex, subject: Hash, count: number, fromHeight: bigint): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (index.eventAt(subject, middle).height < fromHeight) low = middle + 1
    else high = middle
  }
  return low
}

/** The cursor is `height.index` of the next event to look at. */
function scan(log: BlockLog, { fromHeight, toHeight, type, cursor, limit }: EventQuery): EventPage {
  const start = cursor === undefined ? { height: fromHeight, index: 0 } : parsePlace(cursor)
  if (start.height < fromHeight || start.height > toHeight) throw invalidCursor(cursor ?? '')
  const last = toHeight < log.height ? toHeight : log.height
  const events: LedgerEvent[] = []
  let looked = 0
  for (let { height } = start; height <= last; height++) {
    const block = log.read(height)
    if (block === undefined) break
    for (let index = height === start.height ? start.index : 0; index < block.eventCount; index++) {
      if (events.length === limit || looked === STORE_LIMITS.eventsScannedMax)
        return { events, cursor: `${height}.${index}` }
      looked += 1
      const event = block.event(index)
      if (event !== undefined && (type === undefined || event.type === type)) events.push(event)
    }
    if (height < last && height - start.height >= BigInt(STORE_LIMITS.blocksScannedMax))
      return { events, cursor: `${height + 1n}.0` }
  }
  return { events }
}

function parsePlace(cursor: string): { height: bigint; index: number } {
  const [height = '', index = '', ...rest] = cursor.split('.')
  if (rest.length > 0) throw invalidCursor(cursor)
  return {
    height: BigInt(parseNumber(height, Number.MAX_SAFE_INTEGER)),
    index: parseNumber(index, 0xffffffff),
  }
}
