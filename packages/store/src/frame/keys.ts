/**
 * Keys of the state database. The first byte names the table, so tables never meet; within the state it is the position
 * of the namespace plus 0x10. Prefixed keys of at most 66 bytes.
 */
import { NAMESPACES, type Namespace } from '@symbolon/protocol'

export const MARKER_KEY = Uint8Array.of(0x01)

const NAMESPACE_BYTE = Object.fromEntries(
  NAMESPACES.map((name, position) => [name, 0x10 + position]),
) as Record<Namespace, number>
/** Beginning of a transaction identifier → height and index in the block. */
const TABLE_TRANSACTION = 0x20
export const TRANSACTION_PREFIX_BYTES = 16
/** Height → subject filter. */
const TABLE_SUBJECT_FILTER = 0x21
/** Index lists (index-list.ts). */
export const TABLE_PARTY_CHANNELS = 0x22

function prefixed(table: number, key: Uint8Array): Uint8Array {
  const full = new Uint8Array(key.length + 1)
  full[0] = table
  full.set(key, 1)
  return full
}

export const stateKey = (namespace: Namespace, key: Uint8Array): Uint8Array =>
  prefixed(NAMESPACE_BYTE[namespace], key)

/** The range of all keys of a namespace. */
export function namespaceRange(namespace: Namespace): { gte: Uint8Array; lt: Uint8Array } {
  const byte = NAMESPACE_BYTE[namespace]
  return { gte: Uint8Array.of(byte), lt: Uint8Array.of(byte + 1) }
}

export const transactionKey = (id: Uint8Array): Uint8Array =>
  prefixed(TABLE_TRANSACTION, id.subarray(0, TRANSACTION_PREFIX_BYTES))

export function subjectFilterKey(height: bigint): Uint8Array {
  const key = new Uint8Array(9)
  key[0] = TABLE_SUBJECT_FILTER
  new DataView(key.buffer).setBigUint64(1, height)
  return key
}

/** The newest part of a list. */
export const listHeadKey = (table: number, owner: Uint8Array): Uint8Array => prefixed(table, owner)

/** A full part of a list: longer than the key of the head, hence never equal to one. */
export function listPartKey(table: number, owner: Uint8Array, part: number): Uint8Array {
  const full = new Uint8Array(owner.length + 5)
  full[0] = table
  full.set(owner, 1)
  new DataView(full.buffer).setUint32(owner.length + 1, part)
  return full
}
