/** rpc.md: the methods, for reading; openrpc.json says the same to programs. */
import { METHOD_COSTS, methodErrors, REST_ALIASES } from '@symbolon/node'
import { METHODS, type MethodName, NOTIFICATIONS } from '@symbolon/protocol'
import { type JsonSchema, typeOf } from './json-schema.ts'

export function rpcPage(): string {
  const names = Object.keys(METHODS) as MethodName[]
  return [
    '# JSON-RPC methods',
    'JSON-RPC 2.0 by `POST /rpc` (`content-type: application/json`) and by WebSocket at `/rpc`. Parameters are given by name. 64-bit ' +
      'integers are decimal strings, bytes are lower-case hexadecimal, addresses are `sym1…`, DIDs are `did:symbolon:sym1…`.',
    'Errors: -32700 parse error, -32600 invalid request, -32601 no such method, -32602 parameters do not fit, -32603 internal error, ' +
      '-32000 the frame refuses; `data.code` holds the stable code. Codes below are in order of precedence.',
    ...names.map((name) => {
      const method = METHODS[name]
      const errors = methodErrors(name)
      const cost = METHOD_COSTS[name] ?? 1
      return [
        `## \`${name}\``,
        `${method.summary}.${cost === 1 ? '' : ` Costs ${cost} units of the rate.`}`,
        'Parameters:',
        fieldTable(method.params.jsonSchema() as JsonSchema),
        `Result (\`${method.result.name}\`):`,
        fieldTable(method.result.jsonSchema() as JsonSchema),
        errors.length === 0 ? '' : `Errors: ${errors.map((code) => `\`${code}\``).join(', ')}.`,
      ]
        .filter((part) => part !== '')
        .join('\n\n')
    }),
    '## Notifications',
    'Sent over the WebSocket that opened the subscription, as method `subscription` with `{subscription, topic, body}`.',
    ...Object.entries(NOTIFICATIONS).map(([topic, schema]) =>
      [`### \`${topic}\``, fieldTable(schema.jsonSchema() as JsonSchema)].join('\n\n'),
    ),
    '## Plain GET',
    'The same results without JSON-RPC; refusals are RFC 9457 problem documents.',
    [
      '| path | method | query |',
      '| --- | --- | --- |',
      ...REST_ALIASES.map(
        ({ path, method, query }) =>
          `| \`${path}\` | \`${method}\` | ${Object.keys(query)
            .filter((name) => !path.includes(`:${name}`))
            .map((name) => `\`${name}\``)
            .join(', ')} |`,
      ),
    ].join('\n'),
  ].join('\n\n')
}

function fieldTable(schema: JsonSchema): string {
  const properties = Object.entries(schema.properties ?? {})
  if (properties.length === 0) return 'none.'
  return [
    '| name | type and bounds |',
    '| --- | --- |',
    ...properties.map(
      ([name, property]) =>
        `| \`${name}\`${schema.required?.includes(name) === true ? '' : ' (optional)'} | ${typeOf(property)} |`,
    ),
  ].join('\n')
}
