/** Cursors are opaque: who made one knows what is in it, and the caller learns only whether it fits. */
import { isSymbolonError, SymbolonError } from '@symbolon/primitives'

/** Runs a paged query; a cursor that is not of this query, whoever noticed it, becomes CURSOR_INVALID. */
export function withCursorError<T>(query: () => T): T {
  try {
    return query()
  } catch (cause) {
    // The range and the page size were checked before, so what the store still refuses is the cursor.
    if (!isSymbolonError(cause, 'SEARCH_CURSOR') && !isSymbolonError(cause, 'STORE_RANGE_INVALID'))
      throw cause
    throw new SymbolonError(
      'CURSOR_INVALID',
      'the cursor was not made by this query; repeat the query without it',
      { cause },
    )
  }
}
