/** The reference documents, generated from the schemas that validate the calls. */
import { METHODS, type MethodName } from '@symbolon/protocol'
import { methodErrors } from './method-errors.ts'

const names = Object.keys(METHODS) as MethodName[]

/** OpenRPC 1.3 (https://spec.open-rpc.org). */
export function openRpcDocument(version: string): object {
  return {
    openrpc: '1.3.2',
    info: { title: 'Symbolon frame node', version, license: { name: 'AGPL-3.0-only' } },
    methods: names.map((name) => {
      const method = METHODS[name]
      const params = method.params.jsonSchema() as {
        properties?: Record<string, unknown>
        required?: string[]
      }
      return {
        name,
        summary: method.summary,
        paramStructure: 'by-name',
        params: Object.entries(params.properties ?? {}).map(([property, schema]) => ({
          name: property,
          required: params.required?.includes(property) ?? false,
          schema,
        })),
        result: { name: method.result.name, schema: method.result.jsonSchema() },
        errors: methodErrors(name).map((code) => ({ code: -32000, message: code, data: { code } })),
      }
    }),
  }
}

/** One REST alias: a GET whose query parameters become the parameters of a method. */
export interface RestAlias {
  readonly path: string
  readonly method: MethodName
  /** Query name → parameter and how its text is read. */
  readonly query: Readonly<
    Record<
      string,
      { readonly parameter: string; readonly read: (text: string) => unknown; readonly schema: object }
    >
  >
}

/** OpenAPI 3.1 of the HTTP side: JSON-RPC endpoint, REST aliases, operations endpoints. */
export function openApiDocument(version: string, aliases: readonly RestAlias[]): object {
  const problem = {
    description: 'Refused',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
  const paths: Record<string, object> = {
    '/rpc': {
      post: {
        summary: 'JSON-RPC 2.0; methods in /openrpc.json',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { type: ['object', 'array'] } } },
        },
        responses: {
          200: { description: 'JSON-RPC response', content: { 'application/json': { schema: {} } } },
          default: problem,
        },
      },
    },
    '/health': { get: { summary: 'The process lives', responses: { 200: { description: 'Alive' } } } },
    '/ready': {
      get: {
        summary: 'The node takes transactions',
        responses: { 200: { description: 'Ready' }, 503: { description: 'Starting or stopping' } },
      },
    },
    '/did/{did}': {
      get: {
        summary: 'W3C DID document of a registered identity (CON-107)',
        parameters: [{ name: 'did', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: {
            description: 'DID document',
            content: { 'application/did+json': { schema: { type: 'object' } } },
          },
          404: problem,
          410: problem,
          default: problem,
        },
      },
    },
    '/metrics': {
      get: { summary: 'Prometheus text format', responses: { 200: { description: 'Metrics' } } },
    },
  }
  for (const { path, method, query } of aliases) {
    paths[path.replace(/:(\w+)/g, '{$1}')] = {
      get: {
        summary: METHODS[method].summary,
        parameters: Object.entries(query).map(([name, { schema }]) => ({
          name,
          in: path.includes(`:${name}`) ? 'path' : 'query',
          required: path.includes(`:${name}`),
          schema,
        })),
        responses: {
          200: {
            description: METHODS[method].result.name,
            content: { 'application/json': { schema: METHODS[method].result.jsonSchema() } },
          },
          default: problem,
        },
      },
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Symbolon frame node', version, license: { name: 'AGPL-3.0-only' } },
    paths,
    components: {
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'detail', 'code'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            code: { type: 'string' },
          },
        },
      },
    },
  }
}
