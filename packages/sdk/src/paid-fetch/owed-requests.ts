/** Requests whose use was taken and whose answer never came: the same call again repeats them, and takes nothing. */
import { OWED_REQUESTS_MAX } from '../limits.ts'
import type { Credential } from './credential.ts'

export interface OwedRequest {
  /** The request id. */
  readonly id: string
  readonly credential: Credential
}

export class OwedRequests {
  readonly #byCall = new Map<string, OwedRequest[]>()
  #size = 0

  /** @param call digest of the call; over OWED_REQUESTS_MAX the oldest are forgotten, which costs their uses */
  add(call: string, owed: OwedRequest): void {
    const list = this.#byCall.get(call)
    if (list === undefined) this.#byCall.set(call, [owed])
    else list.push(owed)
    this.#size++
    while (this.#size > OWED_REQUESTS_MAX) {
      const [oldest] = this.#byCall.keys()
      if (oldest === undefined) return
      this.take(oldest, 0)
    }
  }

  /** @param now Unix milliseconds; requests of expired credentials are lost */
  take(call: string, now: number): OwedRequest | undefined {
    const list = this.#byCall.get(call)
    for (;;) {
      const owed = list?.shift()
      if (list?.length === 0) this.#byCall.delete(call)
      if (owed === undefined) return undefined
      this.#size--
      if (owed.credential.isLive(now)) return owed
    }
  }
}
