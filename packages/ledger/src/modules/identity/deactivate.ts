/** `identity.deactivate`: ends an identity for ever and takes it out of discovery (CON-107). Its record and keys stay. */
import { encode, type Infer } from '@symbolon/primitives'
import { identityDeactivated, identityKey, identityPayloads } from '@symbolon/protocol'
import type { TransactionKind } from '../../module.ts'
import { requireAuthority } from './authority.ts'
import { indexKeys, indexSize, removeEntries, requirePrevious } from './discovery-index.ts'
import { GAS_PER_INDEX_ENTRY, GAS_RECORD } from './limits.ts'
import { readIdentity, writeIdentity } from './record.ts'

export const deactivate: TransactionKind<Infer<typeof identityPayloads.deactivate>> = {
  kind: 'identity.deactivate',
  schema: identityPayloads.deactivate,
  access: ({ subject, previous }) => ({
    reads: [],
    writes: [{ namespace: 'identity', key: identityKey(subject) }, ...indexKeys(previous, subject)],
  }),
  gas: ({ previous }) => GAS_RECORD + GAS_PER_INDEX_ENTRY * indexSize(previous),
  /** In order of precedence: IDENTITY_UNKNOWN, IDENTITY_DEACTIVATED, IDENTITY_AUTHORITY, IDENTITY_VERSION, IDENTITY_PREVIOUS. */
  execute({ subject, version, previous }, context) {
    const identity = readIdentity(context, subject)
    requireAuthority(context, identity, version)
    requirePrevious(identity, previous)
    removeEntries(context, previous, subject)
    const withdrawable = context.height + context.parameters.unbondingPeriod
    context.emit({
      type: 'identity.deactivated',
      subjects: [subject],
      data: encode(identityDeactivated, { subject, version, previous, withdrawable }),
    })
    // No key signs for the identity any more; what the last one signed before stays checkable.
    const keys = identity.keys.map((key) =>
      key.until === undefined ? { ...key, until: context.height } : key,
    )
    writeIdentity(context, { ...identity, version, keys, deactivated: context.height })
  },
}
