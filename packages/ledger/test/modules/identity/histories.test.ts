/** Random lives of identities, with right and wrong transactions: what must hold after each of them. */
import { type Address, decode, toHex } from '@symbolon/primitives'
import {
  capabilityKey,
  domainKey,
  type IdentityRecord,
  identityKey,
  identityRecord,
  type Payload,
  type Profile,
  rotationDigest,
  signedFor,
} from '@symbolon/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Agent, agent, FRAME, TestFrame } from '../harness.ts'

const AGENTS = [agent(1), agent(2), agent(3)] as [Agent, Agent, Agent]
const SPARE = Array.from({ length: 6 }, (_, i) => agent(50 + i))
const BOND = 10n

const profile: fc.Arbitrary<Profile> = fc
  .record({
    capabilities: fc.subarray(['a', 'b', 'c']),
    domain: fc.constantFrom(undefined, 'x.example', 'y.example'),
  })
  .map(({ capabilities, domain }) => ({
    capabilities,
    services: [],
    ...(domain === undefined ? {} : { domain }),
  }))

const act = fc.record({
  kind: fc.constantFrom('register', 'update', 'rotate', 'deactivate', 'withdraw', 'wait'),
  sender: fc.nat({ max: 2 }),
  subject: fc.nat({ max: 2 }),
  controller: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
  profile,
  /** Off by this much from the right version. */
  skew: fc.constantFrom(0n, 0n, 0n, 1n, 5n),
  /** What the sender believes the record to hold, if it is wrong. */
  wrong: fc.option(profile, { nil: undefined, freq: 4 }),
  key: fc.nat({ max: 5 }),
})
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

function recordOf(frame: TestFrame, of: Address): IdentityRecord | undefined {
  const stored = frame.get('identity', identityKey(of))
  return stored === undefined ? undefined : decode(identityRecord, stored)
}

function payloadOf(frame: TestFrame, action: Act): Payload {
  const { address: subject } = AGENTS[action.subject as 0 | 1 | 2]
  const record = recordOf(frame, subject)
  const version = (record?.version ?? 0n) + 1n + action.skew
  const held = action.wrong ?? record?.profile ?? action.profile
  const previous = {
    capabilities: held.capabilities,
    ...(held.domain === undefined ? {} : { domain: held.domain }),
  }
  const controller =
    action.controller === undefined ? {} : { controller: AGENTS[action.controller as 0 | 1 | 2].address }
  switch (action.kind) {
    case 'register':
      return { kind: 'identity.register', body: { profile: action.profile, bond: BOND, ...controller } }
    case 'update':
      return { kind: 'identity.update', body: { subject, version, profile: action.profile, previous } }
    case 'rotate': {
      const { key } = SPARE[action.key] as Agent
      const rotation = { subject, version, publicKey: key.publicKey }
      return {
        kind: 'identity.rotate',
        body: { ...rotation, possession: key.sign(rotationDigest(FRAME, rotation)) },
      }
    }
    case 'deactivate':
      return { kind: 'identity.deactivate', body: { subject, version, previous } }
    default:
      return { kind: 'identity.withdraw', body: { subject } }
  }
}

/** The discovery entries that the profiles of live identities ask for, and those in the state. */
function checkIndex(frame: TestFrame): void {
  const asked: string[] = []
  for (const { address } of AGENTS) {
    const record = recordOf(frame, address)
    if (record === undefined) continue
    asked.push(toHex(identityKey(address)))
    if (record.deactivated !== undefined) continue
    for (const name of record.profile.capabilities) asked.push(toHex(capabilityKey(name, address)))
    if (record.profile.domain !== undefined) asked.push(toHex(domainKey(record.profile.domain, address)))
  }
  const held = [...frame.snapshot().keys()]
    .filter((at) => at.startsWith('identity/'))
    .map((at) => at.slice('identity/'.length))
  expect(held.sort()).toEqual(asked.sort())
}

function checkRecord(frame: TestFrame, { address }: Agent): void {
  const record = recordOf(frame, address)
  expect(frame.held('bonded', address)).toBe(record?.bond ?? 0n)
  if (record === undefined) return
  expect(record.keys.filter(({ until }) => until === undefined)).toHaveLength(
    record.deactivated === undefined ? 1 : 0,
  )
  // At no height do two keys sign for the identity.
  for (let height = 0n; height <= frame.height; height++)
    expect(
      record.keys.filter(({ publicKey }) => signedFor(record, publicKey, height)).length,
    ).toBeLessThanOrEqual(1)
}

describe('random lives of identities', () => {
  it('keep the discovery index, the bonds, the keys and the versions consistent', () => {
    void fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (actions) => {
        const frame = new TestFrame({ registrationBond: BOND, unbondingPeriod: 2n })
        for (const { address } of AGENTS) frame.fund(address, 2n * BOND)
        const total = frame.total()
        for (const action of actions) {
          if (action.kind === 'wait') {
            frame.advance()
            continue
          }
          const payload = payloadOf(frame, action)
          const sender = AGENTS[action.sender as 0 | 1 | 2]
          const subject = action.kind === 'register' ? sender : AGENTS[action.subject as 0 | 1 | 2]
          const before = recordOf(frame, subject.address)
          const state = frame.snapshot()
          const { code } = frame.send(sender, payload)
          const after = recordOf(frame, subject.address)
          if (code !== 'OK') expect(frame.snapshot()).toEqual(state)
          else if (action.kind !== 'register' && action.kind !== 'withdraw') {
            expect(after?.version).toBe((before?.version ?? 0n) + 1n)
            const mayChange = [subject.address, before?.controller]
              .filter((one) => one !== undefined)
              .map(toHex)
            expect(mayChange).toContain(toHex(sender.address))
          }
          if (before?.deactivated !== undefined) expect(after?.deactivated).toBe(before.deactivated)
          checkIndex(frame)
          for (const one of AGENTS) checkRecord(frame, one)
          expect(frame.total()).toBe(total)
        }
      }),
      { numRuns: 60 },
    )
  })
})
