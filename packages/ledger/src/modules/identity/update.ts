/** `identity.update`: replaces the profile and moves its discovery entries (CON-107, CON-108). */
import { encode, type Infer } from '@symbolon/primitives'
import { identityKey, identityPayloads, identityUpdated } from '@symbolon/protocol'
import type { StateKey, TransactionKind } from '../../module.ts'
import { requireAuthority } from './authority.ts'
import {
  addEntries,
  indexedPart,
  indexKeys,
  indexSize,
  removeEntries,
  requireDistinct,
  requirePrevious,
} from './discovery-index.ts'
import { GAS_PER_INDEX_ENTRY, GAS_RECORD } from './limits.ts'
import { readIdentity, writeIdentity } from './record.ts'

type Update = Infer<typeof identityPayloads.update>

/** Entries of both profiles; what stays is named once. */
function touchedEntries({ subject, profile, previous }: Update): StateKey[] {
  const capabilities = [...new Set([...previous.capabilities, ...profile.capabilities])]
  const keys = indexKeys(
    { capabilities, ...(previous.domain === undefined ? {} : { domain: previous.domain }) },
    subject,
  )
  if (profile.domain !== undefined && profile.domain !== previous.domain)
    keys.push(...indexKeys({ capabilities: [], domain: profile.domain }, subject))
  return keys
}

export const update: TransactionKind<Update> = {
  kind: 'identity.update',
  schema: identityPayloads.update,
  access: (body) => ({
    reads: [],
    writes: [{ namespace: 'identity', key: identityKey(body.subject) }, ...touchedEntries(body)],
  }),
  gas: ({ profile, previous }) =>
    GAS_RECORD + GAS_PER_INDEX_ENTRY * (indexSize(profile) + indexSize(previous)),
  /**
   * In order of precedence: IDENTITY_UNKNOWN, IDENTITY_DEACTIVATED, IDENTITY_AUTHORITY, IDENTITY_VERSION, IDENTITY_PREVIOUS,
   * IDENTITY_DUPLICATE_CAPABILITY.
   */
  execute({ subject, version, profile, previous }, context) {
    const identity = readIdentity(context, subject)
    requireAuthority(context, identity, version)
    requirePrevious(identity, previous)
    requireDistinct(profile)
    removeEntries(context, previous, subject)
    addEntries(context, profile, subject)
    context.emit({
      type: 'identity.updated',
      subjects: [subject],
      data: encode(identityUpdated, { subject, version, previous, indexed: indexedPart(profile) }),
    })
    writeIdentity(context, { ...identity, version, profile })
  },
}
