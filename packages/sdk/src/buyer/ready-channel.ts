/** The channel of a purchase: found or opened, on the ledger, connected, and bound to the purchase's quote. */
import type { Channel } from '@symbolon/channels'
import { requireSolvent } from '@symbolon/market'
import { type Amount, equalBytes, type Hash } from '@symbolon/primitives'
import { SdkError } from '../errors.ts'
import type { Agent } from '../wallet/agent.ts'
import { takeTurn } from '../wallet/turns.ts'
import { dial } from './dial.ts'
import { openChannelFor } from './open-channel.ts'
import { COLD_BUDGET } from './phase-clock.ts'
import type { Run } from './run.ts'

export async function readyChannel(run: Run, collateral: Amount): Promise<Channel> {
  const { quote, progress, order, clock } = run
  const { total } = quote.quote
  const known =
    progress.channel === undefined
      ? channelOfQuote(run.buyer.agent, quote.digest)
      : run.buyer.agent.host.get(progress.channel)
  if (known === undefined && progress.channel !== undefined)
    throw new SdkError(
      'PURCHASE_CHANNEL_CLOSED',
      'the channel of this purchase is closed and settled on the ledger; buy what is missing anew',
    )
  const warm = known ?? run.buyer.agent.findChannel(progress.provider, total)
  if (warm === undefined) {
    clock.use(order.coldBudget ?? COLD_BUDGET)
    requireSolvent(
      { remaining: await run.buyer.remaining(), cost: total, checkedAtMs: performance.now() },
      performance.now(),
    )
  }
  return clock.run('channel', async () => {
    let channel: Channel
    if (warm === undefined) {
      const { agent } = run.buyer
      const wanted = { url: progress.channelUrl, quote: quote.digest, collateral }
      channel = await takeTurn(agent, () => openChannelFor(agent, wanted))
    } else {
      channel = warm
      // Agreed before a crash, and perhaps not on the ledger: the same terms are the same channel, however often they are sent.
      if (channel.phase === 'opening') await run.buyer.agent.host.submitOpen(channel)
      await isOpen(channel)
      if (!channel.isOnline) await channel.connect(await dial(progress.channelUrl))
    }
    const wasOpened =
      progress.channel === undefined ? warm === undefined || isOwn(channel, quote.digest) : false
    const isWarm = progress.warm === undefined ? !wasOpened : progress.warm === 1
    await run.save({ channel: channel.id, warm: isWarm ? 1 : 0 })
    return channel
  })
}

/**
 * The channel's newest co-signed state names the quote. A purchase that goes on binds it in any case: the update comes after
 * whatever an earlier life proposed, so that nothing is proposed a second time because its answer is not known yet.
 */
export async function bindChannel(run: Run, channel: Channel): Promise<void> {
  const { digest } = run.quote
  if (run.isResumed || !equalBytes(boundQuote(channel) ?? new Uint8Array(0), digest))
    await run.clock.run('channel', () => channel.update([{ kind: 'agreeQuote', body: { quote: digest } }]))
  run.advance({
    kind: 'channel',
    channel: channel.id,
    warm: run.progress.warm === 1,
    bound: boundQuote(channel),
  })
}

function channelOfQuote(agent: Agent, quote: Hash): Channel | undefined {
  for (const channel of agent.host.channels.values())
    if (
      (channel.phase === 'open' || channel.phase === 'opening') &&
      (isOwn(channel, quote) || equalBytes(boundQuote(channel) ?? new Uint8Array(0), quote))
    )
      return channel
  return undefined
}

/** The quote that a channel is bound to: agreed in its newest state, or named by its terms. */
function boundQuote(channel: Channel): Hash | undefined {
  return channel.signed.state.quote ?? channel.terms.quote
}

/** Opened for this purchase, and not found. */
function isOwn(channel: Channel, quote: Hash): boolean {
  return channel.terms.quote !== undefined && equalBytes(channel.terms.quote, quote)
}

/** Resolves when the ledger has the channel. */
function isOpen(channel: Channel): Promise<void> {
  if (channel.phase !== 'opening') return Promise.resolve()
  return new Promise((resolve) => {
    const stop = channel.events.on('phase', () => {
      stop()
      resolve()
    })
  })
}
