/**
 * kill -9 of a node under load, at random instants, again and again on one folder. What was answered `final` is final: it is there
 * after the restart with the same receipt, nothing executed twice, and every base unit is accounted for.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Hash } from '@symbolon/primitives'
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
  until,
  VALIDATOR_KEYS,
} from './frame.ts'

const KILLS = 30
const CHILD = fileURLToPath(new URL('./killed-node.ts', import.meta.url))

interface Answered {
  readonly id: Hash
  readonly outcome: unknown
}

async function startChild(
  directory: string,
  compiled: string,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [CHILD, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A life is mostly start: compiled modules are kept between lives.
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  })
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString()))
    child.once('exit', (code) => reject(new Error(`the node did not start: exit code ${code}`)))
  })
  return { child, url: line.trim() }
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

/** Each answered transaction has the outcome that was answered. */
async function stillThere(node: { url: string }, answered: readonly Answered[]): Promise<void> {
  for (let at = 0; at < answered.length; at += 32)
    await Promise.all(
      answered.slice(at, at + 32).map(async ({ id, outcome }) => {
        const { receipt, height } = await call(node, 'transaction.get', { id })
        expect({ id, receipt, height }).toEqual(outcome)
      }),
    )
}

/** One folder, killed again and again. */
async function lane(directory: string, compiled: string, kills: number): Promise<void> {
  const answered: Answered[] = []
  let checked = 0
  for (let kill = 0; kill < kills; kill++) {
    const { child, url } = await startChild(directory, compiled)
    const gone = once(child, 'exit')
    try {
      // What the previous life answered, asked in this one.
      await stillThere({ url }, answered.slice(checked))
      checked = answered.length
      expect((await call({ url }, 'supply.get', {})).delta).toBe('0')
      const loads = [alice, bob, carol].map((payer) => load({ url }, payer, answered))
      // Mostly in the middle of the work, however slow the machine; sometimes before anything was answered.
      if (kill % 3 !== 0) await until(() => answered.length > checked)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 50))
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
    await stillThere(node, answered)
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
}

// Two lives are under way at a time: a life is mostly waiting for its start and for the disk.
it(`${KILLS} times: nothing answered is lost, nothing happens twice`, async () => {
  const compiled = temporaryFolder()
  // Only who ends in peace leaves compiled modules behind.
  const { child } = await startChild(temporaryFolder(), compiled)
  const gone = once(child, 'exit')
  child.stdin?.end()
  await gone
  await Promise.all([temporaryFolder(), temporaryFolder()].map((folder) => lane(folder, compiled, KILLS / 2)))
}, 240_000)
