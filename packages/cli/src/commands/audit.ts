/** `symbolon audit`: what an agent decided, and whether a purchase was what its receipt says. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import {
  decision,
  type OpenedEntry,
  openedEntry,
  RECEIPT_BYTES_MAX,
  type ReceiptReport,
  verifyAuditLog,
  verifyReceiptBytes,
} from '@symbolon/mandates'
import { installNativeProviders } from '@symbolon/native'
import { decode, equalBytes, formatAmount, type Hash, toHex } from '@symbolon/primitives'
import { frameId, type Genesis } from '@symbolon/protocol'
import { FrameClient, receiptDecoders } from '@symbolon/sdk'
import type { Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { NAME_PATTERN } from '../home/config.ts'
import { readBounded } from '../home/files.ts'
import { readGenesis } from '../home/home.ts'
import { LIST_LENGTH_DEFAULT } from '../limits.ts'
import { renderTable } from '../output/table.ts'
import { parseCount, parseHash, usage } from '../parse.ts'

interface VerifyOptions {
  readonly frame?: string
  readonly genesis?: string
  readonly online?: boolean
}

export const declareAudit: Declare = (program, bind) => {
  const audit = program
    .command('audit')
    .summary('show audit logs, verify receipts')
    .description(
      'What can be checked afterwards: the decisions of an agent, and the receipts of its purchases.',
    )
  audit
    .command('show')
    .argument('[agent]', 'name (default: the agent of --as)')
    .option('--limit <n>', 'newest so many', `${LIST_LENGTH_DEFAULT}`)
    .description(
      'Verifies the audit log of an agent of this home, and shows its newest decisions. Needs no password.',
    )
    .action(bind<{ limit: string }>((context, [agent], { limit }) => show(context, agent, limit)))
  audit
    .command('verify')
    .argument('<receipt>', 'file')
    .option('--frame <id>', 'identifier that the frame must have')
    .option('--genesis <file>', 'genesis of the frame (default: that of this home)')
    .option(
      '--online',
      'take the genesis from the node instead; the frame identifier must then come from you',
    )
    .description(
      'Verifies a purchase receipt from its bytes and the genesis of the frame alone: twelve links from the mandate to the audit ' +
        'log. Exit code 1 if one is broken.',
    )
    .withExamples(
      'symbolon audit verify purchase.receipt',
      'symbolon audit verify purchase.receipt --genesis genesis.json --frame 4be1…',
    )
    .action(bind<VerifyOptions>((context, [file = ''], options) => verify(context, file, options)))
}

async function show(context: Context, agent: string | undefined, limitText: string): Promise<void> {
  const { home, output } = context
  const name = agent ?? context.settings.agent
  if (!NAME_PATTERN.test(name)) throw usage('name an agent of this home')
  const limit = Number(parseCount(limitText, '--limit'))
  const directory = join(home.agentDirectory(name), 'audit')
  if (!existsSync(directory))
    throw new CliError(
      'AUDIT_LOG_MISSING',
      `${name} has no audit log: it has spent nothing under a mandate yet`,
    )
  const journal = Journal.open({ directory })
  context.onClose(() => journal.close())
  const entries: OpenedEntry[] = []
  for (const { record } of journal.entries()) entries.push(decode(openedEntry, Uint8Array.from(record)))
  const report = verifyAuditLog(home.frame, entries)
  const shown = entries.slice(-limit).map(lineOf)
  output.result(
    {
      entries: Number(report.size),
      head: toHex(report.digest),
      chain: 'intact',
      truncation: report.truncation,
      newest: shown,
    },
    () =>
      [
        renderTable(
          [
            { name: '#', align: 'right' },
            { name: 'time' },
            { name: 'what' },
            { name: 'units', align: 'right' },
            { name: 'of' },
          ],
          shown.map(({ index, time, what, flow, digest }) => [
            `${index}`,
            time,
            what,
            flow ?? '',
            digest?.slice(0, 16) ?? '',
          ]),
        ),
        '',
        `${report.size} entries, chain intact; head ${toHex(report.digest)}`,
        'That its newest entries were cut off shows only against a head that a transaction anchors: see the receipts.',
      ].join('\n'),
  )
}

function lineOf({ entry, body }: OpenedEntry) {
  const base = { index: Number(entry.index), time: new Date(entry.at * 1_000).toISOString() }
  if (entry.type !== 'decision') return { ...base, what: entry.type, flow: null, digest: null }
  const { verdict, intent, flow, digest, code } = decode(decision, body)
  return {
    ...base,
    what: `${verdict} ${intent}${code === undefined ? '' : ` ${code}`}`,
    flow: flow === undefined ? null : formatAmount(flow),
    digest: digest === undefined ? null : toHex(digest),
  }
}

async function verify(context: Context, file: string, options: VerifyOptions): Promise<void> {
  const bytes = readBounded(file, RECEIPT_BYTES_MAX)
  const expected = options.frame === undefined ? undefined : parseHash(options.frame, '--frame')
  installNativeProviders()
  const genesis = await trustedGenesis(context, options, expected)
  const frame = frameId(genesis)
  const report = verifyReceiptBytes(bytes, { frame, validators: genesis.validators }, receiptDecoders(frame))
  tell(context, frame, report)
  if (!report.valid) {
    const broken = report.checks.find(({ passed }) => !passed)
    throw new CliError(
      report.code ?? 'RECEIPT_BROKEN',
      `the link "${broken?.link}" does not hold: ${broken?.reason}; what follows it proves nothing`,
      { details: { links: report.checks } },
    )
  }
}

/** Errors: USAGE, FRAME_MISMATCH, CONFIG_MALFORMED, HOME_MISSING, FRAME_UNREACHABLE. */
async function trustedGenesis(
  context: Context,
  { genesis, online }: VerifyOptions,
  expected: Hash | undefined,
): Promise<Genesis> {
  if (online === true) {
    const frame = expected ?? (context.home.exists ? context.home.frame : undefined)
    if (frame === undefined)
      throw usage('a node could show any frame: pass --frame with the identifier that you mean')
    const client = await FrameClient.connect({ url: context.settings.node, frame })
    client.close()
    return client.genesis
  }
  const read = genesis === undefined ? context.home.genesis : readGenesis(genesis)
  if (expected !== undefined && !equalBytes(frameId(read), expected))
    throw new CliError('FRAME_MISMATCH', 'this genesis is that of another frame than --frame names')
  return read
}

function tell({ output }: Context, frame: Hash, { valid, checks, paid }: ReceiptReport): void {
  const links = checks.map(({ link, passed, proves, code, reason }) => ({
    link,
    holds: passed,
    proves,
    code: code ?? null,
    reason: reason ?? null,
  }))
  // With --json there is one document: this report, or the error of a broken link, which holds the links too.
  if (output.json && !valid) return
  output.result({ valid, frame: toHex(frame), paid: formatAmount(paid), links }, () =>
    [
      ...links.map(
        ({ link, holds, proves, reason }) =>
          `${holds ? 'holds ' : 'BROKEN'}  ${link.padEnd(11)} ${holds ? proves : (reason ?? '')}`,
      ),
      '',
      `${links.filter(({ holds }) => holds).length} of ${links.length} links hold; ${formatAmount(paid)} units are proven to be paid`,
    ].join('\n'),
  )
}
