import * as nodeCrypto from 'node:crypto'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { argon2id } from '@noble/hashes/argon2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSymbolonError } from '../../src/errors.ts'
import {
  decryptKeyStore,
  type EncryptKeyStoreOptions,
  encryptKeyStore,
  KEY_STORE_MEMORY_KIB_MAX,
  KEY_STORE_MEMORY_KIB_MIN,
  KEY_STORE_SECRET_BYTES_MAX,
} from '../../src/key-store/index.ts'
import { deriveKey } from '../../src/key-store/key-derivation.ts'
import {
  hex,
  readVectors,
  toHex,
  utf8,
  vectorsPresent,
  vectorTitle,
  type WycheproofFile,
} from '../vectors.ts'

/** The cheapest that the bounds allow: these tests are about the format, not the cost. */
const parameters = { memoryKiB: KEY_STORE_MEMORY_KIB_MIN, passes: 1, parallelism: 1 }
const secret = utf8('thirty-two bytes of secret seed!')
const options: EncryptKeyStoreOptions = {
  secret,
  password: 'correct horse',
  salt: new Uint8Array(16).fill(1),
  nonce: new Uint8Array(24).fill(2),
  label: 'agent 7',
  parameters,
}
const text = encryptKeyStore(options)

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isSymbolonError(error)) return error.code
    throw error
  }
  throw new Error('expected a SymbolonError, nothing was thrown')
}
/** The file with one value replaced, by path. */
function withValue(path: string[], value: unknown): string {
  const file = JSON.parse(text)
  const parent = path.slice(0, -1).reduce((object, key) => object[key], file)
  parent[path.at(-1)!] = value
  return JSON.stringify(file)
}

describe('key store', () => {
  it('gives the secret back to who knows the password', () => {
    expect(decryptKeyStore(text, 'correct horse')).toEqual(secret)
  })

  it('takes any secret up to the bound, and any password', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ minLength: 1, maxLength: 40 }),
        (anySecret, password) => {
          const file = encryptKeyStore({ ...options, secret: anySecret, password })
          expect(decryptKeyStore(file, password)).toEqual(anySecret)
        },
      ),
      { numRuns: 10 },
    )
    const large = new Uint8Array(KEY_STORE_SECRET_BYTES_MAX).fill(3)
    expect(decryptKeyStore(encryptKeyStore({ ...options, secret: large }), 'correct horse')).toEqual(large)
  })

  it('treats the same password typed as composed or decomposed characters alike', () => {
    const file = encryptKeyStore({ ...options, password: 'caf\u00e9' })
    expect(decryptKeyStore(file, 'cafe\u0301')).toEqual(secret)
  })

  it('shows neither secret nor password in the file', () => {
    expect(text).not.toContain(toHex(secret))
    expect(text).not.toContain('correct horse')
    expect(JSON.parse(text)).toMatchObject({ format: 'symbolon-key-store', version: 1, label: 'agent 7' })
  })

  it('is XChaCha20-Poly1305 under an Argon2id key, as any other implementation can check', () => {
    const file = JSON.parse(text)
    const { ciphertext, ...header } = file
    const key = argon2id('correct horse', options.salt, { t: 1, m: parameters.memoryKiB, p: 1, dkLen: 32 })
    const opened = xchacha20poly1305(key, hex(file.cipher.nonce), utf8(JSON.stringify(header))).decrypt(
      hex(ciphertext),
    )
    expect(opened).toEqual(secret)
  })

  it('does not depend on white space or key order of the file', () => {
    const file = JSON.parse(text)
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(file).reverse()))
    expect(decryptKeyStore(reordered, 'correct horse')).toEqual(secret)
  })

  it('answers a wrong password and every change of the file with one and the same error', () => {
    const messages = new Set<string>()
    const flip = (value: string) => (value[0] === '0' ? '1' : '0') + value.slice(1)
    const file = JSON.parse(text)
    const attempts: [string, string][] = [
      [text, 'correct hors'],
      [text, 'Correct horse'],
      [withValue(['label'], 'agent 8'), 'correct horse'],
      [withValue(['kdf', 'salt'], flip(file.kdf.salt)), 'correct horse'],
      [withValue(['kdf', 'passes'], 2), 'correct horse'],
      [withValue(['kdf', 'parallelism'], 2), 'correct horse'],
      [withValue(['kdf', 'memoryKiB'], parameters.memoryKiB + 8), 'correct horse'],
      [withValue(['cipher', 'nonce'], flip(file.cipher.nonce)), 'correct horse'],
      [withValue(['ciphertext'], flip(file.ciphertext)), 'correct horse'],
      [withValue(['ciphertext'], file.ciphertext.slice(2)), 'correct horse'],
      [withValue(['ciphertext'], `${file.ciphertext}00`), 'correct horse'],
    ]
    for (const [changed, password] of attempts)
      try {
        decryptKeyStore(changed, password)
        expect.unreachable()
      } catch (error) {
        expect(isSymbolonError(error, 'KEY_STORE_UNLOCK_FAILED')).toBe(true)
        messages.add(JSON.stringify(error))
        expect((error as Error).cause).toBeUndefined()
      }
    expect(messages.size).toBe(1)
  })

  it('refuses what is not a key store', () => {
    for (const bad of [
      '',
      '[]',
      'null',
      '{}',
      text.slice(0, -5),
      withValue(['version'], 2),
      withValue(['format'], 'other'),
      withValue(['extra'], 1),
      withValue(['kdf', 'extra'], 1),
      withValue(['kdf', 'name'], 'scrypt'),
      withValue(['cipher', 'name'], 'aes-256-gcm'),
      withValue(['kdf', 'salt'], '00'),
      withValue(['cipher', 'nonce'], '00'.repeat(23)),
      withValue(['ciphertext'], '00'.repeat(15)),
      withValue(['ciphertext'], 'zz'.repeat(48)),
      withValue(['kdf', 'passes'], '1'),
      withValue(['kdf'], []),
      withValue(['label'], 5),
    ])
      expect(
        codeOf(() => decryptKeyStore(bad, 'correct horse')),
        bad.slice(0, 80),
      ).toBe('KEY_STORE_MALFORMED')
  })

  it('refuses absurd costs before paying them', () => {
    for (const [name, value] of [
      ['memoryKiB', KEY_STORE_MEMORY_KIB_MAX + 1],
      ['memoryKiB', 2 ** 40],
      ['memoryKiB', KEY_STORE_MEMORY_KIB_MIN - 1],
      ['passes', 0],
      ['passes', 17],
      ['passes', 1.5],
      ['parallelism', 0],
      ['parallelism', 17],
      ['parallelism', -1],
    ] as const) {
      expect(codeOf(() => decryptKeyStore(withValue(['kdf', name], value), 'correct horse'))).toBe(
        'KEY_STORE_PARAMETER_OUT_OF_BOUNDS',
      )
      expect(
        codeOf(() => encryptKeyStore({ ...options, parameters: { ...parameters, [name]: value } })),
      ).toBe('KEY_STORE_PARAMETER_OUT_OF_BOUNDS')
    }
  })

  it('bounds file, secret, label and password', () => {
    const bounds = 'KEY_STORE_PARAMETER_OUT_OF_BOUNDS'
    expect(codeOf(() => decryptKeyStore(text + ' '.repeat(200_000), 'correct horse'))).toBe(bounds)
    expect(codeOf(() => decryptKeyStore(withValue(['label'], 'x'.repeat(257)), 'correct horse'))).toBe(bounds)
    expect(codeOf(() => decryptKeyStore(text, ''))).toBe(bounds)
    expect(codeOf(() => encryptKeyStore({ ...options, password: 'x'.repeat(1025) }))).toBe(bounds)
    expect(codeOf(() => encryptKeyStore({ ...options, label: 'x'.repeat(257) }))).toBe(bounds)
    const tooLarge = new Uint8Array(KEY_STORE_SECRET_BYTES_MAX + 1)
    expect(codeOf(() => encryptKeyStore({ ...options, secret: tooLarge }))).toBe(bounds)
    expect(codeOf(() => encryptKeyStore({ ...options, salt: new Uint8Array(15) }))).toBe('INPUT_LENGTH')
    expect(codeOf(() => encryptKeyStore({ ...options, nonce: new Uint8Array(12) }))).toBe('INPUT_LENGTH')
  })
})

describe('Argon2id', () => {
  it('gives the tag of RFC 9106 §5.3 in the library that browsers use', () => {
    const tag = argon2id(new Uint8Array(32).fill(1), new Uint8Array(16).fill(2), {
      t: 3,
      m: 32,
      p: 4,
      dkLen: 32,
      key: new Uint8Array(8).fill(3),
      personalization: new Uint8Array(12).fill(4),
    })
    expect(toHex(tag)).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
  })

  it.skipIf(typeof nodeCrypto.argon2Sync !== 'function')(
    'derives the same key on Node and without it',
    () => {
      const portableOnly = { ...nodeCrypto, argon2Sync: undefined } as unknown as typeof nodeCrypto
      for (const cost of [
        { memoryKiB: 64, passes: 1, parallelism: 1 },
        { memoryKiB: 128, passes: 2, parallelism: 4 },
      ])
        expect(toHex(deriveKey(utf8('pw'), options.salt, cost, nodeCrypto))).toBe(
          toHex(deriveKey(utf8('pw'), options.salt, cost, portableOnly)),
        )
    },
  )
})

interface AeadGroup {
  ivSize: number
  tests: {
    tcId: number
    key: string
    iv: string
    aad: string
    msg: string
    ct: string
    tag: string
    result: string
  }[]
}
const VECTORS = 'wycheproof/xchacha20_poly1305_test.json'
describe.skipIf(!vectorsPresent(VECTORS))(vectorTitle('Wycheproof XChaCha20-Poly1305', VECTORS), () => {
  it('opens exactly the valid messages', () => {
    const file = readVectors<WycheproofFile<AeadGroup>>(VECTORS)
    let seen = 0
    for (const group of file.testGroups)
      for (const test of group.tests) {
        let opened: string | undefined
        try {
          opened = toHex(
            xchacha20poly1305(hex(test.key), hex(test.iv), hex(test.aad)).decrypt(hex(test.ct + test.tag)),
          )
        } catch {
          opened = undefined
        }
        expect(opened, `tcId ${test.tcId}`).toBe(test.result === 'valid' ? test.msg : undefined)
        seen++
      }
    expect(seen).toBe(file.numberOfTests)
  })
})
