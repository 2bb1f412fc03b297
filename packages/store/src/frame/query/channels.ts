/** Channels of a party, newest first. */
import type { Address, Hash } from '@symbolon/primitives'
import type { BlockIndex } from '../block-index.ts'
import { parseNumber, requireLimit } from './page.ts'

export interface ChannelPage {
  readonly channels: Hash[]
  /** Present if there are more. */
  readonly cursor?: string
}

/** Channels opened between two pages do not shift them: the cursor counts from the oldest. */
export function channelsOf(
  index: BlockIndex,
  party: Address,
  { cursor, limit }: { cursor?: string; limit: number },
): ChannelPage {
  requireLimit(limit)
  const count = index.channelCount(party)
  const end = cursor === undefined ? count : parseNumber(cursor, count)
  const start = Math.max(0, end - limit)
  const channels: Hash[] = []
  for (let i = end - 1; i >= start; i--) channels.push(index.channelAt(party, i))
  return { channels, ...(start === 0 ? {} : { cursor: String(start) }) }
}
