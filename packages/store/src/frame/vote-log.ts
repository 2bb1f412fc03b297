/**
 * What this validator has signed. A vote is durable here before it is signed, so that after a restart it never signs a
 * second one for the same height, round and phase (CON-034): that would be equivocation, and slashable.
 *
 * A vote that differs in any field is another vote: two signatures on different bytes are evidence, whatever differs.
 *
 * Votes are remembered for STORE_LIMITS.voteHeightsMax heights below the newest; older ones cannot be recorded any more
 * (VOTE_STALE), so forgetting them is safe. One record is the canonical bytes of a vote after one version byte; a
 * snapshot is the same for all votes remembered, each behind its length.
 */
import { type FileSystem, Journal } from '@symbolon/journal'
import { decode, encode, equalBytes } from '@symbolon/primitives'
import { type Vote, vote as voteSchema } from '@symbolon/protocol'
import { StoreError } from './errors.ts'
import { STORE_LIMITS } from './limits.ts'

const VERSION = 1
const VOTE_BYTES_MAX = 255

interface Recorded {
  readonly bytes: Uint8Array
  readonly durable: Promise<unknown>
}

export class VoteLog {
  readonly #journal: Journal
  /** By height, then by round and phase. */
  readonly #votes = new Map<bigint, Map<string, Recorded>>()
  /** Votes below it are refused. */
  #floor = 0n
  #snapshotPosition: number

  /** Throws as Journal.open does, and STORE_VERSION. */
  constructor(directory: string, fileSystem?: FileSystem, segmentBytesMax?: number) {
    this.#journal = Journal.open({
      directory,
      segmentBytesMax: segmentBytesMax ?? STORE_LIMITS.voteSegmentBytesMax,
      ...(fileSystem === undefined ? {} : { fileSystem }),
    })
    const snapshot = this.#journal.latestSnapshot()
    this.#snapshotPosition = snapshot?.position ?? 0
    if (snapshot !== undefined)
      for (let at = 0; at < snapshot.bytes.length; ) {
        const length = snapshot.bytes[at] as number
        this.#load(snapshot.bytes.subarray(at + 1, at + 1 + length))
        at += 1 + length
      }
    for (const { record } of this.#journal.entries(snapshot?.position)) this.#load(record)
  }

  /**
   * Resolves when the vote is durable; at once for one that already is. Votes recorded in the same turn of the event loop
   * share one sync. Rejects with VOTE_STALE, VOTE_EQUIVOCATION, STORE_CORRUPT and the errors of the journal.
   */
  async record(vote: Vote): Promise<void> {
    const bytes = encode(voteSchema, vote)
    if (vote.height < this.#floor)
      throw new StoreError(
        'VOTE_STALE',
        `Votes below height ${this.#floor} are not remembered any more; a vote at ${vote.height} could contradict one. Do not sign it.`,
        { details: { height: vote.height, floor: this.#floor } },
      )
    const name = nameOf(vote)
    const same = this.#votes.get(vote.height)?.get(name)
    if (same !== undefined) {
      if (!equalBytes(same.bytes, bytes))
        throw new StoreError(
          'VOTE_EQUIVOCATION',
          `Another ${vote.phase} was recorded for height ${vote.height}, round ${vote.round}. Do not sign this one: two are slashable.`,
          { details: { height: vote.height, round: vote.round, phase: vote.phase } },
        )
      await same.durable
      return
    }
    const record = new Uint8Array(bytes.length + 1)
    record[0] = VERSION
    record.set(bytes, 1)
    const durable = this.#journal.appendDurable(record)
    this.#remember(vote, bytes, durable)
    await durable
    this.#compact()
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  #load(record: Uint8Array): void {
    if (record[0] !== VERSION)
      throw new StoreError(
        'STORE_VERSION',
        `The vote log has format ${record[0]}, this program reads ${VERSION}. Open it with the version that wrote it.`,
      )
    const bytes = Uint8Array.from(record.subarray(1))
    this.#remember(decode(voteSchema, bytes, VOTE_BYTES_MAX), bytes, Promise.resolve())
  }

  #remember(vote: Vote, bytes: Uint8Array, durable: Promise<unknown>): void {
    let votes = this.#votes.get(vote.height)
    if (votes === undefined) {
      votes = new Map()
      this.#votes.set(vote.height, votes)
    }
    votes.set(nameOf(vote), { bytes, durable })
    const floor = vote.height - BigInt(STORE_LIMITS.voteHeightsMax)
    if (floor <= this.#floor) return
    this.#floor = floor
    for (const height of this.#votes.keys()) if (height < floor) this.#votes.delete(height)
  }

  /** About 100 bytes per vote: once in some thousand votes, what is remembered replaces the log. */
  #compact(): void {
    const { endPosition } = this.#journal
    if (endPosition - this.#snapshotPosition < STORE_LIMITS.votesMax) return
    const parts: number[] = []
    for (const votes of this.#votes.values())
      for (const { bytes } of votes.values()) parts.push(bytes.length + 1, VERSION, ...bytes)
    this.#journal.writeSnapshot(Uint8Array.from(parts), endPosition)
    this.#journal.deleteSegmentsBefore(endPosition)
    this.#snapshotPosition = endPosition
  }
}

function nameOf({ round, phase }: Vote): string {
  return `${round} ${phase}`
}
