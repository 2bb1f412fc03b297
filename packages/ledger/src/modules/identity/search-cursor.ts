/** Where a page of a search ended: the last hit's place in the order, and the checkpoint at which the search began. */
import {
  address,
  decode,
  encode,
  fromHex,
  type Infer,
  isSymbolonError,
  record,
  toHex,
  u64,
  uint,
} from '@symbolon/primitives'
import { LedgerError } from '../../error.ts'

const searchCursor = record('search-cursor', {
  height: [1, u64('height')],
  score: [2, uint(1_000_000, 'parts per million')],
  subject: [3, address],
})
export type SearchCursor = Infer<typeof searchCursor>

/** Hexadecimal, for URLs. */
export function encodeCursor(cursor: SearchCursor): string {
  return toHex(encode(searchCursor, cursor))
}

/** Throws SEARCH_CURSOR. */
export function decodeCursor(text: string): SearchCursor {
  try {
    return decode(searchCursor, fromHex(text))
  } catch (cause) {
    if (!isSymbolonError(cause)) throw cause
    throw new LedgerError(
      'SEARCH_CURSOR',
      'the cursor was not made by a search: pass back the one of the page before',
      { cause },
    )
  }
}
