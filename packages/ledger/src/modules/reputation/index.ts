/** The reputation module: scores computed from the events of settled channels (CON-100…106). See README.md. */
import { REPUTATION_EVENTS } from '@symbolon/protocol'
import type { LedgerModule } from '../../module.ts'
import { onBlockEnd } from './on-block-end.ts'

/** It has no transactions: nobody can ask for a score. */
export const reputationModule: LedgerModule = {
  name: 'reputation',
  namespace: 'reputation',
  kinds: [],
  events: REPUTATION_EVENTS,
  onBlockEnd,
}

export { reputationAt } from './epochs.ts'
export { type Measures, performance } from './performance.ts'
