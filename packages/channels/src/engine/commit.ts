/** What follows once an intent is signed and durable, or could not be. */
import type { SignedChannelState } from '@symbolon/protocol'
import type { ChannelError } from '../errors.ts'
import { type Link, shorten } from '../message/message.ts'
import type { Operation } from '../operation/operation.ts'
import { type EntryBody, type HalfSigned, signedEntry } from '../storage/entry.ts'
import type { Core, Intent, Output, Step, Unsigned } from './core.ts'
import { joinSignatures, ticketsOf } from './derive.ts'
import { advanceLinks } from './links.ts'

const NO_SIGNATURE = new Uint8Array(64)

function halfOf(next: Unsigned, signature: Uint8Array, counters: boolean): HalfSigned {
  const { state, encoded, operations, included } = next
  return { state, encoded, operations: operations as Operation[], included, counters, signature }
}

/** What an intent writes before anything is said, and what follows once that is durable. */
export interface Commitment {
  readonly entry: EntryBody
  readonly next: Step
}

/** Throws TypeError without an intent: the shell's bug. `signature` is there if the intent asked for one. */
export function commitmentOf(core: Core, signature: Uint8Array = NO_SIGNATURE): Commitment {
  const { intent } = core
  if (intent === undefined) throw new TypeError('a commit without an intent')
  switch (intent.kind) {
    case 'propose':
      return propose(core, intent, signature)
    case 'counter':
      return counter(core, intent, signature)
    case 'accept':
      return accept(core, intent, signature)
    case 'conclude':
      return conclude(core, intent)
  }
}

type IntentOf<K extends Intent['kind']> = Extract<Intent, { kind: K }>

function propose(core: Core, intent: IntentOf<'propose'>, own: Uint8Array): Commitment {
  const half = halfOf(intent.half, own, false)
  const mine = { half, digest: intent.half.digest, groups: intent.groups }
  return {
    entry: { kind: 'proposed', body: { mine: half } },
    next: {
      core: { ...core, intent: undefined, mine, theirs: undefined },
      outputs: [sendOutstanding(half)],
    },
  }
}

function counter(core: Core, intent: IntentOf<'counter'>, own: Uint8Array): Commitment {
  const half = halfOf(intent.half, own, true)
  const mine = { half, digest: intent.half.digest, groups: intent.groups }
  const outputs: Output[] = [sendOutstanding(half, intent.refusal)]
  if (intent.requeued.length > 0) outputs.push({ kind: 'requeue', groups: intent.requeued })
  return {
    entry: { kind: 'proposed', body: { mine: half, theirs: intent.theirs } },
    next: { core: { ...core, intent: undefined, mine, theirs: intent.theirs }, outputs },
  }
}

function accept(core: Core, intent: IntentOf<'accept'>, own: Uint8Array): Commitment {
  const { state, encoded } = intent.half
  const signatures = joinSignatures(core.party, own, intent.theirs.signature)
  const links = advanceLinks(core.links, intent.batches)
  const outputs: Output[] = [
    { kind: 'advanced', batches: intent.batches, adopted: false },
    { kind: 'send', message: { kind: 'accept', body: { sequence: state.sequence, signature: own } } },
  ]
  if (intent.settled.length > 0) outputs.push({ kind: 'settled', tickets: intent.settled })
  if (intent.failed.length > 0 && intent.reason !== undefined)
    outputs.push({ kind: 'failed', tickets: ticketsOf(intent.failed), error: intent.reason })
  return {
    entry: { kind: 'signed', body: { state, encoded, signatures, links: links as Link[] } },
    next: { core: advanced(core, { state, signatures }, links), outputs },
  }
}

function conclude(core: Core, intent: IntentOf<'conclude'>): Commitment {
  const { signed, links, completedBy } = intent
  const outputs: Output[] = [{ kind: 'advanced', batches: intent.batches, adopted: intent.adopted }]
  if (intent.settled.length > 0) outputs.push({ kind: 'settled', tickets: intent.settled })
  // Only after a loss of data can a proposal of mine be overtaken by a state that I do not know; ask again.
  if (intent.failed.length > 0) outputs.push({ kind: 'requeue', groups: intent.failed })
  return {
    entry:
      completedBy === undefined
        ? { kind: 'signed', body: signedEntry(signed, links) }
        : { kind: 'completed', body: { signature: completedBy, links: links as Link[] } },
    next: { core: advanced(core, signed, links), outputs },
  }
}

function advanced(core: Core, signed: SignedChannelState, links: readonly Link[]): Core {
  return { ...core, signed, links, intent: undefined, mine: undefined, theirs: undefined }
}

/** The signer said no: the core is as it was before the intent. */
export function commitRefused(core: Core, error: ChannelError): Step {
  const { intent } = core
  if (intent === undefined) throw new TypeError('refused without an intent')
  // A refused counter-proposal leaves my earlier proposal, with its groups, outstanding.
  const outputs: Output[] =
    intent.kind === 'propose' ? [{ kind: 'failed', tickets: ticketsOf(intent.groups), error }] : []
  return { core: { ...core, intent: undefined }, outputs }
}

/** The message that carries a proposal of mine; sent when it is made and again after every reconnect. */
export function sendOutstanding(half: HalfSigned, refusal?: ChannelError): Output {
  const { sequence } = half.state
  if (!half.counters)
    return {
      kind: 'send',
      message: { kind: 'update', body: { sequence, operations: half.operations, signature: half.signature } },
    }
  return {
    kind: 'send',
    message: {
      kind: 'counter',
      body: {
        sequence,
        included: half.included,
        operations: half.operations,
        signature: half.signature,
        ...(refusal === undefined ? {} : { code: refusal.code, reason: shorten(refusal.message) }),
      },
    },
  }
}
