/**
 * The discovery index (CON-108): one empty entry per capability and per domain of each live identity. All entries of a
 * capability are one subtree of the trie, so an answer can prove that it left nobody out.
 */
import { type Address, encode } from '@symbolon/primitives'
import {
  capabilityKey,
  domainKey,
  emptyRecord,
  type IdentityRecord,
  type IndexedProfile,
  type Profile,
} from '@symbolon/protocol'
import { LedgerError } from '../../error.ts'
import type { ExecutionContext, StateKey } from '../../module.ts'

const PRESENT = encode(emptyRecord, {})

/** The part of a profile that is indexed. */
export function indexedPart({
  capabilities,
  domain,
}: Pick<Profile, 'capabilities' | 'domain'>): IndexedProfile {
  return { capabilities, ...(domain === undefined ? {} : { domain }) }
}

/** Keys of the entries that a profile has in the index. */
export function indexKeys(of: IndexedProfile, subject: Address): StateKey[] {
  const keys: StateKey[] = of.capabilities.map((name) => ({
    namespace: 'identity',
    key: capabilityKey(name, subject),
  }))
  if (of.domain !== undefined) keys.push({ namespace: 'identity', key: domainKey(of.domain, subject) })
  return keys
}

export function indexSize(of: IndexedProfile): bigint {
  return BigInt(of.capabilities.length + (of.domain === undefined ? 0 : 1))
}

/** Throws IDENTITY_DUPLICATE_CAPABILITY. */
export function requireDistinct({ capabilities }: IndexedProfile): void {
  if (new Set(capabilities).size !== capabilities.length)
    throw new LedgerError('IDENTITY_DUPLICATE_CAPABILITY', 'a profile names each capability once')
}

/** Throws IDENTITY_PREVIOUS unless `stated` is what the record has: an entry left behind would be a false discovery hit. */
export function requirePrevious(identity: IdentityRecord, stated: IndexedProfile): void {
  const { capabilities, domain } = identity.profile
  const same =
    domain === stated.domain &&
    capabilities.length === stated.capabilities.length &&
    capabilities.every((name, i) => name === stated.capabilities[i])
  if (!same)
    throw new LedgerError(
      'IDENTITY_PREVIOUS',
      'previous must repeat the capabilities and the domain of the current profile, in order',
    )
}

export function removeEntries(context: ExecutionContext, of: IndexedProfile, subject: Address): void {
  for (const { namespace, key } of indexKeys(of, subject)) context.write(namespace, key, undefined)
}

export function addEntries(context: ExecutionContext, of: IndexedProfile, subject: Address): void {
  for (const { namespace, key } of indexKeys(of, subject)) context.write(namespace, key, PRESENT)
}
