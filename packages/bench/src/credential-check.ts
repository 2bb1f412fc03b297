/**
 * Credentials checked per second, five caveats, one core.
 *
 * `credential-check` is what a paywall does for each request, from bytes: parse, derive the root key, check the preimage against
 * the payment hash, walk the signature chain, evaluate five predicates. The peers parse the same macaroon, walk the same
 * chain and compare each caveat with a known text, which is less.
 * `credential-chain` is the chain alone over parsed macaroons on both sides.
 *
 * Peers: npm macaroon 3.0.4 (format 2) and macaroons.js 0.3.9 (format 1); the ratio is to the better one of each round.
 * Not measured: HTTP, the counters of use-limited caveats, third-party caveats.
 */
import {
  attenuateAll,
  CredentialVerifier,
  createMacaroon,
  decodeMacaroon,
  encodeBinaryV2,
  mintCredential,
  paymentHashOfPreimage,
  RootKeys,
  verifySignature,
} from '@symbolon/credentials'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { optionalModule } from './harness/optional-module.ts'
import { rateRow, skippedRow } from './harness/row.ts'
import { takeTurns, timed } from './harness/turns.ts'

/** What we use of npm macaroon. */
interface MacaroonModule {
  importMacaroon(bytes: Uint8Array): {
    /** Throws unless the chain holds and `check` answers null for every caveat. */
    verify(key: Uint8Array, check: (caveat: string) => string | null): void
  }
}
/** What we use of macaroons.js. */
interface MacaroonsJsModule {
  MacaroonsBuilder: {
    new (location: string, key: Buffer, identifier: string): MacaroonsJsBuilder
    deserialize(text: string): MacaroonsJsMacaroon
  }
  MacaroonsVerifier: new (macaroon: MacaroonsJsMacaroon) => MacaroonsJsVerifier
}
interface MacaroonsJsMacaroon {
  serialize(): string
}
interface MacaroonsJsBuilder {
  add_first_party_caveat(caveat: string): MacaroonsJsBuilder
  getMacaroon(): MacaroonsJsMacaroon
}
interface MacaroonsJsVerifier {
  satisfyExact(caveat: string): MacaroonsJsVerifier
  isValid(key: Buffer): boolean
}

const NAMES = ['credential-check', 'credential-chain'] as const
const TITLES = {
  'credential-check': 'paid requests checked from bytes: parse, root key, preimage, chain, 5 predicates',
  'credential-chain': 'signature chains of 5 caveats verified, parsed before',
}
const CONDITIONS = [
  'expiry_before <= 1717027200',
  'service = gpu-inference',
  'endpoint = /v2/completion',
  'method = POST',
  'max_amount_per_request <= 50',
]
const NOW = 1_717_027_100
const EXPIRES_AT = 1_717_027_200

export const credentialCheck: Benchmark = { names: NAMES, run }

async function run({ effort: { rounds, turnMs } }: BenchmarkContext): Promise<Row[]> {
  const v2 = optionalModule<MacaroonModule>('macaroon')
  const v1 = optionalModule<MacaroonsJsModule>('macaroons.js')
  if (v2 === undefined || v1 === undefined)
    return NAMES.map((name) =>
      skippedRow(name, TITLES[name], 'the npm packages macaroon and macaroons.js are not installed'),
    )
  const rootKey = Uint8Array.from({ length: 32 }, (_, index) => index)
  const every =
    (operation: () => boolean): (() => number) =>
    () =>
      timed(turnMs, () => {
        if (!operation()) throw new Error('a subject refused a valid credential')
      })
  const ours = oursOf(rootKey)
  const first = macaroonSubject(v2, rootKey)
  const second = macaroonsJsSubject(v1, rootKey)
  const check = await takeTurns(
    { ours: every(ours.check), macaroon: every(first.parsed), macaroonsJs: every(second.parsed) },
    rounds,
  )
  const chain = await takeTurns(
    { ours: every(ours.chain), macaroon: every(first.chain), macaroonsJs: every(second.chain) },
    rounds,
  )
  return NAMES.map((name) => {
    const { ours: rates, macaroon, macaroonsJs } = name === 'credential-check' ? check : chain
    return rateRow({
      name,
      title: TITLES[name],
      rates,
      peer: macaroon.map((rate, turn) => Math.max(rate, macaroonsJs[turn] as number)),
      against: 'the better of npm macaroon 3.0.4 and macaroons.js 0.3.9',
      bar: 2,
    })
  })
}

/** Our check of a paid credential, and our bare chain. */
function oursOf(rootKey: Uint8Array): { check(): boolean; chain(): boolean } {
  const rootKeys = new RootKeys('bench', new Map([[1, rootKey]]), 1)
  const preimage = new Uint8Array(32).fill(1)
  const credential = encodeBinaryV2(
    mintCredential({
      rootKeys,
      paymentHash: paymentHashOfPreimage(preimage),
      nonce: new Uint8Array(16),
      now: NOW - 100,
      expiresAt: EXPIRES_AT,
      caveats: CONDITIONS.slice(1),
    }),
  )
  const verifier = new CredentialVerifier({ rootKeys })
  const request = {
    now: NOW,
    price: 50n,
    service: 'gpu-inference',
    endpoint: '/v2/completion',
    method: 'POST',
  }
  const macaroon = attenuateAll(createMacaroon(rootKey, identifierBytes()), CONDITIONS)
  return {
    check: () => verifier.check(decodeMacaroon(credential), preimage, request).accepted,
    chain: () => verifySignature(macaroon, rootKey),
  }
}

function macaroonSubject(
  module: MacaroonModule,
  rootKey: Uint8Array,
): { parsed(): boolean; chain(): boolean } {
  const bytes = encodeBinaryV2(attenuateAll(createMacaroon(rootKey, identifierBytes()), CONDITIONS))
  const known = new Set(CONDITIONS)
  const check = (caveat: string): string | null => (known.has(caveat) ? null : 'refused')
  const imported = module.importMacaroon(bytes)
  return {
    parsed: () => module.importMacaroon(bytes).verify(rootKey, check) === undefined,
    chain: () => imported.verify(rootKey, check) === undefined,
  }
}

function macaroonsJsSubject(
  { MacaroonsBuilder, MacaroonsVerifier }: MacaroonsJsModule,
  rootKey: Uint8Array,
): { parsed(): boolean; chain(): boolean } {
  const key = Buffer.from(rootKey)
  const builder = new MacaroonsBuilder('', key, new TextDecoder().decode(identifierBytes()))
  for (const condition of CONDITIONS) builder.add_first_party_caveat(condition)
  const macaroon = builder.getMacaroon()
  const text = macaroon.serialize()
  const verifierOf = (of: MacaroonsJsMacaroon): MacaroonsJsVerifier => {
    const verifier = new MacaroonsVerifier(of)
    for (const condition of CONDITIONS) verifier.satisfyExact(condition)
    return verifier
  }
  const prepared = verifierOf(macaroon)
  return {
    parsed: () => verifierOf(MacaroonsBuilder.deserialize(text)).isValid(key),
    chain: () => prepared.isValid(key),
  }
}

function identifierBytes(): Uint8Array {
  return new TextEncoder().encode('an identifier of usual length, 53 bytes with its nonce')
}
