/** Limits and cursors of queries. A cursor is the number of the entry that the next page starts at, in decimal. */
import { StoreError } from '../errors.ts'
import { STORE_LIMITS } from '../limits.ts'

/** Throws STORE_RANGE_INVALID unless it is 1 to STORE_LIMITS.pageMax. */
export function requireLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= STORE_LIMITS.pageMax) return
  throw new StoreError(
    'STORE_RANGE_INVALID',
    `The limit is ${limit}; give 1 to ${STORE_LIMITS.pageMax} (pageMax).`,
    {
      details: { limit, pageMax: STORE_LIMITS.pageMax },
    },
  )
}

export function invalidCursor(cursor: string): StoreError {
  return new StoreError(
    'STORE_RANGE_INVALID',
    'The cursor is not one of this query. Start again without it.',
    {
      details: { cursor },
    },
  )
}

/** Throws STORE_RANGE_INVALID. */
export function parseNumber(cursor: string, max: number): number {
  const value = /^(0|[1-9][0-9]{0,14})$/.test(cursor) ? Number(cursor) : Number.NaN
  if (!(value <= max)) throw invalidCursor(cursor)
  return value
}
