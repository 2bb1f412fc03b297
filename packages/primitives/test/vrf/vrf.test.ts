import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isSymbolonError } from '../../src/errors.ts'
import { nobleEdwardsGroup, vrf } from '../../src/vrf/index.ts'
import { toHex } from '../vectors.ts'
import { describeVrfGroup } from './group-compliance.ts'

describeVrfGroup(nobleEdwardsGroup)

describe('vrf key pair', () => {
  it('hides its secret and refuses seeds of another length', () => {
    const seed = new Uint8Array(32).fill(0xab)
    const pair = vrf.generateKeyPair(seed)
    const shown = inspect(pair, { showHidden: true }) + JSON.stringify(pair)
    expect(shown).not.toContain(toHex(seed))
    expect(shown).toContain('[redacted]')
    for (const run of [
      () => vrf.generateKeyPair(new Uint8Array(31)),
      () => vrf.proofToHash(new Uint8Array(79)),
    ])
      try {
        run()
        expect.unreachable()
      } catch (error) {
        expect(isSymbolonError(error, 'INPUT_LENGTH')).toBe(true)
      }
  })

  it('gives no output for a proof that is no point', () => {
    try {
      vrf.proofToHash(new Uint8Array(80).fill(2))
      expect.unreachable()
    } catch (error) {
      expect(isSymbolonError(error, 'VRF_PROOF_INVALID')).toBe(true)
    }
  })
})
