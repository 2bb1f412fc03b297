/**
 * One component: transactions that may touch each other's keys, run in block order (CON-074). A pure function, so it may run
 * here or in a worker; components share no key that one of them writes, so they may run in any order.
 */
import type { Namespace } from '@symbolon/protocol'
import type { StateSource } from '../state/committed-state.ts'
import type { TransactionCandidate } from '../transaction/candidate.ts'
import type { InclusionRules } from '../transaction/check.ts'
import { executeTransaction, type Outcome, type Refusal, senderView } from './execute-transaction.ts'
import { type BlockEnvironment, TransactionContext } from './transaction-context.ts'
import { type WorkingAccount, WorkingState, type WorkingValue } from './working-state.ts'

export interface ComponentResult {
  /** One per transaction, in the component's order. */
  readonly outcomes: readonly (Outcome | Refusal)[]
  /** Accounts and values that changed. */
  readonly accounts: readonly WorkingAccount[]
  readonly values: readonly (readonly [Namespace, string, WorkingValue])[]
}

export function runComponent(
  candidates: readonly TransactionCandidate[],
  source: StateSource,
  environment: BlockEnvironment,
  rules: InclusionRules,
): ComponentResult {
  const state = new WorkingState(source)
  const view = senderView(state)
  const context = new TransactionContext(environment, state)
  const outcomes: (Outcome | Refusal)[] = new Array(candidates.length)
  for (let i = 0; i < candidates.length; i++)
    outcomes[i] = executeTransaction(candidates[i] as TransactionCandidate, state, view, context, rules)
  const accounts: WorkingAccount[] = []
  for (const account of state.accounts.values())
    if (account.balance !== account.balanceBefore || account.nonce !== account.nonceBefore)
      accounts.push(account)
  const values: [Namespace, string, WorkingValue][] = []
  for (const [namespace, table] of Object.entries(state.values) as [Namespace, Map<string, WorkingValue>][])
    for (const [key, value] of table) values.push([namespace, key, value])
  return { outcomes, accounts, values }
}
