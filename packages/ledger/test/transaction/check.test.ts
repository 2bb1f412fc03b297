import { encode, type Hash } from '@symbolon/primitives'
import { DEFAULT_PARAMETERS, identityRecord, type Transaction } from '@symbolon/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  checkTransaction,
  createSignaturePool,
  INCLUSION_CODES,
  inlineSignatureVerifier,
  type Ledger,
  ModuleRegistry,
  mayAct,
  TransactionCandidate,
} from '../../src/index.ts'
import { actor, FEE, frameWith, pay, sign } from '../frame.ts'
import { MODULES, script } from '../scripted-module.ts'

const [alice, bob, mallory] = [actor('alice'), actor('bob'), actor('mallory')]
let ledger: Ledger
beforeAll(() => {
  ledger = frameWith([[alice, 2_000_000n]])
})

const registry = new ModuleRegistry(MODULES)
const rules = () => ({ frame: ledger.frame, height: 10n, parameters: DEFAULT_PARAMETERS, registry })
const viewOf = (balance: bigint, nonce: bigint, identity?: Uint8Array) => ({
  account: () => ({ balance, nonce }),
  identity: () => identity,
})
const code = (candidate: TransactionCandidate, options = {}) =>
  checkTransaction(candidate, viewOf(2_000_000n, 5n), rules(), options)?.code

type Signature = Transaction['signatures'][number]

async function verified(...args: Parameters<typeof sign>): Promise<TransactionCandidate> {
  const candidate = sign(...args)
  await inlineSignatureVerifier.verify([candidate])
  return candidate
}

describe('may a transaction be included', () => {
  it('yes, at the edge of everything', async () => {
    const good = await verified(ledger, alice, 5n, pay(bob, 1n), {
      validUntil: 10n,
      fee: 2_000_000n,
      gasLimit: 2_000_000n,
    })
    expect(code(good)).toBeUndefined()
  })

  it('no: each reason by its code', async () => {
    const reasons: [string, TransactionCandidate][] = [
      [
        'TRANSACTION_MALFORMED',
        await verified(ledger, alice, 5n, {
          kind: 'channels.settle',
          body: { channel: new Uint8Array(32) as Hash },
        }),
      ],
      [
        'TRANSACTION_FRAME',
        await verified(ledger, alice, 5n, pay(bob, 1n), { frame: new Uint8Array(32) as Hash }),
      ],
      ['TRANSACTION_EXPIRED', await verified(ledger, alice, 5n, pay(bob, 1n), { validUntil: 9n })],
      ['TRANSACTION_SIGNATURE', sign(ledger, alice, 5n, pay(bob, 1n))],
      ['SENDER_KEY', await verified(ledger, alice, 5n, pay(bob, 1n), { signer: mallory })],
      ['COSIGNER_KEY', await verified(ledger, alice, 5n, pay(bob, 1n), { coSigners: [bob.address] })],
      ['NONCE_TOO_LOW', await verified(ledger, alice, 4n, pay(bob, 1n))],
      ['NONCE_GAP', await verified(ledger, alice, 6n, pay(bob, 1n))],
      ['FEE_TOO_LOW', await verified(ledger, alice, 5n, pay(bob, 1n), { fee: FEE - 1n })],
      ['INSUFFICIENT_BALANCE', await verified(ledger, alice, 5n, pay(bob, 1n), { fee: 2_000_001n })],
      ['GAS_LIMIT_TOO_LOW', await verified(ledger, alice, 5n, pay(bob, 1n), { gasLimit: 60_000n })],
    ]
    for (const [expected, candidate] of reasons) expect(code(candidate), expected).toBe(expected)
    const wide = new ModuleRegistry([
      {
        name: 'accounts',
        namespace: 'accounts',
        events: {},
        kinds: [
          {
            ...(MODULES[0]?.kinds[0] as never as { kind: 'accounts.transfer' }),
            access: () => ({
              reads: Array(64).fill({ namespace: 'channels', key: new Uint8Array(33) }),
              writes: [{ namespace: 'channels', key: new Uint8Array(33) }],
            }),
            gas: () => 0n,
            execute: () => undefined,
            schema: MODULES[0]?.kinds[0]?.schema as never,
          },
        ],
      },
    ])
    const many = checkTransaction(await verified(ledger, alice, 5n, pay(bob, 1n)), viewOf(2_000_000n, 5n), {
      ...rules(),
      registry: wide,
    })
    expect(many?.code).toBe('DECLARED_KEYS_EXCEEDED')
    expect(many?.message).toContain('DECLARED_KEYS_MAX')
    expect(new Set([...reasons.map(([one]) => one), 'DECLARED_KEYS_EXCEEDED'])).toEqual(
      new Set(INCLUSION_CODES),
    )
  })

  it('no, and nobody pays, if who carried it changed the signatures of the co-signers', async () => {
    const agreed = await verified(ledger, alice, 5n, pay(bob, 1n), { cosigners: [bob, mallory] })
    expect(code(agreed)).toBeUndefined()
    const { body, signatures } = agreed.transaction
    const [own, first, second] = signatures as [Signature, Signature, Signature]
    const bystander = actor('bystander')
    const foreign = { publicKey: bystander.keys.publicKey, signature: bystander.keys.sign(agreed.id) }
    const altered: Signature[][] = [
      [own],
      [own, first],
      [own, first, first],
      [own, second, first],
      [own, first, foreign],
      [own, first, second, foreign],
    ]
    for (const [place, envelope] of altered.entries()) {
      const candidate = TransactionCandidate.of({ body, signatures: envelope })
      candidate.signaturesValid = true
      expect(candidate.id, `envelope ${place}`).toEqual(agreed.id)
      expect(code(candidate), `envelope ${place}`).toBe('COSIGNER_KEY')
    }
    const uninvited = TransactionCandidate.of({
      ...(await verified(ledger, alice, 5n, pay(bob, 1n))).transaction,
      signatures: [own, first],
    })
    uninvited.signaturesValid = true
    expect(code(uninvited)).toBe('COSIGNER_KEY')
  })

  it('names the first reason in the documented order when several hold', async () => {
    // Wrong in every way that the envelope can be; then put right from the front, one at a time.
    const wrong = {
      frame: new Uint8Array(32) as Hash,
      validUntil: 1n,
      fee: 3_000_000n,
      gasLimit: 4_000_000n,
      signer: mallory,
    }
    const { frame, ...one } = wrong
    const { validUntil, ...two } = one
    const { signer, ...three } = two
    expect([frame, validUntil, signer].every(Boolean)).toBe(true)
    expect(code(await verified(ledger, alice, 4n, pay(bob, 1n), wrong))).toBe('TRANSACTION_FRAME')
    expect(code(await verified(ledger, alice, 4n, pay(bob, 1n), one))).toBe('TRANSACTION_EXPIRED')
    expect(code(sign(ledger, alice, 4n, pay(bob, 1n), two))).toBe('TRANSACTION_SIGNATURE')
    expect(code(await verified(ledger, alice, 4n, pay(bob, 1n), two))).toBe('SENDER_KEY')
    expect(code(await verified(ledger, alice, 4n, pay(bob, 1n), three))).toBe('NONCE_TOO_LOW')
    expect(code(await verified(ledger, alice, 6n, pay(bob, 1n), three))).toBe('NONCE_GAP')
    expect(code(await verified(ledger, alice, 6n, pay(bob, 1n), three), { gapAllowed: true })).toBe(
      'FEE_TOO_LOW',
    )
    expect(code(await verified(ledger, alice, 5n, pay(bob, 1n), { fee: 3_000_000n, gasLimit: 1n }))).toBe(
      'INSUFFICIENT_BALANCE',
    )
  })
})

describe('who may sign for an address', () => {
  const recordOf = (fields: object) =>
    encode(identityRecord, {
      subject: alice.address,
      keys: [{ publicKey: alice.keys.publicKey, from: 0n }],
      version: 1n,
      profile: { capabilities: [], services: [] },
      bond: 0n,
      registered: 0n,
      ...fields,
    })
  const rotated = recordOf({
    keys: [
      { publicKey: alice.keys.publicKey, from: 0n, until: 4n },
      { publicKey: bob.keys.publicKey, from: 4n },
    ],
  })

  it('the key that created it, and after a rotation only the current one', () => {
    expect(mayAct(alice.address, undefined, alice.keys.publicKey)).toBe(true)
    // Twice: the second answer comes from memory.
    expect(mayAct(alice.address, undefined, alice.keys.publicKey)).toBe(true)
    expect(mayAct(alice.address, undefined, bob.keys.publicKey)).toBe(false)
    expect(mayAct(alice.address, recordOf({}), alice.keys.publicKey)).toBe(true)
    expect(mayAct(alice.address, rotated, alice.keys.publicKey)).toBe(false)
    expect(mayAct(alice.address, rotated, bob.keys.publicKey)).toBe(true)
  })

  it('after a deactivation the last key, for the money alone', () => {
    expect(mayAct(alice.address, recordOf({ deactivated: 9n }), alice.keys.publicKey)).toBe(true)
  })
})

describe.each([
  ['inline', () => inlineSignatureVerifier],
  ['on two threads', () => createSignaturePool({ workers: 2 })],
])('signatures %s', (_, make) => {
  it('are valid only if all of a transaction are, whatever stands around it', async () => {
    const verifier = make()
    const good = Array.from({ length: 600 }, (__, i) =>
      sign(
        ledger,
        i % 2 === 0 ? alice : bob,
        BigInt(i),
        pay(bob, 1n),
        i % 3 === 0 ? { cosigners: [mallory] } : {},
      ),
    )
    const broken = good.map((candidate, i) => {
      if (i % 7 !== 0) return candidate
      const { body, signatures } = candidate.transaction
      const last = signatures.length - 1
      return TransactionCandidate.of({
        body,
        signatures: signatures.map((one, at) =>
          at === last ? { ...one, signature: one.signature.with(5, (one.signature[5] ?? 0) ^ 1) } : one,
        ),
      })
    })
    await verifier.verify(broken)
    expect(broken.map((one) => one.signaturesValid)).toEqual(broken.map((__, i) => i % 7 !== 0))
    await verifier.close()
  })

  it('of one transaction do not count for another: swapped, of another body, of another key', async () => {
    const verifier = make()
    const [a, b] = [
      sign(ledger, alice, 0n, pay(bob, 1n)),
      sign(ledger, alice, 1n, script(new Uint8Array(32), new Uint8Array(32), 0)),
    ]
    const cross = [
      TransactionCandidate.of({ body: a.transaction.body, signatures: b.transaction.signatures }),
      TransactionCandidate.of({
        body: { ...a.transaction.body, fee: FEE + 1n },
        signatures: a.transaction.signatures,
      }),
      TransactionCandidate.of({
        body: a.transaction.body,
        signatures: [
          { publicKey: bob.keys.publicKey, signature: a.transaction.signatures[0]?.signature as Uint8Array },
        ],
      }),
    ]
    await verifier.verify([...cross, a])
    expect([...cross, a].map((one) => one.signaturesValid)).toEqual([false, false, false, true])
    await verifier.close()
  })
})
