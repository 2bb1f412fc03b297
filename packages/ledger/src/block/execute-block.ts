/**
 * Executes a list of transactions on top of the committed state: components, merge, events, block-end hooks, fees, credits,
 * supply. A pure function of its arguments (CON-086); proposing and re-executing differ only in what they do with refusals.
 */
import { type Address, hashKey } from '@symbolon/primitives'
import { type LedgerEvent, NAMESPACES, type Namespace, type Receipt, type Supply } from '@symbolon/protocol'
import { encodeAccounts, encodeEvents, encodeReceipts } from '../encoding/block-records.ts'
import { LedgerFault } from '../error.ts'
import { ModuleBlockEnd } from '../execution/block-end.ts'
import type { Outcome, Refusal } from '../execution/execute-transaction.ts'
import type { ExecutedComponent, Executor } from '../execution/executor.ts'
import { type Attestor, splitFees } from '../execution/fees.ts'
import type { BlockEnvironment } from '../execution/transaction-context.ts'
import { type WorkingAccount, WorkingState } from '../execution/working-state.ts'
import { EVENT_POSTINGS_MAX } from '../limits.ts'
import type { Emission, Leg } from '../module.ts'
import type { ChangedAccount, StateSource } from '../state/committed-state.ts'
import type { StateChanges } from '../state/flat-state.ts'
import { LIQUID, SupplyTotals } from '../supply/totals.ts'
import type { TransactionCandidate } from '../transaction/candidate.ts'
import type { InclusionRules } from '../transaction/check.ts'
import type { Change } from '../trie/change.ts'

export interface BlockExecution {
  readonly included: readonly TransactionCandidate[]
  readonly refused: readonly {
    readonly candidate: TransactionCandidate
    readonly code: string
    readonly message: string
  }[]
  readonly receipts: readonly Receipt[]
  readonly receiptBytes: readonly Uint8Array[]
  readonly events: readonly LedgerEvent[]
  readonly eventBytes: readonly Uint8Array[]
  readonly gasUsed: bigint
  readonly supply: Supply
  readonly changes: StateChanges
  readonly accounts: readonly ChangedAccount[]
}

export interface BlockExecutionInput {
  readonly candidates: readonly TransactionCandidate[]
  readonly source: StateSource
  readonly environment: BlockEnvironment
  readonly rules: InclusionRules
  readonly executor: Executor
  readonly supply: Supply
  readonly proposer: Address
  readonly attestors: readonly Attestor[]
}

/** Keys of accounts (the protocol's accountKey), cut from one buffer. */
const ACCOUNT_KEY_BYTES = 33
const ACCOUNT_TABLE = 1
const NO_DATA = new Uint8Array(0)
const NO_LEGS: readonly Leg[] = []

/** Throws LedgerFault (SUPPLY_MISMATCH, MODULE_INVALID): the block is refused as a whole. */
export async function executeBlock(input: BlockExecutionInput): Promise<BlockExecution> {
  const { candidates, source, environment, rules, executor } = input
  const components = await executor.execute(candidates, source, environment, rules)
  const state = merge(components, source)
  const block = new BlockBooks(environment.height, new SupplyTotals(input.supply))

  const outcomes: (Outcome | Refusal)[] = new Array(candidates.length)
  for (const { positions, result } of components)
    for (let i = 0; i < positions.length; i++)
      outcomes[positions[i] as number] = result.outcomes[i] as Outcome | Refusal
  const included: TransactionCandidate[] = []
  const refused: BlockExecution['refused'][number][] = []
  const receipts: Receipt[] = []
  const fees = new Map<string, { owner: Uint8Array; amount: bigint }>()
  let gasUsed = 0n
  let feesCharged = 0n
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i] as TransactionCandidate
    const outcome = outcomes[i] as Outcome | Refusal
    if ('refused' in outcome) {
      refused.push({ candidate, ...outcome.refused })
      continue
    }
    const { sender } = candidate.transaction.body
    const eventsFirst = block.events.length
    const { emissions } = outcome
    for (let n = 0; n < emissions.length; n++) block.publish(emissions[n] as Emission, candidate.id)
    included.push(candidate)
    receipts.push({
      transaction: candidate.id,
      code: outcome.code,
      gasUsed: outcome.gasUsed,
      feeCharged: outcome.feeCharged,
      eventsFirst,
      eventsCount: block.events.length - eventsFirst,
      sender,
    })
    gasUsed += outcome.gasUsed
    feesCharged += outcome.feeCharged
    const paid = fees.get(candidate.senderKey)
    if (paid === undefined) fees.set(candidate.senderKey, { owner: sender, amount: outcome.feeCharged })
    else paid.amount += outcome.feeCharged
  }

  const pot = environment.frame
  const charged = [...fees.values()]
    .filter((fee) => fee.amount > 0n)
    .map((fee): Leg => ({ bucket: 'fees', ...fee }))
  for (let from = 0; from < charged.length; from += EVENT_POSTINGS_MAX) {
    const debits = charged
      .slice(from, from + EVENT_POSTINGS_MAX)
      .map((leg): Leg => ({ ...leg, bucket: 'liquid' }))
    const amount = debits.reduce((sum, leg) => sum + leg.amount, 0n)
    block.publish({
      type: 'fees.charged',
      subjects: [],
      movement: { debits, credits: [{ bucket: 'fees', owner: pot, amount }] },
    })
  }
  for (const module of rules.registry.modules)
    module.onBlockEnd?.(
      block.events,
      new ModuleBlockEnd(environment, module, state, (emission) => block.publish(emission)),
    )
  const parts = splitFees(
    feesCharged,
    input.proposer,
    environment.parameters.proposerFeeShare,
    input.attestors,
  )
  for (let from = 0; from < parts.length; from += EVENT_POSTINGS_MAX) {
    const credits = parts.slice(from, from + EVENT_POSTINGS_MAX)
    const amount = credits.reduce((sum, leg) => sum + leg.amount, 0n)
    block.publish({
      type: 'fees.distributed',
      subjects: [],
      movement: { debits: [{ bucket: 'fees', owner: pot, amount }], credits },
    })
  }
  block.landCredits(state)

  const { changes, accounts, liquidDelta } = changesOf(state)
  if (liquidDelta !== block.liquidDelta)
    throw new LedgerFault(
      'SUPPLY_MISMATCH',
      `balances changed by ${liquidDelta} base units, the events say ${block.liquidDelta}`,
    )
  return {
    included,
    refused,
    receipts,
    receiptBytes: encodeReceipts(receipts),
    events: block.events,
    eventBytes: encodeEvents(block.events),
    gasUsed,
    supply: block.totals.finish(),
    changes,
    accounts,
  }
}

/** Events in order, and the totals and credits that follow from them. */
class BlockBooks {
  readonly events: LedgerEvent[] = []
  readonly totals: SupplyTotals
  readonly #height: bigint
  readonly #liquidBefore: bigint

  constructor(height: bigint, totals: SupplyTotals) {
    this.#height = height
    this.totals = totals
    this.#liquidBefore = totals.buckets[LIQUID] as bigint
  }

  get liquidDelta(): bigint {
    return (this.totals.buckets[LIQUID] as bigint) - this.#liquidBefore
  }

  publish({ type, subjects, data, movement }: Emission, transaction?: LedgerEvent['transaction']): void {
    const height = this.#height
    const index = this.events.length
    const debits = movement?.debits ?? NO_LEGS
    const credits = movement?.credits ?? NO_LEGS
    const facts = data ?? NO_DATA
    const published = (
      transaction === undefined
        ? { height, index, type, subjects, debits, credits, data: facts }
        : { height, index, type, transaction, subjects, debits, credits, data: facts }
    ) as LedgerEvent
    this.totals.add(published)
    this.events.push(published)
  }

  /** Lands the credits of liquid balances (CON-077). */
  landCredits(state: WorkingState): void {
    for (let n = 0; n < this.events.length; n++) {
      const { credits } = this.events[n] as LedgerEvent
      for (let i = 0; i < credits.length; i++) {
        const { bucket, owner, amount } = credits[i] as Leg
        if (bucket === 'liquid') state.account(hashKey(owner), owner).balance += amount
      }
    }
  }
}

/** Throws COMPONENT_OVERLAP if two components changed one key: the schedule would be wrong. */
function merge(components: readonly ExecutedComponent[], source: StateSource): WorkingState {
  const state = new WorkingState(source)
  for (const { result } of components) {
    for (const account of result.accounts) {
      if (state.accounts.has(account.key)) throw overlap('accounts')
      state.accounts.set(account.key, account)
    }
    for (const [namespace, key, value] of result.values) {
      if (state.values[namespace].has(key)) throw overlap(namespace)
      state.values[namespace].set(key, value)
    }
  }
  return state
}

function overlap(namespace: Namespace): LedgerFault {
  return new LedgerFault('COMPONENT_OVERLAP', `two components changed the same key in ${namespace}`)
}

/** Σ of the balance changes is computed here from the accounts alone, to be held against the events (DESIGN §6.1). */
function changesOf(state: WorkingState): {
  changes: StateChanges
  accounts: ChangedAccount[]
  liquidDelta: bigint
} {
  const changes = Object.fromEntries(NAMESPACES.map((name) => [name, [] as Change[]])) as unknown as Record<
    Namespace,
    Change[]
  >
  const accounts: WorkingAccount[] = []
  let liquidDelta = 0n
  for (const account of state.accounts.values()) {
    if (account.balance === account.balanceBefore && account.nonce === account.nonceBefore) continue
    liquidDelta += account.balance - account.balanceBefore
    accounts.push(account)
  }
  const values = encodeAccounts(accounts)
  const keys = new Uint8Array(accounts.length * ACCOUNT_KEY_BYTES)
  for (let i = 0; i < accounts.length; i++) {
    const key = keys.subarray(i * ACCOUNT_KEY_BYTES, (i + 1) * ACCOUNT_KEY_BYTES)
    key[0] = ACCOUNT_TABLE
    key.set((accounts[i] as WorkingAccount).address, 1)
    changes.accounts.push({ key, value: values[i] })
  }
  for (const namespace of NAMESPACES)
    for (const change of state.values[namespace].values()) changes[namespace].push(change)
  return { changes, accounts, liquidDelta }
}
