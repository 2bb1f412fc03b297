/**
 * Who may change an identity (CON-107).
 *
 *   the subject       by sending the transaction, or by co-signing it with its current key (somebody else pays)
 *   the controller    by sending the transaction
 *
 * The kernel has checked that the sender's signature is by the sender's current key.
 */
import { equalBytes } from '@symbolon/primitives'
import { type IdentityRecord, signsFor } from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext } from '../../module.ts'

/**
 * In order of precedence: IDENTITY_DEACTIVATED, IDENTITY_AUTHORITY, IDENTITY_VERSION (not the current version plus one:
 * an old change replayed, or two changes made at once).
 */
export function requireAuthority(context: ExecutionContext, identity: IdentityRecord, version: bigint): void {
  if (identity.deactivated !== undefined)
    throw new LedgerError(
      'IDENTITY_DEACTIVATED',
      `the identity was deactivated at height ${identity.deactivated}, for ever`,
    )
  const { body, signers } = context.transaction
  const bySender =
    equalBytes(body.sender, identity.subject) ||
    (identity.controller !== undefined && equalBytes(body.sender, identity.controller))
  if (!bySender && !signers.some((key) => signsFor(identity.subject, key, identity)))
    throw new LedgerError(
      'IDENTITY_AUTHORITY',
      "only the subject's current key or the controller may change this identity",
    )
  if (version !== identity.version + 1n)
    throw new LedgerError(
      'IDENTITY_VERSION',
      `the identity has version ${identity.version}: send version ${identity.version + 1n}`,
      {
        details: { current: identity.version },
      },
    )
}
