/**
 * The state root (CON-066): the digest of the five namespace roots, in this order. Each namespace is one binary Merkle
 * Patricia trie (trie-proof.ts).
 */
import { concat, domainDigest, type Hash, hash, type Infer, list, record } from '@symbolon/primitives'

export const NAMESPACES = ['accounts', 'storage', 'identity', 'channels', 'reputation'] as const
export type Namespace = (typeof NAMESPACES)[number]

/** Roots in the order of NAMESPACES. */
export const namespaceRoots = list(hash, NAMESPACES.length, {
  lengthMin: NAMESPACES.length,
  name: 'namespace roots',
})
export type NamespaceRoots = Infer<typeof namespaceRoots>

export function stateRoot(frame: Hash, roots: readonly Hash[]): Hash {
  return domainDigest('state-root', frame, concat(...roots))
}

/** Keys and values of a namespace, encoded. Longest key: one table byte and two 32-byte names. */
export const STATE_KEY_BYTES_MAX = 65
export const STATE_VALUE_BYTES_MAX = 65_536
export const emptyRecord = record('empty', {})
