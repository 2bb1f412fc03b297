/** What a lying counterparty may try; each attempt leaves the victim's state as it was and is answered with a typed error. */
import { type Hash, sha256 } from '@symbolon/primitives'
import { describe, expect, test } from 'vitest'
import { decodeMessage, encodeMessage, inProcessPair, type Operation } from '../src/index.ts'
import { Adversary } from './adversary.ts'
import { Agent, agents, openPair, type Pair, QUOTE, reconnect, seedOf, settle } from './support.ts'

const pay = (amount: bigint): Operation => ({ kind: 'pay', body: { amount } })

/** Alice (party 0) turns on Bob after having paid 10,000. */
async function betrayed(): Promise<Pair & { mallory: Adversary; id: Hash }> {
  const pair = await openPair()
  await pair.a.pay(10_000n)
  await pair.b.pay(1_000n)
  await settle()
  const mallory = new Adversary(pair.alice, pair.bob)
  await settle()
  await mallory.connect(pair.bob)
  return { ...pair, mallory, id: pair.b.id }
}

async function expectRefusal(attack: (mallory: Adversary, pair: Pair) => void, code: string): Promise<void> {
  const { mallory, bob, alice, ledger } = await betrayed()
  const before = bob.channel.signed
  const signed = bob.signer.signedStates.length
  expect(bob.channel.isOnline).toBe(true)
  attack(mallory, { alice, bob, ledger })
  await settle()
  expect(mallory.lastError).toBe(code)
  expect(bob.channel.signed).toEqual(before)
  expect(bob.signer.signedStates.length).toBe(signed)
}

describe('updates', () => {
  const cases: [string, string, (mallory: Adversary, pair: Pair) => void][] = [
    ['a lower sequence', 'CHANNEL_SEQUENCE', (m) => m.update([pay(1n)], { sequence: 1n })],
    [
      'the sequence of the newest state (filecoin #660)',
      'CHANNEL_SEQUENCE',
      (m) => m.update([pay(1n)], { sequence: 2n }),
    ],
    ['a gap', 'CHANNEL_SEQUENCE', (m) => m.update([pay(1n)], { sequence: 4n })],
    [
      'a garbage signature on amount 0 (mpp-rs #130)',
      'CHANNEL_OPERATION_INVALID',
      (m) => m.update([pay(0n)], { signature: new Uint8Array(64).fill(9) }),
    ],
    [
      'a garbage signature',
      'CHANNEL_SIGNATURE',
      (m) => m.update([pay(1n)], { signature: new Uint8Array(64).fill(9) }),
    ],
    [
      'a signature over more money than announced',
      'CHANNEL_SIGNATURE',
      (m) => m.update([pay(1n)], { state: m.next([pay(2n)]) }),
    ],
    [
      'a signature over a state that moves my money',
      'CHANNEL_SIGNATURE',
      (m) => m.update([pay(1n)], { state: { ...m.next([pay(1n)]), balances: [999_000n, 1_000n] } }),
    ],
    [
      'a signature for another frame',
      'CHANNEL_SIGNATURE',
      (m) => m.update([pay(1n)], { signature: m.sign(m.next([pay(1n)]), new Uint8Array(32) as Hash) }),
    ],
    [
      'more than the balance',
      'CHANNEL_INSUFFICIENT_BALANCE',
      (m) => m.update([pay(991_001n)], { state: m.state }),
    ],
    ['the reserve', 'CHANNEL_RESERVE_BROKEN', (m) => m.update([pay(990_500n)], { state: m.state })],
    [
      'a payment fulfilled by its own payer',
      'CHANNEL_OPERATION_UNAUTHORISED',
      (m) => {
        const preimage = seedOf('own')
        const add: Operation = {
          kind: 'addHtlc',
          body: { id: 1n, amount: 5n, paymentHash: sha256(preimage) as Hash, expiry: 900n },
        }
        m.update([add, { kind: 'fulfilHtlc', body: { id: 1n, preimage } }], { state: m.state })
      },
    ],
    [
      'an altered set of pending payments',
      'CHANNEL_SIGNATURE',
      (m) => {
        const add: Operation = {
          kind: 'addHtlc',
          body: { id: 1n, amount: 5n, paymentHash: QUOTE, expiry: 900n },
        }
        const state = m.next([add])
        m.update([add], { state: { ...state, pending: [{ ...state.pending[0]!, expiry: 901n }] } })
      },
    ],
    [
      'a payment that is not there',
      'CHANNEL_OPERATION_INVALID',
      (m) => m.update([{ kind: 'failHtlc', body: { id: 9n } }], { state: m.state }),
    ],
    [
      'a fold without ticks',
      'CHANNEL_OPERATION_INVALID',
      (m) =>
        m.update([{ kind: 'foldStream', body: { id: 9n, ticks: 1, preimage: seedOf('x') } }], {
          state: m.state,
        }),
    ],
    [
      'a close that leaves a stream open',
      'CHANNEL_NOT_SETTLED',
      (m) => {
        const open: Operation = {
          kind: 'openStream',
          body: { id: 2n, root: QUOTE, tickValue: 1n, length: 10, quote: QUOTE },
        }
        m.update([open, { kind: 'close', body: {} }], { state: m.state })
      },
    ],
    [
      'an acceptance of nothing',
      'CHANNEL_SEQUENCE',
      (m) => m.say({ kind: 'accept', body: { sequence: 9n, signature: new Uint8Array(64) } }),
    ],
    [
      'a counter to nothing',
      'CHANNEL_SEQUENCE',
      (m) =>
        m.say({
          kind: 'counter',
          body: { sequence: 3n, included: false, operations: [], signature: new Uint8Array(64) },
        }),
    ],
    [
      'a newer state that Bob never signed',
      'CHANNEL_SIGNATURE',
      (m) => {
        const state = m.next([], 9n)
        m.say({
          kind: 'state',
          body: { signed: { state, signatures: [m.sign(state), m.sign(state)] }, links: [] },
        })
      },
    ],
    ['a message before its time', 'CHANNEL_MESSAGE_UNEXPECTED', (m) => m.say({ kind: 'ready', body: {} })],
    ['bytes that are no message', 'CHANNEL_MESSAGE_MALFORMED', (m) => m.sayBytes(Uint8Array.of(0xff, 0, 1))],
    [
      'an unknown message type',
      'CHANNEL_MESSAGE_MALFORMED',
      (m) => m.sayBytes(Uint8Array.of(0x82, 0x18, 0x63, 0xa0)),
    ],
    ['trailing bytes', 'CHANNEL_MESSAGE_MALFORMED', (m) => m.sayBytes(Uint8Array.of(0x82, 6, 0xa0, 0))],
    [
      'a message over messageBytesMax',
      'CHANNEL_MESSAGE_TOO_LARGE',
      (m) => m.sayBytes(new Uint8Array(300 * 1024 + 1)),
    ],
  ]
  test.each(cases)('%s → %s', (_, code, attack) => expectRefusal(attack, code))

  test('a signature of another channel of the same pair (filecoin #612)', async () => {
    const { mallory, bob } = await betrayed()
    const state = mallory.next([pay(1n)])
    const elsewhere = mallory.sign({ ...state, channel: QUOTE })
    mallory.update([pay(1n)], { signature: elsewhere })
    await settle()
    expect(mallory.lastError).toBe('CHANNEL_SIGNATURE')
    expect(bob.channel.signed.state.sequence).toBe(2n)
  })

  test('a flood of updates is cut, and at most one of them is signed', async () => {
    const { mallory, bob } = await betrayed()
    const before = bob.signer.signedStates.length
    for (let i = 0; i < 50; i++) mallory.update([pay(BigInt(i + 1))])
    await settle()
    expect(mallory.closed).toBe('CHANNEL_FLOOD')
    expect(bob.signer.signedStates.length - before).toBeLessThanOrEqual(1)
  })

  test('two racing updates of one sequence: the first counts, the other is refused', async () => {
    const { mallory, bob } = await betrayed()
    mallory.update([pay(5n)])
    mallory.update([pay(6n)])
    await settle()
    expect(bob.channel.signed.state.sequence).toBe(3n)
    expect(bob.channel.balances.own).toBe(9_005n)
    expect(mallory.lastError).toBe('CHANNEL_SEQUENCE')
  })

  test('an update replayed after it was accepted gets the same answer and changes nothing', async () => {
    const { mallory, bob } = await betrayed()
    mallory.update([pay(5n)])
    await settle()
    mallory.update([pay(5n)])
    await settle()
    const accepts = mallory.heard.filter((message) => message.kind === 'accept')
    expect(accepts.length).toBe(2)
    expect(accepts[0]).toEqual(accepts[1])
    expect(bob.channel.balances.own).toBe(9_005n)
  })
})

describe('consent', () => {
  test('an update refused by the owner is voided: both go on, and it can never come into force', async () => {
    const { a, b } = await openPair({
      bob: {
        consent: (operation) => {
          if (operation.kind === 'agreeQuote') throw new Error('too cheap')
        },
      },
    })
    await expect(a.update([{ kind: 'agreeQuote', body: { quote: QUOTE } }])).rejects.toMatchObject({
      message: 'too cheap',
    })
    await settle()
    expect(a.signed).toEqual(b.signed)
    // Refused at 1, superseded by 2.
    expect(a.signed.state.sequence).toBe(2n)
    expect(a.signed.state.quote).toBeUndefined()
    await a.pay(3n)
    expect(a.signed.state.sequence).toBe(3n)
  })

  test('a signer that refuses: proposing fails with nothing sent, accepting becomes a void', async () => {
    const { a, b, alice, bob } = await openPair()
    alice.signer.refuse = () => {
      throw new Error('over budget')
    }
    await expect(a.pay(5n)).rejects.toMatchObject({ code: 'CHANNEL_SIGNER_REFUSED' })
    expect(a.signed.state.sequence).toBe(0n)
    alice.signer.refuse = undefined
    bob.signer.refuse = ({ purpose }) => {
      if (purpose === 'accept') throw new Error('not now')
    }
    await expect(a.pay(5n)).rejects.toMatchObject({ code: 'CHANNEL_SIGNER_REFUSED' })
    await settle()
    expect(a.signed).toEqual(b.signed)
    expect(a.balances.own).toBe(1_000_000n)
    bob.signer.refuse = undefined
    await a.pay(5n)
    expect(a.balances.peer).toBe(5n)
  })

  test('a payment may be failed by its payer only after its expiry, and must leave time to claim it', async () => {
    const { a, b, ledger } = await openPair()
    const add = (id: bigint, expiry: bigint): Promise<bigint> =>
      a.update([{ kind: 'addHtlc', body: { id, amount: 50n, paymentHash: QUOTE, expiry } }])
    await expect(add(1n, 104n)).rejects.toMatchObject({ code: 'CHANNEL_REFUSED' })
    await add(2n, 105n)
    await expect(a.update([{ kind: 'failHtlc', body: { id: 2n } }])).rejects.toMatchObject({
      code: 'CHANNEL_REFUSED',
    })
    ledger.advance(105n)
    await a.update([{ kind: 'failHtlc', body: { id: 2n } }])
    await settle()
    expect(b.balances.peer).toBe(1_000_000n)
  })

  test('colliding proposals are merged: both happen, once, under one state', async () => {
    const { a, b } = await openPair()
    await a.pay(2_000n)
    const [left, right] = await Promise.all([a.pay(10n), b.pay(7n)])
    await settle()
    expect(a.signed).toEqual(b.signed)
    expect(b.balances.own).toBe(2_003n)
    expect([left, right]).toEqual([3n, 3n])
  })
})

describe('identity', () => {
  test('a hello replayed from an older connection is refused (mpp-rs #130)', async () => {
    const { mallory, bob } = await betrayed()
    const old = mallory.hello()
    await mallory.greet(bob)
    mallory.say(old)
    await settle()
    expect(mallory.lastError).toBe('CHANNEL_HELLO_SIGNATURE')
    expect(bob.channel.isOnline).toBe(false)
  })

  test("the victim's own hello reflected", async () => {
    const { mallory, bob } = await betrayed()
    await mallory.greet(bob)
    const own = mallory.heard.findLast(({ kind }) => kind === 'hello')
    if (own !== undefined) mallory.say(own)
    await settle()
    expect(mallory.lastError).toBe('CHANNEL_IDENTITY_MISMATCH')
  })

  test('nothing is heard before the hello', async () => {
    const { mallory, bob } = await betrayed()
    await mallory.greet(bob)
    mallory.update([pay(1n)])
    await settle()
    expect(mallory.lastError).toBe('CHANNEL_MESSAGE_UNEXPECTED')
    expect(bob.channel.signed.state.sequence).toBe(2n)
  })

  test('T-25: nothing reaches the ledger unless the peer has signed the opening state for these terms', async () => {
    const { alice, bob, ledger } = agents()
    const [left, right] = inProcessPair()
    const opening = alice.host.open(left, {
      deposits: [1_000n, 0n],
      reserve: 10n,
      challengePeriod: 100n,
      nonce: 0n,
    })
    right.attach({
      message: (bytes) => {
        const offer = decodeMessage(bytes)
        if (offer.kind !== 'offer') return
        const { party, key, ...rest } = offer.body
        const terms = { ...rest, parties: [party, party], keys: [key, bob.signer.publicKey] }
        right.send(encodeMessage({ kind: 'terms', body: { terms, signature: new Uint8Array(64) } }))
      },
      drain: () => {},
      close: () => {},
    })
    await expect(opening).rejects.toMatchObject({ code: 'CHANNEL_SIGNATURE' })
    expect(ledger.submitted).toEqual([])
  })

  test('an offer is refused by the owner, and by default', async () => {
    const reason = 'unknown buyer'
    await expect(
      openPair({ bob: { acceptOffer: () => Promise.reject(new Error(reason)) } }),
    ).rejects.toMatchObject({
      code: 'CHANNEL_TERMS_REFUSED',
      message: expect.stringContaining(reason),
    })
    await expect(openPair({ request: { reserve: 1_000_000n } })).rejects.toMatchObject({
      code: 'CHANNEL_TERMS_REFUSED',
    })
  })

  test('a channel that neither peer nor ledger knows (mppx #467): the client is told, and is not stuck', async () => {
    const pair = await openPair()
    const { a, ledger } = pair
    await a.closeCooperative()
    await settle()
    const reborn = new Agent('bob', ledger)
    expect(a.phase).toBe('closed')
    const errors: string[] = []
    a.events.on('peerError', ({ code }) => errors.push(code))
    const [left, right] = inProcessPair()
    const accepting = reborn.host.accept(right)
    await expect(a.connect(left)).rejects.toMatchObject({ code: 'CHANNEL_UNKNOWN' })
    await accepting
    expect(errors).toEqual(['CHANNEL_UNKNOWN'])
  })
})

describe('silence', () => {
  test('an unanswered update raises silence; the state stays enforceable and the update is not lost', async () => {
    const pair = await openPair({ alice: { limits: { answerTimeoutMs: 20 } } })
    const { a, alice, bob } = pair
    const silent = new Promise<void>((resolve) => a.events.on('silence', resolve))
    // Bob's disk hangs: he neither answers nor disconnects.
    bob.store.flush = () => new Promise(() => {})
    const paying = a.pay(5n)
    await silent
    expect(a.signed.state.sequence).toBe(0n)
    await bob.restart()
    await reconnect({ ...pair, alice })
    expect(await paying).toBe(1n)
  })
})
