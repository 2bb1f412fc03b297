import { encode, sha256 } from '@symbolon/primitives'
import { accountKey, accountRecord, type LedgerEvent, supplyDelta } from '@symbolon/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LedgerModule } from '../../src/index.ts'
import { auditSupply, Ledger, MemoryFlatState, SupplyTotals } from '../../src/index.ts'
import { actor, advance, genesisOf, pay, propose, sign } from '../frame.ts'
import { MODULES, SCRIPT, script } from '../scripted-module.ts'

const [alice, bob] = [actor('alice'), actor('bob')]
const genesis = genesisOf([
  [alice, 1_000_000_000n],
  [bob, 500_000_000n],
])
const place = sha256(Uint8Array.of(1))
/** Reads every channel record as one that holds `amount` for `place`. */
const held = (amount: bigint) => () => [{ bucket: 'channel' as const, owner: place, amount }]

describe('the audit of the supply', () => {
  const events: LedgerEvent[] = []
  let claimed = {} as ReturnType<SupplyTotals['finish']>
  let ledger: Ledger

  beforeAll(async () => {
    ledger = Ledger.create({ genesis, modules: MODULES })
    events.push(...ledger.genesisBlock.events)
    for (let round = 0n; round < 5n; round++) {
      const block = await advance(ledger, [
        sign(ledger, alice, round, pay(bob, 1_000n + round)),
        sign(ledger, bob, round, script(place, place, SCRIPT.write | SCRIPT.lock, 7n)),
      ])
      expect(block.receipts.map((one) => one.code)).toEqual(['OK', 'OK'])
      events.push(...block.events)
    }
    claimed = ledger.supply
  })

  const stateNow = (): MemoryFlatState => {
    const state = new MemoryFlatState()
    const accounts = [
      ...new Set(
        events
          .flatMap((event) => [...event.debits, ...event.credits])
          .filter((leg) => leg.bucket === 'liquid')
          .map((leg) => Buffer.from(leg.owner).toString('hex')),
      ),
    ]
    const changes = accounts
      .map((hex) => accountKey(new Uint8Array(Buffer.from(hex, 'hex')) as never))
      .map((key) => ({ key, value: ledger.get('accounts', key) }))
    state.apply({
      accounts: changes,
      storage: [],
      identity: [],
      channels: [{ key: Uint8Array.of(1), value: Uint8Array.of(1) }],
      reputation: [],
    })
    return state
  }
  const audit = (of: readonly LedgerEvent[], state = stateNow()) =>
    auditSupply({ events: of, state, claimed, holdings: held(35n) })
  const codes = (of: readonly LedgerEvent[], state?: MemoryFlatState) =>
    new Set(audit(of, state).findings.map((one) => one.code))

  it('finds nothing wrong with what the ledger did, and the totals of the header', () => {
    const { supply, findings } = audit(events)
    expect(findings).toEqual([])
    expect(supply).toEqual(claimed)
    expect(supply.issued).toBe(1_500_000_000n)
    expect(supply.buckets[6]).toBe(35n)
    expect(supplyDelta(supply)).toBe(0n)
  })

  it('detects the loss of any one event, the last ones included', () => {
    for (let lost = 0; lost < events.length; lost++)
      expect(codes(events.toSpliced(lost, 1)).size, `event ${lost}`).toBeGreaterThan(0)
  })

  it('detects an event that is repeated, or two that are swapped', () => {
    for (let at = 1; at < events.length - 1; at++) {
      expect(codes(events.toSpliced(at, 0, events[at] as LedgerEvent))).toContain('EVENT_GAP')
      expect(
        codes(events.toSpliced(at, 2, events[at + 1] as LedgerEvent, events[at] as LedgerEvent)),
      ).toContain('EVENT_GAP')
    }
  })

  it('detects any change of any amount, owner or bucket', () => {
    for (const [at, event] of events.entries())
      for (const side of ['debits', 'credits'] as const)
        for (const [i, leg] of event[side].entries())
          for (const change of [
            { amount: leg.amount + 1n },
            { owner: sha256(leg.owner) as typeof leg.owner },
            { bucket: leg.bucket === 'escrow' ? 'held' : 'escrow' } as const,
          ]) {
            const corrupted = { ...event, [side]: event[side].with(i, { ...leg, ...change }) }
            const found = codes(events.with(at, corrupted))
            expect(found.size, `${event.type} ${side} ${Object.keys(change)}`).toBeGreaterThan(0)
          }
  })

  it('detects an amount that is changed on both sides of an event, so that the event still balances', () => {
    const at = events.findIndex((event) => event.type === 'accounts.transferred')
    const event = events[at] as LedgerEvent
    const more = (legs: LedgerEvent['debits']) => legs.map((leg) => ({ ...leg, amount: leg.amount + 1n }))
    expect(
      codes(events.with(at, { ...event, debits: more(event.debits), credits: more(event.credits) })),
    ).toEqual(new Set(['BALANCE_MISMATCH']))
  })

  it('detects a doctored, an added and a removed balance in the state', () => {
    const doctor = (key: Uint8Array, value: Uint8Array | undefined) => {
      const state = stateNow()
      state.apply({ accounts: [{ key, value }], storage: [], identity: [], channels: [], reputation: [] })
      return state
    }
    const rich = encode(accountRecord, { balance: 10n ** 12n, nonce: 0n })
    expect(codes(events, doctor(accountKey(alice.address), rich))).toEqual(new Set(['BALANCE_MISMATCH']))
    expect(codes(events, doctor(accountKey(actor('mallory').address), rich))).toEqual(
      new Set(['BALANCE_MISMATCH']),
    )
    expect(codes(events, doctor(accountKey(alice.address), undefined))).toEqual(new Set(['BALANCE_MISMATCH']))
  })

  it('reconciles other buckets with the records that hold them, if it is told how to read them', () => {
    const state = stateNow()
    expect(auditSupply({ events, state, claimed, holdings: held(35n) }).findings).toEqual([])
    expect(
      auditSupply({ events, state, claimed, holdings: held(34n) }).findings.map((one) => one.code),
    ).toEqual(['BALANCE_MISMATCH'])
  })
})

describe('the check of every block', () => {
  it('refuses an event whose legs do not sum to zero, as a fault and not as a receipt', async () => {
    const ledger = Ledger.create({ genesis, modules: MODULES })
    const odd = sign(ledger, alice, 0n, script(place, place, SCRIPT.unbalanced))
    const block = await propose(ledger, [odd, sign(ledger, bob, 0n, pay(alice, 1n))])
    // The proposer leaves it out; the rest of the block goes on.
    expect(block.skipped.map((one) => one.code)).toEqual(['EXECUTION_FAULT'])
    expect(block.skipped[0]?.message).toContain('1 base units')
    expect(block.receipts).toHaveLength(1)
  })

  it('refuses a block in which a module takes more out of a bucket than is in it', async () => {
    const thief: LedgerModule = {
      name: 'thief',
      namespace: 'storage',
      kinds: [],
      events: {},
      onBlockEnd(_, context) {
        const legs = (bucket: 'escrow' | 'liquid') => [{ bucket, owner: alice.address, amount: 1n }]
        context.emit({
          type: 'thief.stolen',
          subjects: [],
          movement: { debits: legs('escrow'), credits: legs('liquid') },
        })
      },
    }
    const ledger = Ledger.create({ genesis, modules: [...MODULES, thief] })
    const root = ledger.namespaceRoots
    await expect(propose(ledger, [])).rejects.toMatchObject({ code: 'SUPPLY_MISMATCH' })
    expect(ledger.namespaceRoots).toEqual(root)
  })

  it('refuses a balance that changed without an event', async () => {
    const ledger = Ledger.create({
      genesis,
      modules: MODULES,
      executor: {
        async execute(candidates, source, environment, rules) {
          const { inlineExecutor } = await import('../../src/index.ts')
          const executed = await inlineExecutor.execute(candidates, source, environment, rules)
          const account = executed[0]?.result.accounts[0]
          if (account !== undefined) account.balance += 1n
          return executed
        },
        async close() {},
      },
    })
    await expect(propose(ledger, [sign(ledger, alice, 0n, pay(bob, 1n))])).rejects.toMatchObject({
      code: 'SUPPLY_MISMATCH',
    })
  })

  it('counts issues and destructions, and nothing else, as changes of the supply', () => {
    const leg = (amount: bigint) => [{ bucket: 'liquid' as const, owner: alice.address as never, amount }]
    const totals = SupplyTotals.zero()
    totals.add({ type: 'accounts.issued', debits: [], credits: leg(10n) })
    totals.add({ type: 'accounts.destroyed', debits: leg(4n), credits: [] })
    expect(totals.finish()).toMatchObject({ issued: 10n, destroyed: 4n })
    const mismatch = expect.objectContaining({ code: 'SUPPLY_MISMATCH' })
    expect(() => totals.add({ type: 'accounts.destroyed', debits: [], credits: leg(1n) })).toThrow(mismatch)
    expect(() => SupplyTotals.zero().add({ type: 'accounts.moved', debits: [], credits: leg(1n) })).toThrow(
      mismatch,
    )
    const wrong = new SupplyTotals({ issued: 5n, destroyed: 0n, buckets: SupplyTotals.zero().buckets })
    expect(() => wrong.finish()).toThrow(mismatch)
  })
})
