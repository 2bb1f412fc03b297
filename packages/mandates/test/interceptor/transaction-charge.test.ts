import { openingState, type Payload, type TransactionBody } from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { nextRegime, orderPredicates, transactionCharge, WIND_DOWN_FEE_MAX } from '../../src/index.ts'
import {
  AGENT,
  agentChannel,
  codeOf,
  digest,
  FRAME,
  mandateOf,
  PRINCIPAL,
  PROVIDER,
  providerChannel,
  STRANGER,
  termsOf,
} from '../support.ts'

const spender = {
  address: AGENT,
  channelKey: agentChannel.publicKey,
  principal: PRINCIPAL,
  disputeBond: 777n,
}
const body = (payload: Payload, changes: Partial<TransactionBody> = {}): TransactionBody => ({
  frame: FRAME,
  sender: AGENT,
  nonce: 0n,
  fee: 10n,
  gasLimit: 1n,
  validUntil: 1n,
  payload,
  ...changes,
})
const terms = termsOf({ deposits: [100n, 40n] })
const signatures = [new Uint8Array(64), new Uint8Array(64)]
const state = openingState(FRAME, terms)
const channel = digest(3)
const profile = { capabilities: [], services: [] }

describe('what a transaction can cost', () => {
  const fee = { fee: 10n, locked: 0n, payments: [] }
  const closes = { ...fee, windsDown: true }
  it.each<[string, Payload, object]>([
    [
      'a transfer',
      { kind: 'accounts.transfer', body: { to: PROVIDER, amount: 5n } },
      { fee: 10n, payments: [{ provider: PROVIDER, amount: 5n }] },
    ],
    ['a transfer to oneself', { kind: 'accounts.transfer', body: { to: AGENT, amount: 5n } }, fee],
    [
      'a batch',
      {
        kind: 'accounts.transferBatch',
        body: {
          transfers: [
            { to: PROVIDER, amount: 5n },
            { to: AGENT, amount: 9n },
            { to: STRANGER, amount: 6n },
          ],
        },
      },
      {
        payments: [
          { provider: PROVIDER, amount: 5n },
          { provider: STRANGER, amount: 6n },
        ],
      },
    ],
    [
      'an opening',
      { kind: 'channels.open', body: { terms, signatures } },
      { ...fee, opens: { terms, party: 0 } },
    ],
    [
      'a deposit',
      { kind: 'channels.deposit', body: { channel, party: 0, amount: 3n } },
      { ...fee, deposits: { channel, party: 0, amount: 3n } },
    ],
    [
      'a unilateral close',
      { kind: 'channels.closeUnilateral', body: { channel, state, signatures, party: 0 } },
      { ...closes, locked: 777n },
    ],
    [
      'a cooperative close',
      { kind: 'channels.closeCooperative', body: { channel, state, signatures } },
      closes,
    ],
    ['a challenge', { kind: 'channels.challenge', body: { channel, state, signatures, party: 0 } }, closes],
    [
      'a claim',
      { kind: 'channels.claimHtlc', body: { channel, htlc: 1n, preimage: new Uint8Array(32) } },
      closes,
    ],
    ['a timeout', { kind: 'channels.timeoutHtlc', body: { channel, htlc: 1n } }, closes],
    [
      'a redemption',
      {
        kind: 'channels.redeemStream',
        body: { channel, stream: 1n, ticks: 1, preimage: new Uint8Array(32) },
      },
      closes,
    ],
    ['a settlement', { kind: 'channels.settle', body: { channel } }, closes],
    ['a registration', { kind: 'identity.register', body: { profile, bond: 50n } }, { ...fee, locked: 50n }],
    [
      'a registration for the principal',
      { kind: 'identity.register', body: { profile, bond: 50n, controller: PRINCIPAL } },
      { ...fee, locked: 50n },
    ],
    [
      'an update',
      {
        kind: 'identity.update',
        body: { subject: AGENT, version: 1n, profile, previous: { capabilities: [] } },
      },
      fee,
    ],
    ['a withdrawal', { kind: 'identity.withdraw', body: { subject: AGENT } }, fee],
    ['a rating', { kind: 'reputation.attest', body: { channel, rating: 900_000, subject: PRINCIPAL } }, fee],
  ])('%s', (_, payload, expected) => {
    expect(transactionCharge(body(payload), spender)).toMatchObject(expected)
  })

  it('as co-signer of an opening: our deposit, and no fee', () => {
    const theirs = termsOf({
      parties: [PROVIDER, AGENT],
      keys: [providerChannel.publicKey, agentChannel.publicKey],
    })
    const charge = transactionCharge(
      body({ kind: 'channels.open', body: { terms: theirs, signatures } }, { sender: PROVIDER }),
      spender,
    )
    expect(charge).toMatchObject({ fee: 0n, opens: { party: 1 } })
  })

  it('a closing fee over the bound is no longer winding down', () => {
    const settle: Payload = { kind: 'channels.settle', body: { channel } }
    expect(transactionCharge(body(settle, { fee: WIND_DOWN_FEE_MAX }), spender).windsDown).toBe(true)
    expect(transactionCharge(body(settle, { fee: WIND_DOWN_FEE_MAX + 1n }), spender).windsDown).toBe(false)
  })

  it.each<[string, Payload, string]>([
    [
      'an update of another identity',
      {
        kind: 'identity.update',
        body: { subject: STRANGER, version: 1n, profile, previous: { capabilities: [] } },
      },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a withdrawal for another',
      { kind: 'identity.withdraw', body: { subject: STRANGER } },
      'INTENT_KIND_REFUSED',
    ],
    [
      'terms without us',
      { kind: 'channels.open', body: { terms: termsOf({ parties: [STRANGER, PROVIDER] }), signatures } },
      'CHANNEL_KEY',
    ],
    [
      'a publication of scores, which posts a bond of the frame',
      {
        kind: 'reputation.publish',
        body: { epoch: 1n, inputDigest: channel, parametersDigest: channel, root: channel, count: 1 },
      },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a challenge of scores, likewise',
      { kind: 'reputation.challenge', body: { epoch: 1n, slot: 0, nodes: 1, edges: 1, root: channel } },
      'INTENT_KIND_REFUSED',
    ],
    [
      'a kind of a later version',
      { kind: 'bridge.lock', body: {} } as unknown as Payload,
      'INTENT_KIND_REFUSED',
    ],
  ])('%s is refused', async (_, payload, code) => {
    expect(await codeOf(() => transactionCharge(body(payload), spender))).toBe(code)
  })
})

describe('regimes', () => {
  const mandate = mandateOf({ supervision: { checkpointAbove: 100n, superviseAbove: 50n } })
  it.each([
    ['post-hoc', 0n, 50n, 'post-hoc'],
    ['post-hoc', 50n, 50n, 'post-hoc'],
    ['post-hoc', 51n, 50n, 'checkpoint'],
    ['post-hoc', 0n, 51n, 'supervised'],
    ['checkpoint', 0n, 1n, 'checkpoint'],
    ['checkpoint', 0n, 51n, 'supervised'],
    ['supervised', 0n, 1n, 'supervised'],
  ] as const)('%s with %i before and %i now: %s', (from, flowed, flow, to) => {
    expect(nextRegime(from, mandate, flowed, flow)).toBe(to)
    expect(nextRegime(from, mandateOf(), flowed, flow)).toBe(from)
  })
})

it('a cost that is no number admits no predicate', async () => {
  const odd = { name: 'odd', costMicroseconds: Number.NaN, evaluate: () => ({ verdict: 'allow' as const }) }
  expect(await codeOf(() => orderPredicates([odd]))).toBe('BUDGET_BOUND')
})
