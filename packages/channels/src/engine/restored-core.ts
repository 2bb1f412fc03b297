/** The core as the journal holds it. Whoever waited for a proposal has died with the process: its groups are empty. */
import { channelStateDigest } from '@symbolon/protocol'
import type { StoredChannel } from '../storage/channel-store.ts'
import type { Core } from './core.ts'

export function restoredCore(stored: StoredChannel): Core {
  const { frame, channel, terms, party, signed, links, mine, theirs } = stored
  return {
    frame,
    channel,
    terms,
    party,
    signed,
    links,
    mine:
      mine === undefined
        ? undefined
        : { half: mine, digest: channelStateDigest(frame, mine.state), groups: [] },
    theirs,
    intent: undefined,
  }
}
