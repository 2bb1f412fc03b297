import { decode, ed25519 } from '@symbolon/primitives'
import {
  capabilityKey,
  DECLARED_KEYS_MAX,
  domainKey,
  type IdentityRecord,
  identityKey,
  identityRecord,
  type Profile,
  rotationDigest,
  signedFor,
  type TransactionBody,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { identityModule, maturedBond } from '../../../src/modules/identity/index.ts'
import { type Agent, agent, FRAME, OTHER_FRAME, type Outcome, type Sending, TestFrame } from '../harness.ts'

const BOND = 50_000_000_000n
const SUBJECT = agent(1)
const CONTROLLER = agent(2)
const STRANGER = agent(3)
const PROFILE: Profile = { capabilities: ['data.rows', 'compute'], domain: 'weather.example', services: [] }
const PREVIOUS = { capabilities: ['data.rows', 'compute'], domain: 'weather.example' }

function registered(controller?: Agent): TestFrame {
  const frame = new TestFrame().fund(SUBJECT.address, 2n * BOND)
  const body = {
    profile: PROFILE,
    bond: BOND,
    ...(controller === undefined ? {} : { controller: controller.address }),
  }
  const outcome = frame.send(SUBJECT, { kind: 'identity.register', body })
  if (outcome.code !== 'OK') throw new Error(outcome.message)
  return frame.advance()
}

function identityOf(frame: TestFrame, of = SUBJECT): IdentityRecord {
  const stored = frame.get('identity', identityKey(of.address))
  if (stored === undefined) throw new Error('no identity')
  return decode(identityRecord, stored)
}

const update = (
  frame: TestFrame,
  from: Agent,
  version: bigint,
  change: Partial<Profile> = {},
  previous: Parameters<typeof indexed>[0] = PREVIOUS,
  sending: Sending = {},
): Outcome =>
  frame.send(
    from,
    {
      kind: 'identity.update',
      body: {
        subject: SUBJECT.address,
        version,
        profile: { ...PROFILE, ...change },
        previous: indexed(previous),
      },
    },
    sending,
  )
const indexed = (previous: { capabilities: string[]; domain?: string }) => previous

function rotate(
  frame: TestFrame,
  from: Agent,
  version: bigint,
  to: Agent,
  sending: Sending = {},
  signedIn = FRAME,
): Outcome {
  const rotation = { subject: SUBJECT.address, version, publicKey: to.key.publicKey }
  const possession = to.key.sign(rotationDigest(signedIn, rotation))
  return frame.send(from, { kind: 'identity.rotate', body: { ...rotation, possession } }, sending)
}

const deactivate = (frame: TestFrame, from: Agent, version: bigint, previous = PREVIOUS): Outcome =>
  frame.send(from, { kind: 'identity.deactivate', body: { subject: SUBJECT.address, version, previous } })
const withdraw = (frame: TestFrame, from: Agent = STRANGER): Outcome =>
  frame.send(from, { kind: 'identity.withdraw', body: { subject: SUBJECT.address } })

describe('registration', () => {
  it('locks the bond and enters the discovery index', () => {
    const frame = registered()
    expect(frame.balance(SUBJECT.address)).toBe(BOND)
    expect(frame.held('bonded', SUBJECT.address)).toBe(BOND)
    expect(identityOf(frame)).toMatchObject({
      subject: SUBJECT.address,
      version: 0n,
      bond: BOND,
      registered: 1n,
    })
    for (const name of PROFILE.capabilities)
      expect(frame.get('identity', capabilityKey(name, SUBJECT.address))).toBeDefined()
    expect(frame.get('identity', domainKey('weather.example', SUBJECT.address))).toBeDefined()
  })

  it('happens once in the life of an address', () => {
    const frame = registered()
    const again = { kind: 'identity.register', body: { profile: PROFILE, bond: BOND } } as const
    expect(frame.send(SUBJECT, again).code).toBe('IDENTITY_EXISTS')
    deactivate(frame, SUBJECT, 1n)
    expect(frame.send(SUBJECT, again).code).toBe('IDENTITY_EXISTS')
  })

  it('needs the frame’s bond, and the money for it', () => {
    const frame = new TestFrame().fund(SUBJECT.address, BOND - 1n)
    const register = (bond: bigint): string =>
      frame.send(SUBJECT, { kind: 'identity.register', body: { profile: PROFILE, bond } }).code
    expect(register(BOND - 1n)).toBe('IDENTITY_BOND')
    expect(register(BOND)).toBe('INSUFFICIENT_BALANCE')
    expect(frame.snapshot().size).toBe(0)
  })

  it('is only for the key that created the address: nobody squats a DID', () => {
    const frame = new TestFrame().fund(SUBJECT.address, BOND)
    const payload = { kind: 'identity.register', body: { profile: PROFILE, bond: BOND } } as const
    expect(frame.send(SUBJECT, payload, { senderKey: STRANGER.key.publicKey }).code).toBe(
      'IDENTITY_GENESIS_KEY',
    )
  })

  it('refuses a capability named twice', () => {
    const frame = new TestFrame().fund(SUBJECT.address, BOND)
    const profile = { capabilities: ['a', 'a'], services: [] }
    expect(frame.send(SUBJECT, { kind: 'identity.register', body: { profile, bond: BOND } }).code).toBe(
      'IDENTITY_DUPLICATE_CAPABILITY',
    )
  })
})

describe('an update', () => {
  it('replaces the profile and moves the index entries', () => {
    const frame = registered()
    const outcome = update(frame, SUBJECT, 1n, {
      capabilities: ['compute', 'storage'],
      domain: 'climate.example',
    })
    expect(outcome.code).toBe('OK')
    const entry = (name: string) => frame.get('identity', capabilityKey(name, SUBJECT.address)) !== undefined
    expect(['data.rows', 'compute', 'storage'].map(entry)).toEqual([false, true, true])
    expect(frame.get('identity', domainKey('weather.example', SUBJECT.address))).toBeUndefined()
    expect(frame.get('identity', domainKey('climate.example', SUBJECT.address))).toBeDefined()
    expect(identityOf(frame)).toMatchObject({ version: 1n, profile: { domain: 'climate.example' } })
  })

  it('counts versions: a replay, a gap and a fork are refused', () => {
    const frame = registered()
    expect(update(frame, SUBJECT, 0n).code).toBe('IDENTITY_VERSION')
    expect(update(frame, SUBJECT, 2n).code).toBe('IDENTITY_VERSION')
    expect(update(frame, SUBJECT, 1n).code).toBe('OK')
    expect(update(frame, SUBJECT, 1n).code).toBe('IDENTITY_VERSION')
  })

  it('must name the entries that it replaces: none may stay behind', () => {
    const frame = registered()
    for (const previous of [
      { capabilities: ['data.rows', 'compute'] },
      { capabilities: ['data.rows'], domain: 'weather.example' },
      { capabilities: ['compute', 'data.rows'], domain: 'weather.example' },
      { capabilities: ['data.rows', 'compute', 'other'], domain: 'weather.example' },
      { capabilities: ['data.rows', 'compute'], domain: 'other.example' },
    ])
      expect(update(frame, SUBJECT, 1n, {}, previous).code).toBe('IDENTITY_PREVIOUS')
  })

  it('is for the subject, its controller, or whoever the subject co-signs for; not for a stranger', () => {
    const frame = registered(CONTROLLER)
    expect(update(frame, STRANGER, 1n).code).toBe('IDENTITY_AUTHORITY')
    expect(update(frame, STRANGER, 1n, {}, PREVIOUS, { cosigners: [CONTROLLER.key.publicKey] }).code).toBe(
      'IDENTITY_AUTHORITY',
    )
    expect(update(frame, CONTROLLER, 1n).code).toBe('OK')
    expect(update(frame, STRANGER, 2n, {}, PREVIOUS, { cosigners: [SUBJECT.key.publicKey] }).code).toBe('OK')
    expect(update(frame, SUBJECT, 3n).code).toBe('OK')
  })

  it('needs an identity', () => {
    expect(update(new TestFrame(), SUBJECT, 1n).code).toBe('IDENTITY_UNKNOWN')
  })

  it('declares at most the keys that a transaction may, for the largest profiles', () => {
    const many = (prefix: string) => Array.from({ length: 16 }, (_, i) => `${prefix}${i}`)
    const kind = identityModule.kinds.find((candidate) => candidate.kind === 'identity.update')
    const body = {
      subject: SUBJECT.address,
      version: 1n,
      profile: { capabilities: many('a'), domain: 'a.example', services: [] },
      previous: { capabilities: many('b'), domain: 'b.example' },
    }
    const access = kind?.access(body, {} as TransactionBody)
    // Two more are the kernel's: the sender's account and identity.
    expect((access?.writes.length ?? 99) + 2).toBe(37)
    expect(37).toBeLessThanOrEqual(DECLARED_KEYS_MAX)
  })
})

describe('a rotation', () => {
  const NEXT = agent(11)
  const THIRD = agent(12)

  it('keeps the old key with the heights at which it counted', () => {
    const frame = registered().advance(20n)
    expect(rotate(frame, SUBJECT, 1n, NEXT).code).toBe('OK')
    const identity = identityOf(frame)
    expect(identity.keys).toEqual([
      { publicKey: SUBJECT.key.publicKey, from: 0n, until: 20n },
      { publicKey: NEXT.key.publicKey, from: 20n },
    ])
    expect([0n, 19n, 20n, 21n].map((height) => signedFor(identity, SUBJECT.key.publicKey, height))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect([19n, 20n, 9_000n].map((height) => signedFor(identity, NEXT.key.publicKey, height))).toEqual([
      false,
      true,
      true,
    ])
  })

  it('takes authority from the old key and gives it to the new one', () => {
    const frame = registered()
    rotate(frame, SUBJECT, 1n, NEXT)
    expect(update(frame, STRANGER, 2n, {}, PREVIOUS, { cosigners: [SUBJECT.key.publicKey] }).code).toBe(
      'IDENTITY_AUTHORITY',
    )
    expect(update(frame, STRANGER, 2n, {}, PREVIOUS, { cosigners: [NEXT.key.publicKey] }).code).toBe('OK')
  })

  it('needs proof that the new key is held, for this subject, version and frame', () => {
    const frame = registered()
    expect(rotate(frame, SUBJECT, 1n, NEXT, {}, OTHER_FRAME).code).toBe('IDENTITY_POSSESSION')
    const rotation = { subject: SUBJECT.address, version: 1n, publicKey: NEXT.key.publicKey }
    for (const signed of [
      { ...rotation, version: 2n },
      { ...rotation, subject: STRANGER.address },
      { ...rotation, publicKey: THIRD.key.publicKey },
    ]) {
      const possession = ed25519.sign(rotationDigest(FRAME, signed), NEXT.key)
      expect(frame.send(SUBJECT, { kind: 'identity.rotate', body: { ...rotation, possession } }).code).toBe(
        'IDENTITY_POSSESSION',
      )
    }
  })

  it('refuses a key of small order, which would verify anything', () => {
    const frame = registered()
    const publicKey = new Uint8Array(32)
    publicKey[0] = 1
    const possession = new Uint8Array(64)
    possession[0] = 1
    const body = { subject: SUBJECT.address, version: 1n, publicKey, possession }
    expect(frame.send(SUBJECT, { kind: 'identity.rotate', body }).code).toBe('IDENTITY_POSSESSION')
  })

  it('never returns to a key', () => {
    const frame = registered()
    rotate(frame, SUBJECT, 1n, NEXT)
    frame.advance()
    expect(rotate(frame, SUBJECT, 2n, SUBJECT, { senderKey: NEXT.key.publicKey }).code).toBe(
      'IDENTITY_KEY_REUSED',
    )
  })

  it('happens once per block, so that every key counts for some height', () => {
    const frame = registered()
    rotate(frame, SUBJECT, 1n, NEXT)
    expect(rotate(frame, SUBJECT, 2n, THIRD, { senderKey: NEXT.key.publicKey }).code).toBe(
      'IDENTITY_ROTATED_NOW',
    )
    frame.advance()
    expect(rotate(frame, SUBJECT, 2n, THIRD, { senderKey: NEXT.key.publicKey }).code).toBe('OK')
  })

  it('is bounded by the key history', () => {
    const frame = registered(CONTROLLER)
    let version = 0n
    for (let i = 1; i < 32; i++)
      expect(rotate(frame.advance(), CONTROLLER, ++version, agent(100 + i)).code).toBe('OK')
    const outcome = rotate(frame.advance(), CONTROLLER, ++version, agent(99))
    expect(outcome).toMatchObject({
      code: 'IDENTITY_KEY_HISTORY_MAX',
      message: expect.stringContaining('32'),
    })
    expect(identityOf(frame).keys.filter(({ until }) => until === undefined)).toHaveLength(1)
  })

  it('rescues an identity whose key is lost, through the controller', () => {
    const frame = registered(CONTROLLER)
    expect(rotate(frame, CONTROLLER, 1n, NEXT).code).toBe('OK')
    expect(rotate(frame, STRANGER, 2n, THIRD).code).toBe('IDENTITY_AUTHORITY')
  })
})

describe('deactivation', () => {
  it('is permanent, leaves discovery, and no key signs any more', () => {
    const frame = registered(CONTROLLER).advance(30n)
    expect(deactivate(frame, CONTROLLER, 1n).code).toBe('OK')
    expect(frame.get('identity', capabilityKey('data.rows', SUBJECT.address))).toBeUndefined()
    expect(frame.get('identity', domainKey('weather.example', SUBJECT.address))).toBeUndefined()
    const identity = identityOf(frame)
    expect(identity).toMatchObject({ deactivated: 30n, keys: [{ from: 0n, until: 30n }] })
    expect([29n, 30n].map((height) => signedFor(identity, SUBJECT.key.publicKey, height))).toEqual([
      true,
      false,
    ])
    for (const outcome of [
      update(frame, SUBJECT, 2n),
      rotate(frame, CONTROLLER, 2n, agent(9)),
      deactivate(frame, SUBJECT, 2n),
    ])
      expect(outcome.code).toBe('IDENTITY_DEACTIVATED')
  })

  it('must name the entries that it removes', () => {
    expect(
      deactivate(registered(), SUBJECT, 1n, { capabilities: ['data.rows'], domain: 'weather.example' }).code,
    ).toBe('IDENTITY_PREVIOUS')
  })

  it('frees the bond after the unbonding period, once, for the subject alone', () => {
    const frame = registered().advance(30n)
    expect(withdraw(frame).code).toBe('IDENTITY_ACTIVE')
    deactivate(frame, SUBJECT, 1n)
    frame.advance(125n)
    expect(withdraw(frame).code).toBe('IDENTITY_UNBONDING')
    frame.advance(126n)
    expect(withdraw(frame, STRANGER).code).toBe('OK')
    expect(frame.balance(SUBJECT.address)).toBe(2n * BOND)
    expect(frame.held('bonded', SUBJECT.address)).toBe(0n)
    expect(withdraw(frame).code).toBe('IDENTITY_BOND_WITHDRAWN')
  })
})

describe('a bond matures with activity', () => {
  it.each([
    [0n, 0n],
    [1n, 5n],
    [10n, 50n],
    [19n, 95n],
    [20n, 100n],
    [1_000n, 100n],
  ])('after %i settled channels, %i of 100 count', (lifetime, matured) => {
    expect(maturedBond(100n, lifetime)).toBe(matured)
  })
})
