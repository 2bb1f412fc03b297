/** What follows once an intent is signed and durable, or could not be. */
import type { ChannelError } from '../errors.ts'
import { shorten } from '../message/message.ts'
import type { OperationBatch } from '../operation/apply.ts'
import type { EntryBody, HalfSigned } from '../storage/entry.ts'
import type { Core, Intent, Output, Step, Unsigned } from './core.ts'
import { joinSignatures, ticketsOf } from './derive.ts'
import { advanceLinks } from './links.ts'

function halfOf(next: Unsigned, signature: Uint8Array, counters: boolean): HalfSigned {
  return { state: next.state, operations: [...next.operations], included: next.included, counters, signature }
}

function absorbedAfter(core: Core, batches: readonly OperationBatch[]): number {
  let absorbed = core.absorbedDeposits
  for (const { operations } of batches)
    for (const { kind } of operations) if (kind === 'absorbDeposit') absorbed += 1
  return absorbed
}

/** What must be on disk before anything is sent or done because of the intent. */
export function entryOf(core: Core, intent: Intent, signature: Uint8Array | undefined): EntryBody {
  const own = signature ?? new Uint8Array(64)
  switch (intent.kind) {
    case 'propose':
      return { kind: 'proposed', body: { mine: halfOf(intent.half, own, false) } }
    case 'counter':
      return { kind: 'proposed', body: { mine: halfOf(intent.half, own, true), theirs: intent.theirs } }
    case 'accept':
      return {
        kind: 'signed',
        body: {
          signed: {
            state: intent.half.state,
            signatures: joinSignatures(core.party, own, intent.theirs.signature),
          },
          links: [...advanceLinks(core.links, intent.batches)],
          absorbedDeposits: absorbedAfter(core, intent.batches),
        },
      }
    case 'conclude':
      return {
        kind: 'signed',
        body: {
          signed: intent.signed,
          links: [...intent.links],
          absorbedDeposits: absorbedAfter(core, intent.batches),
        },
      }
  }
}

/** The intent is durable: change the core and speak. */
export function committed(core: Core, signature: Uint8Array | undefined): Step {
  const { intent } = core
  if (intent === undefined) throw new TypeError('committed without an intent')
  const own = signature ?? new Uint8Array(64)
  switch (intent.kind) {
    case 'propose': {
      const half = halfOf(intent.half, own, false)
      const mine = { half, digest: intent.half.digest, groups: intent.groups }
      return {
        core: { ...core, intent: undefined, mine, theirs: undefined },
        outputs: [sendOutstanding(half)],
      }
    }
    case 'counter': {
      const half = halfOf(intent.half, own, true)
      const mine = { half, digest: intent.half.digest, groups: intent.groups }
      const outputs: Output[] = [sendOutstanding(half, intent.refusal)]
      if (intent.requeued.length > 0) outputs.push({ kind: 'requeue', groups: intent.requeued })
      return { core: { ...core, intent: undefined, mine, theirs: intent.theirs }, outputs }
    }
    case 'accept': {
      const signed = {
        state: intent.half.state,
        signatures: joinSignatures(core.party, own, intent.theirs.signature),
      }
      const outputs: Output[] = [
        { kind: 'advanced', batches: intent.batches, adopted: false },
        {
          kind: 'send',
          message: { kind: 'accept', body: { sequence: signed.state.sequence, signature: own } },
        },
      ]
      if (intent.settled.length > 0) outputs.push({ kind: 'settled', tickets: intent.settled })
      if (intent.failed.length > 0 && intent.reason !== undefined)
        outputs.push({ kind: 'failed', tickets: ticketsOf(intent.failed), error: intent.reason })
      return {
        core: {
          ...core,
          signed,
          links: advanceLinks(core.links, intent.batches),
          absorbedDeposits: absorbedAfter(core, intent.batches),
          intent: undefined,
          mine: undefined,
          theirs: undefined,
        },
        outputs,
      }
    }
    case 'conclude': {
      const outputs: Output[] = [{ kind: 'advanced', batches: intent.batches, adopted: intent.adopted }]
      if (intent.settled.length > 0) outputs.push({ kind: 'settled', tickets: intent.settled })
      // Only after a loss of data can a proposal of mine be overtaken by a state that I do not know; ask again.
      if (intent.failed.length > 0) outputs.push({ kind: 'requeue', groups: intent.failed })
      return {
        core: {
          ...core,
          signed: intent.signed,
          links: intent.links,
          absorbedDeposits: absorbedAfter(core, intent.batches),
          intent: undefined,
          mine: undefined,
          theirs: undefined,
        },
        outputs,
      }
    }
  }
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
