import { inspect } from 'node:util'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { describe, expect, it } from 'vitest'
import {
  BLS_AGGREGATE_KEYS_MAX,
  BlsKeyPair,
  bls,
  blsProvider,
  blsSecretKeyFromSeed,
  nobleBlsProvider,
} from '../../src/bls/index.ts'
import { verifyUnder } from '../../src/bls/noble-provider.ts'
import { isSymbolonError } from '../../src/errors.ts'
import {
  hex,
  readVectors,
  toHex,
  utf8,
  vectorsPresent,
  vectorTitle,
  type WycheproofFile,
} from '../vectors.ts'
import { describeBlsProvider } from './provider-compliance.ts'

describeBlsProvider(nobleBlsProvider)

const message = utf8('checkpoint 17')
const alice = bls.generateKeyPair(new Uint8Array(32).fill(1))
const bob = bls.generateKeyPair(new Uint8Array(32).fill(2))

describe('bls key generation', () => {
  it('gives the master keys of EIP-2333 test cases 0 and 1, which use the same derivation', () => {
    const cases: [string, bigint][] = [
      [
        'c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04',
        6083874454709270928345386274498605044986640685124978867557563392430687146096n,
      ],
      [
        '3141592653589793238462643383279502884197169399375105820974944592',
        29757020647961307431480504535336562678282505419141012933316116377660817309383n,
      ],
    ]
    for (const [seed, scalar] of cases)
      expect(BigInt(`0x${toHex(blsSecretKeyFromSeed(hex(seed)))}`)).toBe(scalar)
  })

  it('refuses seeds that are too short or absurdly long', () => {
    for (const length of [0, 31, 1025])
      try {
        bls.generateKeyPair(new Uint8Array(length))
        expect.unreachable()
      } catch (error) {
        expect(isSymbolonError(error, 'INPUT_LENGTH')).toBe(true)
      }
  })

  it('keeps the secret out of sight', () => {
    const secret = toHex(blsSecretKeyFromSeed(new Uint8Array(32).fill(1)))
    const shown = inspect(alice, { showHidden: true }) + JSON.stringify(alice) + JSON.stringify({ ...alice })
    expect(shown).not.toContain(secret)
    expect(shown).toContain('[redacted]')
    expect(alice).toBeInstanceOf(BlsKeyPair)
  })
})

describe('bls', () => {
  it('starts on noble, so that the package needs no native module', () => {
    expect(blsProvider().name).toBe('noble')
  })

  it('signs, verifies and aggregates', () => {
    const aggregate = bls.aggregateSignatures([bls.sign(message, alice), bls.sign(message, bob)])
    expect(bls.fastAggregateVerify(aggregate, message, [alice.publicKey, bob.publicKey])).toBe(true)
    expect(bls.verify(aggregate, message, bls.aggregatePublicKeys([alice.publicKey, bob.publicKey]))).toBe(
      true,
    )
    expect(bls.verify(aggregate, message, alice.publicKey)).toBe(false)
  })

  it('never verifies an empty set', () => {
    expect(bls.fastAggregateVerify(alice.sign(message), message, [])).toBe(false)
    expect(bls.verifySameMessage(message, [])).toBe(false)
  })

  it('bounds an aggregate and names the bound', () => {
    const tooMany = new Array<Uint8Array>(BLS_AGGREGATE_KEYS_MAX + 1).fill(alice.publicKey)
    expect(bls.fastAggregateVerify(alice.sign(message), message, tooMany)).toBe(false)
    for (const run of [
      () => bls.aggregateSignatures([]),
      () => bls.aggregatePublicKeys([]),
      () => bls.aggregatePublicKeys(tooMany),
    ])
      try {
        run()
        expect.unreachable()
      } catch (error) {
        expect(isSymbolonError(error, 'BLS_AGGREGATE_SIZE')).toBe(true)
        expect(String(error)).toContain('BLS_AGGREGATE_KEYS_MAX')
      }
  })
})

describe('proof of possession', () => {
  it('is accepted for its own key only', () => {
    const proof = alice.provePossession()
    expect(bls.verifyPossession(proof, alice.publicKey)).toBe(true)
    expect(bls.verifyPossession(proof, bob.publicKey)).toBe(false)
    expect(bls.verifyPossession(new Uint8Array(96), alice.publicKey)).toBe(false)
  })

  it('is not interchangeable with a signature over the key, in either direction', () => {
    expect(bls.verifyPossession(alice.sign(alice.publicKey), alice.publicKey)).toBe(false)
    expect(bls.verify(alice.provePossession(), alice.publicKey, alice.publicKey)).toBe(false)
  })

  it('is what stops a rogue key: the forged aggregate verifies, its key has no proof', () => {
    const Point = bls12_381.G1.Point
    const secret = 424242n
    const rogue = Point.BASE.multiply(secret).subtract(Point.fromBytes(alice.publicKey)).toBytes()
    const hashed = bls12_381.longSignatures.hash(message, utf8('BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'))
    const forged = hashed.multiply(secret).toBytes()
    expect(bls.fastAggregateVerify(forged, message, [alice.publicKey, rogue])).toBe(true)
    // The attacker does not know rogue's secret; the best it can sign with is `secret`.
    const possession = bls12_381.longSignatures.hash(
      rogue,
      utf8('BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'),
    )
    expect(bls.verifyPossession(possession.multiply(secret).toBytes(), rogue)).toBe(false)
  })
})

const NUL = 'wycheproof/bls_sig_g2_basic_verify_test.json'
describe.skipIf(!vectorsPresent(NUL))(vectorTitle('Wycheproof BLS basic scheme', NUL), () => {
  it('is accepted exactly where valid once the tag is that of the basic scheme', () => {
    interface Group {
      publicKey: { pk: string }
      tests: { tcId: number; msg: string; sig: string; result: string }[]
    }
    const dst = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_'
    for (const group of readVectors<WycheproofFile<Group>>(NUL).testGroups)
      for (const test of group.tests)
        expect(
          verifyUnder(dst, hex(test.sig), hex(test.msg), hex(group.publicKey.pk)),
          `tcId ${test.tcId}`,
        ).toBe(test.result === 'valid')
  })
})
