/** What the journal holds about channels: each entry stands by itself, the newest of each kind counts. */
import {
  boolean,
  encode,
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
  type SignedChannelState,
  STREAM_TICKS_MAX,
  STREAMS_MAX,
  signaturePair,
  signedChannelState,
} from '@symbolon/protocol'
import { type Link, links } from '../message/message.ts'
import { operations } from '../operation/operation.ts'
import { stateBytes, withState } from './encoded-state.ts'

const signature = fixedBytes(64, 'signature')

/** A proposal with one signature. */
export const halfSigned = withState(
  record('half-signed', {
    state: [1, stateBytes],
    /** Of the proposer alone. */
    operations: [2, operations],
    /** True if it merges the other side's outstanding operations before these. */
    included: [3, boolean],
    signature: [4, signature],
    /** A counter-proposal: answers an outstanding proposal of the other side. */
    counters: [5, boolean],
  }),
)
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
const signed = withState(
  record('signed', { state: [1, stateBytes], signatures: [2, signaturePair], links: [3, links] }),
)

/** The peer's signature on my proposal: with the `proposed` entry before it, a state with both signatures. */
const completed = record('completed', { signature: [1, signature], links: [2, links] })

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
  completed: [8, completed],
})
export type EntryBody = Infer<typeof entryBody>

export const entry = record('entry', { channel: [1, hash], body: [2, entryBody] })
export type Entry = Infer<typeof entry>

/** The entry of a state that did not pass through a proposal of mine: adopted, restored, or in a snapshot. */
export function signedEntry(
  { state, signatures }: SignedChannelState,
  links: readonly Link[],
): Extract<EntryBody, { kind: 'signed' }>['body'] {
  return { state, encoded: encode(channelState, state), signatures, links: [...links] }
}
