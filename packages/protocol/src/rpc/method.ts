/**
 * JSON-RPC methods as data: the node validates with these schemas, the client is typed by them, and the OpenRPC and
 * OpenAPI documents are generated from them, so that the three cannot disagree.
 */
import type { Infer, Schema } from '@symbolon/primitives'

export interface Method<P, R> {
  readonly summary: string
  readonly params: Schema<P>
  readonly result: Schema<R>
  /** Codes that the method itself may answer with, in order of precedence (transport errors are in errors.ts). */
  readonly errors: readonly string[]
}

export function method<P, R>(definition: Method<P, R>): Method<P, R> {
  return definition
}

export type ParamsOf<M> = M extends Method<infer P, unknown> ? P : never
export type ResultOf<M> =
  M extends Method<never, infer R> ? R : M extends { result: infer S } ? Infer<S> : never
