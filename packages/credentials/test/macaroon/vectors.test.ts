import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeMacaroon, encodeBinaryV2, type Macaroon, verifySignature } from '../../src/index.ts'

/** libmacaroons' own language-independent tests; FORMAT.txt beside them describes the files. */
const folder = join(import.meta.dirname, '../../../../../shared/vectors/libmacaroons')
const present = existsSync(folder)

interface VerificationTest {
  readonly authorized: boolean
  readonly key: string
  readonly exact: readonly string[]
  readonly macaroon: Uint8Array
}

function readVerificationTest(name: string): VerificationTest {
  const lines = readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const [, outcome, key, ...rest] = lines
  return {
    authorized: outcome === 'authorized',
    key: key!.slice('key '.length),
    exact: rest.filter((line) => line.startsWith('exact ')).map((line) => line.slice('exact '.length)),
    macaroon: Buffer.from(rest.at(-1)!, 'base64url'),
  }
}

/** Version 1 is itself serialised as base64 text, so its decoded line is text once more. */
function decodeSerialized(bytes: Uint8Array): Macaroon {
  return decodeMacaroon(
    bytes[0] === 0x4d ? Buffer.from(Buffer.from(bytes).toString('latin1'), 'base64url') : bytes,
  )
}

function plain(macaroon: Macaroon): unknown {
  const text = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? null : Buffer.from(bytes).toString('hex')
  return {
    location: text(macaroon.location),
    identifier: text(macaroon.identifier),
    caveats: macaroon.caveats.map(({ identifier, verificationId, location }) =>
      [identifier, verificationId, location].map(text),
    ),
    signature: text(macaroon.signature),
  }
}

const names = present ? readdirSync(folder) : []

describe.skipIf(!present)(
  'libmacaroons vectors (skipped where ../shared/vectors/libmacaroons is absent)',
  () => {
    test.each(names.filter((name) => name.endsWith('.vtest')))('%s', (name) => {
      const { authorized, key, exact, macaroon: bytes } = readVerificationTest(name)
      const macaroon = decodeSerialized(bytes)
      const genuine = verifySignature(macaroon, new TextEncoder().encode(key))
      const satisfied = macaroon.caveats.every(({ identifier }) =>
        exact.includes(new TextDecoder().decode(identifier)),
      )
      expect(genuine && satisfied).toBe(authorized)
    })

    test.each(names.filter((name) => name.startsWith('serialization_')))('%s', (name) => {
      const byVersion = new Map(
        readFileSync(join(folder, name), 'utf8')
          .trim()
          .split('\n')
          .map((line): [string, Uint8Array] => {
            const [version, encoded] = line.split(' ')
            return [version!, Buffer.from(encoded!, 'base64url')]
          }),
      )
      const v2 = byVersion.get('v2')!
      const reference = plain(decodeSerialized(v2))
      expect(plain(decodeSerialized(byVersion.get('v1')!))).toEqual(reference)
      expect(plain(decodeSerialized(byVersion.get('v2j')!))).toEqual(reference)
      expect(Buffer.from(encodeBinaryV2(decodeSerialized(v2)))).toEqual(v2)
      expect(Buffer.from(encodeBinaryV2(decodeSerialized(byVersion.get('v1')!)))).toEqual(v2)
    })

    test('all 19 files of the suite were found', () => {
      expect(names.filter((name) => name !== 'FORMAT.txt')).toHaveLength(19)
    })
  },
)
