/**
 * Whether a channel was party 1's as well. Party 0 sent the opening with its account key, but the keys of both parties are in terms
 * that party 0 wrote: without this, whoever holds both channel keys trades with any address it likes, alone.
 *
 *   party 1 deposited at the opening   its account key co-signed the terms, its channel key among them
 *   its live identity names the key    it says so itself, for as long as the profile does
 *
 * The profile that counts is the one at the end of the block in which the channel ends (for a rating: when it is given). Whoever names
 * another key later lets go of the channels under the old one.
 */
import { equalBytes } from '@symbolon/primitives'
import type { ChannelTerms, IdentityRecord } from '@symbolon/protocol'

/** `identity`: of party 1, if it has one. */
export function bindsPartyOne(
  { deposits, keys }: ChannelTerms,
  identity: IdentityRecord | undefined,
): boolean {
  if ((deposits[1] ?? 0n) > 0n) return true
  const own = identity?.deactivated === undefined ? identity?.profile.channelKey : undefined
  return own !== undefined && keys[1] !== undefined && equalBytes(own, keys[1])
}
