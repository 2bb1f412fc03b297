/**
 * How errors leave the node.
 *
 * JSON-RPC: the reserved numbers of the specification for transport errors, −32000 for every refusal of the frame, with
 * the stable Symbolon code in `data.code`: programs branch on that. HTTP: RFC 9457 problem documents.
 */
import { isSymbolonError, SymbolonError } from '@symbolon/primitives'

export const RPC_PARSE_ERROR = -32700
export const RPC_INVALID_REQUEST = -32600
export const RPC_METHOD_NOT_FOUND = -32601
export const RPC_INVALID_PARAMS = -32602
export const RPC_INTERNAL_ERROR = -32603
export const RPC_REFUSED = -32000

export interface RpcErrorObject {
  code: number
  message: string
  data?: { code: string; details?: unknown }
}

/** BigInt and bytes do not survive JSON; details are for people and simple programs. */
function plain(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'bigint'
        ? value.toString()
        : value instanceof Uint8Array
          ? Buffer.from(value).toString('hex')
          : value,
    ]),
  )
}

/** Anything thrown that is not ours is a defect: it is logged by the caller and hidden from the peer. */
export function toRpcError(error: unknown): RpcErrorObject {
  if (!isSymbolonError(error))
    return { code: RPC_INTERNAL_ERROR, message: 'internal error; the node has logged it' }
  const code = error.code.startsWith('SCHEMA_') ? RPC_INVALID_PARAMS : RPC_REFUSED
  return { code, message: error.message, data: { code: error.code, details: plain(error.details) } }
}

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
}

/** RFC 9457. The type is a stable URN of the code. */
export function toProblem(error: unknown, status = 400): Problem {
  const known = isSymbolonError(error)
    ? error
    : new SymbolonError('INTERNAL', 'internal error; the node has logged it')
  return {
    type: `urn:symbolon:error:${known.code.toLowerCase()}`,
    title: known.code,
    status: isSymbolonError(error) ? status : 500,
    detail: known.message,
    code: known.code,
  }
}
