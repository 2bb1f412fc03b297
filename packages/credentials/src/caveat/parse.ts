import type { CaveatRefusalCode } from '../errors.ts'
import {
  CAVEAT_NAME_BYTES_MAX,
  CAVEAT_TEXT_BYTES_MAX,
  CLAUSES_PER_CAVEAT_MAX,
  UINT64_MAX,
} from '../limits.ts'
import { isPlainText } from '../text/ascii.ts'
import { CATALOGUE, type ValueSyntax } from './catalogue.ts'
import type { Clause, ClauseValue, WindowValue } from './clause.ts'

/**
 * The caveat grammar. A caveat is kept as the bytes that were signed; this reads them and never rewrites them.
 *
 *     caveat  = clause *3( " AND " clause )
 *     clause  = name operator value             ; the operator that the catalogue gives for the name, spaces included
 *     integer = "0" / ( %x31-39 *DIGIT )         ; at most 2^64 - 1: no sign, no leading zero
 *     text    = 1*256( visible ASCII except " and \ )
 *     quoted  = DQUOTE text DQUOTE
 *     path    = text that starts with "/"
 *     method  = 1*16( %x41-5A )
 *     digest  = 64( lower-case hexadecimal digit )
 *     window  = integer "/" integer "@" integer  ; amount / seconds, at least 1 @ Unix time of the first window
 *
 * No value can hold a space, so " AND " has one meaning. Cost: about 0.2 µs per clause.
 */
export type ParseFailure = Extract<CaveatRefusalCode, 'CAVEAT_MALFORMED' | 'CAVEAT_UNKNOWN'>

/** The clauses of a caveat, or why it has none: a verifier refuses on either code (CAV-4). */
export function parseCaveat(bytes: Uint8Array): readonly Clause[] | ParseFailure {
  let text = ''
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte < 0x20 || byte > 0x7e) return 'CAVEAT_MALFORMED'
    text += String.fromCharCode(byte)
  }
  if (!text.includes(' AND ')) {
    const clause = parseClause(text)
    return typeof clause === 'string' ? clause : [clause]
  }
  const parts = text.split(' AND ')
  if (parts.length > CLAUSES_PER_CAVEAT_MAX) return 'CAVEAT_MALFORMED'
  const clauses: Clause[] = []
  for (const part of parts) {
    const clause = parseClause(part)
    if (typeof clause === 'string') return clause
    clauses.push(clause)
  }
  return clauses
}

function parseClause(text: string): Clause | ParseFailure {
  let nameEnd = 0
  while (nameEnd < text.length && isNameCharacter(text.charCodeAt(nameEnd))) nameEnd++
  if (nameEnd === 0 || nameEnd > CAVEAT_NAME_BYTES_MAX) return 'CAVEAT_MALFORMED'
  const entry = CATALOGUE.get(text.slice(0, nameEnd))
  if (entry === undefined) return 'CAVEAT_UNKNOWN'
  if (!text.startsWith(entry.operator, nameEnd)) return 'CAVEAT_MALFORMED'
  const value = parseValue(entry.syntax, text.slice(nameEnd + entry.operator.length))
  return value === undefined ? 'CAVEAT_MALFORMED' : { entry, value }
}

/** Letters, digits, `_` and `-`. Upper case is no name of ours, but is unknown rather than malformed. */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d
  )
}

/** The value, or undefined if `text` is not exactly one value of this syntax. */
export function parseValue(syntax: ValueSyntax, text: string): ClauseValue | undefined {
  switch (syntax) {
    case 'integer':
      return integerValue(text)
    case 'text':
      return textValue(text)
    case 'quoted':
      return text.length >= 2 && text.startsWith('"') && text.endsWith('"')
        ? textValue(text.slice(1, -1))
        : undefined
    case 'path':
      return text.startsWith('/') ? textValue(text) : undefined
    case 'method':
      return /^[A-Z]{1,16}$/.test(text) ? { kind: 'text', text } : undefined
    case 'digest':
      return /^[0-9a-f]{64}$/.test(text) ? { kind: 'text', text } : undefined
    case 'window':
      return windowValue(text)
    case 'integer-or-window':
      return integerValue(text) ?? windowValue(text)
  }
}

function textValue(text: string): ClauseValue | undefined {
  if (text.length === 0 || text.length > CAVEAT_TEXT_BYTES_MAX || !isPlainText(text)) return undefined
  return { kind: 'text', text }
}

function integerValue(text: string): ClauseValue | undefined {
  const integer = canonicalInteger(text)
  return integer === undefined ? undefined : { kind: 'integer', integer }
}

function windowValue(text: string): WindowValue | undefined {
  const slash = text.indexOf('/')
  const at = text.indexOf('@', slash + 1)
  if (slash === -1 || at === -1) return undefined
  const amount = canonicalInteger(text.slice(0, slash))
  const windowSeconds = canonicalInteger(text.slice(slash + 1, at))
  const from = canonicalInteger(text.slice(at + 1))
  if (amount === undefined || windowSeconds === undefined || windowSeconds === 0n || from === undefined)
    return undefined
  return { kind: 'window', amount, windowSeconds, from }
}

/** An unsigned 64-bit integer in its one decimal spelling. */
export function canonicalInteger(text: string): bigint | undefined {
  const { length } = text
  if (length === 0 || length > 20 || (length > 1 && text.charCodeAt(0) === 0x30)) return undefined
  let small = 0
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return undefined
    small = small * 10 + digit
  }
  // Fifteen digits are exact in a double, and converting a number is several times cheaper than parsing text.
  if (length <= 15) return BigInt(small)
  const value = BigInt(text)
  return value > UINT64_MAX ? undefined : value
}
