/** Opening a channel for a purchase. One at a time per agent (turns.ts): its terms name the account's next nonce. */
import type { Channel } from '@symbolon/channels'
import type { Amount, Hash } from '@symbolon/primitives'
import { RESERVE_PPM } from '../limits.ts'
import type { Agent } from '../wallet/agent.ts'
import { dial } from './dial.ts'

/** What to lock so that `amount` can be spent: the reserve stays behind. */
export function withReserve(amount: Amount): Amount {
  return amount + (amount * RESERVE_PPM) / 1_000_000n + 1n
}

/** `collateral` in base units, reserve included. Resolves when the ledger has the channel. Errors: those of `dial` and `ChannelHost.open`. */
export async function openChannelFor(
  agent: Agent,
  { url, quote, collateral }: { url: string; quote: Hash; collateral: Amount },
): Promise<Channel> {
  return agent.host.open(await dial(url), {
    deposits: [collateral, 0n],
    reserve: (collateral * RESERVE_PPM) / (1_000_000n + RESERVE_PPM),
    challengePeriod: agent.client.genesis.parameters.challengePeriod,
    nonce: await agent.ledger.nextNonce(),
    quote,
  })
}
