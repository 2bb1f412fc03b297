/** `symbolon node`: runs the frame of this home until Ctrl-C. */
import { installNativeProviders } from '@symbolon/native'
import { createLogger, FrameNode, type NodeConfig } from '@symbolon/node'
import { Ed25519KeyPair, toHex } from '@symbolon/primitives'
import type { Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { LOG_LEVELS } from '../home/config.ts'
import { VALIDATOR_NAME } from '../home/home.ts'
import { readValidatorKeys } from '../home/key-files.ts'
import { onInterruption } from '../interruption.ts'

interface NodeOptions {
  readonly host?: string
  readonly port?: string
  readonly logLevel?: string
  readonly heartbeat?: string
  readonly window?: string
  readonly publishScores?: string
}

/** Threads that verify signatures: the rest of a small machine is for the block producer and the clients. */
const VERIFIER_THREADS = 2

export const declareNode: Declare = (program, bind) => {
  program
    .command('node')
    .summary('run the frame of this home')
    .description(
      'Runs the frame of this home: accepts transactions, makes a checkpoint as soon as there is something in it, answers JSON-RPC, ' +
        'REST and WebSocket subscriptions. Ctrl-C stops it gracefully; nothing that was answered is ever lost.',
    )
    .option('--host <host>', 'where to listen (environment: SYMBOLON_HOST)')
    .option('--port <port>', 'port; 0 picks a free one (SYMBOLON_PORT)')
    .option(
      '--log-level <level>',
      `${LOG_LEVELS.join(', ')} (SYMBOLON_LOG_LEVEL); JSON lines on standard error`,
    )
    .option(
      '--heartbeat <ms>',
      'an empty checkpoint after so much idleness; 0 for never (SYMBOLON_HEARTBEAT)',
    )
    .option(
      '--window <ms>',
      'how long a block waits for company after its first transaction (SYMBOLON_WINDOW)',
    )
    .option(
      '--publish-scores <agent>',
      'compute the scores of every epoch, publish their root and challenge wrong ones; the bonds are of this agent',
    )
    .withExamples('symbolon node', 'symbolon node --port 0 --json | head -1')
    .action(bind<NodeOptions>((context, _, options) => run(context, options)))
}

async function run(context: Context, options: NodeOptions): Promise<void> {
  const { home, output } = context
  context.withFlags({
    host: options.host,
    port: options.port,
    logLevel: options.logLevel,
    heartbeatMs: options.heartbeat,
    batchWindowMs: options.window,
  })
  const { host, port, logLevel, heartbeatMs, batchWindowMs } = context.settings
  const { genesis } = home
  const { failures } = installNativeProviders()
  for (const [name, reason] of Object.entries(failures)) output.note(`slower without ${name}: ${reason}`)
  const keys = readValidatorKeys(home.keyPath(VALIDATOR_NAME), await context.password())
  const interruption = onInterruption({ deadline: true })
  const config: NodeConfig = {
    directory: home.nodeDirectory,
    genesis,
    host,
    port,
    batchWindowMs,
    heartbeatMs,
    logLevel,
    verifierThreads: VERIFIER_THREADS,
    publishScores: options.publishScores !== undefined,
  }
  // Standard output is for results.
  const account =
    options.publishScores === undefined
      ? undefined
      : new Ed25519KeyPair((await context.seeds(options.publishScores)).account)
  const node = await FrameNode.open(config, {
    keys,
    log: createLogger(logLevel, process.stderr),
    ...(account === undefined ? {} : { account }),
  })
  await start(node, host, port)
  const { ledger } = node.store
  const urls = { rpc: `${node.url}/rpc`, openapi: `${node.url}/openapi.json`, metrics: `${node.url}/metrics` }
  output.event(
    { event: 'started', url: node.url, ...urls, frame: toHex(ledger.frame), height: Number(ledger.height) },
    [
      `frame    ${toHex(ledger.frame)} at height ${ledger.height}`,
      `node     ${node.url}`,
      `JSON-RPC ${urls.rpc}`,
      `Ctrl-C stops it.`,
    ].join('\n'),
  )
  await interruption.asked
  output.note('stopping')
  await node.stop()
  interruption.release()
  output.event({ event: 'stopped', height: Number(ledger.height) }, `stopped at height ${ledger.height}`)
}

/** Errors: ADDRESS_IN_USE. */
async function start(node: FrameNode, host: string, port: number): Promise<void> {
  try {
    await node.start()
  } catch (cause) {
    const { code } = cause as { code?: string }
    if (code === 'EADDRINUSE')
      throw new CliError('ADDRESS_IN_USE', `port ${port} of ${host} is taken; choose another with --port`, {
        cause,
      })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
      throw new CliError('SETTING_MALFORMED', `cannot listen on ${host} port ${port}: ${code}`, { cause })
    throw cause
  }
}
