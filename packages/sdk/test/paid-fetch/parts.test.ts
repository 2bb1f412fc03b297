import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownKeysIn, rootSecretsIn } from '@symbolon/sdk'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCall } from '../../src/paid-fetch/call.ts'
import type { Credential } from '../../src/paid-fetch/credential.ts'
import { readFirstChallenge } from '../../src/paid-fetch/first-challenge.ts'
import { OwedRequests } from '../../src/paid-fetch/owed-requests.ts'
import { SpendingLimit } from '../../src/paid-fetch/spending-limit.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })

describe('the spending limit', () => {
  it('never exceeds its maximum, and gives back exactly what it took', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 100n), fc.array(fc.tuple(fc.bigInt(0n, 40n), fc.boolean())), (max, steps) => {
        const limit = new SpendingLimit(max)
        let expected = 0n
        for (const [amount, back] of steps) {
          if (expected + amount > max) {
            expect(() => limit.take(amount)).toThrow(code('TOTAL_EXCEEDED'))
            continue
          }
          limit.take(amount)
          if (back) limit.giveBack(amount)
          else expected += amount
          expect(limit.spent).toBe(expected)
          expect(limit.left).toBe(max - expected)
        }
      }),
    )
  })
})

describe('owed requests', () => {
  const credential = { isLive: (now: number) => now <= 100 } as unknown as Credential
  it('gives each back once, to the call that made it, while its credential lives', () => {
    const owed = new OwedRequests()
    owed.add('a', { id: '1', credential })
    owed.add('a', { id: '2', credential })
    expect(owed.take('b', 0)).toBeUndefined()
    expect(owed.take('a', 0)?.id).toBe('1')
    expect(owed.take('a', 101)).toBeUndefined()
    expect(owed.take('a', 0)).toBeUndefined()
  })

  it('forgets the oldest over its bound', () => {
    const owed = new OwedRequests()
    for (let i = 0; i < 1_025; i++) owed.add(String(i), { id: String(i), credential })
    expect(owed.take('0', 0)).toBeUndefined()
    expect(owed.take('1', 0)?.id).toBe('1')
    expect(owed.take('1024', 0)?.id).toBe('1024')
  })
})

describe('a call', () => {
  it('has one digest for one request, and another for another method, address or body', async () => {
    const url = 'http://127.0.0.1/a?b=1'
    const digest = async (input: string, init?: RequestInit): Promise<string> =>
      (await readCall(input, init)).digest
    const first = await digest(url)
    expect(await digest(`${url}#part`)).toBe(first)
    const others = [
      await digest('http://127.0.0.1/a?b=2'),
      await digest(url, { method: 'DELETE' }),
      await digest(url, { method: 'POST', body: 'x' }),
      await digest(url, { method: 'POST', body: 'y' }),
    ]
    expect(new Set([first, ...others]).size).toBe(5)
    expect(await digest(url, { method: 'POST', body: new TextEncoder().encode('x') })).toBe(others[2])
  })

  it('refuses a body over its bound, and an address that can be read in two ways', async () => {
    const url = 'http://127.0.0.1/a'
    await expect(readCall(url, { method: 'POST', body: 'x'.repeat(1_048_577) })).rejects.toEqual(
      code('BODY_TOO_LARGE'),
    )
    await expect(readCall('http://127.0.0.1/a//b')).rejects.toEqual(code('PATH_AMBIGUOUS'))
  })
})

describe('the first challenge of a stranger', () => {
  const body = {
    offers: 'http://x/o',
    descriptor: '11'.repeat(32),
    provider: 'not a did',
    frame: '22'.repeat(32),
    resource: 'GET:/a',
    price: '1',
    requests: 1,
  }
  it.each([
    ['another status', new Response(JSON.stringify(body), { status: 401 })],
    ['no header', new Response(JSON.stringify(body), { status: 402 })],
    ['another realm', new Response('{}', { status: 402, headers: { 'www-authenticate': 'L402 realm="x"' } })],
    ['garbage', new Response('{', { status: 402, headers: { 'www-authenticate': 'L402 realm="symbolon"' } })],
    [
      'a malformed provider',
      new Response(JSON.stringify(body), {
        status: 402,
        headers: { 'www-authenticate': 'L402 realm="symbolon"' },
      }),
    ],
  ])('is none for %s', async (_, response) => {
    const { status } = response
    const expected = await response.clone().text()
    const { first, response: passed } = await readFirstChallenge(response)
    expect(first).toBeUndefined()
    // It is the caller's, unchanged.
    expect(passed.status).toBe(status)
    expect(await passed.text()).toBe(expected)
  })

  it('is not read without end', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) })
    const headers = { 'www-authenticate': 'L402 realm="symbolon"' }
    await expect(readFirstChallenge(new Response(body, { status: 402, headers }))).rejects.toEqual(
      code('SELLER_ANSWER_TOO_LARGE'),
    )
  })
})

describe('key files', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'symbolon-keys-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('are created once, for their owner alone, and give the same keys again', () => {
    const first = ownKeysIn(directory)
    expect(statSync(join(directory, 'account.seed')).mode & 0o777).toBe(0o600)
    expect(ownKeysIn(directory).address).toEqual(first.address)
    expect(rootSecretsIn(directory).rootSecrets.get(1)).toEqual(rootSecretsIn(directory).rootSecrets.get(1))
    expect(readFileSync(join(directory, 'account.seed'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
  })

  it('refuse a secret of another length', () => {
    writeFileSync(join(directory, 'account.seed'), '00ff\n')
    expect(() => ownKeysIn(directory)).toThrow(code('KEY_FILE_MALFORMED'))
  })
})
