/** Slashes by kind (CON-144), from the events of a block: who lost a bond, and what for. */
import { decode } from '@symbolon/primitives'
import { channelClosed, channelSettled, type LedgerEvent, reputationAdjudicated } from '@symbolon/protocol'

/**
 *   dispute       a channel was closed with a stale state
 *   publication   a wrong root of scores was published
 *   challenge     a right one was challenged, or a wrong one with another wrong one
 */
export type SlashKind = 'dispute' | 'publication' | 'challenge'

export function* slashesOf(events: readonly LedgerEvent[]): Generator<SlashKind> {
  for (const { type, data } of events)
    if (type === 'channels.settled') {
      if (decode(channelSettled, data).loser !== undefined) yield 'dispute'
    } else if (type === 'channels.closed') {
      // The loser of a settlement was counted there.
      const { cooperative, loser } = decode(channelClosed, data)
      if (cooperative && loser !== undefined) yield 'dispute'
    } else if (type === 'reputation.adjudicated') {
      const { outcome } = decode(reputationAdjudicated, data)
      if (outcome !== 'upheld') yield 'publication'
      if (outcome !== 'corrected') yield 'challenge'
    }
}
