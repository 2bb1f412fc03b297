/**
 * Answers of paid requests, kept so that a lost one can be had again without being paid, counted or carried out again. One
 * entry per request, named by credential, request id, method and path:
 *
 *   (none) ──begin──▶ running ──answered──▶ answered ──REPLAY_SECONDS, or no room──▶ (none; the grant says "answered")
 *      ▲                 │
 *      └─────failed──────┘   the grant stays: the next attempt is served without being counted
 *
 * The authority for "was it counted" is the SellerJournal; this book is memory, and empty after a restart.
 */
import { type Hash, hashKey } from '@symbolon/primitives'
import { REPLAY_BODY_BYTES_MAX, REPLAY_BYTES_MAX, REPLAY_RESPONSES_MAX, REPLAY_SECONDS } from '../limits.ts'

export interface StoredAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Uint8Array
}

export type ReplayEntry =
  | { readonly state: 'running'; readonly content: Hash; readonly done: Promise<void> }
  | { readonly state: 'answered'; readonly content: Hash; readonly answer: StoredAnswer }

export interface ReplayLimits {
  readonly responsesMax: number
  readonly bytesMax: number
  readonly bodyBytesMax: number
  readonly seconds: number
}

const DEFAULTS: ReplayLimits = {
  responsesMax: REPLAY_RESPONSES_MAX,
  bytesMax: REPLAY_BYTES_MAX,
  bodyBytesMax: REPLAY_BODY_BYTES_MAX,
  seconds: REPLAY_SECONDS,
}

export class ReplayBook {
  readonly limits: ReplayLimits
  readonly #running = new Map<string, { content: Hash; done: Promise<void>; finish: () => void }>()
  readonly #answered = new Map<string, { content: Hash; answer: StoredAnswer; until: number }>()
  #bytes = 0

  constructor(limits: Partial<ReplayLimits> = {}) {
    this.limits = { ...DEFAULTS, ...limits }
  }

  /** Bytes of all kept bodies. */
  get bytes(): number {
    return this.#bytes
  }

  /** @param now Unix seconds */
  find(request: Hash, now: number): ReplayEntry | undefined {
    const key = hashKey(request)
    const running = this.#running.get(key)
    if (running !== undefined) return { state: 'running', content: running.content, done: running.done }
    this.#forget(now)
    const answered = this.#answered.get(key)
    return answered === undefined
      ? undefined
      : { state: 'answered', content: answered.content, answer: answered.answer }
  }

  /** From now on a repeat waits. The caller has made sure that there is no entry. */
  begin(request: Hash, content: Hash): void {
    let finish = (): void => {}
    const done = new Promise<void>((resolve) => {
      finish = resolve
    })
    this.#running.set(hashKey(request), { content, done, finish })
  }

  /** Ends the run: with an answer to keep, or without one. */
  end(request: Hash, answer: StoredAnswer | undefined, now: number): void {
    const key = hashKey(request)
    const running = this.#running.get(key)
    if (running === undefined) return
    this.#running.delete(key)
    if (answer !== undefined && answer.body.length <= this.limits.bodyBytesMax) {
      this.#answered.set(key, { content: running.content, answer, until: now + this.limits.seconds })
      this.#bytes += answer.body.length
      this.#forget(now)
    }
    running.finish()
  }

  /** All are kept equally long, so the oldest go first. */
  #forget(now: number): void {
    const { responsesMax, bytesMax } = this.limits
    for (const [key, { until, answer }] of this.#answered) {
      if (until >= now && this.#answered.size <= responsesMax && this.#bytes <= bytesMax) return
      this.#answered.delete(key)
      this.#bytes -= answer.body.length
    }
  }
}
