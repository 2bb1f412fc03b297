/** One transaction against the working state. */
import { isSymbolonError } from '@symbolon/primitives'
import { LedgerFault } from '../error.ts'
import type { Emission } from '../module.ts'
import type { TransactionCandidate } from '../transaction/candidate.ts'
import {
  checkTransaction,
  type InclusionRefusal,
  type InclusionRules,
  type SenderView,
} from '../transaction/check.ts'
import type { TransactionContext } from './transaction-context.ts'
import type { WorkingState } from './working-state.ts'

/** What an included transaction did. */
export interface Outcome {
  /** `OK` or the code of the error for which it had no effect but its fee and nonce. */
  readonly code: string
  readonly gasUsed: bigint
  readonly feeCharged: bigint
  readonly emissions: readonly Emission[]
}

/** Why a transaction is not in the block: it may not be included, or (a fault of ours) its execution broke the ledger's own rules. */
export interface Refusal {
  readonly refused: InclusionRefusal | { readonly code: 'EXECUTION_FAULT'; readonly message: string }
}

const NO_EMISSIONS: readonly Emission[] = []

/** The sender as the component sees it now. */
export function senderView(state: WorkingState): SenderView {
  return {
    account: (address, key) => state.account(key, address),
    identity: (address, key) => state.identity(key, address),
  }
}

/**
 * The fee is set aside before execution, so a transaction cannot spend it, and what is not used comes back after.
 * Cannot be included: no effect at all. Fails: no effect but nonce and fee. UNDECLARED_ACCESS and OUT_OF_GAS: likewise, and
 * the whole fee.
 */
export function executeTransaction(
  candidate: TransactionCandidate,
  state: WorkingState,
  view: SenderView,
  context: TransactionContext,
  rules: InclusionRules,
): Outcome | Refusal {
  const refused = checkTransaction(candidate, view, rules)
  if (refused !== undefined) return { refused }
  const { body } = candidate.transaction
  const plan = candidate.plan(rules.registry)
  if (plan === undefined) throw new LedgerFault('MODULE_INVALID', `no module executes ${body.payload.kind}`)
  const sender = state.account(candidate.senderKey, body.sender)
  sender.balance -= body.fee
  state.mark()
  context.begin(candidate, plan, sender)
  let code = 'OK'
  try {
    plan.registered.kind.execute(body.payload.body, context)
    if (context.aborted !== undefined) throw context.aborted
  } catch (error) {
    state.rollback()
    const failure = context.aborted ?? error
    if (!isSymbolonError(failure) || failure instanceof LedgerFault) {
      sender.balance += body.fee
      return { refused: { code: 'EXECUTION_FAULT', message: `${body.payload.kind}: ${String(failure)}` } }
    }
    code = failure.code
  }
  sender.nonce += 1n
  // At exactly one base unit per gas, the proportion needs no arithmetic.
  const feeCharged =
    body.fee === body.gasLimit
      ? context.gasUsed
      : (body.fee * context.gasUsed + body.gasLimit - 1n) / body.gasLimit
  sender.balance += body.fee - feeCharged
  return {
    code,
    gasUsed: context.gasUsed,
    feeCharged,
    emissions: code === 'OK' ? context.emissions : NO_EMISSIONS,
  }
}
