import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attenuate, attenuateAll, createMacaroon, type Macaroon, verifySignature } from '../../src/index.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const utf8 = (text: string) => new TextEncoder().encode(text)

/** Example T-1: root key of 32 zero bytes, identifier "id:test". */
const rootKey = new Uint8Array(32)
const chain = [
  'service = gpu-inference',
  'requests_remaining <= 20',
  'expiry_before <= 1717027200',
  'endpoint = /v2/completion',
]

describe('the chain', () => {
  test('gives the signatures of example T-1 under the key generator', () => {
    const root = createMacaroon(rootKey, utf8('id:test'))
    expect(hex(root.signature)).toBe('b243d3dea228e5977df437bdebe0c5dabc7510a9905bd7c33a720b7b5718a9e3')
    expect(hex(attenuateAll(root, chain).signature)).toBe(
      '39add1c32e1c977bfd3fb79ddf9324f63509d7ac59a1984841a6c927a9f29e55',
    )
  })

  test("from the book's raw-key sig0, each step gives the book's next signature", () => {
    const sig0 = '191db217e6e8bd80d872525a5f4f6bbf81cfb005e538a0f06f82d22168f061cf'
    const expected = [
      'e3975982d47ea0b4f9f8f99364c5cc9091b28c0725ff0fa100c93f35d27f04e9',
      '04b95db4dc5ee0631dee55ed4e509359e14153c000356526baa85fdc0671f13e',
      '3753145516ba91284ed1851025cb1765046576f3e4cfdec4f3546e8bf48b918c',
      '2f596fada3f82abac9692c8722ab4f82cea803f98dbfb46c01660aaaa7547f48',
    ]
    let macaroon: Macaroon = {
      ...createMacaroon(rootKey, utf8('id:test')),
      signature: Buffer.from(sig0, 'hex'),
    }
    for (const [index, condition] of chain.entries()) {
      macaroon = attenuate(macaroon, condition)
      expect(hex(macaroon.signature)).toBe(expected[index])
    }
    const swapped = attenuateAll({ ...macaroon, caveats: [], signature: Buffer.from(sig0, 'hex') }, [
      chain[1]!,
      chain[0]!,
      ...chain.slice(2),
    ])
    expect(hex(swapped.signature)).toBe('891e83a495ef57be5b13ad0e77f45d3b3233ecfeb62649b2fbb9bc6b1b156ffd')
  })

  test('is the HMAC chain that OpenSSL computes, for any root key, identifier and caveats', () => {
    const bytes = (max: number) => fc.uint8Array({ maxLength: max })
    fc.assert(
      fc.property(
        bytes(100),
        bytes(256),
        fc.array(bytes(512), { maxLength: 12 }),
        (key, identifier, caveats) => {
          let expected = createHmac('sha256', 'macaroons-key-generator').update(key).digest()
          for (const message of [identifier, ...caveats])
            expected = createHmac('sha256', expected).update(message).digest()
          expect(hex(attenuateAll(createMacaroon(key, identifier), caveats).signature)).toBe(hex(expected))
        },
      ),
    )
  })
})

describe('integrity (MAC-6): every mutation is rejected', () => {
  const caveatTexts = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 8 })
  const genuine = (conditions: readonly string[]) =>
    attenuateAll(createMacaroon(rootKey, utf8('id:test')), conditions)

  test('removing any run of caveats', () => {
    fc.assert(
      fc.property(caveatTexts, fc.nat(), fc.nat(), (conditions, a, b) => {
        const macaroon = genuine(conditions)
        const start = a % conditions.length
        const end = start + 1 + (b % (conditions.length - start))
        const caveats = macaroon.caveats.filter((_, index) => index < start || index >= end)
        expect(verifySignature(macaroon, rootKey)).toBe(true)
        expect(verifySignature({ ...macaroon, caveats }, rootKey)).toBe(false)
      }),
    )
  })

  test('exchanging two different caveats', () => {
    fc.assert(
      fc.property(caveatTexts, fc.nat(), fc.nat(), (conditions, a, b) => {
        const [i, j] = [a % conditions.length, b % conditions.length]
        fc.pre(conditions[i] !== conditions[j])
        const macaroon = genuine(conditions)
        const caveats = [...macaroon.caveats]
        caveats[i] = macaroon.caveats[j]!
        caveats[j] = macaroon.caveats[i]!
        expect(verifySignature({ ...macaroon, caveats }, rootKey)).toBe(false)
      }),
    )
  })

  test('changing one bit of a caveat, the identifier or the signature', () => {
    fc.assert(
      fc.property(caveatTexts, fc.nat(), fc.nat(), fc.nat({ max: 7 }), (conditions, part, at, bit) => {
        const macaroon = genuine(conditions)
        const flip = (bytes: Uint8Array) =>
          bytes.map((byte, index) => (index === at % bytes.length ? byte ^ (1 << bit) : byte))
        const choice = part % (conditions.length + 2)
        const mutated: Macaroon =
          choice === 0
            ? { ...macaroon, identifier: flip(macaroon.identifier) }
            : choice === 1
              ? { ...macaroon, signature: flip(macaroon.signature) }
              : {
                  ...macaroon,
                  caveats: macaroon.caveats.map((caveat, index) =>
                    index === choice - 2 ? { ...caveat, identifier: flip(caveat.identifier) } : caveat,
                  ),
                }
        expect(verifySignature(mutated, rootKey)).toBe(false)
      }),
    )
  })

  test('adding a caveat without the chain step, splitting one, or joining two', () => {
    const macaroon = genuine(['ab', 'c'])
    const caveat = (text: string) => ({
      identifier: utf8(text),
      verificationId: undefined,
      location: undefined,
    })
    for (const texts of [['ab', 'c', 'd'], ['a', 'b', 'c'], ['abc'], ['a', 'bc'], []])
      expect(verifySignature({ ...macaroon, caveats: texts.map(caveat) }, rootKey), texts.join()).toBe(false)
  })

  test('turning a first-party caveat into a third-party one', () => {
    const macaroon = genuine(['ab'])
    const caveats = [{ ...macaroon.caveats[0]!, verificationId: new Uint8Array(72) }]
    expect(verifySignature({ ...macaroon, caveats }, rootKey)).toBe(false)
  })

  test('verifying under another root key', () => {
    expect(verifySignature(genuine(['ab']), new Uint8Array(32).fill(1))).toBe(false)
  })

  test('a location is a hint and may change', () => {
    expect(verifySignature({ ...genuine(['ab']), location: utf8('elsewhere') }, rootKey)).toBe(true)
  })
})

test('a delegate cannot recover the authority of the token that it was narrowed from (MAC-9)', () => {
  const parent = attenuate(createMacaroon(rootKey, utf8('id:test')), 'service = a')
  const child = attenuate(parent, 'method = GET')
  const forged = { ...child, caveats: child.caveats.slice(0, 1) }
  expect(verifySignature(forged, rootKey)).toBe(false)
  expect(verifySignature(parent, rootKey)).toBe(true)
})
