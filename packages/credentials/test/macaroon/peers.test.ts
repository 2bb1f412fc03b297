import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  attenuateAll,
  createMacaroon,
  decodeMacaroon,
  decodeMacaroonText,
  encodeBinaryV2,
  verifySignature,
} from '../../src/index.ts'

const require = createRequire(import.meta.url)

interface PeerV2Macaroon {
  addFirstPartyCaveat(caveat: Uint8Array): void
  addThirdPartyCaveat(rootKey: Uint8Array, caveat: Uint8Array, location: string): void
  exportBinary(): Uint8Array
  verify(rootKey: Uint8Array, check: (caveat: string) => string | null): void
}
interface PeerV2 {
  newMacaroon(options: {
    identifier: Uint8Array
    location: string
    rootKey: Uint8Array
    version: number
  }): PeerV2Macaroon
  importMacaroon(bytes: Uint8Array): PeerV2Macaroon
}
interface PeerV1Builder {
  add_first_party_caveat(caveat: string): PeerV1Builder
  getMacaroon(): { serialize(): string; signature: string }
}
interface PeerV1 {
  MacaroonsBuilder: new (location: string, key: string, identifier: string) => PeerV1Builder
}
const peerV2: PeerV2 = require('macaroon')
const peerV1: PeerV1 = require('macaroons.js')

const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const ascii = (max: number) => fc.stringMatching(new RegExp(`^[!-~]{1,${max}}$`))
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('against npm macaroon 3.0.4, binary version 2', () => {
  test('both write the same bytes and read each other, for as few caveats as it can export quickly (it doubles its buffer at each field)', () => {
    fc.assert(
      fc.property(
        key32,
        ascii(40),
        ascii(30),
        fc.array(ascii(20), { maxLength: 1 }),
        (rootKey, id, location, caveats) => {
          const peer = peerV2.newMacaroon({ identifier: utf8(id), location, rootKey, version: 2 })
          for (const caveat of caveats) peer.addFirstPartyCaveat(utf8(caveat))
          const ours = attenuateAll(createMacaroon(rootKey, utf8(id), utf8(location)), caveats)
          expect(Buffer.from(encodeBinaryV2(ours))).toEqual(Buffer.from(peer.exportBinary()))
          expect(verifySignature(decodeMacaroon(peer.exportBinary()), rootKey)).toBe(true)
          expect(() => peerV2.importMacaroon(encodeBinaryV2(ours)).verify(rootKey, () => null)).not.toThrow()
        },
      ),
      { numRuns: 20 },
    )
  })

  test('it verifies what we write with any number of caveats, and we write more than it can', () => {
    const rootKey = new Uint8Array(32).fill(7)
    for (const count of [5, 6, 17, 32]) {
      const conditions = Array.from({ length: count }, (_, index) => `caveat-number-${index}`)
      const bytes = encodeBinaryV2(
        attenuateAll(createMacaroon(rootKey, utf8('id'), utf8('here')), conditions),
      )
      const seen: string[] = []
      peerV2.importMacaroon(bytes).verify(rootKey, (caveat) => {
        seen.push(caveat)
        return null
      })
      expect(seen).toEqual(conditions)
      expect(verifySignature(decodeMacaroon(bytes), rootKey)).toBe(true)
    }
  })

  test('a third-party caveat that it added keeps its bytes and its place in the chain', () => {
    const rootKey = new Uint8Array(32).fill(9)
    const peer = peerV2.newMacaroon({ identifier: utf8('id'), location: 'here', rootKey, version: 2 })
    peer.addThirdPartyCaveat(new Uint8Array(32).fill(3), utf8('discharged elsewhere'), 'there')
    const bytes = peer.exportBinary()
    const macaroon = decodeMacaroon(bytes)
    expect(macaroon.caveats[0]!.verificationId!.length).toBe(72)
    expect(verifySignature(macaroon, rootKey)).toBe(true)
    expect(Buffer.from(encodeBinaryV2(macaroon))).toEqual(Buffer.from(bytes))
    const moved = {
      ...macaroon.caveats[0]!,
      verificationId: macaroon.caveats[0]!.verificationId!.map((byte) => byte ^ 1),
    }
    expect(verifySignature({ ...macaroon, caveats: [moved] }, rootKey)).toBe(false)
  })
})

test('against npm macaroons.js 0.3.9: we read its version 1 and agree on every signature', () => {
  fc.assert(
    fc.property(ascii(40), ascii(40), fc.array(ascii(60), { maxLength: 12 }), (rootKey, id, caveats) => {
      const builder = new peerV1.MacaroonsBuilder('http://example.org/', rootKey, id)
      for (const caveat of caveats) builder.add_first_party_caveat(caveat)
      const peer = builder.getMacaroon()
      const read = decodeMacaroonText(peer.serialize())
      expect(read.caveats.map(({ identifier }) => new TextDecoder().decode(identifier))).toEqual(caveats)
      expect(Buffer.from(read.signature).toString('hex')).toBe(peer.signature)
      expect(verifySignature(read, utf8(rootKey))).toBe(true)
    }),
    { numRuns: 60 },
  )
})
