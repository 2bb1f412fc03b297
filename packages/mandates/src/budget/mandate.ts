/**
 * A mandate: how much of a principal's money a delegate may move, for what, to whom, and until when (`ch07-08` BT-2, BT-12).
 *
 * It carries the seven fields that AP2 names and nobody enforces: authority (issuer, parent, signature), resource scope,
 * cap, recipient (providers), expiry, nonce, and, through its digest in every audit entry, the receipt. A mandate is
 * signed by its issuer: the principal for the first of a chain, the delegate of the mandate before for every other.
 */
import {
  type Address,
  address,
  amount,
  domainDigest,
  ed25519,
  encode,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  list,
  optional,
  record,
  refine,
  text,
  u64,
  uint,
} from '@symbolon/primitives'
import { isGenesisKey } from '@symbolon/protocol'
import { MandatesError } from '../errors.ts'
import {
  PROVIDERS_MAX,
  RESOURCE_BYTES_MAX,
  RESOURCES_MAX,
  TASK_BYTES_MAX,
  WINDOW_SECONDS_MAX,
  WINDOWS_MAX,
} from '../limits.ts'

export const resourceName = text(RESOURCE_BYTES_MAX, { name: 'resource', bytesMin: 1 })
export const taskName = text(TASK_BYTES_MAX, { name: 'task', bytesMin: 1 })

/** Base units. What is spent and what is committed count alike. */
export const caps = record('caps', {
  total: [1, amount],
  perCall: [2, optional(amount)],
  perTask: [3, optional(amount)],
  perProvider: [4, optional(amount)],
})

/** At most `limit` base units in any `seconds` (RL-1). Several windows hold together (RL-4). */
export const rateWindow = record('rate-window', {
  seconds: [1, u64('window seconds', WINDOW_SECONDS_MAX)],
  limit: [2, amount],
})
export type RateWindow = Infer<typeof rateWindow>

const fields = record('mandate', {
  frame: [1, hash],
  /** Digest of the mandate that this one narrows; absent in the principal's own. */
  parent: [2, optional(hash)],
  issuer: [3, address],
  delegate: [4, address],
  caps: [5, caps],
  windows: [6, list(rateWindow, WINDOWS_MAX)],
  /** Who may be paid; absent means anybody. */
  providers: [7, optional(list(address, PROVIDERS_MAX))],
  /** Prefixes of what may be bought (see resource.ts); absent means anything. */
  resources: [8, optional(list(resourceName, RESOURCES_MAX))],
  /** The one task that it is for. */
  task: [9, optional(taskName)],
  /** Last Unix second, and last ledger height, at which it may be used (CV-3 Note: inclusive). At least one is set. */
  expiresAt: [10, optional(u64('expiry'))],
  expiresAtHeight: [11, optional(u64('expiry height'))],
  /** Basis points of the total that stay untouched until the issuer releases them (CG-8). */
  margin: [12, uint(10_000, 'basis points')],
  /** Fail-open: base units that may move while a predicate cannot be evaluated. Absent means fail-closed (PI-7). */
  backstop: [13, optional(amount)],
  /** When to escalate (SR-3): cumulative base units, and base units of one spend. */
  supervision: [
    14,
    optional(record('supervision', { checkpointAbove: [1, amount], superviseAbove: [2, amount] })),
  ],
  nonce: [15, fixedBytes(16, 'nonce')],
})
export type Mandate = Infer<typeof fields>

/** Refuses, in this order: MANDATE_NO_EXPIRY, MANDATE_WINDOW (a window of no length). */
export const mandate = refine('mandate', fields, (value): Mandate => {
  if (value.expiresAt === undefined && value.expiresAtHeight === undefined)
    throw new MandatesError(
      'MANDATE_NO_EXPIRY',
      'a mandate needs an expiry: set expiresAt, expiresAtHeight or both',
    )
  if (value.windows.some(({ seconds }) => seconds === 0n))
    throw new MandatesError('MANDATE_WINDOW', 'a rate window must be at least one second long')
  return value
})

export const signedMandate = record('signed-mandate', {
  mandate: [1, mandate],
  publicKey: [2, fixedBytes(32, 'public key')],
  signature: [3, fixedBytes(64, 'signature')],
})
export type SignedMandate = Infer<typeof signedMandate>

/** Names the mandate, and is what its issuer signs. */
export function mandateDigest(of: Mandate): Hash {
  return domainDigest('mandate', of.frame, encode(mandate, of))
}

/** Says whether a key may sign for an address. The default knows no rotations; pass one that asks the ledger. */
export type KeyCheck = (of: Address, publicKey: Uint8Array) => boolean

/** Throws MANDATE_SIGNATURE unless `publicKey` may sign for the issuer and signed this mandate. */
export function verifyMandateSignature(signed: SignedMandate, mayKeySign: KeyCheck = isGenesisKey): void {
  const { mandate: of, publicKey, signature } = signed
  if (!mayKeySign(of.issuer, publicKey) || !ed25519.verify(signature, mandateDigest(of), publicKey))
    throw new MandatesError(
      'MANDATE_SIGNATURE',
      'the mandate is not signed by its issuer: ask the issuer for a valid copy',
    )
}

/** True once CG-9's grace has passed: from then on the principal may reclaim the rest. */
export function isReclaimable(of: Mandate, height: bigint, graceBlocks = 6n): boolean {
  return of.expiresAtHeight !== undefined && height >= of.expiresAtHeight + graceBlocks
}
