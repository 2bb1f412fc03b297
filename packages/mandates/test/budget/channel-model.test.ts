/**
 * The accounting of channels against an oracle that knows nothing of it. Where the counterparty signs every state and pays
 * nothing in, the newest state alone says where the money is: what left our side is spent, what is still on it is
 * committed, and the rest, but for open holds, is available.
 */
import { decode, encode } from '@symbolon/primitives'
import { type ChannelState, channelStateDigest } from '@symbolon/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Authorization,
  Budget,
  type BudgetOperation,
  budgetOperation,
  narrow,
  ownTotal,
} from '../../src/index.ts'
import {
  AGENT,
  agent,
  at,
  budgetOf,
  codeOf,
  countersignature,
  digest,
  FRAME,
  idOf,
  mandateOf,
  opening,
  PRINCIPAL,
  PROVIDER,
  paid,
  signed,
  termsOf,
} from '../support.ts'

type Hash = Authorization['intent']
const DEPOSIT = 100_000n
/** Some locks at once, but few enough that sequences come to fulfil, fold and end them. */
const LOCKS_MAX = 8

interface Live {
  id: Hash
  state: ChannelState
  deposited: bigint
  owner: number
}

type Action =
  | { do: 'open' | 'final' | 'crash'; channel: number; amount: bigint }
  | { do: 'pay' | 'lock' | 'fulfil' | 'fail' | 'stream' | 'fold' | 'end'; channel: number; amount: bigint }
  | { do: 'transfer' | 'settle' | 'release'; channel: number; amount: bigint }

const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom(
    'open',
    'pay',
    'lock',
    'fulfil',
    'fail',
    'stream',
    'fold',
    'end',
    'final',
    'transfer',
    'settle',
    'release',
    'crash',
    'pay',
    'fold',
    'lock',
  ),
  channel: fc.nat(2),
  amount: fc.bigInt(0n, 40_000n),
}) as fc.Arbitrary<Action>

/** The next state of our channel for an action; undefined if it does not apply. */
function nextState({ do: what, amount }: Action, state: ChannelState): ChannelState | undefined {
  const own = state.balances[0] ?? 0n
  const other = state.balances[1] ?? 0n
  const [lock] = state.pending
  const [run] = state.streams
  const ticks = Number(amount % 7n) + 1
  const step = { ...state, sequence: state.sequence + 1n }
  if ((what === 'lock' || what === 'stream') && state.pending.length + state.streams.length >= LOCKS_MAX)
    return undefined
  switch (what) {
    case 'pay':
      return amount <= own ? paid(state, amount) : undefined
    case 'lock': {
      if (amount === 0n || amount > own) return undefined
      const htlc = { id: state.sequence, payer: 0, amount, paymentHash: digest(9), expiry: 50n }
      return { ...step, balances: [own - amount, other], pending: [...state.pending, htlc] }
    }
    case 'fulfil':
      return lock && { ...step, pending: state.pending.slice(1), balances: [own, other + lock.amount] }
    case 'fail':
      return lock && { ...step, pending: state.pending.slice(1), balances: [own + lock.amount, other] }
    case 'stream': {
      const length = 20
      const tickValue = amount / 100n
      if (tickValue * BigInt(length) > own) return undefined
      const stream = { id: state.sequence, payer: 0, root: digest(1), tickValue, length, quote: digest(2) }
      return {
        ...step,
        balances: [own - tickValue * BigInt(length), other],
        streams: [...state.streams, stream],
      }
    }
    case 'fold': {
      if (run === undefined || run.length < ticks) return undefined
      const rest = { ...run, root: digest(ticks), length: run.length - ticks }
      return {
        ...step,
        streams: [rest, ...state.streams.slice(1)],
        balances: [own, other + run.tickValue * BigInt(ticks)],
      }
    }
    case 'end':
      return (
        run && {
          ...step,
          streams: state.streams.slice(1),
          balances: [own + run.tickValue * BigInt(run.length), other],
        }
      )
    case 'final':
      return state.pending.length + state.streams.length > 0 ? undefined : { ...step, final: true }
    default:
      return undefined
  }
}

class Harness {
  operations: BudgetOperation[] = []
  budget: Budget
  readonly nodes: Hash[]
  readonly channels: Live[] = []
  /** Finished channels: what each has cost. */
  lost = [0n, 0n]
  holds: { intent: Hash; amount: bigint; fee: bigint; owner: number }[] = []
  spentByTransfer = [0n, 0n]
  clock = 0

  constructor() {
    const root = mandateOf({
      caps: { total: 400_000n, perProvider: 10n ** 9n },
      windows: [{ seconds: 60n, limit: 10n ** 12n }],
    })
    const { budget, operations, leaf } = budgetOf(signed(root))
    this.budget = budget
    this.operations = operations
    const child = (fill: number): Hash =>
      budget.add(
        signed(
          narrow(root, {
            delegate: AGENT,
            nonce: new Uint8Array(16).fill(fill),
            caps: { ...root.caps, total: 300_000n },
          }),
          agent,
        ),
        at(0),
      )
    this.nodes = [leaf, child(1), child(2)]
  }

  get now() {
    return at(++this.clock)
  }

  /** The oracle, for the root (owner undefined) or one child. */
  expected(owner?: number) {
    const mine = <T extends { owner: number }>(all: readonly T[]): T[] =>
      all.filter((one) => owner === undefined || one.owner === owner)
    const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n)
    const pick = (amounts: readonly bigint[]): bigint =>
      owner === undefined ? sum(amounts) : (amounts[owner] ?? 0n)
    const spent =
      pick(this.lost) +
      pick(this.spentByTransfer) +
      sum(mine(this.channels).map((one) => one.deposited - ownTotal(one.state, 0)))
    const inChannels = sum(mine(this.channels).map((one) => ownTotal(one.state, 0)))
    const committed = inChannels + sum(mine(this.holds).map(({ amount, fee }) => amount + fee))
    const total = owner === undefined ? 400_000n : 300_000n
    return { total, spent, committed, available: total - spent - committed, inChannels, margin: 0n }
  }

  check() {
    expect(this.budget.report(this.nodes[0]!)).toEqual(this.expected())
    expect(this.budget.report(this.nodes[1]!)).toEqual(this.expected(0))
    expect(this.budget.report(this.nodes[2]!)).toEqual(this.expected(1))
  }

  run(action: Action): boolean {
    const owner = action.channel % 2
    const mandate = this.nodes[owner + 1]!
    const room = this.expected().available
    switch (action.do) {
      case 'open': {
        if (
          this.channels.length > 2 ||
          room < DEPOSIT + 10n ||
          this.expected(owner).available < DEPOSIT + 10n
        )
          return false
        const terms = termsOf({ nonce: BigInt(++this.clock) })
        const id = this.budget.openChannel(terms, 0, mandate, this.now)
        const intent = digest(2_000_000 + this.clock)
        this.budget.authorize(
          {
            intent,
            mandate,
            payments: [],
            fee: 10n,
            deposit: { channel: id, amount: DEPOSIT },
            signed: true,
          },
          this.now,
        )
        this.budget.commit(intent, { paid: 0n, fee: 10n }, this.now)
        this.spentByTransfer[owner]! += 10n
        this.channels.push({ id, state: opening(terms), deposited: DEPOSIT, owner })
        return true
      }
      case 'crash': {
        this.budget = new Budget({
          frame: FRAME,
          principal: PRINCIPAL,
          record: (operation) => void this.operations.push(operation),
        })
        this.budget.replay(
          this.operations.map((one) => decode(budgetOperation, encode(budgetOperation, one))),
        )
        return true
      }
      case 'transfer': {
        if (action.amount + 5n > room || action.amount + 5n > this.expected(owner).available) return false
        const intent = digest(3_000_000 + ++this.clock)
        const payments = [{ provider: PROVIDER, amount: action.amount }]
        this.budget.authorize({ intent, mandate, payments, fee: 5n, signed: true }, this.now)
        this.holds.push({ intent, amount: action.amount, fee: 5n, owner })
        return true
      }
      case 'settle':
      case 'release': {
        const hold = this.holds.shift()
        if (hold === undefined) return false
        if (action.do === 'release') this.budget.release(hold.intent, this.now)
        else {
          const cost = { paid: hold.amount / 2n, fee: 3n }
          this.budget.commit(hold.intent, cost, this.now)
          this.spentByTransfer[hold.owner]! += cost.paid + cost.fee
        }
        return true
      }
    }
    const live = this.channels[action.channel % Math.max(1, this.channels.length)]
    const state = live && nextState(action, live.state)
    if (live === undefined || state === undefined) return false
    this.budget.advance({ state, mandate: this.nodes[live.owner + 1]! }, this.now)
    this.budget.countersign(live.id, countersignature(state), this.now)
    live.state = state
    if (state.final) {
      this.lost[live.owner]! += live.deposited - ownTotal(state, 0)
      this.channels.splice(this.channels.indexOf(live), 1)
    }
    return true
  }
}

describe('channel accounting', () => {
  it('puts every base unit where the newest states say it is, after any sequence and across crashes', () => {
    const done = new Map<string, number>()
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 60 }), (actions) => {
        const harness = new Harness()
        for (const one of actions) {
          if (harness.run(one)) done.set(one.do, (done.get(one.do) ?? 0) + 1)
          harness.check()
        }
      }),
      { numRuns: 150 },
    )
    // Every kind of action took part; otherwise the property says less than it seems to.
    for (const kind of [
      'open',
      'pay',
      'lock',
      'fulfil',
      'fail',
      'stream',
      'fold',
      'end',
      'final',
      'transfer',
      'settle',
      'release',
      'crash',
    ])
      expect(done.get(kind) ?? 0, kind).toBeGreaterThan(10)
  })
})

describe('a channel whose counterparty lies or is silent', () => {
  const funded = (total = 100_000n) => {
    const made = budgetOf(signed(mandateOf({ caps: { total } })))
    const terms = termsOf()
    made.budget.openChannel(terms, 0, made.leaf, at(0))
    const deposit = { channel: idOf(terms), amount: 100_000n }
    made.budget.authorize(
      { intent: digest(1), mandate: made.leaf, payments: [], fee: 0n, deposit, signed: true },
      at(0),
    )
    return { ...made, channel: idOf(terms), state: opening(terms) }
  }

  it('does not free a failed payment before the counterparty has signed that it failed', async () => {
    const { budget, leaf, channel, state } = funded()
    const htlc = { id: 1n, payer: 0, amount: 60_000n, paymentHash: digest(9), expiry: 9n }
    const locked = { ...state, sequence: 1n, balances: [40_000n, 0n], pending: [htlc] }
    budget.advance({ state: locked, mandate: leaf }, at(1))
    // We sign that it came back; the counterparty keeps the older state, and with it a claim on 60,000.
    const back = { ...locked, sequence: 2n, balances: [100_000n, 0n], pending: [] }
    budget.advance({ state: back, mandate: leaf }, at(2))
    const spend = paid(back, 50_000n)
    expect(await codeOf(() => budget.advance({ state: spend, mandate: leaf }, at(3)))).toBe('CAP_TOTAL')
    expect(
      await codeOf(() => budget.countersign(channel, agent.sign(channelStateDigest(FRAME, back)), at(3))),
    ).toBe('CHANNEL_COUNTERSIGNATURE')
    expect(await codeOf(() => budget.countersign(channel, countersignature(locked), at(3)))).toBe(
      'CHANNEL_COUNTERSIGNATURE',
    )
    budget.countersign(channel, countersignature(back), at(4))
    expect(await codeOf(() => budget.advance({ state: spend, mandate: leaf }, at(5)))).toBe('OK')
    expect(budget.report(leaf)).toMatchObject({ spent: 50_000n, committed: 50_000n, available: 0n })
  })

  it('keeps the pot committed after a final state that only we have signed', () => {
    const { budget, leaf, channel, state } = funded()
    const final = paid(state, 30_000n, { final: true })
    budget.advance({ state: final, mandate: leaf }, at(1))
    expect(budget.report(leaf)).toMatchObject({ spent: 30_000n, committed: 70_000n, available: 0n })
    budget.countersign(channel, countersignature(final), at(2))
    expect(budget.report(leaf)).toMatchObject({ spent: 30_000n, committed: 0n, available: 70_000n })
  })

  it('counts income to nobody: it neither widens the mandate nor hides a payment', async () => {
    const { budget, leaf, state } = funded(120_000n)
    const richer = { ...state, sequence: 1n, balances: [150_000n, 0n] }
    budget.advance({ state: richer, mandate: leaf }, at(1))
    expect(budget.report(leaf)).toMatchObject({ spent: 0n, committed: 100_000n, available: 20_000n })
    expect(await codeOf(() => budget.advance({ state: paid(richer, 120_001n), mandate: leaf }, at(2)))).toBe(
      'CAP_TOTAL',
    )
    budget.advance({ state: paid(richer, 120_000n), mandate: leaf }, at(2))
    expect(budget.report(leaf)).toMatchObject({ spent: 120_000n, committed: 0n, available: 0n })
  })

  it('charges a payment that hides behind a deposit absorbed in the same state', () => {
    const { budget, leaf, channel, state } = funded(200_000n)
    budget.authorize(
      {
        intent: digest(2),
        mandate: leaf,
        payments: [],
        fee: 0n,
        deposit: { channel, amount: 50_000n },
        signed: true,
      },
      at(1),
    )
    // Our side is as large as before, but the deposit went to the other side.
    budget.advance({ state: { ...state, sequence: 1n, balances: [100_000n, 50_000n] }, mandate: leaf }, at(2))
    expect(budget.report(leaf)).toMatchObject({ spent: 50_000n, committed: 100_000n, available: 50_000n })
  })

  it('takes a lock that changes under the same identifier for a new promise', () => {
    const { budget, leaf, state } = funded()
    const htlc = { id: 1n, payer: 0, amount: 40_000n, paymentHash: digest(9), expiry: 9n }
    const locked = { ...state, sequence: 1n, balances: [60_000n, 0n], pending: [htlc] }
    budget.advance({ state: locked, mandate: leaf }, at(1))
    const exchanged = { ...locked, sequence: 2n, pending: [{ ...htlc, paymentHash: digest(10) }] }
    budget.advance({ state: exchanged, mandate: leaf }, at(2))
    // Until the counterparty signs, it may claim either: 40,000 free + 40,000 + the 20,000 that cannot be spent twice.
    expect(budget.pot(state.channel)).toMatchObject({ free: 20_000n, total: 100_000n })
  })

  it('a promise that only a competing state of the same sequence makes stays counted until both are behind', () => {
    const { budget, leaf, channel, state } = funded()
    const htlc = { id: 1n, payer: 0, amount: 40_000n, paymentHash: digest(9), expiry: 9n }
    const first = { ...state, sequence: 1n, balances: [60_000n, 0n], pending: [htlc] }
    budget.advance({ state: first, mandate: leaf }, at(1))
    // A restart with nothing new in the journal.
    budget.replay([])
    const second = {
      ...state,
      sequence: 1n,
      balances: [90_000n, 0n],
      pending: [{ ...htlc, amount: 10_000n }],
    }
    budget.advance({ state: second, mandate: leaf }, at(2))
    budget.countersign(channel, countersignature(second), at(3))
    // The counterparty may hold the first as well: its 40,000 are not free.
    expect(budget.pot(channel)).toMatchObject({ free: 50_000n, total: 100_000n })
    const third = { ...second, sequence: 2n }
    budget.advance({ state: third, mandate: leaf }, at(4))
    budget.countersign(channel, countersignature(third), at(5))
    expect(budget.pot(channel)).toMatchObject({ free: 90_000n, total: 100_000n })
  })

  it.each<[string, (state: ChannelState) => ChannelState, string]>([
    ['an older sequence', (state) => ({ ...paid(state, 1n), sequence: 0n }), 'CHANNEL_STALE'],
    [
      'another state of the same sequence',
      (state) => ({ ...paid(state, 2n), sequence: 1n }),
      'CHANNEL_STALE',
    ],
    ['another opening state', (state) => ({ ...state, balances: [99_999n, 1n] }), 'CHANNEL_STALE'],
    [
      'collateral that vanishes',
      (state) => ({ ...state, sequence: 2n, balances: [99_000n, 0n] }),
      'CHANNEL_CONSERVATION',
    ],
    ['another channel', (state) => ({ ...paid(state, 1n), channel: digest(77) }), 'CHANNEL_UNKNOWN'],
  ])('refuses %s', async (_, make, code) => {
    const { budget, leaf, state } = funded()
    budget.advance({ state: paid(state, 1n), mandate: leaf }, at(1))
    const before = budget.report(leaf)
    expect(await codeOf(() => budget.advance({ state: make(state), mandate: leaf }, at(2)))).toBe(code)
    expect(budget.report(leaf)).toEqual(before)
  })

  it('settles by what the ledger paid: first the pot, the shortfall is spent', () => {
    const { budget, leaf, channel, state } = funded()
    const htlc = { id: 1n, payer: 0, amount: 40_000n, paymentHash: digest(9), expiry: 9n }
    budget.advance(
      { state: { ...state, sequence: 1n, balances: [60_000n, 0n], pending: [htlc] }, mandate: leaf },
      at(1),
    )
    budget.closeChannel(channel, 60_000n, at(2))
    expect(budget.report(leaf)).toMatchObject({
      spent: 40_000n,
      committed: 0n,
      available: 60_000n,
      inChannels: 0n,
    })
  })

  it('signs nothing before its deposit is authorised, and nothing after a final state', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf()))
    const terms = termsOf()
    budget.openChannel(terms, 0, leaf, at(0))
    expect(
      await codeOf(() => budget.advance({ state: paid(opening(terms), 1n), mandate: leaf }, at(1))),
    ).toBe('CHANNEL_NOT_FUNDED')
    const other = funded()
    const final = paid(other.state, 0n, { final: true })
    other.budget.advance({ state: final, mandate: other.leaf }, at(1))
    expect(
      await codeOf(() =>
        other.budget.advance({ state: paid(final, 1n, { final: false }), mandate: other.leaf }, at(2)),
      ),
    ).toBe('CHANNEL_CLOSED')
  })

  it('lets two channels race for the same money: one of the openings loses', async () => {
    const { budget, leaf } = budgetOf(signed(mandateOf({ caps: { total: 150_000n } })))
    const codes = await Promise.all(
      [1n, 2n].map(async (nonce) => {
        const terms = termsOf({ nonce })
        const channel = budget.openChannel(terms, 0, leaf, at(0))
        await Promise.resolve()
        return codeOf(() =>
          budget.authorize(
            {
              intent: digest(Number(nonce)),
              mandate: leaf,
              payments: [],
              fee: 0n,
              deposit: { channel, amount: 100_000n },
              signed: true,
            },
            at(0),
          ),
        )
      }),
    )
    expect(codes.sort()).toEqual(['CAP_TOTAL', 'OK'])
  })
})
