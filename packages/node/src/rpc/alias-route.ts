/** Matches a GET against the REST aliases and reads its parameters. */
import { SymbolonError } from '@symbolon/primitives'
import type { MethodName } from '@symbolon/protocol'
import type { RestAlias } from './documents.ts'

/**
 * The method and its JSON parameters, or undefined if no alias has this path. Throws PATH_MALFORMED (percent-encoding),
 * SCHEMA_UNKNOWN_FIELD, QUERY_DUPLICATE (proxies and servers disagree about which of two counts), and what reading throws.
 */
export function routeAlias(
  aliases: readonly RestAlias[],
  url: URL,
): { method: MethodName; params: Record<string, unknown> } | undefined {
  for (const alias of aliases) {
    const segments = matchPath(alias.path, url.pathname)
    if (segments === undefined) continue
    const params: Record<string, unknown> = {}
    for (const [name, text] of [...segments, ...url.searchParams]) {
      const query = Object.hasOwn(alias.query, name) ? alias.query[name] : undefined
      if (query === undefined)
        throw new SymbolonError('QUERY_UNKNOWN', `unknown query parameter "${name.slice(0, 64)}"`)
      if (Object.hasOwn(params, query.parameter))
        throw new SymbolonError('QUERY_DUPLICATE', `the parameter "${name}" is given twice; give it once`)
      params[query.parameter] = query.read(text)
    }
    return { method: alias.method, params }
  }
  return undefined
}

/** `/identities/:did` against a path: the named segments, or undefined if it does not fit. */
function matchPath(pattern: string, path: string): [name: string, text: string][] | undefined {
  const expected = pattern.split('/')
  const actual = path.split('/')
  if (expected.length !== actual.length) return undefined
  const named: [string, string][] = []
  for (const [i, segment] of expected.entries()) {
    if (segment.startsWith(':')) named.push([segment.slice(1), decodeSegment(actual[i] ?? '')])
    else if (segment !== actual[i]) return undefined
  }
  return named
}

/** Throws PATH_MALFORMED. */
export function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new SymbolonError('PATH_MALFORMED', 'the path is not valid percent-encoded UTF-8', { cause })
  }
}
