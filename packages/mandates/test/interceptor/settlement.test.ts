import { asAddress, encode, type Hash, sha256 } from '@symbolon/primitives'
import {
  accountKey,
  accountRecord,
  CHANNEL_STATUS,
  channelKey,
  channelRecord,
  leafHash,
  NAMESPACES,
  type Namespace,
  type StateProof,
  stateRoot,
  transactionId,
} from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import {
  type Intent,
  mandateDigest,
  narrow,
  type PrincipalWord,
  principalWordDigest,
} from '../../src/index.ts'
import { bodyOf, checkpointOf, included, VALIDATORS } from '../receipt/purchase.ts'
import {
  AGENT,
  agent,
  codeOf,
  digest,
  FRAME,
  idOf,
  mandateOf,
  opening,
  PROVIDER,
  paid,
  principal,
  termsOf,
  WORKER,
  type World,
  worldOf,
} from '../support.ts'

/** A state in which one key of one namespace has this value, under a certified checkpoint. */
function stateWith(height: bigint, namespace: Namespace, key: Uint8Array, value: Uint8Array): StateProof {
  const roots = NAMESPACES.map((one) =>
    one === namespace ? leafHash(key, sha256(value)) : new Uint8Array(32),
  ) as Hash[]
  const checkpoint = checkpointOf(height, {
    transactionRoot: digest(1),
    receiptRoot: digest(2),
    stateRoot: stateRoot(FRAME, roots),
  })
  return { namespace, key, value, proof: { path: [] }, roots, checkpoint }
}
const worldWithTrust = (): Promise<World> => worldOf(mandateOf(), { validators: () => VALIDATORS })
const transferBody = bodyOf(0n, { kind: 'accounts.transfer', body: { to: PROVIDER, amount: 1_000n } })
const transfer: Intent = { kind: 'transaction', body: transferBody }
const terms = termsOf()
const openBody = bodyOf(0n, {
  kind: 'channels.open',
  body: { terms, signatures: [new Uint8Array(64), new Uint8Array(64)] },
})

describe('what the ledger proves', () => {
  it('an included payment is spent with the fee that was charged, not the fee that was offered', async () => {
    const { interceptor } = await worldWithTrust()
    await interceptor.sign(transfer)
    await interceptor.settleTransaction(transferBody, included(5n, transferBody))
    expect(interceptor.report()).toMatchObject({ spent: 1_007n, committed: 0n, available: 498_993n })
  })

  it('a failed payment costs its fee', async () => {
    const { interceptor } = await worldWithTrust()
    await interceptor.sign(transfer)
    await interceptor.settleTransaction(transferBody, included(5n, transferBody, 'BALANCE_TOO_LOW'))
    expect(interceptor.report()).toMatchObject({ spent: 7n, committed: 0n, available: 499_993n })
  })

  it('a failed opening gives the deposit back, and only then may it be signed anew', async () => {
    const { interceptor } = await worldWithTrust()
    await interceptor.sign({ kind: 'transaction', body: openBody })
    const again: Intent = { kind: 'transaction', body: { ...openBody, fee: 11n } }
    expect(await codeOf(() => interceptor.sign(again))).toBe('INTENT_REUSED')
    await interceptor.settleTransaction(openBody, included(5n, openBody, 'NONCE_WRONG'))
    expect(interceptor.report()).toMatchObject({ spent: 7n, inChannels: 0n, available: 499_993n })
    expect(
      await codeOf(() =>
        interceptor.sign({ kind: 'channelState', frame: FRAME, state: paid(opening(terms), 1n) }),
      ),
    ).toBe('CHANNEL_NOT_FUNDED')
    expect(await codeOf(() => interceptor.sign(again))).toBe('OK')
  })

  it('a transaction that can no longer be included frees its hold, not a block earlier', async () => {
    const { interceptor } = await worldWithTrust()
    await interceptor.sign(transfer)
    const account = (height: bigint, nonce: bigint) =>
      stateWith(height, 'accounts', accountKey(AGENT), encode(accountRecord, { balance: 1n, nonce }))
    expect(await codeOf(() => interceptor.settleNeverIncluded(transferBody, account(99n, 0n)))).toBe(
      'EVIDENCE_INVALID',
    )
    expect(await codeOf(() => interceptor.settleNeverIncluded(transferBody, account(100n, 1n)))).toBe(
      'EVIDENCE_INVALID',
    )
    await interceptor.settleNeverIncluded(transferBody, account(100n, 0n))
    expect(interceptor.report()).toMatchObject({ spent: 0n, committed: 0n, available: 500_000n })
  })

  const closedRecord = (payouts: bigint[], status: number = CHANNEL_STATUS.closed): Uint8Array =>
    encode(channelRecord, {
      terms,
      status,
      opened: 1n,
      collateral: 100_000n,
      deposits: [],
      payouts,
      closed: 9n,
      finalSequence: 1n,
    })

  it('a closed channel settles its pot by what was paid out, and what it does not cover is spent', async () => {
    const { interceptor } = await worldWithTrust()
    await interceptor.sign({ kind: 'transaction', body: openBody })
    await interceptor.sign({ kind: 'channelState', frame: FRAME, state: paid(opening(terms), 30_000n) })
    const channel = idOf(terms)
    const proof = (value: Uint8Array, key = channelKey(channel)) => stateWith(9n, 'channels', key, value)
    expect(
      await codeOf(() =>
        interceptor.settleChannel(channel, proof(closedRecord([70_000n, 30_000n], CHANNEL_STATUS.disputed))),
      ),
    ).toBe('EVIDENCE_INVALID')
    expect(
      await codeOf(() =>
        interceptor.settleChannel(channel, proof(closedRecord([70_000n, 30_000n]), channelKey(digest(1)))),
      ),
    ).toBe('EVIDENCE_INVALID')
    await interceptor.settleChannel(channel, proof(closedRecord([65_000n, 35_000n])))
    expect(interceptor.report()).toMatchObject({
      spent: 35_000n,
      inChannels: 0n,
      available: 500_000n - 35_000n - 10n,
      committed: 10n,
    })
    expect(
      await codeOf(() => interceptor.settleChannel(channel, proof(closedRecord([65_000n, 35_000n])))),
    ).toBe('CHANNEL_UNKNOWN')
  })
})

describe('what the principal vouches for', () => {
  const word = (of: PrincipalWord, by = principal) => ({
    publicKey: by.publicKey,
    signature: by.sign(principalWordDigest(FRAME, of)),
  })

  it('a refund counts once, and only on the signature of the principal', async () => {
    const { interceptor } = await worldWithTrust()
    await interceptor.sign(transfer)
    await interceptor.settleTransaction(transferBody, included(5n, transferBody))
    const intent = transactionId(transferBody)
    const of: PrincipalWord = { fact: 'refunded', intent, amount: 400n, before: 1_007n }
    expect(await codeOf(() => interceptor.refund(intent, 400n, word(of, agent)))).toBe('EVIDENCE_INVALID')
    expect(await codeOf(() => interceptor.refund(intent, 401n, word(of)))).toBe('EVIDENCE_INVALID')
    await interceptor.refund(intent, 400n, word(of))
    expect(await codeOf(() => interceptor.refund(intent, 400n, word(of)))).toBe('EVIDENCE_INVALID')
    const tooMuch: PrincipalWord = { fact: 'refunded', intent, amount: 608n, before: 607n }
    expect(await codeOf(() => interceptor.refund(intent, 608n, word(tooMuch)))).toBe('HOLD_EXCEEDED')
    expect(interceptor.report()).toMatchObject({ spent: 607n, available: 499_393n })
  })

  it('a delegate that is done: what it spent is spent, the rest is free', async () => {
    const { interceptor } = await worldWithTrust()
    const child = narrow(mandateOf(), {
      delegate: WORKER,
      nonce: new Uint8Array(16),
      caps: { total: 1_000n },
    })
    await interceptor.sign({ kind: 'delegation', mandate: child })
    const intent = mandateDigest(child)
    const of: PrincipalWord = { fact: 'delegate-spent', intent, amount: 300n, before: 1_000n }
    expect(
      await codeOf(() => interceptor.settleDelegation(intent, 0n, word({ ...of, amount: 0n }, agent))),
    ).toBe('EVIDENCE_INVALID')
    await interceptor.settleDelegation(intent, 300n, word(of))
    expect(interceptor.report()).toMatchObject({ spent: 300n, committed: 0n, available: 499_700n })
  })

  it('a payment on the ledger is not settled by word', async () => {
    const { interceptor } = await worldWithTrust()
    await interceptor.sign(transfer)
    const intent = transactionId(transferBody)
    const of: PrincipalWord = { fact: 'delegate-spent', intent, amount: 0n, before: 0n }
    expect(await codeOf(() => interceptor.settleDelegation(intent, 0n, word(of)))).toBe('HOLD_UNKNOWN')
  })
})

describe('what it does not prove changes nothing', () => {
  it.each<[string, (world: World) => Promise<void>, string]>([
    [
      'a receipt of another transaction',
      ({ interceptor }) => interceptor.settleTransaction(transferBody, included(5n, openBody)),
      'EVIDENCE_INVALID',
    ],
    [
      'a receipt that was edited',
      ({ interceptor }) => {
        const proof = included(5n, transferBody)
        return interceptor.settleTransaction(transferBody, {
          ...proof,
          receipt: { ...proof.receipt, code: 'FAILED' },
        })
      },
      'EVIDENCE_INVALID',
    ],
    [
      'a checkpoint of other validators',
      async ({ interceptor }) => {
        const proof = included(5n, transferBody)
        const header = { ...proof.checkpoint.header, validatorSet: digest(1) }
        await interceptor.settleTransaction(transferBody, {
          ...proof,
          checkpoint: { ...proof.checkpoint, header },
        })
      },
      'EVIDENCE_INVALID',
    ],
    [
      'the account of somebody else',
      ({ interceptor }) => {
        const value = encode(accountRecord, { balance: 1n, nonce: 0n })
        return interceptor.settleNeverIncluded(
          transferBody,
          stateWith(100n, 'accounts', accountKey(asAddress(digest(4))), value),
        )
      },
      'EVIDENCE_INVALID',
    ],
    [
      'a sender that answers differently when asked again',
      ({ interceptor }) => {
        let reads = 0
        const shifting = { ...transferBody }
        Object.defineProperty(shifting, 'sender', {
          enumerable: true,
          get: () => (reads++ < 4 ? AGENT : PROVIDER),
        })
        return interceptor.settleTransaction(shifting, included(5n, transferBody, 'FAILED'))
      },
      'OK',
    ],
  ])('%s', async (name, settle, code) => {
    const world = await worldWithTrust()
    await world.interceptor.sign(transfer)
    expect(await codeOf(() => settle(world))).toBe(code)
    // The shifting sender is read once: the fee is charged all the same.
    expect(world.interceptor.report().spent).toBe(name.startsWith('a sender') ? 7n : 0n)
  })

  it('nothing is settled without validators to trust', async () => {
    const { interceptor } = await worldOf()
    await interceptor.sign(transfer)
    expect(await codeOf(() => interceptor.settleTransaction(transferBody, included(5n, transferBody)))).toBe(
      'EVIDENCE_INVALID',
    )
  })
})
