/**
 * `identity.rotate`: replaces the authentication key. The old one stays in the record with the height at which it ended,
 * so that what it signed before stays checkable (CON-107).
 */
import { ed25519, encode, equalBytes, type Infer } from '@symbolon/primitives'
import {
  identityKey,
  identityPayloads,
  identityRotated,
  KEY_HISTORY_MAX,
  rotationDigest,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { TransactionKind } from '../../module.ts'
import { requireAuthority } from './authority.ts'
import { GAS_POSSESSION, GAS_RECORD } from './limits.ts'
import { readIdentity, writeIdentity } from './record.ts'

export const rotate: TransactionKind<Infer<typeof identityPayloads.rotate>> = {
  kind: 'identity.rotate',
  schema: identityPayloads.rotate,
  access: ({ subject }) => ({ reads: [], writes: [{ namespace: 'identity', key: identityKey(subject) }] }),
  gas: () => GAS_RECORD + GAS_POSSESSION,
  /**
   * In order of precedence: IDENTITY_UNKNOWN, IDENTITY_DEACTIVATED, IDENTITY_AUTHORITY, IDENTITY_VERSION,
   * IDENTITY_KEY_HISTORY_MAX, IDENTITY_KEY_REUSED, IDENTITY_ROTATED_NOW (a key must count for at least one height),
   * IDENTITY_POSSESSION.
   */
  execute({ subject, version, publicKey, possession }, context) {
    const identity = readIdentity(context, subject)
    requireAuthority(context, identity, version)
    if (identity.keys.length >= KEY_HISTORY_MAX)
      throw new LedgerError(
        'IDENTITY_KEY_HISTORY_MAX',
        `an identity has at most ${KEY_HISTORY_MAX} keys in its life (KEY_HISTORY_MAX): register a new one`,
      )
    if (identity.keys.some((key) => equalBytes(key.publicKey, publicKey)))
      throw new LedgerError(
        'IDENTITY_KEY_REUSED',
        'the key was used by this identity before: generate a new one',
      )
    const current = identity.keys[identity.keys.length - 1]
    if (current === undefined || current.from >= context.height)
      throw new LedgerError(
        'IDENTITY_ROTATED_NOW',
        'the key was rotated in this very block: send it again in the next one',
      )
    // Verification accepts canonical keys that are not of small order only, so this also proves that the key can sign.
    if (
      !ed25519.verify(possession, rotationDigest(context.frame, { subject, version, publicKey }), publicKey)
    )
      throw new LedgerError(
        'IDENTITY_POSSESSION',
        'the new key must sign (subject, version, public key) in this frame',
      )
    context.emit({
      type: 'identity.rotated',
      subjects: [subject],
      data: encode(identityRotated, { subject, version, publicKey }),
    })
    const keys = [
      ...identity.keys.slice(0, -1),
      { ...current, until: context.height },
      { publicKey, from: context.height },
    ]
    writeIdentity(context, { ...identity, version, keys })
  },
}
