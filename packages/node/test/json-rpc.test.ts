/** JSON-RPC 2.0 (https://www.jsonrpc.org/specification, sections 4 to 7) and JSON as attackers write it. */
import { formatDid } from '@symbolon/primitives'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BATCH_MAX, JSON_DEPTH_MAX } from '../src/index.ts'
import { parseJson } from '../src/rpc/json.ts'
import { alice, post, type RpcAnswer, rpc, startNode } from './frame.ts'

const PARSE_ERROR = -32700
const INVALID_REQUEST = -32600
const METHOD_NOT_FOUND = -32601
const INVALID_PARAMS = -32602

/** One node for a test; the answer to a raw body, undefined for 204. */
async function answers(): Promise<(body: string) => Promise<RpcAnswer | RpcAnswer[] | undefined>> {
  const node = await startNode()
  return async (body) => {
    const response = await post(node, body)
    if (response.status === 204) return undefined
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    return (await response.json()) as RpcAnswer
  }
}

const request = (id: unknown, method = 'frame.info', params: unknown = {}): object => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})

describe('the specification', () => {
  it('echoes the identifier as it was sent', async () => {
    const answer = await answers()
    for (const id of [1, 0, -5, 1.5, 'text', '', null, '\ud800', Number.MAX_SAFE_INTEGER])
      expect(await answer(JSON.stringify(request(id)))).toMatchObject({ jsonrpc: '2.0', id })
  })

  it('refuses identifiers that would come back changed', async () => {
    const answer = await answers()
    for (const id of ['9007199254740993', '1e999', '{}', '[]', 'true'])
      expect(await answer(`{"jsonrpc":"2.0","id":${id},"method":"frame.info"}`)).toMatchObject({
        id: null,
        error: { code: INVALID_REQUEST },
      })
  })

  it('answers a parse error with a null identifier', async () => {
    const answer = await answers()
    for (const body of [
      '',
      '{',
      '[1',
      '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
      'NaN',
      '\ufeff{}',
    ])
      expect(await answer(body)).toMatchObject({ id: null, error: { code: PARSE_ERROR } })
  })

  it('answers what is no request object with Invalid Request', async () => {
    const answer = await answers()
    const invalid = [
      '1',
      '"frame.info"',
      'null',
      '{}',
      '{"jsonrpc":"2.0","method":1,"params":"bar"}',
      '{"jsonrpc":"1.0","id":1,"method":"frame.info"}',
      '{"id":1,"method":"frame.info"}',
      '{"jsonrpc":"2.0","id":1,"method":"frame.info","params":null}',
      '{"jsonrpc":"2.0","id":1,"method":"frame.info","params":7}',
    ]
    for (const body of invalid)
      expect(await answer(body)).toMatchObject({ id: null, error: { code: INVALID_REQUEST } })
  })

  it('does not find methods that are none, however JavaScript would', async () => {
    const answer = await answers()
    for (const method of ['no.such', 'constructor', '__proto__', 'toString', 'hasOwnProperty', ''])
      expect(await answer(JSON.stringify(request(7, method)))).toMatchObject({
        id: 7,
        error: { code: METHOD_NOT_FOUND },
      })
  })

  it('answers parameters that do not fit with Invalid params and the reason', async () => {
    const answer = await answers()
    const wrong: [string, unknown, string?][] = [
      ['frame.info', []],
      ['frame.info', { extra: 1 }, 'SCHEMA_UNKNOWN_FIELD'],
      ['block.get', {}, 'SCHEMA_MISSING_FIELD'],
      ['block.get', { height: 1 }, 'SCHEMA_TYPE_MISMATCH'],
      ['block.get', { height: '01' }, 'SCHEMA_TYPE_MISMATCH'],
      ['block.get', { height: '-1' }, 'SCHEMA_TYPE_MISMATCH'],
      ['block.get', { height: 'NaN' }, 'SCHEMA_TYPE_MISMATCH'],
      ['block.get', { height: '18446744073709551616' }, 'SCHEMA_BOUND_EXCEEDED'],
      ['account.get', { address: 'sym1nonsense' }, 'ADDRESS_MALFORMED'],
      ['identity.get', { did: 'did:web:example.com' }, 'DID_MALFORMED'],
      ['identity.search', { capability: '\ud800' }, 'SCHEMA_TYPE_MISMATCH'],
      ['identity.search', { capability: 'x'.repeat(65) }, 'SCHEMA_BOUND_EXCEEDED'],
      ['identity.search', { capability: 'x', limit: 1.5 }, 'SCHEMA_TYPE_MISMATCH'],
      ['identity.search', { capability: 'x', minReputation: 1_000_001 }, 'SCHEMA_BOUND_EXCEEDED'],
      ['identity.search', { capability: 'x', limit: 101 }, 'SCHEMA_BOUND_EXCEEDED'],
      ['transaction.submit', { transaction: 'AB' }, 'SCHEMA_TYPE_MISMATCH'],
      ['transaction.submit', { transaction: '' }, 'SCHEMA_TYPE_MISMATCH'],
      ['transaction.submit', { transaction: '00', wait: 'never' }, 'SCHEMA_TYPE_MISMATCH'],
      ['state.prove', { namespace: 'constructor', key: '00' }, 'SCHEMA_TYPE_MISMATCH'],
    ]
    for (const [method, params, code] of wrong)
      expect(
        await answer(JSON.stringify(request(1, method, params))),
        `${method} ${JSON.stringify(params)}`,
      ).toMatchObject({
        id: 1,
        error: { code: INVALID_PARAMS, ...(code === undefined ? {} : { data: { code } }) },
      })
  })

  it('answers batches with one response per call, none for notifications', async () => {
    const answer = await answers()
    const batch = await answer(
      JSON.stringify([
        request(1),
        { jsonrpc: '2.0', method: 'frame.info' },
        1,
        request('2', 'no.such'),
        { jsonrpc: '2.0', method: 'no.such' },
        request(3, 'block.get', {}),
      ]),
    )
    expect(batch).toHaveLength(4)
    expect(batch).toMatchObject([
      { id: 1, result: { name: 'test' } },
      { id: null, error: { code: INVALID_REQUEST } },
      { id: '2', error: { code: METHOD_NOT_FOUND } },
      { id: 3, error: { code: INVALID_PARAMS } },
    ])
    expect(await answer('[]')).toMatchObject({ id: null, error: { code: INVALID_REQUEST } })
    expect(await answer('[1,2]')).toMatchObject([
      { error: { code: INVALID_REQUEST } },
      { error: { code: INVALID_REQUEST } },
    ])
    const many = (count: number): string =>
      JSON.stringify(Array.from({ length: count }, (_, id) => request(id)))
    expect(await answer(many(BATCH_MAX))).toHaveLength(BATCH_MAX)
    expect(await answer(many(BATCH_MAX + 1))).toMatchObject({ id: null, error: { code: INVALID_REQUEST } })
  })

  it('says nothing to notifications', async () => {
    const answer = await answers()
    expect(await answer('{"jsonrpc":"2.0","method":"frame.info"}')).toBeUndefined()
    expect(
      await answer('[{"jsonrpc":"2.0","method":"frame.info"},{"jsonrpc":"2.0","method":"x"}]'),
    ).toBeUndefined()
  })
})

describe('JSON from attackers', () => {
  it('is refused when deep, before it is parsed', async () => {
    const answer = await answers()
    const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    expect(await answer(deep(100_000))).toMatchObject({
      error: { code: PARSE_ERROR, data: { code: 'JSON_TOO_DEEP' } },
    })
    expect(() => parseJson(deep(JSON_DEPTH_MAX))).not.toThrow()
    expect(() => parseJson(deep(JSON_DEPTH_MAX + 1))).toThrow(/deeper/)
    // Brackets in strings are no depth, escaped quotes are no end.
    expect(parseJson(`"${'['.repeat(1_000)}"`)).toBe('['.repeat(1_000))
    expect(parseJson(`{"a\\":{[":"\\\\"}`)).toEqual({ 'a":{[': '\\' })
  })

  it('is refused when it names a member twice, also under another spelling', async () => {
    const answer = await answers()
    for (const body of [
      '{"jsonrpc":"2.0","id":1,"method":"frame.info","method":"supply.get"}',
      '{"jsonrpc":"2.0","id":1,"method":"frame.info","m\\u0065thod":"supply.get"}',
      '{"jsonrpc":"2.0","id":1,"method":"block.get","params":{"height":"0","height":"1"}}',
      '{"a":{"b":[{"c":1,"c":1}]}}',
    ])
      expect(await answer(body)).toMatchObject({
        error: { code: PARSE_ERROR, data: { code: 'JSON_DUPLICATE_MEMBER' } },
      })
  })

  it('cannot reach prototypes', async () => {
    const node = await startNode()
    for (const member of ['__proto__', 'constructor', 'prototype', 'toString']) {
      const { error } = await rpc(node, 'frame.info', JSON.parse(`{"${member}":{"polluted":true}}`))
      expect(error?.data?.code).toBe('SCHEMA_UNKNOWN_FIELD')
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    const body = '{"jsonrpc":"2.0","id":1,"method":"frame.info","__proto__":{"params":{"x":1}}}'
    expect(await (await post(node, body)).json()).toMatchObject({ id: 1, result: { name: 'test' } })
  })

  it('must be UTF-8', async () => {
    const node = await startNode()
    const text = '{"jsonrpc":"2.0","id":"é","method":"frame.info"}'
    expect(((await (await post(node, text)).json()) as RpcAnswer).id).toBe('é')
    const broken = await post(node, Buffer.from(text, 'latin1'))
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ code: 'JSON_MALFORMED' })
  })

  it('parses to what JSON.parse gives, for every value without duplicate members', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('never makes the node fail, whatever the bytes', async () => {
    const node = await startNode()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .dictionary(fc.constantFrom('jsonrpc', 'id', 'method', 'params'), fc.jsonValue())
            .map((one) => JSON.stringify(one)),
        ),
        async (body) => {
          const response = await post(node, body)
          expect([200, 204, 400]).toContain(response.status)
          await response.arrayBuffer()
        },
      ),
      { numRuns: 60 },
    )
    expect((await rpc(node, 'frame.info', {})).result).toBeDefined()
  })
})

describe('errors', () => {
  it('hide what concerns the node alone', async () => {
    const node = await startNode()
    const { ledger } = node.store
    const get = ledger.get
    ledger.get = () => {
      throw new Error('secret path /var/lib/symbolon')
    }
    onTestFinished(() => {
      ledger.get = get
    })
    const answer = await rpc(node, 'reputation.get', { did: formatDid(alice.address) })
    expect(answer.error).toEqual({ code: -32603, message: 'internal error; the node has logged it' })
    const document = await fetch(`${node.url}/did/${formatDid(alice.address)}`)
    expect(document.status).toBe(500)
    expect(await document.text()).not.toContain('secret')
  })
})
