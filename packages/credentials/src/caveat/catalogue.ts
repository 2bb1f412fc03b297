import type { CaveatRefusalCode } from '../errors.ts'
import type { RequestContext } from './request-context.ts'

/** How a clause is written: the name, this, the value. Exactly one form per name, so no clause has two spellings. */
export type Operator = ' <= ' | ' = ' | ' == ' | ': '

/** The syntax of a value; `parse.ts` gives the grammar of each. */
export type ValueSyntax =
  | 'integer'
  | 'text'
  | 'quoted'
  | 'path'
  | 'method'
  | 'digest'
  | 'window'
  | 'integer-or-window'

/** Satoshi spellings need the policy's rate; base units are the frame's own and need none. */
export type AmountUnit = 'base' | 'satoshi'

type FieldOf<T> = {
  [K in keyof RequestContext]-?: RequestContext[K] extends T | undefined ? K : never
}[keyof RequestContext]
export type TextField = FieldOf<string>
export type QuantityField = 'leaseSeconds' | 'batchSize' | 'channelSequence'

/** What a clause demands of a request. */
export type Rule =
  | { readonly kind: 'label' }
  | { readonly kind: 'expiry' }
  | { readonly kind: 'match'; readonly field: TextField; readonly code: CaveatRefusalCode }
  | { readonly kind: 'at-most'; readonly field: QuantityField }
  | { readonly kind: 'price-ceiling'; readonly unit: AmountUnit }
  | { readonly kind: 'uses' }
  | { readonly kind: 'bytes-per-interval' }
  | { readonly kind: 'amount-per-window'; readonly unit: AmountUnit }
  | { readonly kind: 'budget'; readonly unit: AmountUnit }

export interface CatalogueEntry {
  readonly name: string
  readonly operator: Operator
  readonly syntax: ValueSyntax
  readonly rule: Rule
}

const scope = (field: TextField): Rule => ({ kind: 'match', field, code: 'CAVEAT_SCOPE_MISMATCH' })
const binding = (field: TextField, code: CaveatRefusalCode): Rule => ({ kind: 'match', field, code })

/**
 * The language: every caveat that a verifier of this package understands. Anything else is refused (CAV-4).
 * The names with `satoshi` or `sat` and the expiry pair are the book's spellings (CAV-2, CV-3); the `max_amount_…`
 * names are the same rules in base units of the frame's asset.
 */
const ENTRIES: readonly CatalogueEntry[] = [
  // Expiry: inclusive, Unix seconds.
  { name: 'expiry_before', operator: ' <= ', syntax: 'integer', rule: { kind: 'expiry' } },
  { name: 'expiry_epoch', operator: ' <= ', syntax: 'integer', rule: { kind: 'expiry' } },

  // Scope.
  { name: 'service', operator: ' = ', syntax: 'text', rule: scope('service') },
  { name: 'endpoint', operator: ' = ', syntax: 'path', rule: scope('endpoint') },
  { name: 'method', operator: ' = ', syntax: 'method', rule: scope('method') },
  { name: 'resource', operator: ' = ', syntax: 'text', rule: scope('resource') },
  { name: 'accelerator', operator: ' = ', syntax: 'text', rule: scope('accelerator') },
  { name: 'region', operator: ' = ', syntax: 'text', rule: scope('region') },
  { name: 'model', operator: ' = ', syntax: 'text', rule: scope('model') },
  { name: 'task', operator: ' = ', syntax: 'text', rule: scope('task') },
  { name: 'task_id', operator: ' == ', syntax: 'quoted', rule: scope('task') },
  {
    name: 'lease_seconds',
    operator: ' <= ',
    syntax: 'integer',
    rule: { kind: 'at-most', field: 'leaseSeconds' },
  },
  { name: 'batch_size', operator: ' <= ', syntax: 'integer', rule: { kind: 'at-most', field: 'batchSize' } },
  {
    name: 'channel_sequence',
    operator: ' <= ',
    syntax: 'integer',
    rule: { kind: 'at-most', field: 'channelSequence' },
  },

  // Bindings: what the credential was bought with and for.
  { name: 'frame', operator: ' = ', syntax: 'text', rule: binding('frame', 'CAVEAT_FRAME_MISMATCH') },
  { name: 'channel', operator: ' = ', syntax: 'text', rule: binding('channel', 'CAVEAT_CHANNEL_MISMATCH') },
  { name: 'quote', operator: ' = ', syntax: 'text', rule: binding('quote', 'CAVEAT_QUOTE_MISMATCH') },
  { name: 'payee', operator: ' = ', syntax: 'text', rule: binding('payee', 'CAVEAT_PAYEE_MISMATCH') },
  { name: 'payer', operator: ' = ', syntax: 'text', rule: binding('payer', 'CAVEAT_PAYER_MISMATCH') },
  {
    name: 'payment_hash',
    operator: ' = ',
    syntax: 'digest',
    rule: binding('paymentHash', 'CAVEAT_PAYMENT_HASH_MISMATCH'),
  },

  // Ceiling on the price of one request: no state.
  {
    name: 'max-satoshis-per-request',
    operator: ': ',
    syntax: 'integer',
    rule: { kind: 'price-ceiling', unit: 'satoshi' },
  },
  {
    name: 'provider_ceiling_sat',
    operator: ' <= ',
    syntax: 'integer',
    rule: { kind: 'price-ceiling', unit: 'satoshi' },
  },
  {
    name: 'max_amount_per_request',
    operator: ' <= ',
    syntax: 'integer',
    rule: { kind: 'price-ceiling', unit: 'base' },
  },

  // Counted at the verifier.
  { name: 'requests_remaining', operator: ' <= ', syntax: 'integer', rule: { kind: 'uses' } },
  {
    name: 'bytes_per_interval',
    operator: ' <= ',
    syntax: 'integer-or-window',
    rule: { kind: 'bytes-per-interval' },
  },
  {
    name: 'max-satoshis-per-window',
    operator: ': ',
    syntax: 'window',
    rule: { kind: 'amount-per-window', unit: 'satoshi' },
  },
  {
    name: 'max_amount_per_window',
    operator: ' <= ',
    syntax: 'window',
    rule: { kind: 'amount-per-window', unit: 'base' },
  },
  {
    name: 'cumulative-session-cap',
    operator: ': ',
    syntax: 'integer',
    rule: { kind: 'budget', unit: 'satoshi' },
  },
  {
    name: 'total_budget_sat',
    operator: ' <= ',
    syntax: 'integer',
    rule: { kind: 'budget', unit: 'satoshi' },
  },
  { name: 'task_budget_sat', operator: ' <= ', syntax: 'integer', rule: { kind: 'budget', unit: 'satoshi' } },
  { name: 'max_amount_total', operator: ' <= ', syntax: 'integer', rule: { kind: 'budget', unit: 'base' } },
  { name: 'task_budget', operator: ' <= ', syntax: 'integer', rule: { kind: 'budget', unit: 'base' } },

  // Always true: names a delegate, so that siblings with equal limits get counters of their own.
  { name: 'delegate', operator: ' = ', syntax: 'text', rule: { kind: 'label' } },
]

export const CATALOGUE: ReadonlyMap<string, CatalogueEntry> = new Map(
  ENTRIES.map((entry) => [entry.name, entry]),
)

/** True for a clause that the verifier must count, so that it binds more than one request. */
export function isStateful(entry: CatalogueEntry): boolean {
  const { kind } = entry.rule
  return kind === 'uses' || kind === 'bytes-per-interval' || kind === 'amount-per-window' || kind === 'budget'
}
