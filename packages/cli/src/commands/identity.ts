/** `symbolon identity`: DIDs in the registry of the frame. */
import { renameSync } from 'node:fs'
import { installNativeProviders } from '@symbolon/native'
import {
  type Address,
  Ed25519KeyPair,
  formatAddress,
  formatAmount,
  formatDid,
  parseAmount,
  toHex,
} from '@symbolon/primitives'
import {
  type IdentityRecord,
  type Payload,
  type Profile,
  rotationDigest,
  TRUST_DIMENSION_NAMES,
} from '@symbolon/protocol'
import type { FrameClient } from '@symbolon/sdk'
import { openSpender } from '../agent/spender.ts'
import { type Bind, type CliCommand, collect, type Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { agentLabel, agentSecret, randomBytes, writeKeyFile } from '../home/key-files.ts'
import { LIST_LENGTH_DEFAULT, LIST_PAGES_MAX } from '../limits.ts'
import { renderFacts, renderTable } from '../output/table.ts'
import { oneOf, parseCount, parsePair, parseShare, usage } from '../parse.ts'

interface ProfileOptions {
  readonly capability?: readonly string[]
  readonly domain?: string
  readonly service?: readonly string[]
  readonly bond?: string
}

export const declareIdentity: Declare = (program, bind) => {
  const identity = program
    .command('identity')
    .summary('create, show, update, rotate, deactivate, withdraw, search')
    .description(
      'Identities in the registry of the frame: who an agent is, what it offers, and how to reach it.',
    )
  profileOptions(
    identity.command('create').description('Registers the agent (see --as) under its DID; locks a bond.'),
  )
    .option('--bond <units>', 'to lock (default: the least that the frame asks for)')
    .action(bind<ProfileOptions>((context, _, options) => create(context, options)))
  declareShow(identity, bind)
  profileOptions(
    identity
      .command('update')
      .description(
        'Replaces the profile. What is not named stays; an option without value is not offered any more: write --domain "".',
      ),
  ).action(bind<ProfileOptions>((context, _, options) => update(context, options)))
  identity
    .command('rotate')
    .description(
      'Replaces the key of the agent by a new one. Its address stays; the key file is replaced once the ledger has the new key.',
    )
    .action(bind((context) => rotate(context)))
  identity
    .command('deactivate')
    .description('Ends the identity, for ever. The bond can be withdrawn after the unbonding period.')
    .option('--yes', 'without this nothing is done')
    .action(bind<{ yes?: boolean }>((context, _, options) => deactivate(context, options)))
  identity
    .command('withdraw')
    .description('Returns the bond of a deactivated identity.')
    .action(
      bind(async (context) => {
        const { address } = await submitAs(context, async (own) => ({
          kind: 'identity.withdraw',
          body: { subject: own },
        }))
        context.output.result({ did: formatDid(address), withdrawn: true }, 'the bond is back')
      }),
    )
  declareSearch(identity, bind)
}

function profileOptions(command: CliCommand): CliCommand {
  return command
    .option('--capability <capability>', 'such as data.rows; may be repeated', collect)
    .option('--domain <domain>', 'operational domain, such as weather.example')
    .option('--service <name=url>', 'where the agent is reached; may be repeated', collect)
}

/** One transaction of the agent that the command acts for; `payload` is made from its address and the key of its channels. */
async function submitAs(
  context: Context,
  payload: (own: Address, client: FrameClient, channelKey: Uint8Array) => Promise<Payload>,
): Promise<{ address: Address; height: bigint; id: Uint8Array }> {
  installNativeProviders()
  const spender = await openSpender(context)
  const made = await payload(spender.address, spender.client, spender.keys.channel.publicKey)
  const { height, id } = await (await spender.ledger()).transact(made)
  return { address: spender.address, height, id }
}

async function create(context: Context, options: ProfileOptions): Promise<void> {
  const bond = options.bond === undefined ? undefined : parseAmount(options.bond)
  const { address, height } = await submitAs(context, async (_, client, channelKey) => ({
    kind: 'identity.register',
    body: {
      profile: profileOf(options, channelKey),
      bond: bond ?? client.genesis.parameters.registrationBond,
    },
  }))
  context.output.result(
    { did: formatDid(address), height: Number(height) },
    `registered ${formatDid(address)} at height ${height}`,
  )
}

/**
 * What an option does not name is taken from `before`; an empty text removes. The channel key is always the one that the agent signs
 * with: channels under another would count nothing in its reputation. Errors: USAGE.
 */
function profileOf(
  { capability, domain, service }: ProfileOptions,
  channelKey: Uint8Array,
  before?: Profile,
): Profile {
  const services = service
    ?.filter((text) => text !== '')
    .map((text) => {
      const [name, endpoint] = parsePair(text, '--service')
      return { name, endpoint }
    })
  const named = domain ?? before?.domain
  return {
    capabilities: capability?.filter((text) => text !== '') ?? before?.capabilities ?? [],
    services: services ?? before?.services ?? [],
    ...(named === undefined || named === '' ? {} : { domain: named }),
    ...(before?.metadata === undefined ? {} : { metadata: before.metadata }),
    channelKey,
  }
}

/** Errors: IDENTITY_UNKNOWN. */
async function existing(client: FrameClient, of: Address): Promise<IdentityRecord> {
  const record = await client.identity(of)
  if (record === undefined)
    throw new CliError(
      'IDENTITY_UNKNOWN',
      `${formatDid(of)} is not registered; register an agent of yours with "symbolon identity create"`,
    )
  return record
}

const indexed = ({ profile: { capabilities, domain } }: IdentityRecord) => ({
  capabilities,
  ...(domain === undefined ? {} : { domain }),
})

async function update(context: Context, options: ProfileOptions): Promise<void> {
  if (options.capability === undefined && options.domain === undefined && options.service === undefined)
    throw usage('name what changes: --capability, --domain or --service')
  const { address, height } = await submitAs(context, async (subject, client, channelKey) => {
    const record = await existing(client, subject)
    return {
      kind: 'identity.update',
      body: {
        subject,
        version: record.version + 1n,
        profile: profileOf(options, channelKey, record.profile),
        previous: indexed(record),
      },
    }
  })
  context.output.result(
    { did: formatDid(address), height: Number(height) },
    `updated ${formatDid(address)} at height ${height}`,
  )
}

/**
 * The new key is on disk, beside the old one, before the ledger hears of it; the files change places once it is final. A crash in
 * between leaves `<name>.next.json`, which is the key that the ledger has if the rotation is in the record.
 */
async function rotate(context: Context): Promise<void> {
  const { home, settings } = context
  const name = settings.agent
  const path = home.keyPath(name)
  const next = path.replace(/\.json$/, '.next.json')
  const password = await context.password()
  const { channel } = await context.seeds(name)
  const account = randomBytes(32)
  const key = new Ed25519KeyPair(account)
  writeKeyFile({ path: next, label: agentLabel(name), secret: agentSecret({ account, channel }), password })
  const { address, height } = await submitAs(context, async (subject, client) => {
    const version = (await existing(client, subject)).version + 1n
    const { publicKey } = key
    const possession = key.sign(rotationDigest(client.frame, { subject, version, publicKey }))
    return { kind: 'identity.rotate', body: { subject, version, publicKey, possession } }
  })
  renameSync(next, path)
  context.output.result(
    { did: formatDid(address), publicKey: toHex(key.publicKey), height: Number(height) },
    `${formatDid(address)} has a new key since height ${height}: ${toHex(key.publicKey)}`,
  )
}

async function deactivate(context: Context, { yes }: { yes?: boolean }): Promise<void> {
  if (yes !== true)
    throw new CliError(
      'CONFIRMATION_MISSING',
      'a deactivated identity never comes back; add --yes if you mean it',
    )
  const { address, height } = await submitAs(context, async (subject, client) => {
    const record = await existing(client, subject)
    return {
      kind: 'identity.deactivate',
      body: { subject, version: record.version + 1n, previous: indexed(record) },
    }
  })
  context.output.result(
    { did: formatDid(address), height: Number(height) },
    `deactivated ${formatDid(address)} at height ${height}; withdraw the bond after the unbonding period`,
  )
}

function declareShow(identity: CliCommand, bind: Bind): void {
  identity
    .command('show')
    .argument('[who]', 'DID, address or name (default: the agent of --as)')
    .description('Shows an identity: keys, profile, bond, reputation.')
    .action(
      bind(async (context, [who]) => {
        const address = context.home.address(who ?? context.settings.agent)
        const client = await context.client()
        const record = await existing(client, address)
        const { score, settlements } = await client.call('reputation.get', { did: address })
        const { profile, keys, bond, version, registered, deactivated } = record
        const key = keys.find(({ until }) => until === undefined)?.publicKey
        context.output.result(
          {
            did: formatDid(address),
            address: formatAddress(address),
            key: key === undefined ? null : toHex(key),
            keys: keys.map(({ publicKey, from, until }) => ({
              publicKey: toHex(publicKey),
              from: Number(from),
              until: until === undefined ? null : Number(until),
            })),
            version: Number(version),
            capabilities: profile.capabilities,
            domain: profile.domain ?? null,
            services: profile.services.map(({ name, endpoint }) => ({ name, endpoint })),
            channelKey: profile.channelKey === undefined ? null : toHex(profile.channelKey),
            bond: formatAmount(bond),
            reputation: score / 1_000_000,
            settlements: Number(settlements),
            registered: Number(registered),
            deactivated: deactivated === undefined ? null : Number(deactivated),
          },
          () =>
            renderFacts({
              did: formatDid(address),
              key: key === undefined ? 'none: deactivated' : toHex(key),
              version: `${version}, ${keys.length} key(s) so far`,
              offers: profile.capabilities.join(', ') || 'nothing',
              domain: profile.domain,
              reached:
                profile.services.map(({ name, endpoint }) => `${name} ${endpoint}`).join(', ') || 'nowhere',
              'channel key': profile.channelKey === undefined ? 'none' : toHex(profile.channelKey),
              bond: `${formatAmount(bond)} units`,
              reputation: `${(score / 1_000_000).toFixed(3)}, ${settlements} settlements`,
              registered: `at height ${registered}`,
              deactivated: deactivated === undefined ? undefined : `at height ${deactivated}`,
            }),
        )
      }),
    )
}

interface SearchOptions {
  readonly capability?: string
  readonly domain?: string
  readonly minReputation: string
  readonly minTrust?: string
  readonly dimension: string
  readonly limit: string
}

function declareSearch(identity: CliCommand, bind: Bind): void {
  identity
    .command('search')
    .description('Finds agents by capability or operational domain, best reputation first.')
    .option('--capability <capability>', 'such as data.rows')
    .option('--domain <domain>', 'such as weather.example')
    .option('--min-reputation <share>', 'from 0 to 1', '0')
    .option(
      '--min-trust <share>',
      'from 0 to 1, of the newest final scores; agents that are not scored have 0',
    )
    .option(
      '--dimension <name>',
      `which score --min-trust is about: ${TRUST_DIMENSION_NAMES.join(', ')}`,
      'eigenTrust',
    )
    .option('--limit <n>', 'at most so many', `${LIST_LENGTH_DEFAULT}`)
    .action(bind<SearchOptions>((context, _, options) => search(context, options)))
}

async function search(context: Context, options: SearchOptions): Promise<void> {
  const { capability, domain } = options
  if (capability === undefined && domain === undefined) throw usage('name a --capability, a --domain or both')
  const limit = Number(parseCount(options.limit, '--limit'))
  const minReputation = parseShare(options.minReputation, '--min-reputation')
  const minTrust = options.minTrust === undefined ? undefined : parseShare(options.minTrust, '--min-trust')
  const trustDimension = oneOf(options.dimension, TRUST_DIMENSION_NAMES, '--dimension')
  const client = await context.client()
  const hits: { did: Address; identity: IdentityRecord; reputation: number }[] = []
  let cursor: string | undefined
  for (let page = 0; page < LIST_PAGES_MAX && hits.length < limit; page++) {
    const answer = await client.call('identity.search', {
      minReputation,
      ...(minTrust === undefined ? {} : { minTrust, trustDimension }),
      ...(capability === undefined ? {} : { capability }),
      ...(domain === undefined ? {} : { domain }),
      ...(cursor === undefined ? {} : { cursor }),
    })
    hits.push(...answer.hits)
    cursor = answer.cursor
    if (cursor === undefined) break
  }
  const shown = hits.slice(0, limit)
  context.output.result(
    {
      hits: shown.map(({ did, identity: { profile }, reputation }) => ({
        did: formatDid(did),
        reputation: reputation / 1_000_000,
        capabilities: profile.capabilities,
        domain: profile.domain ?? null,
        endpoint: profile.services[0]?.endpoint ?? null,
      })),
      more: hits.length > limit || cursor !== undefined,
    },
    () =>
      shown.length === 0
        ? 'nobody'
        : renderTable(
            [
              { name: 'did' },
              { name: 'reputation', align: 'right' },
              { name: 'capabilities' },
              { name: 'endpoint' },
            ],
            shown.map(({ did, identity: { profile }, reputation }) => [
              formatDid(did),
              (reputation / 1_000_000).toFixed(3),
              profile.capabilities.join(' '),
              profile.services[0]?.endpoint ?? '',
            ]),
          ),
  )
}

/** Used by `channel open`: where the channel endpoint of an agent is. Errors: IDENTITY_UNKNOWN, CHANNEL_ENDPOINT_MISSING. */
export async function endpointOf(client: FrameClient, of: Address): Promise<string> {
  const { profile } = await existing(client, of)
  const endpoint = profile.services[0]?.endpoint
  if (endpoint === undefined)
    throw new CliError(
      'CHANNEL_ENDPOINT_MISSING',
      'the identity names no service; pass --endpoint with a ws:// address',
    )
  return endpoint
}
