/** `symbolon channel`: payment channels of an agent. */
import type { Channel } from '@symbolon/channels'
import { installNativeProviders } from '@symbolon/native'
import {
  type Address,
  equalBytes,
  formatAddress,
  formatAmount,
  formatDid,
  type Hash,
  isSymbolonError,
  parseAmount,
  toHex,
} from '@symbolon/primitives'
import { CHANNEL_STATUS, type ChannelRecord, channelKey } from '@symbolon/protocol'
import { Agent, dial, type FrameClient, RESERVE_PPM, ROUTES } from '@symbolon/sdk'
import { openSpender, type Spender } from '../agent/spender.ts'
import type { Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { onInterruption } from '../interruption.ts'
import { DISPUTE_POLL_MS, LIST_PAGES_MAX } from '../limits.ts'
import { renderFacts, renderTable } from '../output/table.ts'
import { parseHash, usage } from '../parse.ts'
import { openingOf } from '../purchase/channel-opening.ts'
import { endpointOf } from './identity.ts'

const STATUS_NAMES = new Map<number, string>(
  Object.entries(CHANNEL_STATUS).map(([name, value]) => [value, name]),
)
const statusOf = ({ status }: ChannelRecord): string => STATUS_NAMES.get(status) ?? `${status}`

export const declareChannel: Declare = (program, bind) => {
  const channel = program
    .command('channel')
    .summary('open, list, show, close, dispute')
    .description(
      'Payment channels: collateral locked on the ledger, and a state that both sides sign anew with every payment.',
    )
  channel
    .command('open')
    .argument('<provider>', 'DID, address or name')
    .requiredOption('--deposit <units>', 'collateral to lock on our side')
    .option('--endpoint <url>', "ws:// address of the provider's channel (default: from its identity)")
    .description('Opens a channel, so that later purchases from this provider start warm.')
    .action(bind<OpenOptions>((context, [provider = ''], options) => open(context, provider, options)))
  channel
    .command('list')
    .argument('[who]', 'DID, address or name (default: the agent of --as)')
    .option('--all', 'closed ones too')
    .description('Lists the channels that the ledger has for an agent, newest first.')
    .action(bind<{ all?: boolean }>((context, [who], { all }) => list(context, who, all === true)))
  channel
    .command('show')
    .argument('<id>', 'identifier, 64 hexadecimal digits')
    .description('Shows what the ledger has on a channel.')
    .action(bind((context, [id = '']) => show(context, id)))
  channel
    .command('close')
    .argument('<id>')
    .option('--endpoint <url>', "ws:// address of the other side's channel (default: from its identity)")
    .description(
      'Closes a channel in agreement with the other side, which must be reachable. Pays out at once.',
    )
    .action(bind<{ endpoint?: string }>((context, [id = ''], options) => close(context, id, options)))
  channel
    .command('dispute')
    .argument('<id>')
    .option('--wait', 'stay until the challenge period is over and the channel is paid out')
    .description(
      'Closes a channel without the other side, by the newest state that both have signed; posts the bond of the frame. The other ' +
        'side can answer with a newer state within the challenge period. Run it again with --wait to finish a dispute.',
    )
    .action(bind<{ wait?: boolean }>((context, [id = ''], { wait }) => dispute(context, id, wait === true)))
}

interface OpenOptions {
  readonly deposit: string
  readonly endpoint?: string
}

async function openAgent(context: Context): Promise<{ spender: Spender; agent: Agent }> {
  installNativeProviders()
  const spender = await openSpender(context)
  const { client, keys, directory, hooks } = spender
  const agent = await Agent.open({ client, keys, directory, ...hooks })
  context.onClose(() => agent.close())
  return { spender, agent }
}

async function channelUrl(client: FrameClient, of: Address, endpoint: string | undefined): Promise<string> {
  if (endpoint === undefined)
    return `${(await endpointOf(client, of)).replace(/^http/, 'ws')}${ROUTES.channel}`
  if (!/^wss?:\/\/[!-~]+$/.test(endpoint)) throw usage('--endpoint must be a ws:// or wss:// address')
  return endpoint
}

async function open(context: Context, provider: string, { deposit, endpoint }: OpenOptions): Promise<void> {
  const amount = parseAmount(deposit)
  if (amount === 0n) throw usage('--deposit must be above zero')
  const to = context.home.address(provider)
  const { spender, agent } = await openAgent(context)
  const { client } = spender
  const transport = await dial(await channelUrl(client, to, endpoint))
  const channel = await agent.host.open(transport, {
    deposits: [amount, 0n],
    reserve: (amount * RESERVE_PPM) / (1_000_000n + RESERVE_PPM),
    challengePeriod: client.genesis.parameters.challengePeriod,
    nonce: await agent.ledger.nextNonce(),
  })
  context.output.result(
    { channel: toHex(channel.id), peer: formatDid(to), deposit: formatAmount(amount) },
    `${toHex(channel.id)}\nopen with ${context.display(to, formatDid(to))}, ${formatAmount(amount)} units locked`,
  )
}

async function list(context: Context, who: string | undefined, all: boolean): Promise<void> {
  const party = context.home.address(who ?? context.settings.agent)
  const client = await context.client()
  const channels: { channel: Hash; record: ChannelRecord }[] = []
  let cursor: string | undefined
  for (let page = 0; page < LIST_PAGES_MAX; page++) {
    const answer = await client.call('channel.list', { party, ...(cursor === undefined ? {} : { cursor }) })
    channels.push(...answer.channels)
    cursor = answer.cursor
    if (cursor === undefined) break
  }
  const shown = channels.filter(({ record }) => all || record.status !== CHANNEL_STATUS.closed)
  context.output.result(
    { channels: shown.map(({ channel, record }) => recordJson(channel, record)), more: cursor !== undefined },
    () =>
      shown.length === 0
        ? `no channels${all ? '' : ' that are open; see --all'}`
        : renderTable(
            [{ name: 'channel' }, { name: 'status' }, { name: 'with' }, { name: 'units', align: 'right' }],
            shown.map(({ channel, record }) => {
              const peer = record.terms.parties.find(
                (one) => !context.isOwn(one, who ?? context.settings.agent),
              )
              const text = peer === undefined ? '' : (context.home.nameOf(peer) ?? formatAddress(peer))
              return [toHex(channel), statusOf(record), text, formatAmount(record.collateral)]
            }),
          ),
  )
}

function recordJson(channel: Hash, record: ChannelRecord) {
  const { terms, opened, closed, collateral, payouts, dispute: of } = record
  return {
    channel: toHex(channel),
    status: statusOf(record),
    parties: terms.parties.map(formatDid),
    deposits: terms.deposits.map(formatAmount),
    collateral: formatAmount(collateral),
    challengePeriod: Number(terms.challengePeriod),
    opened: Number(opened),
    closed: closed === undefined ? null : Number(closed),
    payouts: payouts === undefined ? null : payouts.map(formatAmount),
    dispute:
      of === undefined
        ? null
        : { closer: of.closer, sequence: Number(of.state.sequence), deadline: Number(of.deadline) },
  }
}

/** Errors: CHANNEL_UNKNOWN. */
async function recordOf(client: FrameClient, channel: Hash): Promise<ChannelRecord> {
  const { record } = await client.call('channel.get', { channel })
  if (record === undefined)
    throw new CliError(
      'CHANNEL_UNKNOWN',
      'the ledger has no such channel; check the identifier and the frame',
    )
  return record
}

async function show(context: Context, text: string): Promise<void> {
  const id = parseHash(text, 'channel')
  const client = await context.client()
  const record = await recordOf(client, id)
  const { terms, opened, closed, collateral, payouts, dispute: of } = record
  context.output.result(recordJson(id, record), () =>
    renderFacts({
      channel: toHex(id),
      status: statusOf(record),
      between: terms.parties.map((party) => context.display(party, formatDid(party))).join(' and '),
      deposits: terms.deposits.map(formatAmount).join(' and '),
      collateral: `${formatAmount(collateral)} units`,
      challenge: `${terms.challengePeriod} checkpoints`,
      opened: `at height ${opened}`,
      dispute:
        of === undefined
          ? undefined
          : `state ${of.state.sequence}, to be answered up to height ${of.deadline}`,
      closed: closed === undefined ? undefined : `at height ${closed}`,
      payouts: payouts === undefined ? undefined : payouts.map(formatAmount).join(' and '),
    }),
  )
}

/** A channel that this agent holds the states of. Errors: CHANNEL_UNKNOWN. */
async function ownChannel(agent: Agent, id: Hash): Promise<Channel> {
  const channel = agent.host.get(id)
  if (channel !== undefined) return channel
  const { record } = await agent.client.call('channel.get', { channel: id })
  throw new CliError(
    'CHANNEL_UNKNOWN',
    record?.status === CHANNEL_STATUS.closed
      ? 'this channel is closed already'
      : 'this agent holds no state of such a channel; check the identifier and --as',
  )
}

async function close(context: Context, text: string, { endpoint }: { endpoint?: string }): Promise<void> {
  const id = parseHash(text, 'channel')
  const { spender, agent } = await openAgent(context)
  const { client, mandated } = spender
  const channel = await ownChannel(agent, id)
  const peer = channel.terms.parties[channel.party === 0 ? 1 : 0] as Address
  await channel.connect(await dial(await channelUrl(client, peer, endpoint)))
  if (mandated === undefined) await channel.closeCooperative()
  else {
    // The books of the mandate are settled by the same proofs.
    mandated.settlement.restore(await openingOf(client, id))
    await mandated.settlement.close(agent, channel)
  }
  tellPayout(context, id, await recordOf(client, id), channel.party)
}

function tellPayout(context: Context, id: Hash, record: ChannelRecord, party: number): void {
  const own = record.payouts?.[party] ?? 0n
  const peer = record.payouts?.[party === 0 ? 1 : 0] ?? 0n
  context.output.result(
    { ...recordJson(id, record), ownPayout: formatAmount(own), peerPayout: formatAmount(peer) },
    `closed: ${formatAmount(own)} units to us, ${formatAmount(peer)} to the other side`,
  )
}

async function dispute(context: Context, text: string, wait: boolean): Promise<void> {
  const id = parseHash(text, 'channel')
  const { spender, agent } = await openAgent(context)
  const { client, mandated } = spender
  let record = await recordOf(client, id)
  const party = record.terms.parties.findIndex((one) => equalBytes(one, spender.address))
  if (party < 0)
    throw new CliError('CHANNEL_UNKNOWN', `${spender.name} is no party of this channel; see --as`)
  if (record.status === CHANNEL_STATUS.open) {
    await (await ownChannel(agent, id)).closeUnilateral()
    record = await recordOf(client, id)
  }
  if (wait) record = await untilClosed(context, client, id)
  if (record.status !== CHANNEL_STATUS.closed) {
    const deadline = record.dispute?.deadline
    context.output.result(
      recordJson(id, record),
      `disputed; the other side can answer up to height ${deadline}. Then: symbolon channel dispute ${toHex(id)} --wait`,
    )
    return
  }
  if (mandated !== undefined) await settleMandate(mandated, client, id)
  tellPayout(context, id, record, party)
}

/** The engine answers and settles by itself, at every height, as long as this process runs; this looks on. Ctrl-C ends the wait. */
async function untilClosed(context: Context, client: FrameClient, id: Hash): Promise<ChannelRecord> {
  const interruption = onInterruption({ deadline: false })
  context.onClose(() => interruption.release())
  for (;;) {
    const record = await recordOf(client, id)
    if (record.status === CHANNEL_STATUS.closed || interruption.signal.aborted) {
      context.output.progress('')
      return record
    }
    const { height } = await client.call('frame.info', {})
    context.output.progress(`height ${height}, to be answered up to ${record.dispute?.deadline ?? '-'}`)
    await new Promise((resolve) => setTimeout(resolve, DISPUTE_POLL_MS))
  }
}

/** Errors that say that the books know already are no errors. */
async function settleMandate(
  { interceptor }: NonNullable<Spender['mandated']>,
  client: FrameClient,
  id: Hash,
): Promise<void> {
  const opening = await openingOf(client, id)
  for (const settle of [
    async () => interceptor.settleTransaction(opening.body, await client.proveTransaction(opening.id)),
    async () => interceptor.settleChannel(id, await client.proveState('channels', channelKey(id))),
  ])
    try {
      await settle()
    } catch (error) {
      if (!isSymbolonError(error, 'HOLD_UNKNOWN') && !isSymbolonError(error, 'CHANNEL_UNKNOWN')) throw error
    }
}
