/**
 * Who forfeits the bond of a unilateral close (CON-115).
 *
 * With one outstanding update an honest party always holds a full state of at least (highest sequence it signed) − 1. It
 * may lack the newest one only if it proposed that one and the counterparty kept the signature back. So the closer is
 * proven stale if and only if the state that stands is two or more sequences newer, or one newer and not its own proposal.
 * What the forfeit is for does not depend on who showed the newer state: naming oneself challenger of one's own stale close
 * saves nothing.
 */
import type { ChannelState, Dispute } from '@symbolon/protocol'

export function closedStale(
  of: Pick<Dispute, 'closer' | 'closingSequence'>,
  standing: Pick<ChannelState, 'sequence' | 'proposer'>,
): boolean {
  const ahead = standing.sequence - of.closingSequence
  return ahead >= 2n || (ahead === 1n && standing.proposer !== of.closer)
}
