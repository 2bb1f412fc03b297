/**
 * Macaroon verification with 5 caveats against the npm libraries, in one run on one core, as JSON lines
 * {name, value, unit, peer, ratio}. Every subject verifies the same chain from the same root key, over bytes it has
 * to parse first (`parse-and-verify`) or has parsed (`verify`); `check` is our whole server check besides.
 *
 *     node packages/credentials/bench/macaroon.bench.ts
 */
import { createRequire } from 'node:module'
import { hashEngine } from '../src/hmac/engine.ts'
import { hmacPortable } from '../src/hmac/portable.ts'
import { CredentialVerifier, decodeMacaroon, encodeBinaryV2, mintCredential, RootKeys } from '../src/index.ts'
import { paymentHashOfPreimage } from '../src/l402/preimage.ts'
import { attenuateAll, createMacaroon } from '../src/macaroon/attenuate.ts'
import { verifySignature } from '../src/macaroon/verify-signature.ts'

const require = createRequire(import.meta.url)
interface PeerV2 {
  importMacaroon(bytes: Uint8Array): {
    verify(key: Uint8Array, check: (caveat: string) => string | null): void
  }
}
interface PeerV1Macaroon {
  serialize(): string
}
interface PeerV1 {
  MacaroonsBuilder: {
    new (location: string, key: Buffer, identifier: string): PeerV1Builder
    deserialize(text: string): PeerV1Macaroon
  }
  MacaroonsVerifier: new (macaroon: PeerV1Macaroon) => PeerV1Verifier
}
interface PeerV1Builder {
  add_first_party_caveat(caveat: string): PeerV1Builder
  getMacaroon(): PeerV1Macaroon
}
interface PeerV1Verifier {
  satisfyExact(caveat: string): PeerV1Verifier
  isValid(key: Buffer): boolean
}
const peerV2: PeerV2 = require('macaroon')
const peerV1: PeerV1 = require('macaroons.js')

const conditions = [
  'expiry_before <= 1717027200',
  'service = gpu-inference',
  'endpoint = /v2/completion',
  'method = POST',
  'max_amount_per_request <= 50',
]
const rootKey = Uint8Array.from({ length: 32 }, (_, index) => index)
const identifier = new TextEncoder().encode('an identifier of usual length, 53 bytes with its nonce')
const macaroon = attenuateAll(createMacaroon(rootKey, identifier), conditions)
const bytes = encodeBinaryV2(macaroon)

/** Best rate of several rounds, so that other work on the machine counts against nobody. */
function perSecond(operation: () => boolean): number {
  let best = 0
  for (let round = 0; round < 6; round++) {
    const until = performance.now() + 150
    const start = performance.now()
    let count = 0
    let now = start
    while (now < until) {
      for (let i = 0; i < 64; i++) if (!operation()) throw new Error('a subject of the benchmark refused')
      count += 64
      now = performance.now()
    }
    best = Math.max(best, (count * 1000) / (now - start))
  }
  return best
}

const expected = new Set(conditions)
const checkV2 = (caveat: string): string | null => (expected.has(caveat) ? null : 'refused')
const importedV2 = peerV2.importMacaroon(bytes)
const v2Verify = perSecond(() => importedV2.verify(rootKey, checkV2) === undefined)
const v2Parse = perSecond(() => peerV2.importMacaroon(bytes).verify(rootKey, checkV2) === undefined)

const keyV1 = Buffer.from(rootKey)
const builder = new peerV1.MacaroonsBuilder('', keyV1, new TextDecoder().decode(identifier))
for (const condition of conditions) builder.add_first_party_caveat(condition)
const macaroonV1 = builder.getMacaroon()
const textV1 = macaroonV1.serialize()
function verifierV1(subject: PeerV1Macaroon): PeerV1Verifier {
  const verifier = new peerV1.MacaroonsVerifier(subject)
  for (const condition of conditions) verifier.satisfyExact(condition)
  return verifier
}
const preparedV1 = verifierV1(macaroonV1)
const v1Verify = perSecond(() => preparedV1.isValid(keyV1))
const v1Parse = perSecond(() => verifierV1(peerV1.MacaroonsBuilder.deserialize(textV1)).isValid(keyV1))

const ourVerify = perSecond(() => verifySignature(macaroon, rootKey))
const ourParse = perSecond(() => verifySignature(decodeMacaroon(bytes), rootKey))

const preimage = new Uint8Array(32).fill(1)
const verifier = new CredentialVerifier({ rootKeys: new RootKeys('bench', new Map([[1, rootKey]]), 1) })
const credential = encodeBinaryV2(
  mintCredential({
    rootKeys: new RootKeys('bench', new Map([[1, rootKey]]), 1),
    paymentHash: paymentHashOfPreimage(preimage),
    nonce: new Uint8Array(16),
    now: 1717027000,
    expiresAt: 1717027200,
    caveats: conditions.slice(1),
  }),
)
const context = {
  now: 1717027100,
  price: 50n,
  service: 'gpu-inference',
  endpoint: '/v2/completion',
  method: 'POST',
}
const ourCheck = perSecond(() => verifier.check(decodeMacaroon(credential), preimage, context).accepted)

const out = new Uint8Array(32)
const message = new TextEncoder().encode('max_amount_per_request <= 50')
const engine = perSecond(() => {
  hashEngine.hmac(out, message, out)
  return true
})
const portable = perSecond(() => {
  hmacPortable(out, message, out)
  return true
})

function report(name: string, value: number, peer: string, against: number): void {
  console.log(
    JSON.stringify({
      name,
      value: Math.round(value),
      unit: '1/s',
      peer,
      ratio: Math.round((value / against) * 100) / 100,
    }),
  )
}
const best = Math.max(v1Verify, v2Verify)
const bestParse = Math.max(v1Parse, v2Parse)
report('peer verify: macaroon 3.0.4', v2Verify, 'macaroon 3.0.4', v2Verify)
report('peer verify: macaroons.js 0.3.9', v1Verify, 'macaroons.js 0.3.9', v1Verify)
report('verify, 5 caveats', ourVerify, v1Verify > v2Verify ? 'macaroons.js 0.3.9' : 'macaroon 3.0.4', best)
report(
  'parse-and-verify, 5 caveats',
  ourParse,
  v1Parse > v2Parse ? 'macaroons.js 0.3.9' : 'macaroon 3.0.4',
  bestParse,
)
report('check: parse, derive, preimage, chain, 5 predicates', ourCheck, 'best parse-and-verify', bestParse)
report(`HMAC, ${hashEngine.name} engine`, engine, 'portable engine', portable)
