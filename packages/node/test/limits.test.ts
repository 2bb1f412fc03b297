/** The listener's parts that keep count of strangers, and the log that must not tell. */
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger, RATE_ADDRESSES_MAX } from '../src/index.ts'
import { RateLimiter } from '../src/rpc/rate-limit.ts'
import { clientOf } from '../src/rpc/remote-address.ts'

describe('the rate', () => {
  it('allows the burst, then the sustained rate, per client', () => {
    let now = 0
    const rate = new RateLimiter(10, 5, () => now)
    expect([1, 2, 3, 4, 5, 6].map(() => rate.take('a'))).toEqual([true, true, true, true, true, false])
    expect(rate.take('b')).toBe(true)
    now += 100
    expect([rate.take('a'), rate.take('a')]).toEqual([true, false])
    now += 3_600_000
    expect([1, 2, 3, 4, 5, 6].map(() => rate.take('a'))).toEqual([true, true, true, true, true, false])
  })

  it('charges what a call costs, at most the burst, and nothing for a refusal', () => {
    let now = 0
    const rate = new RateLimiter(10, 5, () => now)
    expect([rate.take('a', 4), rate.take('a', 2), rate.take('a', 1)]).toEqual([true, false, true])
    now += 500
    expect([rate.take('a', 1_000), rate.take('a')]).toEqual([true, false])
  })

  it('remembers a bounded number of clients, and forgets the silent ones', () => {
    let now = 0
    const rate = new RateLimiter(1, 1, () => now)
    for (let client = 0; client < RATE_ADDRESSES_MAX + 100; client++) rate.take(String(client))
    expect(rate.size).toBe(RATE_ADDRESSES_MAX)
    now += 2_000
    rate.take('another')
    expect(rate.size).toBe(1)
  })
})

describe('a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, ''],
  ])('%s counts as %s', (address, client) => {
    expect(clientOf(address)).toBe(client)
  })
})

it('the log censors what could be secret, at every depth that errors have', () => {
  let written = ''
  const stream = new Writable({
    write(chunk, _, done) {
      written += String(chunk)
      done()
    },
  })
  const log = createLogger('info', stream)
  log.info({
    secretKey: 'leak-1',
    request: { macaroon: 'leak-2', headers: { authorization: 'leak-3' } },
    kept: 'fact',
  })
  log.error({ err: Object.assign(new Error('no'), { passphrase: 'leak-4', details: { seed: 'leak-5' } }) })
  expect(written).toContain('fact')
  expect(written).toContain('[redacted]')
  expect(written).not.toMatch(/leak/)
})
