/**
 * Protects parties that are away (CON-118): keeps the newest evidence of each channel, follows the ledger, answers a stale close
 * with the newer state, redeems streams, claims payments, and settles when the deadline has passed.
 *
 * It needs no key: every transaction that it sends carries its own proof. A watcher learns the balances of the channels that
 * it watches; it cannot move or reveal anything else.
 */
import { ed25519, equalBytes, type Hash, hashKey } from '@symbolon/primitives'
import {
  CHANNEL_STATUS,
  type ChannelRecord,
  type ChannelTerms,
  channelId,
  type Payload,
} from '@symbolon/protocol'
import type { Channel } from '../engine/channel.ts'
import { isFullySigned } from '../engine/derive.ts'
import { type ChannelLedger, LEDGER_OK } from '../engine/ledger.ts'
import { ChannelError } from '../errors.ts'
import { type ChannelJournal, compact } from '../storage/channel-journal.ts'
import { joinSnapshot, splitSnapshot } from '../storage/snapshot.ts'
import { decodeEvidence, encodeEvidence, evidenceOf, type WatchedEvidence } from './evidence-entry.ts'
import { respondToDispute, responseKey } from './respond.ts'

export const WATCHER_LIMITS = {
  channelsMax: 100_000,
  /** Refused submissions of one answer before the watcher gives up until the record changes. */
  attemptsMax: 16,
  /** Records in the journal before it is compacted. */
  recordsBeforeSnapshot: 100_000,
} as const

interface Watched {
  stored: WatchedEvidence
  unsubscribe: () => void
  /** The record that the counts below are about. */
  seen: string
  /** Refusals of each answer; a ledger that is out of reach refuses nothing. */
  readonly refusals: Map<string, number>
}

export class Watcher {
  readonly #ledger: ChannelLedger
  readonly #journal: ChannelJournal
  readonly #watched = new Map<string, Watched>()
  readonly #inFlight = new Set<string>()
  readonly #recordsBeforeSnapshot: number
  #records = 0

  private constructor(ledger: ChannelLedger, journal: ChannelJournal, recordsBeforeSnapshot: number) {
    this.#ledger = ledger
    this.#journal = journal
    this.#recordsBeforeSnapshot = recordsBeforeSnapshot
  }

  /** Reads its journal back and follows every channel that is not closed. Throws CHANNEL_STORE_CORRUPT. */
  static async open(
    ledger: ChannelLedger,
    journal: ChannelJournal,
    { recordsBeforeSnapshot = WATCHER_LIMITS.recordsBeforeSnapshot }: { recordsBeforeSnapshot?: number } = {},
  ): Promise<Watcher> {
    const watcher = new Watcher(ledger, journal, recordsBeforeSnapshot)
    const latest = new Map<string, WatchedEvidence>()
    const snapshot = journal.latestSnapshot()
    const records = snapshot === undefined ? [] : [...splitSnapshot(snapshot.bytes)]
    for (const { record } of journal.entries(snapshot?.position)) records.push(record)
    for (const record of records) {
      try {
        const stored = decodeEvidence(record)
        latest.set(hashKey(stored.channel), stored)
      } catch (cause) {
        throw new ChannelError(
          'CHANNEL_STORE_CORRUPT',
          'The journal is not of a watcher. Open its own directory.',
          { cause },
        )
      }
    }
    for (const stored of latest.values()) if (!stored.ended) watcher.#follow(stored)
    await watcher.check()
    return watcher
  }

  get size(): number {
    return this.#watched.size
  }

  /**
   * Takes newer evidence; durable when it resolves. Errors in order: CHANNEL_IDENTITY_MISMATCH (terms of another channel),
   * CHANNEL_SIGNATURE, CHANNEL_SEQUENCE (older than what is held), CHANNEL_QUEUE_FULL.
   */
  async watch(evidence: Omit<WatchedEvidence, 'ended'>): Promise<void> {
    const stored: WatchedEvidence = { ...evidence, ended: false }
    const { frame } = this.#ledger
    if (!equalBytes(channelId(frame, evidence.terms), evidence.channel))
      throw new ChannelError('CHANNEL_IDENTITY_MISMATCH', 'The terms are of another channel.')
    const key = hashKey(evidence.channel)
    const held = this.#watched.get(key)
    if (
      !isSameState(held?.stored, evidence) &&
      !isFullySigned({ frame, channel: evidence.channel, terms: evidence.terms }, evidence.signed, verify)
    )
      throw new ChannelError(
        'CHANNEL_SIGNATURE',
        'The state does not carry both signatures: it could not win a dispute.',
      )
    if (held !== undefined && held.stored.signed.state.sequence > evidence.signed.state.sequence)
      throw new ChannelError(
        'CHANNEL_SEQUENCE',
        `Sequence ${held.stored.signed.state.sequence} is held already.`,
      )
    if (held === undefined && this.#watched.size >= WATCHER_LIMITS.channelsMax)
      throw new ChannelError(
        'CHANNEL_QUEUE_FULL',
        `channelsMax (${WATCHER_LIMITS.channelsMax}) channels are watched. Use another watcher.`,
      )
    this.#append(stored)
    if (held === undefined) this.#follow(stored)
    else held.stored = stored
    await this.#flush()
  }

  /**
   * Uploads a running channel's evidence, now and whenever it grows; while one upload is being stored, what comes next waits and
   * goes together. Returns the way to stop.
   */
  protect(channel: Channel, onError: (error: unknown) => void = () => {}): () => void {
    let isUploading = false
    let isStale = false
    const upload = async (): Promise<void> => {
      isStale = true
      if (isUploading) return
      isUploading = true
      try {
        while (isStale) {
          isStale = false
          await this.watch(evidenceFrom(channel))
        }
      } catch (error) {
        onError(error)
      } finally {
        isUploading = false
      }
    }
    const stops = [
      channel.events.on('advanced', () => void upload()),
      channel.events.on('ticks', () => void upload()),
    ]
    void upload()
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** Looks at every channel now; also called by the ledger's notifications. */
  async check(): Promise<void> {
    for (const { stored } of [...this.#watched.values()]) {
      const record = await this.#ledger.channel(stored.channel)
      if (record !== undefined) await this.#react(stored.channel, record, this.#ledger.height())
    }
  }

  stop(): void {
    for (const { unsubscribe } of this.#watched.values()) unsubscribe()
    this.#watched.clear()
  }

  #append(stored: WatchedEvidence): void {
    this.#journal.append(encodeEvidence(stored))
    this.#records += 1
  }

  async #flush(): Promise<void> {
    await this.#journal.flush()
    if (this.#records < this.#recordsBeforeSnapshot) return
    this.#records = 0
    compact(
      this.#journal,
      joinSnapshot([...this.#watched.values()].map(({ stored }) => encodeEvidence(stored))),
    )
  }

  #follow(stored: WatchedEvidence): void {
    const unsubscribe = this.#ledger.subscribe(
      stored.channel,
      (record, height) => void this.#react(stored.channel, record, height),
    )
    this.#watched.set(hashKey(stored.channel), { stored, unsubscribe, seen: '', refusals: new Map() })
  }

  async #react(channel: Hash, record: ChannelRecord, height: bigint): Promise<void> {
    const key = hashKey(channel)
    const watched = this.#watched.get(key)
    if (watched === undefined) return
    if (record.status === CHANNEL_STATUS.closed) {
      watched.unsubscribe()
      this.#watched.delete(key)
      this.#append({ ...watched.stored, ended: true })
      await this.#flush().catch(() => {})
      return
    }
    const { frame, challengeExtension } = this.#ledger
    const seen = `${record.status} ${record.dispute?.state.sequence} ${record.dispute?.deadline} ${record.dispute?.extended}`
    if (seen !== watched.seen) watched.refusals.clear()
    watched.seen = seen
    const evidence = evidenceOf(frame, watched.stored)
    for (const payload of respondToDispute(record, evidence, height, challengeExtension))
      await this.#answer(key, watched.refusals, payload)
  }

  async #answer(key: string, refusals: Map<string, number>, payload: Payload): Promise<void> {
    const answer = responseKey(payload)
    const id = `${key} ${answer}`
    const refused = refusals.get(answer) ?? 0
    if (this.#inFlight.has(id) || refused >= WATCHER_LIMITS.attemptsMax) return
    this.#inFlight.add(id)
    try {
      const { code } = await this.#ledger.submit(payload)
      if (code !== LEDGER_OK) refusals.set(answer, refused + 1)
    } catch {
      // The ledger is out of reach; its next notification, or the next check, tries again.
    } finally {
      this.#inFlight.delete(id)
    }
  }
}

const verify = (signature: Uint8Array, digest: Hash, key: Uint8Array): boolean =>
  ed25519.verify(signature, digest, key)

/** New ticks on a state whose signatures were checked before: nothing to check again. */
function isSameState(held: WatchedEvidence | undefined, given: Omit<WatchedEvidence, 'ended'>): boolean {
  return held !== undefined && held.signed === given.signed
}

/** What an owner uploads for its channel. */
export function evidenceFrom(channel: Channel): Omit<WatchedEvidence, 'ended'> {
  const { channel: id, party, signed, ticks, preimages } = channel.evidence()
  const terms: ChannelTerms = channel.terms
  return {
    channel: id,
    terms,
    party,
    signed,
    ticks: [...ticks].map(([stream, preimage]) => ({ stream, preimage })),
    preimages: preimages.slice(-64),
  }
}
