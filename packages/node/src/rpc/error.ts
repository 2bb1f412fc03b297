/**
 * How errors leave the node.
 *
 * JSON-RPC: the reserved numbers of the specification for transport errors, −32000 for every refusal of the frame, with
 * the stable Symbolon code in `data.code`: programs branch on that. HTTP: RFC 9457 problem documents.
 *
 * Whatever says more about the node than about the call (the disk, the log, a broken invariant, a record that does not
 * decode) is an internal error: logged here, hidden from the peer.
 */
import { isSymbolonError, type SymbolonError } from '@symbolon/primitives'

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

/** The parameters of a call do not fit the method's schema. The same error met later is a defect of the node. */
export class InvalidParams extends Error {
  override readonly cause: SymbolonError
  constructor(cause: SymbolonError) {
    super(cause.message)
    this.cause = cause
  }
}

const INTERNAL = /^(BLOCK_MISMATCH|(CBOR|ENGINE|JOURNAL|SCHEMA|STORE|THREAD|TRIE|VOTE)_.*)$/

/** The error that the peer may see, or undefined if it is an internal one. */
function presentable(error: unknown): SymbolonError | undefined {
  if (error instanceof InvalidParams) return error.cause
  return isSymbolonError(error) && !INTERNAL.test(error.code) ? error : undefined
}

/** BigInt and bytes do not survive JSON; details are for people and simple programs. */
function plain(details: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(
    JSON.stringify(details, (_, value: unknown) =>
      typeof value === 'bigint'
        ? value.toString()
        : value instanceof Uint8Array
          ? Buffer.from(value).toString('hex')
          : value,
    ),
  )
}

export function toRpcError(error: unknown): RpcErrorObject {
  const known = presentable(error)
  if (known === undefined)
    return { code: RPC_INTERNAL_ERROR, message: 'internal error; the node has logged it' }
  return {
    code: error instanceof InvalidParams ? RPC_INVALID_PARAMS : RPC_REFUSED,
    message: known.message,
    data: { code: known.code, details: plain(known.details) },
  }
}

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
}

/** HTTP statuses other than 400. */
const STATUS: Readonly<Record<string, number>> = {
  BLOCK_UNKNOWN: 404,
  EPOCH_INPUT_REPLACED: 410,
  EPOCH_UNKNOWN: 404,
  SCORES_NOT_READY: 503,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE: 415,
  HOST_NOT_ALLOWED: 421,
  IDENTITY_DEACTIVATED: 410,
  IDENTITY_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  NODE_FAILED: 503,
  NODE_STOPPING: 503,
  NOT_FOUND: 404,
  ORIGIN_NOT_ALLOWED: 403,
  RATE_LIMITED: 429,
  TRANSACTION_UNKNOWN: 404,
}

/** RFC 9457. The type is a stable URN of the code. */
export function toProblem(error: unknown): Problem {
  const known = presentable(error)
  const code = known?.code ?? 'INTERNAL'
  return {
    type: `urn:symbolon:error:${code.toLowerCase()}`,
    title: code,
    status: known === undefined ? 500 : (STATUS[code] ?? 400),
    detail: known?.message ?? 'internal error; the node has logged it',
    code,
  }
}
