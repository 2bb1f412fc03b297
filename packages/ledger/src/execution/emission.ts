/**
 * The books of one emission: whether it is well formed and balances, and its debits of liquid balances. Credits of liquid
 * are not applied here: they are commutative and land when the block ends (CON-077).
 */
import { LedgerError, LedgerFault } from '../error.ts'
import { EVENT_DATA_BYTES_MAX, EVENT_POSTINGS_MAX, EVENT_SUBJECTS_MAX } from '../limits.ts'
import type { Emission, Leg } from '../module.ts'
import type { WorkingAccount, WorkingState } from './working-state.ts'

/** Only events so named may create or destroy base units (DESIGN §6.1). */
export function changesSupply(type: string): boolean {
  return type.endsWith('.issued') || type.endsWith('.destroyed')
}

export function sumOf(legs: readonly Leg[]): bigint {
  let sum = 0n
  for (let i = 0; i < legs.length; i++) sum += (legs[i] as Leg).amount
  return sum
}

/**
 * Throws a LedgerFault, because only a wrong module can cause it: EVENT_INVALID (another module's type, over a bound),
 * SUPPLY_MISMATCH (the legs do not sum to zero, or one is negative).
 */
export function checkEmission(moduleName: string, { type, subjects, data, movement }: Emission): void {
  if (!type.startsWith(moduleName) || type.charCodeAt(moduleName.length) !== 0x2e)
    throw new LedgerFault('EVENT_INVALID', `the module ${moduleName} must not author ${type}`)
  if (subjects.length > EVENT_SUBJECTS_MAX || (data?.length ?? 0) > EVENT_DATA_BYTES_MAX)
    throw new LedgerFault(
      'EVENT_INVALID',
      `${type} has too many subjects or too much data (EVENT_SUBJECTS_MAX, EVENT_DATA_BYTES_MAX)`,
    )
  if (movement === undefined) return
  const { debits, credits } = movement
  if (debits.length > EVENT_POSTINGS_MAX || credits.length > EVENT_POSTINGS_MAX)
    throw new LedgerFault(
      'EVENT_INVALID',
      `${type} has more than ${EVENT_POSTINGS_MAX} postings on a side (EVENT_POSTINGS_MAX)`,
    )
  for (let i = 0; i < debits.length; i++) checkLeg(type, debits[i] as Leg)
  for (let i = 0; i < credits.length; i++) checkLeg(type, credits[i] as Leg)
  if (sumOf(debits) !== sumOf(credits) && !changesSupply(type))
    throw new LedgerFault(
      'SUPPLY_MISMATCH',
      `${type} debits ${sumOf(debits)} and credits ${sumOf(credits)} base units`,
    )
}

function checkLeg(type: string, { amount, owner }: Leg): void {
  if (amount < 0n || owner.length !== 32)
    throw new LedgerFault('SUPPLY_MISMATCH', `${type} has a leg of ${amount} base units`)
}

/**
 * Takes the debits of liquid; throws INSUFFICIENT_BALANCE. `accountOf` finds the account to debit, and throws unless it is
 * declared.
 */
export function takeDebits(
  state: WorkingState,
  debits: readonly Leg[],
  accountOf: (owner: Uint8Array) => WorkingAccount,
): void {
  for (let i = 0; i < debits.length; i++) {
    const { bucket, owner, amount } = debits[i] as Leg
    if (bucket !== 'liquid') continue
    const account = accountOf(owner)
    if (account.balance < amount)
      throw new LedgerError(
        'INSUFFICIENT_BALANCE',
        `the account holds ${account.balance} base units, ${amount} are needed`,
      )
    state.setBalance(account, account.balance - amount)
  }
}
