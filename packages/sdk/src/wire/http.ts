/** HTTP as the SDK's cores see it: no framework, no socket. Adapters in paywall/ translate. */
export interface HttpRequest {
  readonly method: string
  /** Path without query, percent-encoded as on the wire. */
  readonly path: string
  header(name: string): string | undefined
  /** The whole body as text; rejects over SELLER_BODY_BYTES_MAX. */
  text(): Promise<string>
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

export function jsonAnswer(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

export function problemAnswer(problem: { status: number }, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify(problem),
  }
}
