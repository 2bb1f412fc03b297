/** `symbolon fetch`: one request to a service that may ask for payment; the counterpart of `serve --upstream`. */
import { existsSync } from 'node:fs'
import { installNativeProviders } from '@symbolon/native'
import { formatAmount, parseAmount } from '@symbolon/primitives'
import { Buyer, createPaidFetch } from '@symbolon/sdk'
import { readChain } from '../agent/mandate-file.ts'
import { openSpender } from '../agent/spender.ts'
import { collect, type Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { readBounded, writeNew } from '../home/files.ts'
import { FETCH_BODY_BYTES_MAX } from '../limits.ts'
import { parsePair, usage } from '../parse.ts'

interface FetchOptions {
  readonly maxPrice: string
  readonly maxTotal?: string
  readonly method: string
  readonly data?: string
  readonly header?: readonly string[]
  readonly out?: string
  readonly task?: string
}

export const declareFetch: Declare = (program, bind) => {
  program
    .command('fetch')
    .argument('<url>')
    .summary('one HTTP request that pays if it is asked to')
    .description(
      'Sends a request. If a Symbolon seller answers 402, verifies the seller in the registry, pays under the mandate, and repeats ' +
        'the request with the credential. The channel stays open for the next request; "symbolon channel close" ends it.',
    )
    .requiredOption('--max-price <units>', 'most that the request may cost')
    .option(
      '--max-total <units>',
      'most to pay in all, if one payment buys several requests (default: --max-price)',
    )
    .option('--method <method>', 'HTTP method', 'GET')
    .option('--data <file>', 'body of the request')
    .option('--header <name=value>', 'may be repeated', collect)
    .option('--out <file>', 'where the body of the answer goes (default: standard output)')
    .option('--task <label>', 'for task caps of the mandate')
    .withExamples('symbolon fetch http://127.0.0.1:7401/search?q=rain --max-price 0.01')
    .action(bind<FetchOptions>((context, [url = ''], options) => send(context, url, options)))
}

async function send(context: Context, url: string, options: FetchOptions): Promise<void> {
  const { home, settings, output } = context
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw usage(`"${url.slice(0, 80)}" is not an http:// or https:// address`)
  const maxPrice = parseAmount(options.maxPrice)
  // One request is one payment: without this bound the next credential would be bought ahead.
  const maxTotal = options.maxTotal === undefined ? maxPrice : parseAmount(options.maxTotal)
  const { out, task, data } = options
  if (out !== undefined && existsSync(out))
    throw new CliError('FILE_EXISTS', `${out} exists; choose another --out`)
  const headers = (options.header ?? []).map((text) => parsePair(text, '--header'))
  const body = data === undefined ? undefined : readBounded(data)
  readChain(home.mandatePath(settings.agent), settings.agent)
  installNativeProviders()
  const { client, keys, directory, hooks, remaining } = await openSpender(context)
  const buyer = await Buyer.open({ client, keys, directory, remaining, ...hooks })
  context.onClose(() => buyer.close())
  const paidFetch = createPaidFetch({ buyer, maxPrice, maxTotal, ...(task === undefined ? {} : { task }) })
  const answer = await paidFetch(url, {
    method: options.method,
    headers,
    ...(body === undefined ? {} : { body: Uint8Array.from(body) }),
  })
  const content = await readAnswer(answer)
  if (out !== undefined) writeNew(out, content)
  const paid = formatAmount(paidFetch.spent)
  const text = Buffer.from(content).toString('utf8')
  output.result(
    {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      paid,
      ...(out === undefined ? { body: text } : { out }),
    },
    out === undefined ? text : `${answer.status}, ${content.length} bytes in ${out}`,
  )
  output.note(`HTTP ${answer.status}; paid ${paid} units`)
  if (!answer.ok)
    throw new CliError('HTTP_STATUS', `the service answered ${answer.status}; its body says why`)
}

/** Errors: ANSWER_TOO_LARGE naming the bound. */
async function readAnswer(answer: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += chunk.length
    if (length > FETCH_BODY_BYTES_MAX)
      throw new CliError('ANSWER_TOO_LARGE', `the answer has more than ${FETCH_BODY_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
