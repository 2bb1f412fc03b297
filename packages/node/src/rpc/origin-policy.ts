/**
 * Which browser pages may talk to the node.
 *
 * A page of a foreign site can send requests to 127.0.0.1 in two ways: openly (the browser then adds `Origin`), or under a name
 * of its own that it lets resolve to 127.0.0.1 (DNS rebinding: `Host` is then that name). So a node bound to loopback
 * answers only to names of loopback, and any node refuses a foreign `Origin`. Programs send no `Origin`.
 */
import type { IncomingMessage } from 'node:http'
import { SymbolonError } from '@symbolon/primitives'

export interface OriginPolicyOptions {
  /** What the listener is bound to. */
  readonly host: string
  /** Further names that clients may use, without port: those of a reverse proxy. */
  readonly hostNames?: readonly string[]
  /** Origins of pages that may call the node, such as `https://explorer.example`. */
  readonly origins?: readonly string[]
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

export class OriginPolicy {
  readonly #names: ReadonlySet<string> | undefined
  readonly #origins: ReadonlySet<string>

  constructor({ host, hostNames = [], origins = [] }: OriginPolicyOptions) {
    // A node on a public interface may be reached by any name unless its operator says which.
    const restricted = isLoopback(host) || hostNames.length > 0
    const own = host.includes(':') ? `[${host}]` : host
    this.#names = restricted ? new Set([...LOOPBACK_NAMES, own, ...hostNames].map(lower)) : undefined
    this.#origins = new Set(origins.map(lower))
  }

  /** Throws HOST_NOT_ALLOWED, ORIGIN_NOT_ALLOWED. Returns the origin to allow, if the request is of a listed one. */
  admit(request: IncomingMessage): string | undefined {
    const host = (request.headers.host ?? '').toLowerCase()
    if (this.#names !== undefined && !this.#names.has(host.replace(/:\d*$/, '')))
      throw new SymbolonError(
        'HOST_NOT_ALLOWED',
        'this node does not answer to that host name; use its address, or add the name to hostNames',
      )
    const origin = request.headers.origin?.toLowerCase()
    if (origin === undefined) return undefined
    if (this.#origins.has(origin)) return origin
    if (origin === `http://${host}` || origin === `https://${host}`) return undefined
    throw new SymbolonError(
      'ORIGIN_NOT_ALLOWED',
      'pages of this origin may not call the node; add the origin to its configuration',
    )
  }
}

function lower(text: string): string {
  return text.toLowerCase()
}
