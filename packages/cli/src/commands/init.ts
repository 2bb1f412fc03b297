/** `symbolon init`: everything that is needed to run a frame of one's own, or to take part in another. */
import { existsSync, mkdirSync } from 'node:fs'
import { CHANNEL_LIMITS } from '@symbolon/channels'
import { type Mandate, mandateDigest, signMandate } from '@symbolon/mandates'
import { SoleValidator } from '@symbolon/node'
import {
  type Address,
  type Amount,
  checkAmount,
  Ed25519KeyPair,
  formatAddress,
  formatAmount,
  parseAmount,
  toHex,
  toJson,
} from '@symbolon/primitives'
import {
  checkGenesis,
  DEFAULT_PARAMETERS,
  DEFAULT_TRUST_PARAMETERS,
  frameId,
  type Genesis,
  genesis,
} from '@symbolon/protocol'
import { FrameClient, type Seeds } from '@symbolon/sdk'
import { writeChain } from '../agent/mandate-file.ts'
import { collect, type Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { type Config, formatConfig, NAME_PATTERN } from '../home/config.ts'
import { writeNew } from '../home/files.ts'
import { VALIDATOR_NAME } from '../home/home.ts'
import {
  addressOfSeed,
  agentLabel,
  agentSecret,
  newAgentSeeds,
  randomBytes,
  VALIDATOR_LABEL,
  validatorKeys,
  writeKeyFile,
} from '../home/key-files.ts'
import { AGENT_NAME_CHARACTERS_MAX, AGENTS_MAX, MANDATE_SECONDS_DEFAULT } from '../limits.ts'
import { renderTable } from '../output/table.ts'
import { parseCount, parseHash, parsePair, usage } from '../parse.ts'

interface InitOptions {
  readonly agent?: readonly string[]
  readonly name: string
  readonly budget: string
  readonly challengePeriod?: string
  readonly anchor?: readonly string[]
  readonly scoringEpoch?: string
  readonly join?: string
  readonly frame?: string
}

interface NewAgent {
  readonly name: string
  readonly funds: Amount
  readonly seeds: Seeds
  readonly address: Address
}

const STANDARD_AGENTS = ['principal=1000', 'buyer=1000', 'seller=1000']
/** Shorter ones leave no checkpoint to publish or to challenge in. */
const SCORING_EPOCH_MIN = 8n
const VALIDATOR_STAKE = parseAmount('1000')

export const declareInit: Declare = (program, bind) => {
  program
    .command('init')
    .summary('create a home: keys, a frame of your own, and funded agents')
    .description(
      'Creates a home: a standalone frame with this machine as its validator, agents that hold units from the start, and a mandate, ' +
        'signed by the agent "principal", that bounds what the agent "buyer" may spend.\n' +
        'With --join, a home on the frame of a running node instead.',
    )
    .option(
      '--agent <name=units>',
      'an agent and its units at the start; may be repeated (default: principal, buyer and seller with 1000 each)',
      collect,
    )
    .option('--name <name>', 'name of the frame', 'local')
    .option('--budget <units>', "the buyer's first mandate; 0 for none", '100')
    .option('--challenge-period <checkpoints>', 'in which a unilateral close can be answered', undefined)
    .option(
      '--anchor <agent>',
      'name of an agent from which trust starts; may be repeated (default: identities with matured bonds)',
      collect,
    )
    .option('--scoring-epoch <checkpoints>', 'between two computations of the scores (default: 256)')
    .option('--join <url>', 'take part in the frame of the node at this address; no validator, no units')
    .option('--frame <id>', 'with --join: the identifier that the frame must have')
    .withExamples(
      'symbolon init',
      'symbolon init --agent principal=500 --agent buyer=20 --agent weather=5 --budget 10',
      'symbolon init --home ~/guest --join http://127.0.0.1:7400',
    )
    .action(bind<InitOptions>((context, _, options) => init(context, options)))
}

async function init(context: Context, options: InitOptions): Promise<void> {
  const { home, output } = context
  // Everything is read and checked before anything is written.
  if (home.exists)
    throw new CliError('HOME_EXISTS', `${home.directory} is a home already; name another with --home`)
  const agents = parseAgents(
    options.agent ?? (options.join === undefined ? STANDARD_AGENTS : ['buyer']),
    options,
  )
  const budget = parseAmount(options.budget)
  const password = await context.password(true)
  const validatorSecret = randomBytes(96)
  const frame =
    options.join === undefined
      ? ownGenesis(options, agents, validatorSecret.slice())
      : await joined(options, options.join)
  const id = frameId(frame)

  mkdirSync(home.directory, { recursive: true, mode: 0o700 })
  if (options.join === undefined)
    writeKeyFile({
      path: home.keyPath(VALIDATOR_NAME),
      label: VALIDATOR_LABEL,
      secret: validatorSecret,
      password,
    })
  const principal = agents.find(({ name }) => name === 'principal')
  const buyer = agents.find(({ name }) => name === 'buyer')
  const budgeted = budget > 0n && principal !== undefined && buyer !== undefined
  if (budgeted) {
    const mandate = firstMandate(frame, principal.address, buyer.address, budget)
    const signed = await signMandate(mandate, new Ed25519KeyPair(principal.seeds.account))
    writeChain(home.mandatePath('buyer'), [signed])
    output.note(
      `mandate ${toHex(mandateDigest(mandate)).slice(0, 16)}…: buyer may spend ${formatAmount(budget)} units in 30 days`,
    )
  }
  for (const { name, seeds } of agents)
    writeKeyFile({ path: home.keyPath(name), label: agentLabel(name), secret: agentSecret(seeds), password })
  if (!existsSync(home.genesisPath))
    writeNew(home.genesisPath, `${JSON.stringify(toJson(genesis, frame), undefined, 2)}\n`)
  const config: Config = {
    version: 1,
    frame: id,
    addresses: agents.map(({ name, address }) => ({ name, address })),
    ...(options.join === undefined ? {} : { node: options.join.replace(/\/+$/, '') }),
  }
  // Last: a home exists once it has its configuration.
  writeNew(home.configPath, formatConfig(config))

  output.result(
    {
      home: home.directory,
      frame: toHex(id),
      agents: agents.map(({ name, address, funds }) => ({
        name,
        address: formatAddress(address),
        units: formatAmount(funds),
      })),
      budget: budgeted ? formatAmount(budget) : null,
    },
    () =>
      [
        `home   ${home.directory}`,
        `frame  ${toHex(id)}`,
        '',
        renderTable(
          [{ name: 'agent' }, { name: 'address' }, { name: 'units', align: 'right' }],
          agents.map(({ name, address, funds }) => [name, formatAddress(address), formatAmount(funds)]),
        ),
        '',
        ...nextSteps(options),
      ].join('\n'),
  )
}

function parseAgents(texts: readonly string[], { join }: InitOptions): NewAgent[] {
  if (texts.length > AGENTS_MAX) throw usage(`init makes at most ${AGENTS_MAX} agents (AGENTS_MAX)`)
  const agents = texts.map((text): NewAgent => {
    const [name, units] = text.includes('=') ? parsePair(text, '--agent') : ([text, '0'] as const)
    if (!NAME_PATTERN.test(name) || name.length > AGENT_NAME_CHARACTERS_MAX || name === VALIDATOR_NAME)
      throw new CliError(
        'NAME_MALFORMED',
        `"${name.slice(0, 40)}" is not a name for an agent: at most ${AGENT_NAME_CHARACTERS_MAX} characters a-z, 0-9 and "-", not "${VALIDATOR_NAME}"`,
      )
    const funds = parseAmount(units)
    if (join !== undefined && funds > 0n)
      throw usage('a joined frame has its units already: leave the amount out, and let somebody pay you')
    const seeds = newAgentSeeds()
    return { name, funds, seeds, address: addressOfSeed(seeds.account) }
  })
  if (new Set(agents.map(({ name }) => name)).size !== agents.length)
    throw usage('two agents have the same name')
  checkAmount(
    agents.reduce((sum, { funds }) => sum + funds, 0n),
    'the sum of all units',
  )
  return agents
}

function ownGenesis(
  { name, challengePeriod, frame, anchor = [], scoringEpoch }: InitOptions,
  agents: readonly NewAgent[],
  validatorSecret: Uint8Array,
): Genesis {
  if (frame !== undefined)
    throw usage('--frame goes with --join: a new frame gets its identifier from its genesis')
  if (!/^[a-z0-9-]{1,64}$/.test(name))
    throw usage(`--name: "${name.slice(0, 40)}" may have 1 to 64 of a-z, 0-9 and "-"`)
  const made: Genesis = {
    name,
    salt: randomBytes(32),
    parameters: {
      ...DEFAULT_PARAMETERS,
      ...(challengePeriod === undefined
        ? {}
        : {
            challengePeriod: parseCount(
              challengePeriod,
              '--challenge-period',
              BigInt(CHANNEL_LIMITS.challengePeriodMin),
            ),
          }),
      ...trustOf(agents, anchor, scoringEpoch),
    },
    validators: [new SoleValidator(validatorKeys(validatorSecret)).entry(VALIDATOR_STAKE)],
    allocations: agents
      .filter(({ funds }) => funds > 0n)
      .map(({ address, funds }) => ({ address, amount: funds })),
  }
  checkGenesis(made)
  return made
}

/** Both windows of an epoch in the proportions of the defaults. Errors: USAGE. */
function trustOf(
  agents: readonly NewAgent[],
  anchors: readonly string[],
  scoringEpoch: string | undefined,
): Pick<Genesis['parameters'], 'trust'> {
  if (anchors.length === 0 && scoringEpoch === undefined) return {}
  const { epochLength, publishWindow, challengeWindow } = DEFAULT_TRUST_PARAMETERS
  const length =
    scoringEpoch === undefined ? epochLength : parseCount(scoringEpoch, '--scoring-epoch', SCORING_EPOCH_MIN)
  return {
    trust: {
      ...DEFAULT_TRUST_PARAMETERS,
      epochLength: length,
      publishWindow: (publishWindow * length) / epochLength,
      challengeWindow: (challengeWindow * length) / epochLength,
      anchors: anchors.map((wanted) => {
        const found = agents.find(({ name }) => name === wanted)
        if (found === undefined)
          throw usage(`--anchor: "${wanted.slice(0, 40)}" is no agent of this frame; name it with --agent`)
        return found.address
      }),
    },
  }
}

async function joined({ frame }: InitOptions, url: string): Promise<Genesis> {
  if (!/^https?:\/\/[!-~]+$/.test(url))
    throw usage(`--join: "${url.slice(0, 80)}" is not an http:// or https:// address`)
  const client = await FrameClient.connect({
    url,
    ...(frame === undefined ? {} : { frame: parseHash(frame, '--frame') }),
  })
  client.close()
  return client.genesis
}

function firstMandate(frame: Genesis, issuer: Address, delegate: Address, total: Amount): Mandate {
  return {
    frame: frameId(frame),
    issuer,
    delegate,
    caps: { total },
    windows: [],
    expiresAt: BigInt(Math.floor(Date.now() / 1_000) + MANDATE_SECONDS_DEFAULT),
    margin: 0,
    nonce: randomBytes(16),
  }
}

function nextSteps({ join }: InitOptions): string[] {
  if (join !== undefined)
    return [
      'Next:',
      '  symbolon balance               what your agents hold',
      '  symbolon identity search --capability data.rows',
    ]
  return [
    'Next, each in a terminal of its own:',
    '  symbolon node                                      start the frame',
    '  symbolon serve data.csv --price 0.001              sell a file by the row',
    '  symbolon buy data.rows --quantity 1000 --out rows.csv',
  ]
}
