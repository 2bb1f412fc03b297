/** What channels see of a ledger, as far as they need it before a close: it records openings. Nothing measured touches it. */
import type { ChannelLedger } from '@symbolon/channels'
import { asHash, type Hash, hashKey, sha256, utf8 } from '@symbolon/primitives'
import { CHANNEL_STATUS, type ChannelRecord, channelId, type Payload } from '@symbolon/protocol'

type Listener = (record: ChannelRecord, height: bigint) => void

const HEIGHT = 1n

export class LocalLedger implements ChannelLedger {
  readonly frame = asHash(sha256(utf8('bench frame')))
  readonly #records = new Map<string, ChannelRecord>()
  readonly #listeners = new Map<string, Set<Listener>>()

  height(): bigint {
    return HEIGHT
  }

  async channel(id: Hash): Promise<ChannelRecord | undefined> {
    return this.#records.get(hashKey(id))
  }

  subscribe(id: Hash, listener: Listener): () => void {
    const key = hashKey(id)
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  async submit(payload: Payload): Promise<{ height: bigint; code: string }> {
    if (payload.kind !== 'channels.open') return { height: HEIGHT, code: 'UNKNOWN_KIND' }
    this.record(payload.body.terms)
    return { height: HEIGHT, code: 'OK' }
  }

  /** The channel is open from now on; a process that did not submit the opening itself is told of it in this way. */
  record(terms: ChannelRecord['terms']): void {
    const key = hashKey(channelId(this.frame, terms))
    const collateral = terms.deposits.reduce((sum, deposit) => sum + deposit, 0n)
    const record = { terms, status: CHANNEL_STATUS.open, opened: HEIGHT, collateral, deposits: [] }
    this.#records.set(key, record)
    for (const listener of this.#listeners.get(key) ?? []) queueMicrotask(() => listener(record, HEIGHT))
  }
}
