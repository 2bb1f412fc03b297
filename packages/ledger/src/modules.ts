/** The modules of this version, in the order in which their block-end hooks run. */
import type { LedgerModule } from './module.ts'
import { accounts } from './modules/accounts/accounts.ts'

export const MODULES: readonly LedgerModule[] = [accounts]
