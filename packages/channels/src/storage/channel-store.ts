/**
 * Durable records of many channels in one journal. One flush covers what all of them appended (group commit), so a thousand
 * channels cost the disk no more than one.
 */
import { decode, encode, type Hash, hashKey } from '@symbolon/primitives'
import type { ChannelTerms, Party, SignedChannelState } from '@symbolon/protocol'
import { joinSignatures } from '../engine/derive.ts'
import { PHASES, type Phase } from '../engine/phase.ts'
import { ChannelError } from '../errors.ts'
import { CHANNEL_LIMITS } from '../limits.ts'
import type { Link } from '../message/message.ts'
import { type ChannelJournal, compact } from './channel-journal.ts'
import { type EntryBody, entry, type HalfSigned, signedEntry } from './entry.ts'
import { joinSnapshot, splitSnapshot } from './snapshot.ts'

/** One channel as the journal has it. */
export interface StoredChannel {
  readonly frame: Hash
  readonly channel: Hash
  readonly terms: ChannelTerms
  readonly party: Party
  signed: SignedChannelState
  links: readonly Link[]
  mine: HalfSigned | undefined
  theirs: HalfSigned | undefined
  phase: Phase
  readonly ticks: Map<bigint, { index: number; preimage: Uint8Array | undefined }>
  readonly units: Map<bigint, { closed: bigint; units: bigint }>
  readonly preimages: Uint8Array[]
}

interface DurableWaiter {
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export class ChannelStore {
  readonly channels = new Map<string, StoredChannel>()
  readonly #journal: ChannelJournal
  readonly #recordsBeforeSnapshot: number
  #records = 0
  /** The journal's promise for what is being synced, and what follows from it here. */
  #synced: Promise<void> | undefined
  #flushed: Promise<void> = Promise.resolve()
  #awaited: Promise<void> | undefined
  #waiting: DurableWaiter[] = []

  private constructor(journal: ChannelJournal, recordsBeforeSnapshot: number) {
    this.#journal = journal
    this.#recordsBeforeSnapshot = recordsBeforeSnapshot
  }

  /** Reads everything back. Throws CHANNEL_STORE_CORRUPT if a record is not one of ours. */
  static open(
    journal: ChannelJournal,
    recordsBeforeSnapshot: number = CHANNEL_LIMITS.recordsBeforeSnapshot,
  ): ChannelStore {
    const store = new ChannelStore(journal, recordsBeforeSnapshot)
    const snapshot = journal.latestSnapshot()
    if (snapshot !== undefined) for (const record of splitSnapshot(snapshot.bytes)) store.#replay(record)
    for (const { record } of journal.entries(snapshot?.position)) {
      store.#replay(record)
      store.#records += 1
    }
    return store
  }

  get(channel: Hash): StoredChannel | undefined {
    return this.channels.get(hashKey(channel))
  }

  /** Durable once a later `flush` resolves. */
  append(channel: Hash, body: EntryBody): void {
    this.#journal.append(encode(entry, { channel, body }))
    this.#apply(channel, body)
    this.#records += 1
  }

  /** Resolves when everything appended before the call is durable. Channels of one turn get one and the same promise. */
  flush(): Promise<void> {
    const synced = this.#journal.flush()
    if (synced !== this.#synced) {
      this.#synced = synced
      this.#flushed = synced.then(() => {
        if (this.#records >= this.#recordsBeforeSnapshot) this.#compact()
      })
    }
    return this.#flushed
  }

  /**
   * Calls `done` when everything appended before is durable, or `failed`; in the order of the calls. A turn's commits of many
   * channels cost one promise in all, not some each.
   */
  whenDurable(done: () => void, failed: (error: unknown) => void): void {
    const flushed = this.flush()
    if (flushed !== this.#awaited) {
      const waiting: DurableWaiter[] = []
      this.#awaited = flushed
      this.#waiting = waiting
      flushed.then(
        () => callEach(waiting, (waiter) => waiter.done()),
        (error: unknown) => callEach(waiting, (waiter) => waiter.failed(error)),
      )
    }
    this.#waiting.push({ done, failed })
  }

  /** Replaces the log by the newest of everything. PERF: linear in the channels kept, once per recordsBeforeSnapshot. */
  #compact(): void {
    this.#records = 0
    const records: Uint8Array[] = []
    for (const stored of this.channels.values())
      for (const body of entriesOf(stored)) records.push(encode(entry, { channel: stored.channel, body }))
    compact(this.#journal, joinSnapshot(records))
  }

  #replay(record: Uint8Array): void {
    try {
      const { channel, body } = decode(entry, record)
      this.#apply(channel, body)
    } catch (cause) {
      throw new ChannelError(
        'CHANNEL_STORE_CORRUPT',
        'The journal holds a record that is not of a channel. Open the directory that belongs to this store, or restore it from a copy.',
        { cause },
      )
    }
  }

  #apply(channel: Hash, { kind, body }: EntryBody): void {
    const key = hashKey(channel)
    if (kind === 'created') {
      this.channels.set(key, {
        frame: body.frame,
        channel,
        terms: body.terms,
        party: body.party === 0 ? 0 : 1,
        signed: body.signed,
        links: [],
        mine: undefined,
        theirs: undefined,
        phase: 'opening',
        ticks: new Map(),
        units: new Map(),
        preimages: [],
      })
      return
    }
    const stored = this.channels.get(key)
    if (stored === undefined)
      throw new ChannelError('CHANNEL_STORE_CORRUPT', 'An entry precedes its channel.')
    switch (kind) {
      case 'proposed':
        stored.mine = body.mine
        stored.theirs = body.theirs
        return
      case 'signed':
        advance(stored, { state: body.state, signatures: body.signatures }, body.links)
        return
      case 'completed': {
        const { mine, party } = stored
        if (mine === undefined)
          throw new ChannelError('CHANNEL_STORE_CORRUPT', 'A completion precedes its proposal.')
        const signatures = joinSignatures(party, mine.signature, body.signature)
        advance(stored, { state: mine.state, signatures }, body.links)
        return
      }
      case 'progress':
        for (const { stream, index, preimage } of body.ticks) stored.ticks.set(stream, { index, preimage })
        for (const { run, closed, units } of body.units) stored.units.set(run, { closed, units })
        return
      case 'phase':
        stored.phase = PHASES[body.phase] ?? 'closed'
        return
      case 'preimage':
        stored.preimages.push(body.preimage)
        return
      case 'forgotten':
        this.channels.delete(key)
    }
  }
}

/** One waiter's bug must not leave the others waiting: it surfaces on its own. */
function callEach(waiting: readonly DurableWaiter[], call: (waiter: DurableWaiter) => void): void {
  for (const waiter of waiting) {
    try {
      call(waiter)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

/** A newer state with both signatures: what was outstanding is decided, chains that it closed are forgotten. */
function advance(stored: StoredChannel, signed: SignedChannelState, links: readonly Link[]): void {
  stored.signed = signed
  stored.links = links
  stored.mine = undefined
  stored.theirs = undefined
  for (const stream of stored.ticks.keys())
    if (!links.some((link) => link.stream === stream)) stored.ticks.delete(stream)
}

function* entriesOf(stored: StoredChannel): Generator<EntryBody> {
  const { frame, terms, party, signed, links, mine, theirs } = stored
  yield { kind: 'created', body: { frame, terms, party, signed } }
  yield { kind: 'signed', body: signedEntry(signed, links) }
  if (mine !== undefined)
    yield { kind: 'proposed', body: { mine, ...(theirs === undefined ? {} : { theirs }) } }
  yield { kind: 'phase', body: { phase: PHASES.indexOf(stored.phase) } }
  for (const [stream, { index, preimage }] of stored.ticks)
    yield {
      kind: 'progress',
      body: { ticks: [{ stream, index, ...(preimage === undefined ? {} : { preimage }) }], units: [] },
    }
  for (const [run, { closed, units }] of stored.units)
    yield { kind: 'progress', body: { ticks: [], units: [{ run, closed, units }] } }
  for (const preimage of stored.preimages) yield { kind: 'preimage', body: { preimage } }
}
