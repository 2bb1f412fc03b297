import { encode, fromHex, type Hash, sha256, toHex } from '@symbolon/primitives'
import { accountKey, accountRecord, channelKey, NAMESPACES } from '@symbolon/protocol'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  createComponentPool,
  type Executor,
  inlineExecutor,
  Ledger,
  type ProposedBlock,
  TransactionCandidate,
} from '../../src/index.ts'
import { actor, genesisOf, propose, proposer, sign } from '../frame.ts'
import { Oracle } from '../oracle.ts'
import { MODULES, SCRIPT, script } from '../scripted-module.ts'
import { modelRoot } from '../trie/model.ts'

const modules = new URL('../scripted-module.ts', import.meta.url).href
const actors = ['a', 'b', 'c', 'd', 'e'].map(actor)
const names = [0, 1, 2, 3].map((i) => sha256(Uint8Array.of(i)))
const genesis = genesisOf(actors.map((one) => [one, 20_000_000n]))

/** Runs the components of another executor in reverse, one by one, each on its own: an order no other executor has. */
const reversed: Executor = {
  async execute(candidates, source, environment, rules) {
    const { componentsOf } = await import('../../src/index.ts')
    const { declaredKeys } = await import('../../src/schedule/declared-keys.ts')
    const components = componentsOf(candidates.map((candidate) => declaredKeys(candidate, rules.registry)))
    const executed = []
    for (const positions of components.toReversed()) {
      const own = positions.map((position) => candidates[position] as TransactionCandidate)
      const [only] = await inlineExecutor.execute(own, source, environment, rules)
      if (only !== undefined) executed.push({ positions, result: only.result })
    }
    return executed
  },
  async close() {},
}

// Every component goes to a thread, whatever it costs, so that the boundary is crossed by all kinds of them.
const pools = [1, 2, 4].map((workers) => createComponentPool({ workers, modules, componentGasMin: 0n }))
const executors: readonly (readonly [string, Executor])[] = [
  ['inline', inlineExecutor],
  ['reversed', reversed],
  ...pools.map((pool, i) => [`pool of ${[1, 2, 4][i]}`, pool] as const),
]
afterAll(() => Promise.all(pools.map((pool) => pool.close())))

const step = fc.record({
  sender: fc.nat(actors.length - 1),
  kind: fc.constantFrom('transfer', 'script', 'script', 'script'),
  to: fc.nat(actors.length - 1),
  bits: fc
    .array(fc.constantFrom(...[1, 1, 1, 2, 2, 4, 8, 16, 32, 64, 64, 128, 256, 1024]), { maxLength: 4 })
    .map((all) => all.reduce((a, b) => a | b, 0)),
  name: fc.nat(3),
  /** How far from `name`: the two keys of a script are never the same. */
  other: fc.integer({ min: 1, max: 3 }),
  amount: fc.bigInt({ min: 0n, max: 3_000_000n }),
  gasLimit: fc.constantFrom(60_000n, 80_000n, 100_000n, 1_000_000n, 3_000_000n),
  gap: fc.constantFrom(0n, 0n, 0n, 0n, 0n, 1n),
})
const blocks = fc.array(fc.array(step, { maxLength: 14 }), { minLength: 1, maxLength: 3 })

function view(block: ProposedBlock) {
  return {
    root: toHex(block.header.stateRoot),
    hash: toHex(block.hash),
    receipts: block.receiptBytes.map(toHex),
    events: block.eventBytes.map(toHex),
    gas: block.gasUsed,
    skipped: block.skipped.map((one) => one.code),
  }
}

describe('one block, one result (CON-076, worked example 17)', () => {
  it('for the sequential oracle, inline, reversed components and 1, 2 and 4 workers', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(blocks, async (history) => {
        const ledgers = executors.map(([name, executor]) => ({
          name,
          ledger: Ledger.create({ genesis, modules: MODULES, executor }),
        }))
        const oracle = new Oracle()
        for (const one of actors) oracle.account(toHex(one.address)).balance = 20_000_000n
        const first = ledgers[0]?.ledger as Ledger
        for (const steps of history) {
          const nonces = actors.map((one) => oracle.account(toHex(one.address)).nonce)
          const candidates = steps.map(({ sender, kind, to, bits, name, other, amount, gasLimit, gap }) => {
            const from = actors[sender] as (typeof actors)[number]
            const nonce = (nonces[sender] as bigint) + gap
            if (gap === 0n) nonces[sender] = nonce + 1n
            const target = actors[to] as (typeof actors)[number]
            const second = bits & SCRIPT.take ? target.address : (names[(name + other) % 4] as Uint8Array)
            const payload =
              kind === 'transfer'
                ? ({ kind: 'accounts.transfer', body: { to: target.address, amount } } as const)
                : script(names[name] as Uint8Array, second, bits, amount)
            return sign(first, from, nonce, payload, { fee: gasLimit, gasLimit })
          })
          const expected = oracle.block(
            candidates.map(({ transaction, bytes }) => ({ transaction, bytes: bytes.length })),
            proposer.address,
          )
          const executed = []
          for (const { name, ledger } of ledgers) {
            const block = await propose(
              ledger,
              candidates.map(({ bytes }) => TransactionCandidate.decode(bytes)),
            )
            executed.push({ name, result: view(block), block })
            ledger.commit(block)
          }
          const reference = executed[0] as (typeof executed)[number]
          for (const { name, result } of executed)
            expect({ name, result }).toEqual({ name, result: reference.result })
          const { block } = reference
          expect(
            block.receipts.map(({ code, gasUsed, feeCharged, eventsFirst, eventsCount }) => ({
              code,
              gasUsed,
              feeCharged,
              events: block.events.slice(eventsFirst, eventsFirst + eventsCount).map((event) => event.type),
            })),
          ).toEqual(expected.filter((one) => one !== undefined))
          // The whole state, by the recursive definition of the trie.
          const accounts = [...oracle.accounts]
            .filter(([, account]) => account.balance > 0n || account.nonce > 0n)
            .map(
              ([key, account]) =>
                [accountKey(fromHex(key) as never), encode(accountRecord, account)] as const,
            )
          expect(toHex(first.namespaceRoots[0] as Hash)).toBe(toHex(modelRoot(accounts)))
          const values = [...oracle.channels].map(
            ([key, value]) => [channelKey(fromHex(key) as Hash), Uint8Array.of(value)] as const,
          )
          expect(toHex(first.namespaceRoots[NAMESPACES.indexOf('channels')] as Hash)).toBe(
            toHex(modelRoot(values)),
          )
        }
      }),
      { numRuns: 40 },
    )
    expect(pools.map((pool) => pool.fallbacks)).toEqual([0, 0, 0])
  })
})
