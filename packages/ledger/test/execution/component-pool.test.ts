import { sha256 } from '@symbolon/primitives'
import { describe, expect, it } from 'vitest'
import { createComponentPool, Ledger } from '../../src/index.ts'
import { actor, genesisOf, pay, propose, sign } from '../frame.ts'
import { MODULES, SCRIPT, script } from '../scripted-module.ts'

const actors = ['a', 'b', 'c', 'd'].map(actor)
const genesis = genesisOf(actors.map((one) => [one, 1_000_000_000n]))
const modules = new URL('../scripted-module.ts', import.meta.url).href
const here = sha256(Uint8Array.of(1))

/** Two costly transactions of different senders, and two cheap ones. */
function transactions(ledger: Ledger) {
  const costly = { fee: 30_000_000n, gasLimit: 30_000_000n }
  return actors.map((one, i) =>
    i < 2
      ? sign(ledger, one, 0n, script(one.address, here, SCRIPT.write | SCRIPT.gas, 20_000_000n), {
          ...costly,
          // Who may speak for a co-signer must cross to the thread as well.
          cosigners: actors.slice(2 + i, 3 + i),
        })
      : sign(ledger, one, 0n, pay(actors[0] as (typeof actors)[number], 5n)),
  )
}

const inline = async () => {
  const ledger = Ledger.create({ genesis, modules: MODULES })
  return propose(ledger, transactions(ledger))
}

describe('a pool of component threads', () => {
  it('runs costly components there and cheap ones here, to the same block', async () => {
    const pool = createComponentPool({ workers: 2, modules })
    const ledger = Ledger.create({ genesis, modules: MODULES, executor: pool })
    const block = await propose(ledger, transactions(ledger))
    expect(block.receipts.map((one) => one.code)).toEqual(['OK', 'OK', 'OK', 'OK'])
    expect(block.hash).toEqual((await inline()).hash)
    expect(pool.fallbacks).toBe(0)
    await ledger.close()
  })

  it.each([
    ['cannot load its modules', { modules: 'file:///nowhere/modules.ts' }],
    ['cannot install what it is told to', { modules, installer: { module: modules, install: 'nothing' } }],
  ])('runs here what a thread that %s was to run, and counts it', async (_, options) => {
    const pool = createComponentPool({ workers: 1, ...options })
    const ledger = Ledger.create({ genesis, modules: MODULES, executor: pool })
    const block = await propose(ledger, transactions(ledger))
    expect(block.hash).toEqual((await inline()).hash)
    expect(pool.fallbacks).toBe(2)
    await ledger.close()
  })

  it('still gives the same block after it was closed', async () => {
    const pool = createComponentPool({ workers: 2, modules })
    await pool.close()
    const ledger = Ledger.create({ genesis, modules: MODULES, executor: pool })
    expect((await propose(ledger, transactions(ledger))).hash).toEqual((await inline()).hash)
    expect(pool.fallbacks).toBe(2)
  })
})
