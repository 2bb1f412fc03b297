/** Random traffic of several payers over HTTP and WebSocket against books kept on paper, with a restart in between. */
import { hashKey } from '@symbolon/primitives'
import type { Payload } from '@symbolon/protocol'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import type { FrameNode } from '../src/index.ts'
import {
  type Actor,
  alice,
  bob,
  call,
  carol,
  ENDOWMENT,
  hex,
  nobody,
  pay,
  sign,
  startNode,
  submit,
  temporaryFolder,
  VALIDATOR_KEYS,
} from './frame.ts'

const PAYERS = [alice, bob, carol]
const EVERYONE = [...PAYERS, nobody]

const move = fc.record({
  payer: fc.nat(PAYERS.length - 1),
  payees: fc.array(fc.nat(EVERYONE.length - 1), { minLength: 1, maxLength: 3 }),
  amount: fc.bigInt({ min: 1n, max: 1_000n }),
})
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never

function payloadOf({ payees, amount }: Move): Payload {
  const to = payees.map((at) => EVERYONE[at] as Actor)
  return to.length === 1
    ? pay(to[0] as Actor, amount)
    : {
        kind: 'accounts.transferBatch',
        body: { transfers: to.map(({ address }) => ({ to: address, amount })) },
      }
}

it('ends with the balances of the books, whatever is paid to whom in whatever blocks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 30 }), async (moves) => {
      const directory = temporaryFolder()
      let node = await startNode({ directory, batchWindowMs: 1 })
      const balances = new Map(EVERYONE.map((one) => [one, one === nobody ? 0n : ENDOWMENT]))
      const nonces = new Map(PAYERS.map((one) => [one, 0n]))
      let fees = 0n
      const half = Math.ceil(moves.length / 2)
      for (const part of [moves.slice(0, half), moves.slice(half)]) {
        const signed = part.map((one) => {
          const payer = PAYERS[one.payer] as Actor
          const nonce = nonces.get(payer) ?? 0n
          nonces.set(payer, nonce + 1n)
          const total = one.amount * BigInt(one.payees.length)
          balances.set(payer, (balances.get(payer) ?? 0n) - total)
          for (const at of one.payees) {
            const payee = EVERYONE[at] as Actor
            balances.set(payee, (balances.get(payee) ?? 0n) + one.amount)
          }
          return { payer, transaction: sign(payer, nonce, payloadOf(one)) }
        })
        await Promise.all(
          signed.map(async ({ payer, transaction }) => {
            const { receipt } = await submit(node, transaction)
            expect(receipt?.code).toBe('OK')
            fees += receipt?.feeCharged ?? 0n
            balances.set(payer, (balances.get(payer) ?? 0n) - (receipt?.feeCharged ?? 0n))
          }),
        )
        await node.stop()
        node = await startNode({ directory, batchWindowMs: 1 })
      }
      for (const one of EVERYONE) {
        const { balance, nonce } = await call(node, 'account.get', { address: one.address })
        expect(balance).toBe(balances.get(one))
        expect(nonce).toBe(nonces.get(one) ?? 0n)
      }
      const validator = await call(node, 'account.get', { address: VALIDATOR_KEYS.address })
      expect(validator.balance).toBe(fees)
      expect((await node.store.verify({ certificates: false })).supplyDelta).toBe(0n)
      await node.stop()
    }),
    { numRuns: 4 },
  )
})

it('answers thousands of pipelined calls of one WebSocket, each once, although it reads only so many at a time', async () => {
  const node: FrameNode = await startNode({ limits: { ratePerSecond: 1e9, rateBurst: 1e9 } })
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/rpc`)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve) => socket.once('open', resolve))
  const CALLS = 3_000
  const answers = new Map<number, number>()
  const done = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const { id } = JSON.parse(data.toString()) as { id: number }
      answers.set(id, (answers.get(id) ?? 0) + 1)
      if (answers.size === CALLS) resolve()
    })
  })
  // Transactions far enough ahead wait for their predecessors: their answers wait too, and reading pauses until they come.
  const seen = new Set<string>()
  for (let id = 0; id < CALLS; id++) {
    const payer = PAYERS[id % PAYERS.length] as Actor
    const transaction = sign(payer, BigInt(Math.floor(id / PAYERS.length)), pay(nobody, 1n))
    seen.add(hashKey(transaction.id))
    socket.send(
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        method: 'transaction.submit',
        params: { transaction: hex(transaction.bytes) },
      }),
    )
  }
  await done
  expect([...answers.values()].every((count) => count === 1)).toBe(true)
  expect(seen.size).toBe(CALLS)
  expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(BigInt(CALLS))
})
