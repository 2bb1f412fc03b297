/**
 * kill -9 of a node under load, at random instants, again and again on one folder. What was answered `final` is final: it is there
 * after the restart with the same receipt, nothing executed twice, and every base unit is accounted for.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { FrameNode } from '../src/index.ts'
import {
  type Actor,
  alice,
  bob,
  call,
  carol,
  configOf,
  ENDOWMENT,
  nobody,
  pay,
  sign,
  submit,
  temporaryFolder,
  VALIDATOR_KEYS,
} from './frame.ts'

const KILLS = 30
const CHILD = fileURLToPath(new URL('./killed-node.ts', import.meta.url))

interface Answered {
  readonly id: Uint8Array
  readonly outcome: unknown
}

async function startChild(directory: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [CHILD, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return { child, url: line.toString().trim() }
}

/** Pays one base unit after the other until the node is gone; remembers what was answered. */
async function load(node: { url: string }, payer: Actor, answered: Answered[]): Promise<void> {
  try {
    let { nonce } = await call(node, 'account.get', { address: payer.address })
    for (;;) {
      const window = Array.from({ length: 4 }, (_, ahead) =>
        sign(payer, nonce + BigInt(ahead), pay(nobody, 1n)),
      )
      nonce += BigInt(window.length)
      await Promise.all(
        window.map(async (one) => {
          const outcome = await submit(node, one)
          if (outcome.receipt !== undefined) answered.push({ id: one.id, outcome })
        }),
      )
    }
  } catch (error) {
    // The connection breaks when the node is killed; a refusal of the node would be a defect.
    if (error instanceof Error && /^[A-Z_]+$/.test(error.message)) throw error
  }
}

it(`${KILLS} times: nothing answered is lost, nothing happens twice`, async () => {
  const directory = temporaryFolder()
  const answered: Answered[] = []
  let checked = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, url } = await startChild(directory)
    const gone = once(child, 'exit')
    try {
      // What the previous life answered, asked in this one.
      for (const { id, outcome } of answered.slice(checked)) {
        const found = await call({ url }, 'transaction.get', { id: id as never })
        expect({ id, receipt: found.receipt, height: found.height }).toEqual(outcome)
      }
      checked = answered.length
      expect((await call({ url }, 'supply.get', {})).delta).toBe('0')
      const loads = [alice, bob, carol].map((payer) => load({ url }, payer, answered))
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 120))
      child.kill('SIGKILL')
      await Promise.all(loads)
    } finally {
      child.kill('SIGKILL')
      await gone
    }
  }
  expect(answered.length).toBeGreaterThan(0)

  const node = await FrameNode.open(configOf(directory), { keys: VALIDATOR_KEYS })
  await node.start()
  try {
    for (const { id, outcome } of answered) {
      const { receipt, height } = await call(node, 'transaction.get', { id: id as never })
      expect({ id, receipt, height }).toEqual(outcome)
    }
    // Every nonce used is one unit paid: a transaction that ran twice, or half, would break the sum.
    const accounts = await Promise.all(
      [alice, bob, carol].map(({ address }) => call(node, 'account.get', { address })),
    )
    const nonces = accounts.reduce((sum, { nonce }) => sum + nonce, 0n)
    expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(nonces)
    expect(nonces).toBeGreaterThanOrEqual(BigInt(answered.length))
    const fees = 3n * ENDOWMENT - nonces - accounts.reduce((sum, { balance }) => sum + balance, 0n)
    const validator = await call(node, 'account.get', { address: VALIDATOR_KEYS.address })
    expect(validator.balance).toBe(fees)
    expect((await node.store.verify({ certificates: false })).supplyDelta).toBe(0n)
  } finally {
    await node.stop()
  }
}, 240_000)
