/** `symbolon mandate`: how much of a principal's money an agent may move, for what, to whom, until when. */
import {
  type Mandate,
  mandateDigest,
  narrow,
  type SignedMandate,
  signMandate,
  verifyChain,
} from '@symbolon/mandates'
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
import { chainToJson, readChain, writeChain } from '../agent/mandate-file.ts'
import { openSpender } from '../agent/spender.ts'
import { collect, type Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { NAME_PATTERN } from '../home/config.ts'
import { writeNew } from '../home/files.ts'
import { randomBytes } from '../home/key-files.ts'
import { renderFacts } from '../output/table.ts'
import { parseDuration, usage } from '../parse.ts'

interface CreateOptions {
  readonly total: string
  readonly perCall?: string
  readonly perTask?: string
  readonly perProvider?: string
  readonly rate?: readonly string[]
  readonly provider?: readonly string[]
  readonly resource?: readonly string[]
  readonly task?: string
  readonly expires: string
  readonly principal?: string
  readonly out?: string
}

export const declareMandate: Declare = (program, bind) => {
  const mandate = program
    .command('mandate')
    .summary('create and show spending limits of agents')
    .description(
      'Mandates: signed limits within which an agent may spend. No signature that exceeds one can exist: the agent signs through an ' +
        'interceptor that takes every payment from the mandate first.',
    )
  mandate
    .command('create')
    .argument('<agent>', 'who may spend: name, DID or address')
    .requiredOption('--total <units>', 'at most so much in all')
    .option('--per-call <units>', 'at most so much in one payment')
    .option('--per-task <units>', 'at most so much for one task')
    .option('--per-provider <units>', 'at most so much to one provider')
    .option(
      '--rate <units/duration>',
      'at most so much in any such time, such as 5/1h; may be repeated',
      collect,
    )
    .option('--provider <who>', 'only to this provider; may be repeated', collect)
    .option('--resource <prefix>', 'only for resources that begin so; may be repeated', collect)
    .option('--task <label>', 'only for this task')
    .option('--expires <duration>', 'such as 12h or 30d', '30d')
    .option(
      '--principal <name>',
      'whose money it is (environment: SYMBOLON_PRINCIPAL); an agent with a mandate delegates from it',
    )
    .option('--out <file>', 'write the chain to this file too, for an agent elsewhere')
    .description(
      'Signs a mandate. For an agent of this home it takes effect with its next command, in place of the one before.',
    )
    .withExamples('symbolon mandate create buyer --total 10 --per-call 0.5 --rate 2/1h --expires 7d')
    .action(bind<CreateOptions>((context, [agent = ''], options) => create(context, agent, options)))
  mandate
    .command('show')
    .argument('[agent]', 'name (default: the agent of --as)')
    .option('--spent', 'also what is left of it: needs the password, and the node')
    .description('Shows and verifies the mandate of an agent of this home.')
    .action(bind<{ spent?: boolean }>((context, [agent], { spent }) => show(context, agent, spent === true)))
}

async function create(context: Context, agent: string, options: CreateOptions): Promise<void> {
  context.withFlags({ principal: options.principal })
  const { home, settings, output } = context
  const delegate = home.address(agent)
  const bounds = boundsOf(context, options)
  installNativeProviders()
  const chain = await signedChain(context, settings.principal, delegate, bounds)
  const { mandate } = chain.at(-1) as SignedMandate
  const name = home.nameOf(delegate)
  // A name may also stand for somebody elsewhere; the file is harmless then, since only its agent can use it.
  if (name !== undefined) writeChain(home.mandatePath(name), chain)
  if (options.out !== undefined)
    writeNew(options.out, `${JSON.stringify(chainToJson(chain), undefined, 2)}\n`)
  output.result({ mandate: toHex(mandateDigest(mandate)), chain: chainToJson(chain) as never }, () =>
    describe(context, chain),
  )
}

type Bounds = Pick<Mandate, 'caps' | 'windows' | 'expiresAt'> &
  Partial<Pick<Mandate, 'providers' | 'resources' | 'task'>>

/** Errors: AMOUNT_MALFORMED, USAGE, NAME_UNKNOWN. */
function boundsOf({ home }: Context, options: CreateOptions): Bounds {
  const { perCall, perTask, perProvider, provider, resource, task } = options
  const total = parseAmount(options.total)
  if (total === 0n) throw usage('--total must be above zero')
  return {
    caps: {
      total,
      ...(perCall === undefined ? {} : { perCall: parseAmount(perCall) }),
      ...(perTask === undefined ? {} : { perTask: parseAmount(perTask) }),
      ...(perProvider === undefined ? {} : { perProvider: parseAmount(perProvider) }),
    },
    windows: (options.rate ?? []).map((text) => {
      const [limit = '', time = ''] = text.split('/')
      return { limit: parseAmount(limit), seconds: BigInt(parseDuration(time, '--rate')) }
    }),
    expiresAt: BigInt(Math.floor(Date.now() / 1_000) + parseDuration(options.expires, '--expires')),
    ...(provider === undefined ? {} : { providers: provider.map((text) => home.address(text)) }),
    ...(resource === undefined ? {} : { resources: [...resource] }),
    ...(task === undefined ? {} : { task }),
  }
}

/** A principal without mandate starts a chain; one that spends delegated money narrows its own. Errors: those of the interceptor. */
async function signedChain(
  context: Context,
  issuer: string,
  delegate: Address,
  bounds: Bounds,
): Promise<SignedMandate[]> {
  const { home } = context
  const own = hasMandate(context, issuer)
  if (!own) {
    const { account, channel } = await context.seeds(issuer)
    channel.fill(0)
    const key = new Ed25519KeyPair(account)
    account.fill(0)
    const mandate: Mandate = {
      frame: home.frame,
      issuer: home.address(issuer),
      delegate,
      margin: 0,
      nonce: randomBytes(16),
      ...bounds,
    }
    return [await signMandate(mandate, key)]
  }
  const { mandated, keys } = await openSpender(context, issuer)
  const parent = mandated?.chain.at(-1)?.mandate
  if (mandated === undefined || parent === undefined) throw usage(`${issuer} has no mandate to narrow`)
  const child = narrow(parent, { delegate, nonce: randomBytes(16), ...bounds })
  const signature = await mandated.interceptor.sign({ kind: 'delegation', mandate: child })
  return [...mandated.chain, { mandate: child, publicKey: keys.publicKey, signature }]
}

function hasMandate({ home }: Context, name: string): boolean {
  try {
    return readChain(home.mandatePath(name), name).length > 0
  } catch {
    return false
  }
}

async function show(context: Context, agent: string | undefined, spent: boolean): Promise<void> {
  const name = agent ?? context.settings.agent
  const { home, output } = context
  if (!NAME_PATTERN.test(name)) throw usage('name an agent of this home')
  const chain = readChain(home.mandatePath(name), name)
  installNativeProviders()
  verifyChain(chain, { frame: home.frame, principal: (chain[0] as SignedMandate).mandate.issuer })
  if (!spent) {
    output.result({ chain: chainToJson(chain) as never }, () => describe(context, chain))
    return
  }
  const { mandated } = await openSpender(context, name)
  const report = mandated?.interceptor.report()
  if (report === undefined) throw usage(`${name} has no mandate`)
  const { available, committed, spent: gone } = report
  const money = {
    available: formatAmount(available),
    committed: formatAmount(committed),
    spent: formatAmount(gone),
  }
  output.result(
    { chain: chainToJson(chain) as never, ...money },
    () => `${describe(context, chain)}\n${renderFacts(money)}`,
  )
}

function describe(context: Context, chain: readonly SignedMandate[]): string {
  const { mandate } = chain.at(-1) as SignedMandate
  const { caps, windows, providers, resources, task, expiresAt } = mandate
  const units = (amount: bigint | undefined): string | undefined =>
    amount === undefined ? undefined : `${formatAmount(amount)} units`
  return renderFacts({
    mandate: toHex(mandateDigest(mandate)),
    'may spend': context.display(mandate.delegate, formatDid(mandate.delegate)),
    'money of': chain
      .map(({ mandate: { issuer } }) => context.display(issuer, formatDid(issuer)))
      .join(', through '),
    'in all': units(caps.total),
    'per call': units(caps.perCall),
    'per task': units(caps.perTask),
    'per provider': units(caps.perProvider),
    rate:
      windows.length === 0
        ? undefined
        : windows.map(({ limit, seconds }) => `${formatAmount(limit)} in ${seconds} s`).join(', '),
    only: providers?.map((one) => context.display(one, formatAddress(one))).join(', '),
    for: resources?.join(', '),
    task,
    until: expiresAt === undefined ? undefined : new Date(Number(expiresAt) * 1_000).toISOString(),
  })
}
