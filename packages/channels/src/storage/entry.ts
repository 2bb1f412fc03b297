/** What the journal holds about channels: each entry stands by itself, the newest of each kind counts. */
import {
  boolean,
  fixedBytes,
  hash,
  type Infer,
  list,
  optional,
  record,
  u64,
  uint,
  union,
} from '@symbolon/primitives'
import {
  channelState,
  channelTerms,
  party,
  STREAM_TICKS_MAX,
  STREAMS_MAX,
  signedChannelState,
} from '@symbolon/protocol'
import { links } from '../message/message.ts'
import { operations } from '../operation/operation.ts'

const signature = fixedBytes(64, 'signature')

/** A proposal with one signature. */
export const halfSigned = record('half-signed', {
  state: [1, channelState],
  /** Of the proposer alone. */
  operations: [2, operations],
  /** True if it merges the other side's outstanding operations before these. */
  included: [3, boolean],
  signature: [4, signature],
  /** A counter-proposal: answers an outstanding proposal of the other side. */
  counters: [5, boolean],
})
export type HalfSigned = Infer<typeof halfSigned>

const created = record('created', {
  frame: [1, hash],
  terms: [2, channelTerms],
  party: [3, party],
  signed: [4, signedChannelState],
})

/** My proposal, before it is sent. A counter-proposal keeps what it answers: with my signature that is a full state. */
const proposed = record('proposed', { mine: [1, halfSigned], theirs: [2, optional(halfSigned)] })

/** A state with both signatures, before anything is acknowledged or done because of it. */
const signed = record('signed', {
  signed: [1, signedChannelState],
  links: [2, links],
  absorbedDeposits: [3, uint(16)],
})

/** Deepest preimage of each chain (payee) or how far it was paid (payer), and units of each run. */
const progress = record('progress', {
  ticks: [
    1,
    list(
      record('tick-progress', {
        stream: [1, u64()],
        index: [2, uint(STREAM_TICKS_MAX)],
        preimage: [3, optional(fixedBytes(32))],
      }),
      STREAMS_MAX,
    ),
  ],
  units: [
    2,
    list(
      record('unit-progress', {
        run: [1, u64()],
        /** Paid by chains of the run that are closed. */
        closed: [2, u64()],
        units: [3, u64()],
      }),
      STREAMS_MAX,
    ),
  ],
})

const phase = record('phase', { phase: [1, uint(6)] })
const preimage = record('preimage', { preimage: [1, fixedBytes(32)] })
const forgotten = record('forgotten', {})

export const entryBody = union('channel-entry', {
  created: [1, created],
  proposed: [2, proposed],
  signed: [3, signed],
  progress: [4, progress],
  phase: [5, phase],
  preimage: [6, preimage],
  forgotten: [7, forgotten],
})
export type EntryBody = Infer<typeof entryBody>

export const entry = record('entry', { channel: [1, hash], body: [2, entryBody] })
export type Entry = Infer<typeof entry>
