/** JSON-RPC 2.0 without transport: parses, validates by the method's schema, calls the handler, writes the result. */
import { fromJson, type Infer, toJson } from '@symbolon/primitives'
import { METHODS, type MethodName } from '@symbolon/protocol'
import { BATCH_MAX } from '../limits.ts'
import {
  RPC_INTERNAL_ERROR,
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
  notify?(params: unknown): void
  onClose?(listener: () => void): void
}

export type Handlers = {
  [N in MethodName]: (params: Params<N>, caller: Caller) => Result<N> | Promise<Result<N>>
}

interface Response {
  jsonrpc: '2.0'
  id: string | number | null
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

  /** @returns the response text, or undefined if there is nothing to answer (notifications only) */
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
      const response = await this.#one(message, caller)
      return response === undefined ? undefined : JSON.stringify(response)
    }
    if (message.length === 0 || message.length > BATCH_MAX)
      return JSON.stringify(
        failure(null, { code: RPC_INVALID_REQUEST, message: `a batch holds 1 to ${BATCH_MAX} calls` }),
      )
    const responses = (await Promise.all(message.map((one) => this.#one(one, caller)))).filter(
      (one) => one !== undefined,
    )
    return responses.length === 0 ? undefined : JSON.stringify(responses)
  }

  async #one(message: unknown, caller: Caller): Promise<Response | undefined> {
    const request = (typeof message === 'object' && message !== null ? message : {}) as Record<
      string,
      unknown
    >
    const { jsonrpc, method, params, id } = request
    const idValid = id === undefined || id === null || typeof id === 'string' || typeof id === 'number'
    if (jsonrpc !== '2.0' || typeof method !== 'string' || !idValid || Array.isArray(params))
      return failure(null, {
        code: RPC_INVALID_REQUEST,
        message: 'not a JSON-RPC 2.0 call with named parameters',
      })
    const answerTo = (id ?? null) as string | number | null
    if (!Object.hasOwn(METHODS, method))
      return id === undefined
        ? undefined
        : failure(answerTo, {
            code: RPC_METHOD_NOT_FOUND,
            message: `no method "${method.slice(0, 64)}"; GET /openrpc.json lists all`,
          })
    const started = performance.now()
    try {
      const result = await this.call(method as MethodName, params ?? {}, caller)
      this.#observer.called(method, 'OK', performance.now() - started)
      return id === undefined ? undefined : { jsonrpc: '2.0', id: answerTo, result }
    } catch (error) {
      const object = toRpcError(error)
      if (object.code === RPC_INTERNAL_ERROR) this.#observer.failed(method, error)
      this.#observer.called(method, object.data?.code ?? 'INTERNAL', performance.now() - started)
      return id === undefined ? undefined : failure(answerTo, object)
    }
  }

  /** One validated call: JSON in, JSON out. The REST aliases use it too. */
  async call(name: MethodName, params: unknown, caller: Caller): Promise<unknown> {
    const method = METHODS[name]
    // The table is typed method by method; here any one of them is meant, so params and handler agree by construction.
    const handler = this.#handlers[name] as (params: unknown, caller: Caller) => unknown
    const result = await handler(fromJson(method.params as never, params), caller)
    return toJson(method.result as never, result as never)
  }
}

function failure(id: string | number | null, error: RpcErrorObject): Response {
  return { jsonrpc: '2.0', id, error }
}
