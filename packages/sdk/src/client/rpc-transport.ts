/** One JSON-RPC call over HTTP: bounded in time and size, validated on both sides by the method's schema. */
import { fromJson, type Infer, type Json, toJson } from '@symbolon/primitives'
import { METHODS, type MethodName } from '@symbolon/protocol'
import { RemoteError, SdkError } from '../errors.ts'
import { RPC_TIMEOUT_MS } from '../limits.ts'

export type RpcParams<N extends MethodName> = Infer<(typeof METHODS)[N]['params']>
export type RpcResult<N extends MethodName> = Infer<(typeof METHODS)[N]['result']>

export function encodeParams<N extends MethodName>(name: N, params: RpcParams<N>): Json {
  return toJson(METHODS[name].params as never, params as never)
}

export function decodeResult<N extends MethodName>(name: N, result: unknown): RpcResult<N> {
  try {
    return fromJson(METHODS[name].result as never, result) as RpcResult<N>
  } catch (cause) {
    throw new SdkError(
      'RPC_RESPONSE_INVALID',
      `the node's answer to ${name} does not fit its schema; is it of this version?`,
      { cause },
    )
  }
}

/** Turns a JSON-RPC response object into its result, or throws the error it carries. */
export function unwrapResponse(name: MethodName, response: unknown): unknown {
  const { result, error } = (typeof response === 'object' && response !== null ? response : {}) as Record<
    string,
    unknown
  >
  if (error !== undefined) {
    const { code, message, data } = error as {
      code?: number
      message?: string
      data?: { code?: string; details?: Record<string, unknown> }
    }
    throw new RemoteError(
      data?.code ?? 'RPC_ERROR',
      message ?? 'the node refused the call',
      code ?? 0,
      data?.details,
    )
  }
  if (result === undefined)
    throw new SdkError('RPC_RESPONSE_INVALID', `the node's answer to ${name} has neither result nor error`)
  return result
}

export async function callOverHttp<N extends MethodName>(
  url: string,
  name: N,
  params: RpcParams<N>,
  options: { fetch: typeof fetch; id: number; timeoutMs?: number },
): Promise<RpcResult<N>> {
  let response: unknown
  try {
    const answer = await options.fetch(`${url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: options.id,
        method: name,
        params: encodeParams(name, params),
      }),
      signal: AbortSignal.timeout(options.timeoutMs ?? RPC_TIMEOUT_MS),
    })
    response = await answer.json()
  } catch (cause) {
    throw new SdkError('FRAME_UNREACHABLE', `no JSON-RPC answer from ${url}; is the node running?`, { cause })
  }
  const { code, detail } = response as { code?: unknown; detail?: unknown }
  if (typeof code === 'string' && typeof detail === 'string') throw new RemoteError(code, detail, 0)
  return decodeResult(name, unwrapResponse(name, response))
}
