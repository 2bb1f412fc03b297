/**
 * Paths that mean the same to a web framework must mean the same to the paywall. Frameworks differ: some ignore letter case,
 * some a trailing slash, some decode before they route, some resolve dots. So one spelling of a path is for sale, and every
 * other spelling that any of them might take for it is refused, never passed on for free.
 */
import { SymbolonError } from '@symbolon/primitives'
import { PATH_CHARS_MAX } from '../limits.ts'

/** Empty and dot segments, backslashes, and escapes of slash, backslash, dot, percent or control characters. */
const AMBIGUOUS = /\/\/|\\|\/\.{1,2}(?:\/|$)|%(?:2f|5c|2e|25|0[0-9a-f]|1[0-9a-f]|7f)/i
/** RFC 3986 path characters; everything else must be escaped, with two digits. */
const WELL_FORMED = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/

/**
 * Accepts the path of an origin-form request target (RFC 9112 §3.2.1), without query, that can be read in one way only.
 * Errors: PATH_TOO_LONG, PATH_AMBIGUOUS (also for a target with scheme and host, which frameworks route by its path).
 */
export function requirePlainPath(path: string): void {
  if (path.length > PATH_CHARS_MAX)
    throw new SymbolonError(
      'PATH_TOO_LONG',
      `a path may have PATH_CHARS_MAX = ${PATH_CHARS_MAX} characters; shorten it`,
    )
  if (!WELL_FORMED.test(path) || AMBIGUOUS.test(path))
    throw new SymbolonError(
      'PATH_AMBIGUOUS',
      'write the path without empty or dot segments, backslashes and escaped separators',
    )
}

/**
 * The most forgiving reading of a plain path: decoded, lower-case, without parameters (`;…`) and trailing slashes. Two paths
 * that some framework takes for one have the same folded form; it is only compared, never served.
 */
export function foldPath(path: string): string {
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    // Not UTF-8: compared as it stands.
  }
  const folded = decoded
    .normalize('NFKC')
    .toLowerCase()
    .replace(/;[^/]*/g, '')
    .replace(/\/{2,}/g, '/')
    .replace(/\/+$/, '')
  return folded === '' ? '/' : folded
}
