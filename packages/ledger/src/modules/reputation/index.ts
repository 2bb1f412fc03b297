/** The reputation module: scores computed from the events of settled channels (CON-100…106, TPR-126…132). See README.md. */
import { REPUTATION_EVENTS } from '@symbolon/protocol'
import type { LedgerModule } from '../../module.ts'
import { attest } from './attest.ts'
import { challenge } from './challenge.ts'
import { onBlockEnd } from './on-block-end.ts'
import { publish } from './publish.ts'

/** Nobody can ask for a score: transactions add evidence, or state and dispute what follows from it. */
export const reputationModule: LedgerModule = {
  name: 'reputation',
  namespace: 'reputation',
  kinds: [attest, publish, challenge],
  events: REPUTATION_EVENTS,
  onBlockEnd,
}

export { reputationAt } from './epochs.ts'
export { type InputPlace, readPage, readPages } from './input-pages.ts'
export { type Measures, performance } from './performance.ts'
export { readHead, scoringParametersOf } from './trust-records.ts'
