/**
 * wire.md: every signed or named record with its domain, and all records inside it. Structure, types and bounds come from the schema
 * objects that the code encodes with; numbers come from their definitions. The two must agree, or generation fails.
 */
import * as mandates from '@symbolon/mandates'
import * as market from '@symbolon/market'
import { DOMAINS, type Domain, type Schema } from '@symbolon/primitives'
import * as protocol from '@symbolon/protocol'
import * as reputation from '@symbolon/reputation'
import { type JsonSchema, typeOf } from './json-schema.ts'
import { recordsOf, type SourceRecord } from './source.ts'

interface Signed {
  /** Schemas whose canonical bytes are the body. */
  readonly schemas?: readonly Schema<never>[]
  /** Records that their package keeps to itself; see definitionsOf. */
  readonly internal?: readonly string[]
  readonly note: string
}

const of = (...schemas: unknown[]): readonly Schema<never>[] => schemas as Schema<never>[]

/** A new domain does not pass generation before it is described here. */
const SIGNED: Readonly<Record<Domain, Signed>> = {
  genesis: {
    schemas: of(protocol.genesis),
    note: 'Names the frame. Outside any frame: the frame field is zero.',
  },
  account: {
    note: 'Body: the 32 bytes of the Ed25519 public key. The digest is the address. The frame field is zero.',
  },
  transaction: {
    schemas: of(protocol.transactionBody),
    note: 'Signed by the sender and by the co-signers that the payload names.',
  },
  block: { schemas: of(protocol.header), note: 'Names the block.' },
  'checkpoint-vote': {
    schemas: of(protocol.vote),
    note: 'Signed with BLS by validators; aggregated in the certificates of a checkpoint.',
  },
  'validator-set': {
    schemas: of(protocol.validator),
    note: 'Body: the list of validators. Stands in every header.',
  },
  'state-root': {
    note: 'Body: the five namespace roots, 32 bytes each, in the order accounts, storage, identity, channels, reputation.',
  },
  seed: {
    note: 'Leader election: height (8 bytes), round (4), zero (4), seed (32) as the VRF input; seed and VRF output as the next seed.',
  },
  event: { schemas: of(protocol.event), note: 'Leaf of the event log of a block; the digest names it.' },
  receipt: {
    schemas: of(protocol.receipt),
    note: 'Leaf of the receipt log of a block; the digest names it.',
  },
  'channel-state': { schemas: of(protocol.channelState), note: 'Signed by both channel keys.' },
  'channel-open': {
    schemas: of(protocol.channelTerms),
    note: 'The digest is the identifier of the channel.',
  },
  stream: {
    internal: ['stream-name'],
    note: 'The digest is the tag that every step of the hash chain mixes in.',
  },
  'stream-seed': {
    internal: ['seed-name'],
    note: 'Derives the seed of a hash chain from a secret of the payer: secret (32 bytes), then the record. Never leaves the payer.',
  },
  descriptor: { schemas: of(market.descriptor), note: 'Signed by the provider.' },
  beacon: { schemas: of(market.beacon), note: 'Signed by the provider.' },
  quote: {
    schemas: of(market.quote),
    note: 'Signed by the provider. The digest is the quote digest, which channel, credential and stream name.',
  },
  negotiation: { schemas: of(market.negotiationMessage), note: 'Signed by who says it.' },
  commitment: {
    schemas: of(market.commitmentTerms, market.serviceLevel),
    note: 'Names a service level, and the commitment made to it.',
  },
  challenge: { note: 'Body: the canonical bytes of the binding of a 402 answer. Signed by the payee.' },
  mandate: {
    schemas: of(mandates.mandate),
    note: 'Signed by the issuer: the principal, or the holder of the mandate above.',
  },
  'audit-entry': {
    schemas: of(mandates.auditEntry, mandates.auditAnchor),
    note: 'Names an entry of the audit log; the anchor names its head.',
  },
  'purchase-receipt': { schemas: of(mandates.purchaseReceipt), note: 'Names the receipt of one purchase.' },
  'channel-hello': {
    internal: ['channel-hello'],
    note: 'Signed by the channel keys when a connection is opened.',
  },
  request: {
    internal: ['rotation', 'principal-word', 'approval.approves', 'margin-release'],
    note: 'Requests of one party to another: proof of possession of a new key, and the words of a principal.',
  },
  'trust-parameters': {
    schemas: of(reputation.scoringParameters),
    note: 'Names the rules of a scoring epoch: version and constants of the computation, then these parameters. The frame field is zero.',
  },
  'trust-input': {
    note: 'Names the input of a scoring epoch: epoch (8 bytes), agents (4), relations (4), then SHA-256 of each page, agents first. Pages: packages/reputation/src/epoch/input.ts.',
  },
  'trust-score': {
    schemas: of(reputation.score),
    note: 'The digest is the data of a leaf of the score tree (RFC 9162), in ascending order of the subjects.',
  },
}

const sources = [
  'primitives',
  'protocol',
  'reputation',
  'channels',
  'credentials',
  'mandates',
  'market',
].flatMap(recordsOf)

export function wirePage(): string {
  const described = new Set<string>()
  const waiting: JsonSchema[] = []
  const signed = DOMAINS.map((domain) => {
    const { schemas = [], internal = [], note } = SIGNED[domain]
    const tops = schemas.map((schema) => schema.jsonSchema() as JsonSchema)
    const own = internal.flatMap(definitionsOf)
    waiting.push(...tops)
    return [
      `### \`${domain}\``,
      note,
      ...tops.map((top) => section(top, described)),
      ...own.map((one) => (described.has(one.title) ? undefined : sourceTable(one, described))),
    ]
      .filter((part) => part !== undefined && part !== '')
      .join('\n\n')
  })
  const inner: string[] = []
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
    for (const child of childrenOf(next)) {
      waiting.push(child)
      const text = section(child, described)
      if (text !== '') inner.push(text)
    }
  return [
    '# Records on the wire',
    'Everything that is signed or named by hash is deterministic CBOR (RFC 8949 §4.2): a map from field numbers to values, ascending. ' +
      'Unknown fields, other encodings of the same value and anything over a bound are refused. A tagged union is the array of tag and body. Addresses and DIDs are 32 bytes here, `sym1…` and `did:symbolon:sym1…` in JSON; ' +
      'words of an enumeration are their position in the list, from 0; texts are UTF-8; lists have a length.',
    '```text\ndigest = SHA-256("symbolon/1/" || domain || 0x00 || frame (32 bytes) || body)\n```',
    '## Domains',
    ...signed,
    '## Records inside them',
    ...inner,
  ].join('\n\n')
}

/** By title, or by title and first field where two records share a title. */
function definitionsOf(name: string): SourceRecord[] {
  const [title, first] = name.split('.')
  const found = sources.filter(
    (one) => one.title === title && (first === undefined || one.fields[0]?.name === first),
  )
  if (found.length !== 1) throw new Error(`wire.md: ${found.length} definitions of record ${name}`)
  return found
}

function childrenOf(schema: JsonSchema): JsonSchema[] {
  const parts = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(schema.oneOf ?? []).map((variant) => variant.properties?.['body'] ?? {}),
  ]
  return parts.flatMap((part) =>
    part.title === undefined || part.type === 'array' ? childrenOf(part) : [part],
  )
}

/** The table of a record or union, once; empty if it was shown before. */
function section(schema: JsonSchema, described: Set<string>): string {
  const title = schema.title ?? ''
  const signature = `${title} ${Object.keys(schema.properties ?? {}).join()}`
  if (described.has(signature)) return ''
  described.add(signature)
  if (schema.oneOf !== undefined) {
    const kinds = schema.oneOf.map((variant) => String(variant.properties?.['kind']?.const))
    const source = sourceOf(title, kinds)
    const rows = schema.oneOf.map((variant, at) => {
      const field = source?.fields.find(({ name }) => name === kinds[at])
      return `| ${field?.number ?? ''} | \`${kinds[at]}\` | ${typeOf(variant.properties?.['body'] ?? {})} |`
    })
    return [`#### \`${title}\``, ['| tag | kind | body |', '| ---: | --- | --- |', ...rows].join('\n')].join(
      '\n\n',
    )
  }
  const names = Object.keys(schema.properties ?? {})
  const source = sourceOf(title, names)
  const rows = names.map((name) => {
    const field = source?.fields.find((one) => one.name === name)
    if (field === undefined) throw new Error(`wire.md: no number for ${title}.${name}`)
    const required = schema.required?.includes(name) === true ? '' : ' (optional)'
    return `| ${field.number} | \`${name}\`${required} | ${typeOf(schema.properties?.[name] ?? {})} | ${field.comment} |`
  })
  return [
    `#### \`${title}\``,
    ['| # | field | type and bounds | |', '| ---: | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n')
}

/** The definition with this title and exactly these names. */
function sourceOf(title: string, names: readonly string[]): SourceRecord | undefined {
  if (names.length === 0) return undefined
  const wanted = [...names].sort().join()
  const found = sources.find(
    (one) =>
      one.title === title &&
      one.fields
        .map(({ name }) => name)
        .sort()
        .join() === wanted,
  )
  if (found === undefined) throw new Error(`wire.md: no definition of record ${title} with fields ${wanted}`)
  return found
}

function sourceTable({ title, fields }: SourceRecord, described: Set<string>): string {
  described.add(title)
  const rows = fields.map(
    ({ name, number, schema, comment }) =>
      `| ${number} | \`${name}\` | \`${schema.replaceAll('|', '\\|')}\` | ${comment} |`,
  )
  return [
    `#### \`${title}\``,
    ['| # | field | schema | |', '| ---: | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n')
}
