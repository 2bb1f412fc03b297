import { decode, type Hash, sha256 } from '@symbolon/primitives'
import { accountKey, accountRecord, channelKey } from '@symbolon/protocol'
import { describe, expect, it } from 'vitest'
import { Ledger, type LedgerModule } from '../../src/index.ts'
import { type Actor, actor, advance, FEE, genesisOf, pay, propose, proposer, sign } from '../frame.ts'
import { MODULES, SCRIPT, script } from '../scripted-module.ts'

const [alice, bob] = [actor('alice'), actor('bob')]
const [here, there] = [sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))]
const genesis = genesisOf([
  [alice, 100_000_000n],
  [bob, 100_000_000n],
])
const make = (modules: readonly LedgerModule[] = MODULES) => Ledger.create({ genesis, modules })
const balanceOf = (ledger: Ledger, of: Actor) =>
  decode(accountRecord, ledger.get('accounts', accountKey(of.address)) as Uint8Array)
const at = (ledger: Ledger, place: Uint8Array) => ledger.get('channels', channelKey(place as Hash))

describe('the access guard (CON-078)', () => {
  it.each([
    ['worked example 18: writes a key that it did not declare', SCRIPT.write | SCRIPT.undeclared],
    ['swallows the error of the guard and goes on', SCRIPT.write | SCRIPT.swallow],
    ['writes where it only declared to read', SCRIPT.erase],
    ['writes a balance past the books', SCRIPT.write | SCRIPT.forge],
  ])('%s: aborted, nonce + 1, the whole fee, nothing else', async (_, bits) => {
    const ledger = make()
    await advance(ledger, [
      sign(ledger, bob, 0n, script(here, there, SCRIPT.write)),
      sign(ledger, bob, 1n, script(there, here, SCRIPT.write)),
    ])
    const block = await advance(ledger, [sign(ledger, alice, 0n, script(here, there, bits))])
    expect(block.receipts[0]).toMatchObject({
      code: 'UNDECLARED_ACCESS',
      gasUsed: 1_000_000n,
      feeCharged: FEE,
      eventsCount: 0,
    })
    expect(balanceOf(ledger, alice)).toEqual({ balance: 100_000_000n - FEE, nonce: 1n })
    expect([at(ledger, here), at(ledger, there)]).toEqual([Uint8Array.of(1), Uint8Array.of(1)])
  })

  it('refuses to debit an account that is not declared, and allows it when it is', async () => {
    const ledger = make()
    // `take` declares the account that `preimage` names.
    const block = await advance(ledger, [sign(ledger, alice, 0n, script(here, bob.address, SCRIPT.take, 5n))])
    expect(block.receipts[0]?.code).toBe('OK')
    const thief: LedgerModule = {
      ...(MODULES[1] as LedgerModule),
      kinds: (MODULES[1] as LedgerModule).kinds.map((kind) => ({
        ...kind,
        access: () => ({ reads: [{ namespace: 'channels', key: channelKey(here as Hash) }], writes: [] }),
      })),
    }
    const other = make([MODULES[0] as LedgerModule, thief])
    const stolen = await advance(other, [sign(other, alice, 0n, script(here, bob.address, SCRIPT.take, 5n))])
    expect(stolen.receipts[0]?.code).toBe('UNDECLARED_ACCESS')
    expect(balanceOf(other, bob).balance).toBe(100_000_000n)
  })
})

describe('gas and failure', () => {
  it('out of gas: reverted, the whole fee', async () => {
    const ledger = make()
    const block = await advance(ledger, [
      sign(ledger, alice, 0n, script(here, there, SCRIPT.write | SCRIPT.gas, 1_000_000n)),
    ])
    expect(block.receipts[0]).toMatchObject({ code: 'OUT_OF_GAS', gasUsed: 1_000_000n, feeCharged: FEE })
    expect(at(ledger, here)).toBeUndefined()
  })

  it('a broken rule: reverted with its code, the fee for the gas used, and no event', async () => {
    const ledger = make()
    const block = await advance(ledger, [
      sign(ledger, alice, 0n, script(here, there, SCRIPT.write | SCRIPT.lock | SCRIPT.fail, 9n)),
    ])
    const receipt = block.receipts[0]
    expect(receipt).toMatchObject({ code: 'SCRIPT_FAILED', eventsCount: 0 })
    expect(receipt?.feeCharged).toBe(receipt?.gasUsed) // the fee is one base unit per gas here
    expect(balanceOf(ledger, alice)).toEqual({
      balance: 100_000_000n - (receipt?.feeCharged ?? 0n),
      nonce: 1n,
    })
    expect(ledger.supply.buckets[6]).toBe(0n)
  })

  it('the fee is set aside: a transaction cannot spend it', async () => {
    const ledger = make()
    const all = await advance(ledger, [sign(ledger, alice, 0n, pay(bob, 100_000_000n - FEE + 1n))])
    expect(all.receipts[0]?.code).toBe('INSUFFICIENT_BALANCE')
  })

  it('events of the block are numbered across transactions, and receipts point at their own', async () => {
    const ledger = make()
    const lock = (of: Actor) =>
      sign(ledger, of, 0n, script(of.address, there, SCRIPT.write | SCRIPT.lock, 1n))
    const block = await advance(ledger, [
      lock(alice),
      sign(ledger, alice, 1n, script(here, there, SCRIPT.fail)),
      lock(bob),
    ])
    expect(block.events.map((event) => event.index)).toEqual(block.events.map((_, i) => i))
    expect(block.receipts.map((one) => [one.eventsFirst, one.eventsCount])).toEqual([
      [0, 1],
      [1, 0],
      [1, 1],
    ])
    expect(block.events[1]?.transaction).toEqual(block.receipts[2]?.transaction)
  })
})

describe('transfers', () => {
  const batch = (...amounts: bigint[]) =>
    ({
      kind: 'accounts.transferBatch',
      body: { transfers: amounts.map((amount) => ({ to: bob.address, amount })) },
    }) as const

  it('of a batch happen all, under one nonce and with one event', async () => {
    const ledger = make()
    const block = await advance(ledger, [sign(ledger, alice, 0n, batch(1n, 2n, 3n))])
    expect(balanceOf(ledger, bob).balance).toBe(100_000_006n)
    expect(block.events[0]).toMatchObject({
      type: 'accounts.transferred',
      debits: [{ amount: 6n }],
      credits: [{ amount: 1n }, { amount: 2n }, { amount: 3n }],
    })
  })

  it.each([
    ['one exceeds the balance', [1n, 100_000_000n], 'INSUFFICIENT_BALANCE'],
    ['their sum exceeds 2^64', [2n ** 64n - 1n, 2n ** 64n - 1n], 'INSUFFICIENT_BALANCE'],
    ['one is zero', [1n, 0n, 2n], 'TRANSFER_ZERO'],
  ])('of a batch happen none if %s', async (_, amounts, code) => {
    const ledger = make()
    const block = await advance(ledger, [sign(ledger, alice, 0n, batch(...amounts))])
    expect(block.receipts[0]?.code).toBe(code)
    expect(balanceOf(ledger, bob).balance).toBe(100_000_000n)
  })

  it('to oneself cost the fee and nothing more', async () => {
    const ledger = make()
    const block = await advance(ledger, [sign(ledger, alice, 0n, pay(alice, 99_000_000n))])
    expect(block.receipts[0]?.code).toBe('OK')
    expect(balanceOf(ledger, alice)).toEqual({
      balance: 100_000_000n - (block.receipts[0]?.feeCharged ?? 0n),
      nonce: 1n,
    })
  })

  it('are never executed twice: a replay is refused in the same block and in the next', async () => {
    const ledger = make()
    const first = sign(ledger, alice, 0n, pay(bob, 1n))
    const block = await advance(ledger, [first, sign(ledger, alice, 0n, pay(bob, 1n))])
    expect(block.skipped.map((one) => one.code)).toEqual(['NONCE_TOO_LOW'])
    expect((await propose(ledger, [first])).skipped.map((one) => one.code)).toEqual(['NONCE_TOO_LOW'])
    expect(balanceOf(ledger, bob).balance).toBe(100_000_001n)
  })

  it('of a popular recipient stay independent, and several in one block by one sender run in order', async () => {
    const ledger = make()
    const block = await advance(
      ledger,
      [2n, 0n, 1n].map((nonce) => sign(ledger, alice, nonce, pay(proposer, nonce + 1n))),
    )
    // Nonce 2 came before its turn; 0 and 1 are in.
    expect(block.skipped.map((one) => one.code)).toEqual(['NONCE_GAP'])
    expect(block.receipts).toHaveLength(2)
  })
})

describe('the end of a block', () => {
  it('runs hooks in the order of the modules, which see all events so far, and lets them write only their own namespace', async () => {
    const seen: string[][] = []
    const hook = (name: string, namespace: LedgerModule['namespace'], target = namespace): LedgerModule => ({
      name,
      namespace,
      kinds: [],
      events: {},
      onBlockEnd(events, context) {
        seen.push(events.map((event) => event.type))
        context.write(target, Uint8Array.of(1, 1), Uint8Array.of(9))
        context.emit({ type: `${name}.done`, subjects: [] })
      },
    })
    const ledger = make([...MODULES, hook('storage', 'storage'), hook('reputation', 'reputation')])
    const block = await advance(ledger, [sign(ledger, alice, 0n, pay(bob, 1n))])
    expect(seen).toEqual([
      ['accounts.transferred', 'fees.charged'],
      ['accounts.transferred', 'fees.charged', 'storage.done'],
    ])
    expect(block.events.map((event) => event.type)).toEqual([
      'accounts.transferred',
      'fees.charged',
      'storage.done',
      'reputation.done',
      'fees.distributed',
    ])
    expect(ledger.get('reputation', Uint8Array.of(1, 1))).toEqual(Uint8Array.of(9))
    const bad = make([...MODULES, hook('storage', 'storage', 'reputation')])
    await expect(propose(bad, [])).rejects.toMatchObject({ code: 'MODULE_INVALID' })
  })

  it('refuses modules that trespass on each other when the ledger is made', () => {
    const [one] = MODULES as [LedgerModule]
    for (const modules of [[one, one], [one, { ...one, name: 'other' }], [{ ...one, name: 'other' }]])
      expect(() => make(modules)).toThrow(expect.objectContaining({ code: 'MODULE_INVALID' }))
  })
})
