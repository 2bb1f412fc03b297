/** Transactions as attackers send them: nothing but a canonical, signed, current transaction of this frame changes anything. */
import { encode, equalBytes, type Hash } from '@symbolon/primitives'
import { decodeTransaction, frameId, transaction as transactionSchema } from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FrameNode } from '../src/index.ts'
import {
  alice,
  bob,
  call,
  carol,
  codeOf,
  ENDOWMENT,
  execute,
  FEE,
  GENESIS,
  genesisOf,
  nobody,
  pay,
  sign,
  startNode,
  submit,
  temporaryFolder,
  until,
} from './frame.ts'

/** What must not change when something is refused. */
async function fingerprint(node: FrameNode): Promise<unknown> {
  const { nonce, balance, nextNonce } = await call(node, 'account.get', { address: alice.address })
  const { height, pending } = await call(node, 'frame.info', {})
  return { nonce, balance, nextNonce, height, pending }
}

describe('malformed transactions', () => {
  it('are refused with TRANSACTION_MALFORMED and change nothing', async () => {
    const node = await startNode()
    const before = await fingerprint(node)
    const { bytes } = sign(alice, 0n, pay(bob, 1n))
    const decoded = decodeTransaction(bytes).transaction
    const amount24 = (head: number[]): Uint8Array => {
      // The amount 1 of the transfer, spelled with more bytes than it needs.
      const at = Buffer.from(bytes).indexOf(Buffer.from([0x02, 0x01, 0x02, 0x81]))
      expect(at).toBeGreaterThan(0)
      return Uint8Array.from([...bytes.slice(0, at + 1), ...head, ...bytes.slice(at + 2)])
    }
    const attacks: Record<string, Uint8Array> = {
      'trailing byte': Uint8Array.from([...bytes, 0]),
      truncated: bytes.slice(0, -1),
      'one byte': Uint8Array.of(0xa2),
      'integer in two bytes': amount24([0x18, 0x01]),
      'integer in nine bytes': amount24([0x1b, 0, 0, 0, 0, 0, 0, 0, 1]),
      'negative amount': amount24([0x20]),
      'floating-point amount': amount24([0xf9, 0x3c, 0x00]),
      'not a number': amount24([0xf9, 0x7e, 0x00]),
      'bignum amount': amount24([0xc2, 0x41, 0x01]),
      'indefinite map': Uint8Array.from([0xbf, ...bytes.slice(1), 0xff]),
      'duplicate key': Uint8Array.from([0xa3, ...bytes.slice(1, 2), ...encodeBody(), ...bytes.slice(1)]),
      'keys out of order': Uint8Array.from([0xa2, ...tail(), 0x01, ...encodeBody()]),
      'deeply nested': new Uint8Array(60_000).fill(0x81),
      'huge length': Uint8Array.of(0xa2, 1, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      text: Buffer.from('{"body":{}}'),
    }
    function encodeBody(): Uint8Array {
      const whole = encode(transactionSchema, decoded)
      const end = Buffer.from(whole).lastIndexOf(Buffer.from([0x02, 0x81, 0xa2]))
      return whole.slice(2, end)
    }
    function tail(): Uint8Array {
      const end = Buffer.from(bytes).lastIndexOf(Buffer.from([0x02, 0x81, 0xa2]))
      return bytes.slice(end)
    }
    for (const [name, attack] of Object.entries(attacks))
      expect(await codeOf(submit(node, { bytes: attack })), name).toBe('TRANSACTION_MALFORMED')
    expect(await codeOf(submit(node, { bytes: new Uint8Array(65_537) }))).toBe('SCHEMA_TYPE_MISMATCH')
    expect(await fingerprint(node)).toEqual(before)
  })

  it('damaged in any byte are refused, and the undamaged one still executes', async () => {
    const node = await startNode()
    const { bytes } = sign(alice, 0n, pay(bob, 1n))
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] as number) ^ flip
        expect(await codeOf(submit(node, { bytes: damaged }))).not.toBe('accepted')
      }),
      { numRuns: 150 },
    )
    expect((await call(node, 'account.get', { address: alice.address })).nonce).toBe(0n)
    expect((await execute(node, { bytes, id: sign(alice, 0n, pay(bob, 1n)).id })).code).toBe('OK')
  })
})

describe('transactions that must not be taken', () => {
  it('say why, in the documented order, and change nothing', async () => {
    const node = await startNode()
    await submit(node, sign(alice, 0n, pay(bob, 1n)))
    const before = await fingerprint(node)
    const other = frameId(genesisOf({}, 'another frame'))
    const cases: [string, { bytes: Uint8Array }][] = [
      ['TRANSACTION_FRAME', sign(alice, 1n, pay(bob, 1n), { frame: other })],
      ['TRANSACTION_EXPIRED', sign(alice, 1n, pay(bob, 1n), { validUntil: 1n })],
      ['SENDER_KEY', sign(alice, 1n, pay(bob, 1n), { signer: bob })],
      ['NONCE_TOO_LOW', sign(alice, 0n, pay(bob, 2n))],
      ['FEE_TOO_LOW', sign(alice, 1n, pay(bob, 1n), { fee: 1n })],
      ['INSUFFICIENT_BALANCE', sign(nobody, 0n, pay(bob, 1n))],
      ['INSUFFICIENT_BALANCE', sign(alice, 1n, pay(bob, ENDOWMENT))],
      ['GAS_LIMIT_TOO_LOW', sign(alice, 1n, pay(bob, 1n), { gasLimit: 1n })],
      ['NONCE_TOO_FAR', sign(alice, 1_000n, pay(bob, 1n))],
    ]
    for (const [code, transaction] of cases) expect(await codeOf(submit(node, transaction))).toBe(code)
    const forged = sign(alice, 1n, pay(bob, 1n)).bytes
    forged[forged.length - 1] = (forged.at(-1) as number) ^ 1
    expect(await codeOf(submit(node, { bytes: forged }))).toBe('TRANSACTION_SIGNATURE')
    expect(await fingerprint(node)).toEqual(before)
    expect((await execute(node, sign(alice, 1n, pay(bob, 1n)))).code).toBe('OK')
  })

  it('a transaction of another frame stays there, although keys and nonces are the same', async () => {
    const here = await startNode()
    const elsewhere = await startNode({ genesis: genesisOf({}, 'another frame') })
    const { bytes } = sign(alice, 0n, pay(bob, 1n))
    expect(await codeOf(submit(here, { bytes }))).toBe('accepted')
    expect(await codeOf(submit(elsewhere, { bytes }))).toBe('TRANSACTION_FRAME')
    expect((await call(elsewhere, 'account.get', { address: alice.address })).nonce).toBe(0n)
  })
})

describe('replay', () => {
  it('of a transaction answers with the same receipt and executes once', async () => {
    const node = await startNode()
    const transaction = sign(alice, 0n, pay(nobody, 5n))
    const together = await Promise.all(Array.from({ length: 20 }, () => submit(node, transaction)))
    const later = await submit(node, transaction)
    for (const outcome of [...together, later]) expect(outcome).toEqual(together[0])
    expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(5n)
    expect((await call(node, 'account.get', { address: alice.address })).nonce).toBe(1n)
    expect((await call(node, 'frame.info', {})).height).toBe(1n)
  })

  it('survives a restart: the receipt is still the answer', async () => {
    const directory = temporaryFolder()
    const first = await startNode({ directory })
    const transaction = sign(alice, 0n, pay(nobody, 5n))
    const outcome = await submit(first, transaction)
    await first.stop()
    const second = await startNode({ directory })
    expect(await submit(second, transaction)).toEqual(outcome)
    expect((await call(second, 'account.get', { address: nobody.address })).balance).toBe(5n)
  })
})

describe('replacement', () => {
  it('tells the displaced submitter, pays at least a tenth more, and executes the new one', async () => {
    const node = await startNode()
    // A gap keeps both waiting until it is closed.
    const displaced = codeOf(submit(node, sign(alice, 1n, pay(bob, 1n))))
    await until(() => node.mempool.size === 1)
    const enough = FEE + FEE / 10n
    expect(await codeOf(submit(node, sign(alice, 1n, pay(carol, 6n), { fee: enough - 1n })))).toBe(
      'REPLACEMENT_UNDERPRICED',
    )
    const replacement = sign(alice, 1n, pay(carol, 7n), { fee: enough })
    await submit(node, replacement, 'accepted')
    expect(await displaced).toBe('TRANSACTION_DROPPED')
    await submit(node, sign(alice, 0n, pay(bob, 1n)))
    expect((await execute(node, replacement)).code).toBe('OK')
    expect((await call(node, 'account.get', { address: carol.address })).balance).toBe(ENDOWMENT + 7n)
  })
})

describe('order of arrival', () => {
  it('does not matter within the bound on gaps: all become final in nonce order', async () => {
    const node = await startNode()
    const nonces = [3n, 1n, 4n, 0n, 2n, 5n]
    const outcomes = await Promise.all(
      nonces.map((nonce) => submit(node, sign(alice, nonce, pay(nobody, 1n + nonce)))),
    )
    expect(outcomes.every(({ receipt }) => receipt?.code === 'OK')).toBe(true)
    const order: Hash[] = []
    const { height } = await call(node, 'frame.info', {})
    for (let at = 1n; at <= height; at++)
      order.push(...(await call(node, 'block.get', { height: at })).transactions)
    const expected = [0n, 1n, 2n, 3n, 4n, 5n].map((nonce) => sign(alice, nonce, pay(nobody, 1n + nonce)).id)
    expect(order.every((id, at) => equalBytes(id, expected[at] as Hash))).toBe(true)
    expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(21n)
  })
})

it('fees are paid from the sender to the validators, and nothing is lost', async () => {
  const node = await startNode()
  const { receipt } = await submit(node, sign(alice, 0n, pay(bob, 1n)))
  const { balance } = await call(node, 'account.get', {
    address: GENESIS.validators[0]?.address ?? alice.address,
  })
  const supply = await call(node, 'supply.get', {})
  expect(supply.delta).toBe('0')
  expect(balance).toBe(receipt?.feeCharged)
})
