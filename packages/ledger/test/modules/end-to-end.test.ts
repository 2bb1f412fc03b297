/** The modules in real blocks: signatures, fees, access guard, supply, tries and proofs around them. */
import { type Amount, decode, equalBytes, type Hash } from '@symbolon/primitives'
import {
  accountKey,
  accountRecord,
  BUCKETS,
  CHANNEL_STATUS,
  type ChannelState,
  capabilityPrefix,
  channelId,
  channelKey,
  channelRecord,
  channelStateDigest,
  identityKey,
  openingState,
  type Payload,
  reputationKey,
  reputationRecord,
  rotationDigest,
  verifyPrefixProof,
  verifyTrieProof,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import type { Ledger } from '../../src/index.ts'
import { accounts } from '../../src/modules/accounts/accounts.ts'
import { channelsModule } from '../../src/modules/channels/index.ts'
import { identityModule, search } from '../../src/modules/identity/index.ts'
import { reputationModule } from '../../src/modules/reputation/index.ts'
import { type Actor, actor, advance, frameWith, pay, proposer, sign } from '../frame.ts'
import { agent } from './harness.ts'

const UNIT = 1_000_000_000n
const alice = actor('alice')
const bob = actor('bob')
const KEYS = [agent(1, 1).key, agent(2, 1).key]
const NAMESPACE = { accounts: 0, identity: 2, channels: 3, reputation: 4 } as const

/** A frame whose nonces are kept for the test, one block per call of `block`. */
class Chain {
  readonly ledger: Ledger = frameWith(
    [
      [alice, 100n * UNIT],
      [bob, 100n * UNIT],
    ],
    {
      modules: [accounts, identityModule, channelsModule, reputationModule],
      parameters: { registrationBond: UNIT, challengeExtension: 2n, unbondingPeriod: 3n },
    },
  )
  readonly #nonces = new Map<Actor, bigint>()

  nonce(of: Actor): bigint {
    return this.#nonces.get(of) ?? 0n
  }

  /** The result codes, in order. */
  async block(...sending: [Actor, Payload, { cosigners?: Actor[]; signer?: Actor }?][]): Promise<string[]> {
    const transactions = sending.map(([from, payload, options]) => {
      const nonce = this.nonce(from)
      this.#nonces.set(from, nonce + 1n)
      return sign(this.ledger, from, nonce, payload, { fee: UNIT / 100n, gasLimit: 10_000_000n, ...options })
    })
    const block = await advance(this.ledger, transactions)
    expect(block.skipped).toEqual([])
    const { supply } = block.header
    expect(supply.issued - supply.destroyed).toBe(supply.buckets.reduce((sum, held) => sum + held, 0n))
    return block.receipts.map(({ code }) => code)
  }

  balance(of: Actor): Amount {
    const stored = this.ledger.get('accounts', accountKey(of.address))
    return stored === undefined ? 0n : decode(accountRecord, stored).balance
  }

  bucket(name: (typeof BUCKETS)[number]): Amount {
    return this.ledger.supply.buckets[BUCKETS.indexOf(name)] ?? 0n
  }

  root(namespace: keyof typeof NAMESPACE): Hash {
    return this.ledger.namespaceRoots[NAMESPACE[namespace]] as Hash
  }

  /** Opens a channel of alice and bob; says how to make evidence of its states. */
  async open(deposits: [bigint, bigint]) {
    const terms = {
      parties: [alice.address, bob.address],
      keys: KEYS.map((key) => key.publicKey),
      deposits,
      reserve: 0n,
      challengePeriod: 3n,
      nonce: this.nonce(alice),
    }
    const { frame } = this.ledger
    const evidence = (change: Partial<ChannelState>) => {
      const state: ChannelState = { ...openingState(frame, terms), ...change }
      const digest = channelStateDigest(frame, state)
      return { channel: state.channel, state, signatures: KEYS.map((key) => key.sign(digest)) }
    }
    const { signatures } = evidence({})
    const payload: Payload = { kind: 'channels.open', body: { terms, signatures } }
    expect(await this.block([alice, payload, { cosigners: [bob] }])).toEqual(['OK'])
    const channel = channelId(frame, terms)
    return {
      channel,
      evidence,
      record: () =>
        decode(channelRecord, this.ledger.get('channels', channelKey(channel)) ?? new Uint8Array(0)),
    }
  }
}

const profile = { capabilities: ['data.rows'], domain: 'weather.example', services: [] }
const register: Payload = { kind: 'identity.register', body: { profile, bond: UNIT } }

describe('identities in blocks', () => {
  it('register, are found, and prove both the hit and that nobody was left out', async () => {
    const chain = new Chain()
    expect(await chain.block([alice, register], [bob, register])).toEqual(['OK', 'OK'])
    expect(chain.bucket('bonded')).toBe(2n * UNIT)
    const { ledger } = chain
    const prefix = capabilityPrefix('data.rows')
    const complete = ledger.provePrefix('identity', prefix)
    verifyPrefixProof(chain.root('identity'), prefix, complete)
    const page = search(
      {
        height: ledger.height,
        epoch: ledger.head.epoch,
        parameters: ledger.genesis.parameters,
        get: (namespace, key) => ledger.get(namespace, key),
        keysUnder: () => complete.leaves.map(({ key }) => key),
      },
      { capability: 'data.rows', reputationMin: 500_000 },
    )
    expect(page.hits).toHaveLength(2)
    for (const { keys } of page.hits)
      for (const { namespace, key } of keys)
        verifyTrieProof(
          chain.root(namespace as keyof typeof NAMESPACE),
          key,
          ledger.get(namespace, key),
          ledger.prove(namespace, key),
        )
  })

  it('rotate: the new key spends from the next transaction on, and the old one no more', async () => {
    const chain = new Chain()
    const next = actor('the next key of alice')
    await chain.block([alice, register])
    const rotation = { subject: alice.address, version: 1n, publicKey: next.keys.publicKey }
    const possession = next.keys.sign(rotationDigest(chain.ledger.frame, rotation))
    expect(
      await chain.block(
        [alice, { kind: 'identity.rotate', body: { ...rotation, possession } }],
        [alice, pay(bob, 5n), { signer: next }],
      ),
    ).toEqual(['OK', 'OK'])
    const stale = sign(chain.ledger, alice, chain.nonce(alice), pay(bob, 5n))
    await chain.ledger.verifySignatures([stale])
    expect(chain.ledger.check(stale)?.code).toBe('SENDER_KEY')
    const coSigned = sign(chain.ledger, bob, chain.nonce(bob), pay(alice, 5n), { cosigners: [alice] })
    await chain.ledger.verifySignatures([coSigned])
    expect(chain.ledger.check(coSigned)?.code).toBe('COSIGNER_KEY')
  })

  it('leave the discovery index provably when they deactivate', async () => {
    const chain = new Chain()
    await chain.block([alice, register])
    const previous = { capabilities: ['data.rows'], domain: 'weather.example' }
    const body = { subject: alice.address, version: 1n, previous }
    expect(await chain.block([alice, { kind: 'identity.deactivate', body }])).toEqual(['OK'])
    const prefix = capabilityPrefix('data.rows')
    verifyPrefixProof(chain.root('identity'), prefix, chain.ledger.provePrefix('identity', prefix))
    expect(chain.ledger.provePrefix('identity', prefix).leaves).toEqual([])
    const before = chain.balance(alice)
    const withdraw: Payload = { kind: 'identity.withdraw', body: { subject: alice.address } }
    expect(await chain.block([bob, withdraw])).toEqual(['IDENTITY_UNBONDING'])
    await chain.block()
    expect(await chain.block([bob, withdraw])).toEqual(['OK'])
    expect(chain.balance(alice)).toBe(before + UNIT)
    expect(chain.bucket('bonded')).toBe(0n)
    // What came back is not lost: the last key still moves the money, and nothing else.
    expect(await chain.block([alice, pay(bob, 5n)])).toEqual(['OK'])
    expect(
      await chain.block([alice, { kind: 'identity.deactivate', body: { ...body, version: 2n } }]),
    ).toEqual(['IDENTITY_DEACTIVATED'])
  })
})

describe('channels in blocks', () => {
  it('open, close in agreement, and raise the reputation of both', async () => {
    const chain = new Chain()
    await chain.block([alice, register], [bob, register])
    const { channel, evidence, record } = await chain.open([10n * UNIT, 2n * UNIT])
    expect(chain.bucket('channel')).toBe(12n * UNIT)
    const before = chain.balance(bob)
    const body = evidence({ sequence: 7n, balances: [4n * UNIT, 8n * UNIT], final: true })
    expect(await chain.block([alice, { kind: 'channels.closeCooperative', body }])).toEqual(['OK'])
    expect(chain.balance(bob)).toBe(before + 8n * UNIT)
    expect(chain.bucket('channel')).toBe(0n)
    expect(record().status).toBe(CHANNEL_STATUS.closed)
    verifyTrieProof(
      chain.root('channels'),
      channelKey(channel),
      chain.ledger.get('channels', channelKey(channel)),
      chain.ledger.prove('channels', channelKey(channel)),
    )
    const stored = chain.ledger.get('reputation', reputationKey(bob.address)) ?? new Uint8Array(0)
    expect(decode(reputationRecord, stored)).toMatchObject({
      score: 500_000,
      settlements: 500_000n,
      lifetime: 1n,
    })
  })

  it('are disputed, answered and settled by height', async () => {
    const chain = new Chain()
    const { channel, evidence, record } = await chain.open([10n * UNIT, 0n])
    const stale = { ...evidence({ sequence: 1n, balances: [9n * UNIT, UNIT] }), party: 0 }
    expect(await chain.block([alice, { kind: 'channels.closeUnilateral', body: stale }])).toEqual(['OK'])
    expect(chain.bucket('channel')).toBe(11n * UNIT)
    const newest = { ...evidence({ sequence: 9n, balances: [UNIT, 9n * UNIT] }), party: 1 }
    const settle: Payload = { kind: 'channels.settle', body: { channel } }
    expect(await chain.block([bob, { kind: 'channels.challenge', body: newest }], [bob, settle])).toEqual([
      'OK',
      'CHANNEL_CHALLENGE_OPEN',
    ])
    const last = record().dispute?.deadline ?? 0n
    while (chain.ledger.height < last) await chain.block()
    const before = chain.balance(bob)
    const fees = chain.balance(proposer)
    expect(await chain.block([alice, settle], [alice, settle])).toEqual(['OK', 'CHANNEL_NOT_DISPUTED'])
    expect(chain.balance(bob)).toBe(before + 9n * UNIT + UNIT)
    expect(chain.bucket('channel')).toBe(0n)
    expect(chain.balance(proposer)).toBeGreaterThan(fees)
  })

  it('serialise with transfers of the funders only: the counterparty’s key is declared when it funds', async () => {
    const chain = new Chain()
    const { evidence } = await chain.open([UNIT, UNIT])
    const body = evidence({ sequence: 1n, balances: [0n, 2n * UNIT], final: true })
    // Both parties spend in the block that closes their channel: the payout is a credit at its end.
    expect(
      await chain.block(
        [alice, pay(bob, 1n)],
        [bob, pay(alice, 1n)],
        [bob, { kind: 'channels.closeCooperative', body }],
      ),
    ).toEqual(['OK', 'OK', 'OK'])
  })

  it('re-execute to the same block on another replica', async () => {
    const first = new Chain()
    const second = new Chain()
    const { ledger } = first
    const transactions = [sign(ledger, alice, 0n, register, { fee: UNIT / 100n, gasLimit: 10_000_000n })]
    const proposed = await advance(ledger, transactions)
    const applied = await second.ledger.apply(proposed.block)
    expect(equalBytes(applied.hash, proposed.hash)).toBe(true)
    expect(second.ledger.get('identity', identityKey(alice.address))).toBeUndefined()
    second.ledger.commit(applied)
    expect(second.ledger.get('identity', identityKey(alice.address))).toEqual(
      ledger.get('identity', identityKey(alice.address)),
    )
  })
})
