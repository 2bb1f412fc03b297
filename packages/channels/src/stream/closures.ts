/** Which chains a set of operations closes, and at how many ticks: what a run was paid by them. */
import type { ChannelState } from '@symbolon/protocol'
import type { Link } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'

export interface Closure {
  readonly stream: bigint
  readonly run: bigint
  /** Ticks of the whole chain that were paid. */
  readonly index: number
}

export function closuresOf(
  base: ChannelState,
  links: readonly Link[],
  batches: readonly OperationBatch[],
): Closure[] {
  const closures: Closure[] = []
  /** Ticks folded by earlier operations of the same update. */
  const folded = new Map<bigint, number>()
  for (const { operations } of batches)
    for (const { kind, body } of operations) {
      if (kind === 'foldStream') folded.set(body.id, (folded.get(body.id) ?? 0) + body.ticks)
      if (kind !== 'closeStream') continue
      const link = links.find(({ stream }) => stream === body.id)
      const run = base.streams.find(({ id }) => id === body.id)
      if (link === undefined || run === undefined) continue
      const before = link.length - run.length
      closures.push({
        stream: body.id,
        run: link.run,
        index: before + (folded.get(body.id) ?? 0) + body.ticks,
      })
    }
  return closures
}
