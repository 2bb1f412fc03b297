/**
 * Resources and the prefixes that allow them: dotted capabilities (`data.rows`) and URLs (`https://api.example/v1`).
 *
 * A prefix ends at a boundary of the name, never inside a word: `data.row` does not allow `data.rows`, and
 * `https://api.example` does not allow `https://api.example.evil`, a port, or user information before another host.
 */

/** Characters that may follow a prefix. In a URL neither `.`, `:` nor `@` is one: they would change the host. */
const URL_BOUNDARIES = '/?#'
const NAME_BOUNDARIES = './'
/** Path segments that a server resolves after the check: `..`, plain or encoded, and backslashes. */
const CLIMBS = /(^|[/\\])(\.|%2e){1,2}([/\\?#]|$)|\\|%2f|%5c/i

const isUrl = (name: string): boolean => name.includes('://')

/** True if `resource` lies within `prefix`. */
export function isWithin(resource: string, prefix: string): boolean {
  if (CLIMBS.test(resource)) return false
  if (resource === prefix) return true
  if (!resource.startsWith(prefix)) return false
  const boundaries = isUrl(resource) ? URL_BOUNDARIES : NAME_BOUNDARIES
  return boundaries.includes(prefix.at(-1) ?? ' ') || boundaries.includes(resource.charAt(prefix.length))
}
