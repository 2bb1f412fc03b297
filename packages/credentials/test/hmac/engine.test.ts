import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashEngine, hmacSha256, portableEngine } from '../../src/hmac/engine.ts'

const engines = [portableEngine, hashEngine]
const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe.each(engines)('the $name engine', (engine) => {
  test('agrees with OpenSSL on HMAC-SHA256 for every message length around the block boundaries', () => {
    const key = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)
    const out = new Uint8Array(32)
    for (let length = 0; length <= 260; length++) {
      const message = Uint8Array.from({ length }, (_, index) => index * 7)
      engine.hmac(key, message, out)
      expect(Buffer.from(out).toString('hex'), `length ${length}`).toBe(
        createHmac('sha256', key).update(message).digest('hex'),
      )
    }
  })

  test('agrees with OpenSSL on SHA-256 for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (data) => {
        const out = new Uint8Array(32)
        engine.sha256(data, out)
        expect(Buffer.from(out)).toEqual(createHash('sha256').update(data).digest())
      }),
    )
  })

  test('may write its result over its own key', () => {
    fc.assert(
      fc.property(key32, fc.uint8Array({ maxLength: 1200 }), (key, message) => {
        const expected = createHmac('sha256', key).update(message).digest()
        engine.hmac(key, message, key)
        expect(Buffer.from(key)).toEqual(expected)
      }),
    )
  })

  test('gives the digest of FIPS 180-4 for "abc"', () => {
    const out = new Uint8Array(32)
    engine.sha256(new TextEncoder().encode('abc'), out)
    expect(Buffer.from(out).toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })
})

test('a short key is padded as RFC 2104 says: RFC 4231 test case 2', () => {
  const mac = hmacSha256(
    new TextEncoder().encode('Jefe'),
    new TextEncoder().encode('what do ya want for nothing?'),
  )
  expect(Buffer.from(mac).toString('hex')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('Node runs the fast engine', () => {
  expect(hashEngine.name).toBe('node')
})
