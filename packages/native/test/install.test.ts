import {
  bls,
  blsProvider,
  ed25519,
  ed25519Provider,
  hashChainWalk,
  hashProvider,
  setBlsProvider,
  setEd25519Provider,
  setHashProvider,
  setVrfGroup,
  vrf,
  vrfGroup,
} from '@symbolon/primitives'
import { afterEach, describe, expect, it } from 'vitest'
import { installNativeProviders, requireModule } from '../src/index.ts'

const before = { hash: hashProvider(), ed25519: ed25519Provider(), bls: blsProvider(), vrf: vrfGroup() }

afterEach(() => {
  setHashProvider(before.hash)
  setEd25519Provider(before.ed25519)
  setBlsProvider(before.bls)
  setVrfGroup(before.vrf)
})

const message = new TextEncoder().encode('one message')
/** One of everything, to compare bytes between providers. */
function outputs() {
  const pair = ed25519.generateKeyPair(new Uint8Array(32).fill(1))
  const votes = bls.generateKeyPair(new Uint8Array(32).fill(2))
  const lots = vrf.generateKeyPair(new Uint8Array(32).fill(3))
  return [
    hashChainWalk(new Uint8Array(32).fill(4), new Uint8Array(32).fill(5), 100),
    pair.publicKey,
    pair.sign(message),
    votes.publicKey,
    votes.sign(message),
    votes.provePossession(),
    lots.publicKey,
    lots.prove(message),
    lots.prove(message, 'ELL2'),
  ]
}

describe('installNativeProviders', () => {
  it('does nothing at import', () => {
    expect([hashProvider().name, ed25519Provider().name, blsProvider().name, vrfGroup().name]).toEqual([
      'node:crypto',
      'node:crypto',
      'noble',
      'noble',
    ])
  })

  it('reports what it installed', () => {
    expect(installNativeProviders()).toEqual({
      hash: 'hashtree',
      ed25519: 'sodium-native',
      bls: 'blst',
      vrf: 'sodium-native',
      failures: {},
    })
  })

  it('changes speed, not results', () => {
    const portable = outputs()
    installNativeProviders()
    expect(outputs()).toEqual(portable)
  })

  it('accepts natively made proofs of possession', () => {
    installNativeProviders()
    const pair = bls.generateKeyPair(new Uint8Array(32).fill(2))
    expect(bls.verifyPossession(pair.provePossession(), pair.publicKey)).toBe(true)
    expect(bls.verifyPossession(pair.sign(pair.publicKey), pair.publicKey)).toBe(false)
  })

  it('falls back, module by module, when one does not load, and says why', () => {
    const report = installNativeProviders((name) => {
      if (name === 'sodium-native') throw new Error('no binary for this platform')
      return requireModule(name)
    })
    expect(report).toEqual({
      hash: 'hashtree',
      ed25519: 'node:crypto',
      bls: 'blst',
      vrf: 'noble',
      failures: { 'sodium-native': 'no binary for this platform' },
    })
    expect(outputs().length).toBe(9)
  })

  it('falls back when a module loads but does not work', () => {
    const report = installNativeProviders(() => ({}))
    expect([report.hash, report.ed25519, report.bls, report.vrf]).toEqual([
      'node:crypto',
      'node:crypto',
      'noble',
      'noble',
    ])
    expect(Object.keys(report.failures)).toEqual(['@chainsafe/hashtree', 'sodium-native', '@chainsafe/blst'])
  })
})
