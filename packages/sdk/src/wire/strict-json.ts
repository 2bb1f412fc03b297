/** JSON from strangers: parsers disagree about which of two members of one name counts, so none may be named twice. */
import { SymbolonError } from '@symbolon/primitives'

/** Levels of nesting; no document of the market has more than three. */
export const JSON_DEPTH_MAX = 16

/**
 * Outside strings, only these characters matter for depth and for the number of members. An unterminated string counts as one
 * to the end: were its start skipped, every quote in it would be tried in turn.
 */
const STRUCTURE = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\]:]/gs

/** Errors in order: JSON_TOO_DEEP (before anything is built), JSON_MALFORMED, JSON_DUPLICATE_MEMBER. */
export function parseStrictJson(text: string): unknown {
  let depth = 0
  let membersWritten = 0
  for (const [token] of text.matchAll(STRUCTURE)) {
    if (token === ':') membersWritten += 1
    else if (token === '}' || token === ']') depth -= 1
    else if ((token === '{' || token === '[') && ++depth > JSON_DEPTH_MAX)
      throw new SymbolonError(
        'JSON_TOO_DEEP',
        `JSON is nested deeper than ${JSON_DEPTH_MAX} (JSON_DEPTH_MAX)`,
      )
  }
  let members = 0
  let value: unknown
  try {
    // The reviver sees each array element and each member that survived, and the root.
    value = JSON.parse(text, function (this: unknown, name, of: unknown) {
      if (!Array.isArray(this) && name !== '') members += 1
      return of
    })
  } catch (cause) {
    throw new SymbolonError('JSON_MALFORMED', 'the body is not JSON', { cause })
  }
  if (members !== membersWritten)
    throw new SymbolonError(
      'JSON_DUPLICATE_MEMBER',
      'an object names a member twice, or by no name; name each once',
    )
  return value
}
