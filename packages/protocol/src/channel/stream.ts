/**
 * Hash chains of streams. The step function takes 64 bytes, preimage ‖ tag, so that it is exactly one vectorised
 * SHA-256 of two blocks; the tag binds the chain to frame, channel and stream, so a preimage shown in one stream is
 * worthless in every other, even if a careless payer reuses a seed.
 */
import { domainDigest, encode, type Hash, hash, hashChainWalk, record, u64 } from '@symbolon/primitives'

const streamName = record('stream-name', { channel: [1, hash], stream: [2, u64('stream id')] })

/** The 32-byte tag that every step of this stream's chain mixes in. */
export function streamTag(frame: Hash, channel: Hash, stream: bigint): Hash {
  return domainDigest('stream', frame, encode(streamName, { channel, stream }))
}

/**
 * True if walking `steps` steps from `preimage` arrives at `root`. Cost: one 64-byte SHA-256 per step.
 * @param steps 1 … STREAM_TICKS_MAX, checked by the caller against the stream's length
 */
export function verifyTick(root: Uint8Array, tag: Uint8Array, preimage: Uint8Array, steps: number): boolean {
  if (preimage.length !== 32 || steps < 1) return false
  const arrived = hashChainWalk(preimage, tag, steps)
  for (let i = 0; i < 32; i++) if (arrived[i] !== root[i]) return false
  return true
}
