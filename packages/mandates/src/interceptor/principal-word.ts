/**
 * Facts that no ledger proves, and for which the agent's word is not enough: that a provider paid back, and how much a
 * delegate with keys of its own has spent. The principal vouches for them with a signature. `before` is what could be
 * settled until then, so that no signature counts twice.
 */
import {
  type Address,
  type Amount,
  amount,
  domainDigest,
  ed25519,
  encode,
  enumeration,
  type Hash,
  hash,
  type Infer,
  record,
} from '@symbolon/primitives'
import type { KeyCheck } from '../budget/index.ts'
import { MandatesError } from '../errors.ts'
import type { Approval } from './intent.ts'

export const principalWord = record('principal-word', {
  fact: [1, enumeration(['refunded', 'delegate-spent'], 'fact')],
  /** The intent that the money was held for: a transaction's or a mandate's digest. */
  intent: [2, hash],
  /** Base units that came back, or that the delegate spent. */
  amount: [3, amount],
  /** Base units that were refundable, or held, before. */
  before: [4, amount],
})
export type PrincipalWord = Infer<typeof principalWord>

/** What the principal signs. */
export function principalWordDigest(frame: Hash, of: PrincipalWord): Hash {
  return domainDigest('request', frame, encode(principalWord, of))
}

/** Throws EVIDENCE_INVALID unless the principal signed exactly this. */
export function checkPrincipalWord(
  of: PrincipalWord,
  { publicKey, signature }: Approval,
  trust: { frame: Hash; principal: Address; mayKeySign: KeyCheck },
): Amount {
  const signed =
    trust.mayKeySign(trust.principal, publicKey) &&
    ed25519.verify(signature, principalWordDigest(trust.frame, of), publicKey)
  if (!signed)
    throw new MandatesError('EVIDENCE_INVALID', 'the principal has not signed this, with what is open now')
  return of.amount
}
