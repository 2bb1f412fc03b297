/** What the end of a window decides: a published root becomes final and its bond returns, or the epoch was missed. */
import { encode } from '@symbolon/primitives'
import {
  reputationFinal,
  reputationMissed,
  TRUST_EPOCHS_KEPT,
  TRUST_STATUS,
  type TrustHead,
  trustEpochKey,
} from '@symbolon/protocol'
import { LedgerFault } from '../../error.ts'
import type { BlockEndContext } from '../../module.ts'
import { escrow, finalOf, readEpoch, writeEpoch } from './trust-records.ts'

export function decideEpoch(context: BlockEndContext, head: TrustHead): TrustHead {
  const { sealed, due, ...rest } = head
  if (sealed === undefined || due === undefined || context.height < due) return head
  const record = readEpoch(context, sealed.epoch)
  if (record === undefined)
    throw new LedgerFault('MODULE_INVALID', `epoch ${sealed.epoch} is due and has no record`)
  const { publication } = record
  if (publication === undefined) {
    writeEpoch(context, { ...record, status: TRUST_STATUS.missed })
    context.emit({
      type: 'reputation.missed',
      subjects: [],
      data: encode(reputationMissed, { epoch: record.epoch }),
    })
    return { ...rest, sealed }
  }
  // If a challenge has decided it, the ledger's own root counts, and the bonds are gone already.
  const adjudicated = record.status === TRUST_STATUS.final
  const root = adjudicated && record.root !== undefined ? record.root : publication.root
  const { publisher, bond } = publication
  if (!adjudicated) writeEpoch(context, { ...record, status: TRUST_STATUS.final, root })
  context.emit({
    type: 'reputation.final',
    subjects: [publisher],
    data: encode(reputationFinal, { epoch: record.epoch, root, count: record.nodes }),
    ...(adjudicated || bond === 0n
      ? {}
      : {
          movement: {
            debits: [escrow(record, bond)],
            credits: [{ bucket: 'liquid', owner: publisher, amount: bond }],
          },
        }),
  })
  // The final epoch before was spared when records of its age were dropped (seal.ts).
  const { final: former } = head
  if (former !== undefined && former.epoch + TRUST_EPOCHS_KEPT <= record.epoch)
    context.write('reputation', trustEpochKey(former.epoch), undefined)
  return { ...rest, sealed, final: finalOf(record, root, context.height) }
}
