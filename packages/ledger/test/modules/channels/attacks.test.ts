/** Evidence that must not count. */
import { AMOUNT_MAX, addressOf } from '@symbolon/primitives'
import { type ChannelState, openingState, rotationDigest } from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { agent, FRAME, OTHER_FRAME, TestFrame } from '../harness.ts'
import { A, B, htlcOf, KEYS, makeTerms, STRANGER, sign, streamOf, TestChannel, UNIT } from './fixture.ts'

/** Every way to show a state. */
const SHOWING = [
  ['channels.closeCooperative', true, undefined],
  ['channels.closeUnilateral', false, undefined],
  ['channels.challenge', false, 1n],
] as const

function show(
  channel: TestChannel,
  kind: (typeof SHOWING)[number][0],
  state: ChannelState,
  signatures: Uint8Array[],
): string {
  const body = { channel: channel.id, state, signatures }
  if (kind === 'channels.closeCooperative') return channel.frame.send(B, { kind, body }).code
  return channel.frame.send(B, { kind, body: { ...body, party: 1 } }).code
}

describe.each(SHOWING)('%s', (kind, final, disputedAt) => {
  const prepared = (): TestChannel => {
    const channel = TestChannel.open()
    if (disputedAt !== undefined) channel.close(0, channel.state(disputedAt, [95n, 5n]))
    return channel
  }
  const theft = (channel: TestChannel): ChannelState => channel.state(50n, [0n, 100n], { final })

  it('refuses a state that one party did not sign, or signed for the other', () => {
    const channel = prepared()
    const state = theft(channel)
    const [ours, theirs] = sign(state) as [Uint8Array, Uint8Array]
    const forged = agent(66).key
    for (const signatures of [
      [new Uint8Array(64), theirs],
      [theirs, theirs],
      [theirs, ours],
      [sign(state, [forged, KEYS[1]])[0] as Uint8Array, theirs],
      sign({ ...state, sequence: 49n }),
      sign({ ...state, balances: [100n, 0n] }),
      sign({ ...state, final: !final }),
      sign(state, KEYS, OTHER_FRAME),
      sign(state, [A.key, B.key]),
    ])
      expect(show(channel, kind, state, signatures)).toBe('CHANNEL_SIGNATURE')
    expect(channel.frame.held('channel', channel.id)).toBe(disputedAt === undefined ? 100n : 100n + UNIT)
  })

  it('refuses a state of another channel of the same pair with the same keys', () => {
    const channel = prepared()
    const frame = channel.frame
    const other = TestChannel.open([100n, 0n], {}, frame)
    const state = theft(other)
    expect(show(channel, kind, state, sign(state))).toBe('CHANNEL_STATE_FOREIGN')
    expect(show(channel, kind, { ...state, channel: channel.id }, sign(state))).toBe('CHANNEL_SIGNATURE')
  })

  it('refuses a state that creates or loses units, even if both signed it', () => {
    const channel = prepared()
    for (const balances of [
      [0n, 101n],
      [0n, 99n],
      [AMOUNT_MAX, AMOUNT_MAX],
      [0n, 0n],
    ] as [bigint, bigint][]) {
      const state = channel.state(50n, balances, { final })
      expect(show(channel, kind, state, sign(state))).toBe('CHANNEL_CONSERVATION')
    }
  })

  it('refuses a channel that does not exist', () => {
    const channel = prepared()
    const nowhere = makeTerms(channel.frame, [7n, 0n])
    const state = openingState(FRAME, nowhere)
    const body = { channel: state.channel, state, signatures: sign(state), party: 1 }
    const { party: _, ...withoutParty } = body
    const payload = kind === 'channels.closeCooperative' ? { kind, body: withoutParty } : { kind, body }
    expect(channel.frame.send(B, payload).code).toBe('CHANNEL_UNKNOWN')
  })

  it('changes nothing when it refuses', () => {
    const channel = prepared()
    const before = channel.frame.snapshot()
    const state = channel.state(50n, [0n, 101n], { final })
    show(channel, kind, state, sign(state))
    expect(channel.frame.snapshot()).toEqual(before)
  })
})

describe('conditions inside a state', () => {
  it('are counted into the conservation', () => {
    const channel = TestChannel.open()
    const { stream } = streamOf(channel.id, 1n, 0, 10n, 5)
    const pending = [htlcOf(1n, 0, 20n, 50n)]
    expect(channel.close(0, channel.state(1n, [20n, 11n], { pending, streams: [stream] })).code).toBe(
      'CHANNEL_CONSERVATION',
    )
    expect(channel.close(0, channel.state(1n, [20n, 10n], { pending, streams: [stream] })).code).toBe('OK')
  })

  it('cannot overflow into a valid total', () => {
    const channel = TestChannel.open()
    const { stream } = streamOf(channel.id, 1n, 0, AMOUNT_MAX, 65_536)
    expect(channel.close(0, channel.state(1n, [100n, 0n], { streams: [stream] })).code).toBe(
      'CHANNEL_CONSERVATION',
    )
  })

  it('have distinct ids, or one preimage would pay two of them', () => {
    const channel = TestChannel.open()
    const pending = [htlcOf(1n, 0, 20n, 50n), htlcOf(1n, 0, 20n, 50n)]
    expect(channel.close(0, channel.state(1n, [50n, 10n], { pending })).code).toBe('CHANNEL_DUPLICATE_ID')
  })

  it('are not in a final state', () => {
    const channel = TestChannel.open()
    const pending = [htlcOf(1n, 0, 20n, 50n)]
    expect(channel.agree(channel.state(1n, [70n, 10n], { pending, final: true })).code).toBe(
      'CHANNEL_NOT_SETTLED',
    )
  })
})

describe('answers to a close', () => {
  it('with an equal or lower sequence are rejected, also with other content', () => {
    const channel = TestChannel.open()
    channel.close(0, channel.state(5n, [75n, 25n]))
    for (const sequence of [0n, 4n, 5n])
      expect(channel.challenge(1, channel.state(sequence, [0n, 100n])).code).toBe('CHANNEL_STALE')
    channel.challenge(1, channel.state(8n, [70n, 30n]))
    expect(channel.challenge(1, channel.state(8n, [0n, 100n])).code).toBe('CHANNEL_STALE')
    expect(channel.challenge(1, channel.state(6n, [0n, 100n])).code).toBe('CHANNEL_STALE')
  })

  it('may jump any number of sequences', () => {
    const channel = TestChannel.open()
    channel.close(0, channel.state(5n, [75n, 25n]))
    expect(channel.challenge(1, channel.state(2n ** 64n - 1n, [70n, 30n])).code).toBe('OK')
  })

  it('may be sent by a watcher that is no party', () => {
    const channel = TestChannel.open()
    channel.close(0, channel.state(5n, [75n, 25n]))
    expect(channel.challenge(1, channel.state(6n, [70n, 30n]), STRANGER).code).toBe('OK')
  })

  it('need a dispute, and a second close is none', () => {
    const channel = TestChannel.open()
    expect(channel.challenge(1, channel.state(6n, [70n, 30n])).code).toBe('CHANNEL_NOT_DISPUTED')
    channel.close(0, channel.state(5n, [75n, 25n]))
    expect(channel.close(1, channel.state(6n, [70n, 30n])).code).toBe('CHANNEL_NOT_OPEN')
  })
})

describe('a co-signature by a rotated identity', () => {
  it('counts with the current key and not with the old one', () => {
    const frame = new TestFrame({ registrationBond: 0n })
      .fund(A.address, 3n * UNIT)
      .fund(B.address, 3n * UNIT)
    const profile = { capabilities: [], services: [] }
    frame.send(B, { kind: 'identity.register', body: { profile, bond: 0n } })
    const next = agent(77).key
    const rotation = { subject: B.address, version: 1n, publicKey: next.publicKey }
    const possession = next.sign(rotationDigest(FRAME, rotation))
    expect(frame.send(B, { kind: 'identity.rotate', body: { ...rotation, possession } }).code).toBe('OK')
    const submit = (key: Uint8Array): string => {
      const terms = makeTerms(frame, [10n, 10n])
      const body = { terms, signatures: sign(openingState(FRAME, terms)) }
      return frame.send(A, { kind: 'channels.open', body }, { cosigners: [key] }).code
    }
    expect(submit(B.key.publicKey)).toBe('CHANNEL_COSIGNATURE')
    expect(submit(next.publicKey)).toBe('OK')
    expect(addressOf(next.publicKey)).not.toEqual(B.address)
  })
})
