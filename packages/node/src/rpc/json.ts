/** JSON from strangers: size and depth are checked before the text is parsed. */
import { SymbolonError } from '@symbolon/primitives'
import { JSON_DEPTH_MAX } from '../limits.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Parses JSON of bounded depth. Throws JSON_TOO_DEEP, JSON_DUPLICATE_MEMBER or JSON_MALFORMED. Duplicate members are
 * refused because parsers disagree about which one counts.
 */
export function parseJson(text: string, depthMax: number = JSON_DEPTH_MAX): unknown {
  checkDepth(text, depthMax)
  let members = 0
  let value: unknown
  try {
    value = JSON.parse(text, (_, element: unknown) => {
      if (element !== null && typeof element === 'object' && !Array.isArray(element))
        members += Object.keys(element).length
      return element
    })
  } catch (cause) {
    throw new SymbolonError('JSON_MALFORMED', 'the body is not JSON', { cause })
  }
  if (members !== countMembers(text))
    throw new SymbolonError('JSON_DUPLICATE_MEMBER', 'an object names a member twice')
  return value
}

function checkDepth(text: string, depthMax: number): void {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = endOfString(text, at)
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > depthMax) throw new SymbolonError('JSON_TOO_DEEP', `JSON nested deeper than ${depthMax}`)
    } else if (unit === 0x7d || unit === 0x5d) depth--
  }
}

/** Colons outside strings: one per member of valid JSON. */
function countMembers(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = endOfString(text, at)
    else if (unit === 0x3a) count++
  }
  return count
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === BACKSLASH) at++
    else if (unit === QUOTE) return at
  }
  return text.length
}
