/** A call that can be made more than once with the same bytes: without that, a lost answer could only be had by paying again. */
import { type Hash, sha256, toHex } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'
import { PAID_BODY_BYTES_MAX } from '../limits.ts'
import { requirePlainPath } from '../paywall/path.ts'

export interface Call {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer> | undefined
  readonly signal: AbortSignal | undefined
  readonly redirect: RequestRedirect
  /** Of method, URL and body: the same call again has the same. */
  readonly digest: string
}

/**
 * Reads the arguments of `fetch`. Errors, in order: BODY_NOT_REPLAYABLE (streams, forms, and Requests that carry a body),
 * PATH_AMBIGUOUS and PATH_TOO_LONG, BODY_TOO_LARGE; and the TypeErrors of `Request`.
 */
export async function readCall(input: RequestInfo | URL, init: RequestInit = {}): Promise<Call> {
  const given = init.body ?? undefined
  const isReplayable =
    given === undefined
      ? !(input instanceof Request) || input.body === null
      : typeof given === 'string' ||
        given instanceof URLSearchParams ||
        given instanceof ArrayBuffer ||
        ArrayBuffer.isView(given)
  if (!isReplayable)
    throw new SdkError(
      'BODY_NOT_REPLAYABLE',
      'a paid request must be repeatable: pass its body as a string, bytes or URLSearchParams',
    )
  const request = new Request(input, init)
  const url = new URL(request.url)
  url.hash = ''
  requirePlainPath(url.pathname)
  const body = given === undefined ? undefined : new Uint8Array(await request.arrayBuffer())
  if (body !== undefined && body.length > PAID_BODY_BYTES_MAX)
    throw new SdkError(
      'BODY_TOO_LARGE',
      `the body may hold PAID_BODY_BYTES_MAX = ${PAID_BODY_BYTES_MAX} bytes`,
    )
  const { method, headers, redirect } = request
  const digest = toHex(
    sha256(Buffer.concat([sha256(Buffer.from(`${method} ${url.href}`)), body ?? new Uint8Array(0)])) as Hash,
  )
  // A Request always has a signal; one that nobody can abort is none.
  const signal = init.signal ?? (input instanceof Request ? input.signal : undefined)
  return { url, method, headers, body, signal: signal ?? undefined, redirect, digest }
}
