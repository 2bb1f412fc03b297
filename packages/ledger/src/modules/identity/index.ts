/** The identity module: self-certifying DIDs, key history, discovery index, bonds (CON-105…108). See README.md. */
import { IDENTITY_EVENTS } from '@symbolon/protocol'
import type { LedgerModule } from '../../module.ts'
import { deactivate } from './deactivate.ts'
import { register } from './register.ts'
import { rotate } from './rotate.ts'
import { update } from './update.ts'
import { withdraw } from './withdraw.ts'

export const identityModule: LedgerModule = {
  name: 'identity',
  namespace: 'identity',
  kinds: [register, update, rotate, deactivate, withdraw],
  events: IDENTITY_EVENTS,
}

export { BOND_MATURITY_CHANNELS, SEARCH_CANDIDATES_MAX } from './limits.ts'
export { maturedBond } from './matured-bond.ts'
export { type SearchHit, type SearchPage, type SearchQuery, type StateReader, search } from './search.ts'
export { decodeCursor, encodeCursor, type SearchCursor } from './search-cursor.ts'
