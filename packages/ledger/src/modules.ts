/** The modules of this version, in the order in which their block-end hooks run. */
import type { LedgerModule } from './module.ts'
import { accounts } from './modules/accounts/accounts.ts'
import { channelsModule } from './modules/channels/index.ts'
import { identityModule } from './modules/identity/index.ts'
import { reputationModule } from './modules/reputation/index.ts'

export const MODULES: readonly LedgerModule[] = [accounts, identityModule, channelsModule, reputationModule]
