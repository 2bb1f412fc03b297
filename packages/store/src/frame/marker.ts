/** Which block the state database is at. Written in the same batch as what that block changed (CON-069). */
import { asHash, type Hash } from '@symbolon/primitives'
import { StoreError } from './errors.ts'

export interface Marker {
  readonly height: bigint
  readonly hash: Hash
}

/** u32 version | u64 height | 32-byte block hash, big-endian. */
const VERSION = 2
const MARKER_BYTES = 44

export function encodeMarker({ height, hash }: Marker): Uint8Array {
  const bytes = new Uint8Array(MARKER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, VERSION)
  view.setBigUint64(4, height)
  bytes.set(hash, 12)
  return bytes
}

/** Throws STORE_VERSION, STORE_STATE_MISMATCH. */
export function decodeMarker(bytes: Uint8Array): Marker {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const version = bytes.length < 4 ? 0 : view.getUint32(0)
  if (version !== VERSION)
    throw new StoreError(
      'STORE_VERSION',
      `The state database has format ${version}, this program reads ${VERSION}. Open it with the version that wrote ` +
        'it, or delete the folder `state` to have it rebuilt from the block log.',
      { details: { found: version, supported: VERSION } },
    )
  if (bytes.length !== MARKER_BYTES)
    throw new StoreError(
      'STORE_STATE_MISMATCH',
      'The marker of the state database is damaged. Delete the folder `state`: it is rebuilt from the block log.',
    )
  return { height: view.getBigUint64(4), hash: asHash(bytes.slice(12)) }
}
