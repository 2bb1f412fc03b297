/** Which chains belong to which run: kept beside the state, because the ledger has no need to know. */
import type { Link } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'

/** The links after the batches; both sides compute the same. */
export function advanceLinks(links: readonly Link[], batches: readonly OperationBatch[]): readonly Link[] {
  let next: Link[] | undefined
  for (const { operations } of batches)
    for (const { kind, body } of operations) {
      if (kind === 'openStream') {
        next ??= links.slice()
        next.push({ stream: body.id, run: body.continues ?? body.id, length: body.length })
      } else if (kind === 'closeStream') {
        next = (next ?? links).filter(({ stream }) => stream !== body.id)
      }
    }
  return next ?? links
}
