import { RAW_SCORES } from '@symbolon/reputation'
import { ATTACK_KINDS, SIMULATED_ATTACKS, TOPOLOGIES } from '@symbolon/simulator'
import { expect, it } from 'vitest'
import { ADAPTIVE_NAMES, ATTACK_NAMES, SCORE_NAMES, TOPOLOGY_NAMES } from '../../src/reputation/names.ts'

it('help names every attack, topology and score that there is, and no other', () => {
  expect(ATTACK_NAMES).toEqual(ATTACK_KINDS)
  expect([...ATTACK_NAMES, ...ADAPTIVE_NAMES]).toEqual(SIMULATED_ATTACKS)
  expect(TOPOLOGY_NAMES).toEqual(Object.keys(TOPOLOGIES))
  expect(SCORE_NAMES).toEqual(RAW_SCORES)
})
