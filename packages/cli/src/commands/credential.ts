/** `symbolon credential`: macaroons with the caveat language of the credentials package. Works without a home and without a node. */
import {
  attenuateAll,
  CredentialVerifier,
  decodeIdentifier,
  decodeMacaroonText,
  encodeMacaroonText,
  type Macaroon,
  MemoryCounterStore,
  mintCredential,
  parseCaveat,
  paymentHashOf,
  paymentHashOfPreimage,
  type RequestContext,
  RootKeys,
} from '@symbolon/credentials'
import { asHash, fromHex, fromUtf8, parseAmount, SymbolonError, toHex, utf8 } from '@symbolon/primitives'
import { collect, type Declare } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError } from '../errors.ts'
import { readText } from '../home/files.ts'
import { randomBytes } from '../home/key-files.ts'
import { renderFacts } from '../output/table.ts'
import { parseCount, parseDuration, parseHash, parsePair, usage } from '../parse.ts'

interface SecretOptions {
  readonly secret: string
  readonly scope: string
  readonly keyVersion: string
}
interface MintOptions extends SecretOptions {
  readonly caveat?: readonly string[]
  readonly expires: string
  readonly paymentHash?: string
  readonly location?: string
}
interface VerifyOptions extends SecretOptions {
  readonly preimage: string
  readonly context?: readonly string[]
  readonly price: string
}

export const declareCredential: Declare = (program, bind) => {
  const credential = program
    .command('credential')
    .summary('mint, attenuate, inspect and verify credentials')
    .description(
      'Credentials: macaroons, which whoever holds one can narrow and nobody can widen. A caveat is one restriction, such as ' +
        '"requests_remaining <= 10" or "endpoint = /v2/search"; every credential expires.',
    )
  credential
    .command('mint')
    .requiredOption('--secret <file>', 'root secret: 64 hexadecimal digits')
    .option('--scope <service>', 'the service that the root key is for', 'symbolon')
    .option('--key-version <n>', 'version of the root secret', '1')
    .option('--caveat <text>', 'a restriction; may be repeated', collect)
    .option('--expires <duration>', 'such as 90s, 10m, 12h', '10m')
    .option(
      '--payment-hash <hash>',
      'of the preimage that activates it (default: a fresh preimage, which is printed)',
    )
    .option('--location <text>', 'a hint where it is good; not covered by the signature')
    .description(
      'Mints a credential. Without --payment-hash, it needs no payment: the preimage is printed with it.',
    )
    .withExamples(
      'openssl rand -hex 32 > root.key',
      "symbolon credential mint --secret root.key --caveat 'requests_remaining <= 10'",
    )
    .action(bind<MintOptions>((context, _, options) => mint(context, options)))
  credential
    .command('attenuate')
    .argument('<macaroon>', 'text, or "-" to read it from standard input')
    .requiredOption('--caveat <text>', 'a further restriction; may be repeated', collect)
    .description(
      'Narrows a credential, offline. Hand on the result alone: the one before it has its own authority.',
    )
    .action(
      bind<{ caveat: readonly string[] }>((context, [text = ''], options) =>
        narrow(context, text, options.caveat),
      ),
    )
  credential
    .command('inspect')
    .argument('<macaroon>', 'text, or "-" to read it from standard input')
    .description('Shows what a credential says. Proves nothing about it: that takes the root secret.')
    .action(bind((context, [text = '']) => inspect(context, text)))
  credential
    .command('verify')
    .argument('<macaroon>', 'text, or "-" to read it from standard input')
    .requiredOption('--secret <file>', 'root secret: 64 hexadecimal digits')
    .requiredOption('--preimage <hex>', 'proof of payment: 64 hexadecimal digits')
    .option('--scope <service>', 'the service that the root key is for', 'symbolon')
    .option('--key-version <n>', 'version of the root secret', '1')
    .option('--price <units>', 'of the request', '0')
    .option(
      '--context <field=value>',
      'what the request is: endpoint, method, resource, service, …; may be repeated',
      collect,
    )
    .description('Checks a credential for one request, as a provider would. Exit code 1 if it is refused.')
    .action(bind<VerifyOptions>((context, [text = ''], options) => verify(context, text, options)))
}

/** Errors: FILE_UNREADABLE, USAGE, MASTER_SECRET_INVALID. */
function rootKeys({ secret, scope, keyVersion }: SecretOptions): RootKeys {
  const text = readText(secret).trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    throw usage(`--secret: ${secret} does not hold 64 lower-case hexadecimal digits`)
  const version = Number(parseCount(keyVersion, '--key-version', 0n))
  return new RootKeys(scope, new Map([[version, fromHex(text)]]), version)
}

/** Errors: MACAROON_MALFORMED and the bounds of the format. */
function readMacaroon(text: string): Macaroon {
  return decodeMacaroonText((text === '-' ? readText('/dev/stdin') : text).trim())
}

function mint(context: Context, options: MintOptions): void {
  const now = Math.floor(Date.now() / 1_000)
  const preimage = options.paymentHash === undefined ? randomBytes(32) : undefined
  const paymentHash =
    preimage === undefined
      ? parseHash(options.paymentHash ?? '', '--payment-hash')
      : paymentHashOfPreimage(preimage)
  const macaroon = mintCredential({
    rootKeys: rootKeys(options),
    paymentHash,
    nonce: randomBytes(16),
    now,
    expiresAt: now + parseDuration(options.expires, '--expires'),
    caveats: options.caveat ?? [],
    ...(options.location === undefined ? {} : { location: options.location }),
  })
  const text = encodeMacaroonText(macaroon)
  const shown = preimage === undefined ? null : toHex(preimage)
  context.output.result(
    { macaroon: text, paymentHash: toHex(asHash(paymentHash)), preimage: shown },
    shown === null ? text : `${text}\npreimage ${shown}`,
  )
}

function narrow(context: Context, text: string, caveats: readonly string[]): void {
  for (const caveat of caveats) {
    const clauses = parseCaveat(utf8(caveat))
    if (typeof clauses === 'string')
      throw new CliError(clauses, `every verifier would refuse the caveat "${caveat}"; check its spelling`)
  }
  const narrowed = encodeMacaroonText(attenuateAll(readMacaroon(text), caveats))
  context.output.result({ macaroon: narrowed }, narrowed)
}

function inspect(context: Context, text: string): void {
  const macaroon = readMacaroon(text)
  const hash = paymentHashOf(macaroon.identifier)
  const caveats = macaroon.caveats.map(({ identifier, verificationId }) => ({
    text: plain(identifier),
    understood: verificationId === undefined && typeof parseCaveat(identifier) !== 'string',
  }))
  const version = keyVersionOf(macaroon)
  context.output.result(
    {
      location: macaroon.location === undefined ? null : plain(macaroon.location),
      identifier: toHex(macaroon.identifier),
      keyVersion: version ?? null,
      paymentHash: hash === undefined ? null : toHex(hash),
      caveats,
    },
    () =>
      renderFacts({
        location: macaroon.location === undefined ? undefined : plain(macaroon.location),
        'paid by':
          hash === undefined ? 'unknown: the identifier is of another issuer' : `preimage of ${toHex(hash)}`,
        'root key': version === undefined ? undefined : `version ${version}`,
        ...Object.fromEntries(
          caveats.map(({ text: caveat, understood }, i) => [
            `caveat ${i + 1}`,
            understood ? caveat : `${caveat}  (not understood: refused by every verifier)`,
          ]),
        ),
      }),
  )
}

function keyVersionOf({ identifier }: Macaroon): number | undefined {
  try {
    return decodeIdentifier(identifier).keyVersion
  } catch (error) {
    if (error instanceof SymbolonError) return undefined
    throw error
  }
}

/** Text where it is text; hexadecimal otherwise, so that nothing can steer a terminal. */
function plain(bytes: Uint8Array): string {
  try {
    const text = fromUtf8(bytes)
    return /^[\x20-\x7e]*$/.test(text) ? text : toHex(bytes)
  } catch {
    return toHex(bytes)
  }
}

const TEXT_FIELDS = [
  'service',
  'endpoint',
  'method',
  'resource',
  'accelerator',
  'region',
  'model',
  'task',
  'frame',
  'channel',
  'quote',
  'payee',
  'payer',
] as const
const INTEGER_FIELDS = ['bytes', 'leaseSeconds', 'batchSize', 'channelSequence'] as const

/** Errors: USAGE naming the fields that there are. */
function requestOf({ context = [], price }: VerifyOptions, now: number): RequestContext {
  const fields: Record<string, string | bigint> = {}
  for (const text of context) {
    const [name, value] = parsePair(text, '--context')
    if (TEXT_FIELDS.some((field) => field === name)) fields[name] = value
    else if (INTEGER_FIELDS.some((field) => field === name)) fields[name] = parseCount(value, name, 0n)
    else
      throw usage(
        `--context: there is no "${name}"; choose from ${[...TEXT_FIELDS, ...INTEGER_FIELDS].join(', ')}`,
      )
  }
  return { now, price: parseAmount(price), ...fields }
}

/** Counted caveats are counted from zero: this asks whether the credential is good for a first request. */
async function verify(context: Context, text: string, options: VerifyOptions): Promise<void> {
  const now = Math.floor(Date.now() / 1_000)
  const verifier = new CredentialVerifier({ rootKeys: rootKeys(options), counters: new MemoryCounterStore() })
  const request = requestOf(options, now)
  const verdict = await verifier.verify(
    readMacaroon(text),
    parseHash(options.preimage, '--preimage'),
    request,
  )
  if (!verdict.accepted) throw new CliError(verdict.code, `refused: ${verdict.message}`)
  const until = new Date(verdict.expiresAt * 1_000).toISOString()
  context.output.result(
    { accepted: true, paymentHash: verdict.paymentHash, expiresAt: verdict.expiresAt },
    `accepted, until ${until}`,
  )
}
