/**
 * The signed part of a hello. Both nonces are in it, so an old hello proves nothing on a new connection, and the channel and the
 * speaker's party, so that it cannot be reflected or moved.
 */
import { domainDigest, encode, fixedBytes, type Hash, hash, list, record } from '@symbolon/primitives'
import { type Position, position } from './message.ts'

const helloBody = record('channel-hello', {
  channel: [1, hash],
  /** Of party 0 and of party 1, for this connection only. */
  nonces: [2, list(fixedBytes(32, 'nonce'), 2, { lengthMin: 2 })],
  position: [3, position],
})

/** Canonical bytes of what is said: a signer that computes the digest from them cannot be made to sign something else. */
export function encodeHello(
  channel: Hash,
  nonces: readonly [Uint8Array, Uint8Array],
  at: Position,
): Uint8Array {
  return encode(helloBody, { channel, nonces: [...nonces], position: at })
}

/** What both verify: the digest of those bytes in the domain `channel-hello`. */
export function helloDigest(frame: Hash, hello: Uint8Array): Hash {
  return domainDigest('channel-hello', frame, hello)
}
