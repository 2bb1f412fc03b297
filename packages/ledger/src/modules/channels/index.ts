/** The channels module: opens, adjudicates and closes two-party state channels (CON-110…116). See README.md. */
import { CHANNEL_EVENTS } from '@symbolon/protocol'
import type { LedgerModule } from '../../module.ts'
import { challenge } from './challenge.ts'
import { claimHtlc } from './claim-htlc.ts'
import { closeCooperative } from './close-cooperative.ts'
import { closeUnilateral } from './close-unilateral.ts'
import { deposit } from './deposit.ts'
import { open } from './open.ts'
import { redeemStream } from './redeem-stream.ts'
import { settle } from './settle.ts'
import { timeoutHtlc } from './timeout-htlc.ts'

export const channelsModule: LedgerModule = {
  name: 'channels',
  namespace: 'channels',
  kinds: [
    open,
    deposit,
    closeCooperative,
    closeUnilateral,
    challenge,
    claimHtlc,
    timeoutHtlc,
    redeemStream,
    settle,
  ],
  events: CHANNEL_EVENTS,
}

export { closedStale } from './bond-rule.ts'
export { redemptionDeadline } from './deadline.ts'
export { type Settlement, settlementOf } from './settlement.ts'
