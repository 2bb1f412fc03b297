/** What a watcher's journal holds, and what is uploaded to it. No key and no secret has a place in it. */
import {
  boolean,
  decode,
  encode,
  fixedBytes,
  type Hash,
  hash,
  type Infer,
  list,
  record,
  u64,
} from '@symbolon/primitives'
import { channelTerms, party, STREAMS_MAX, signedChannelState } from '@symbolon/protocol'
import type { Evidence } from './respond.ts'

/** Preimages of conditional payments that one upload carries. */
const PREIMAGES_MAX = 64

export const watchedEvidence = record('watched-evidence', {
  channel: [1, hash],
  terms: [2, channelTerms],
  party: [3, party],
  signed: [4, signedChannelState],
  ticks: [
    5,
    list(record('watched-tick', { stream: [1, u64()], preimage: [2, fixedBytes(32)] }), STREAMS_MAX),
  ],
  preimages: [6, list(fixedBytes(32), PREIMAGES_MAX)],
  /** Forget the channel: it is closed, or its owner ended the service. */
  ended: [7, boolean],
})
export type WatchedEvidence = Infer<typeof watchedEvidence>

export const encodeEvidence = (value: WatchedEvidence): Uint8Array => encode(watchedEvidence, value)
export const decodeEvidence = (bytes: Uint8Array): WatchedEvidence => decode(watchedEvidence, bytes)

export function evidenceOf(frame: Hash, stored: WatchedEvidence): Evidence {
  return {
    frame,
    channel: stored.channel,
    party: stored.party === 0 ? 0 : 1,
    signed: stored.signed,
    ticks: new Map(stored.ticks.map(({ stream, preimage }) => [stream, preimage])),
    preimages: stored.preimages,
  }
}
