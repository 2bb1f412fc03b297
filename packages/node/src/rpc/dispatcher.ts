/** JSON-RPC 2.0 without transport: parses, validates by the method's schema, calls the handler, writes the result. */
import { fromJson, type Infer, isSymbolonError, SymbolonError, toJson } from '@symbolon/primitives'
import { METHODS, type MethodName } from '@symbolon/protocol'
import { BATCH_MAX, METHOD_COSTS } from '../limits.ts'
import {
  InvalidParams,
  RPC_INTERNAL_ERROR,
  RPC_INVALID_PARAMS,
  RPC_INVALID_REQUEST,
  RPC_METHOD_NOT_FOUND,
  RPC_PARSE_ERROR,
  type RpcErrorObject,
  toRpcError,
} from './error.ts'
import { parseJson } from './json.ts'

type Params<N extends MethodName> = Infer<(typeof METHODS)[N]['params']>
type Result<N extends MethodName> = Infer<(typeof METHODS)[N]['result']>

/** What a transport can do for a handler; only a WebSocket can take notifications. */
export interface Caller {
  readonly id: string
  /** Takes cost units from the caller's rate, or says that they are not there. The request itself has paid one already. */
  charge?(units: number): boolean
  /** Sends a text that is complete JSON. */
  notify?(text: string): void
  /** Calls the listener when the connection ends; at once if it has. */
  onClose?(listener: () => void): void
}

export type Handlers = {
  [N in MethodName]: (params: Params<N>, caller: Caller) => Result<N> | Promise<Result<N>>
}

type RequestId = string | number | null
interface Response {
  jsonrpc: '2.0'
  id: RequestId
  result?: unknown
  error?: RpcErrorObject
}

export interface DispatcherObserver {
  called(method: string, code: string, durationMs: number): void
  failed(method: string, error: unknown): void
}

export class Dispatcher {
  readonly #handlers: Handlers
  readonly #observer: DispatcherObserver

  constructor(handlers: Handlers, observer: DispatcherObserver) {
    this.#handlers = handlers
    this.#observer = observer
  }

  /**
   * @returns the response text, or undefined if there is nothing to answer (notifications only)
   * Throws RATE_LIMITED before anything was executed; every other error is in the response.
   */
  async handle(text: string, caller: Caller): Promise<string | undefined> {
    let message: unknown
    try {
      message = parseJson(text)
    } catch (error) {
      const { message: reason, data } = toRpcError(error)
      return JSON.stringify(
        failure(null, { code: RPC_PARSE_ERROR, message: reason, ...(data ? { data } : {}) }),
      )
    }
    if (!Array.isArray(message)) {
      this.charge([methodOf(message)], caller)
      const response = await this.#one(message, caller)
      return response === undefined ? undefined : JSON.stringify(response)
    }
    if (message.length === 0 || message.length > BATCH_MAX)
      return JSON.stringify(
        failure(null, {
          code: RPC_INVALID_REQUEST,
          message: `a batch holds 1 to ${BATCH_MAX} calls (BATCH_MAX)`,
        }),
      )
    this.charge(message.map(methodOf), caller)
    const responses = (await Promise.all(message.map((one) => this.#one(one, caller)))).filter(
      (one) => one !== undefined,
    )
    return responses.length === 0 ? undefined : JSON.stringify(responses)
  }

  /** Takes what the calls cost beyond the one unit of their request. Throws RATE_LIMITED. */
  charge(methods: readonly unknown[], caller: Caller): void {
    let units = -1
    for (const method of methods)
      units +=
        typeof method === 'string' && Object.hasOwn(METHOD_COSTS, method) ? (METHOD_COSTS[method] ?? 1) : 1
    if (units > 0 && caller.charge?.(units) === false) throw rateLimited()
  }

  async #one(message: unknown, caller: Caller): Promise<Response | undefined> {
    const { jsonrpc, method, params = {}, id } = asObject(message)
    if (
      jsonrpc !== '2.0' ||
      typeof method !== 'string' ||
      !isRequestId(id) ||
      typeof params !== 'object' ||
      params === null
    )
      return failure(null, { code: RPC_INVALID_REQUEST, message: 'not a JSON-RPC 2.0 call' })
    const answer = (response: { result: unknown } | { error: RpcErrorObject }): Response | undefined =>
      id === undefined ? undefined : { jsonrpc: '2.0', id, ...response }
    if (!Object.hasOwn(METHODS, method))
      return answer({
        error: {
          code: RPC_METHOD_NOT_FOUND,
          message: `no method "${method.slice(0, 64)}"; GET /openrpc.json lists all`,
        },
      })
    if (Array.isArray(params))
      return answer({
        error: { code: RPC_INVALID_PARAMS, message: 'give the parameters by name, in an object' },
      })
    const started = performance.now()
    try {
      const result = await this.call(method as MethodName, params, caller)
      this.#observer.called(method, 'OK', performance.now() - started)
      return answer({ result })
    } catch (error) {
      const object = toRpcError(error)
      if (object.code === RPC_INTERNAL_ERROR) this.#observer.failed(method, error)
      this.#observer.called(method, object.data?.code ?? 'INTERNAL', performance.now() - started)
      return answer({ error: object })
    }
  }

  /** One validated call: JSON in, JSON out. The REST aliases use it too. Throws InvalidParams, then what the handler throws. */
  async call(name: MethodName, params: unknown, caller: Caller): Promise<unknown> {
    const method = METHODS[name]
    // The table is typed method by method; here any one of them is meant, so params and handler agree by construction.
    const handler = this.#handlers[name] as (params: unknown, caller: Caller) => unknown
    const result = await handler(validated(method.params as never, params), caller)
    return toJson(method.result as never, result as never)
  }
}

export function rateLimited(): SymbolonError {
  return new SymbolonError('RATE_LIMITED', 'too many requests from this address; slow down and repeat later')
}

function validated(schema: never, params: unknown): unknown {
  try {
    return fromJson(schema, params)
  } catch (error) {
    throw isSymbolonError(error) ? new InvalidParams(error) : error
  }
}

/** The empty object for what is none, arrays included: none of its members will be what is needed. */
function asObject(message: unknown): Record<string, unknown> {
  return typeof message === 'object' && message !== null && !Array.isArray(message)
    ? (message as Record<string, unknown>)
    : {}
}

function methodOf(message: unknown): unknown {
  return asObject(message)['method']
}

/** A number must come back as it was sent, so it has to survive a JavaScript number. Absent: a notification. */
function isRequestId(id: unknown): id is RequestId | undefined {
  if (typeof id !== 'number') return id === undefined || id === null || typeof id === 'string'
  return Number.isInteger(id) ? Number.isSafeInteger(id) : Number.isFinite(id)
}

function failure(id: RequestId, error: RpcErrorObject): Response {
  return { jsonrpc: '2.0', id, error }
}
