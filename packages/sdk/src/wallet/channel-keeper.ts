/**
 * Keeps an agent's channels safe while it runs: the policies of @symbolon/channels, applied. Every cycle it asks for each channel
 * whether to wait, to close alone, or to settle because too much stands unsettled, and does it.
 *
 * | what it sees | what it does | source |
 * | --- | --- | --- |
 * | a request of ours unanswered longer than the profile allows | closes alone | CL-4 |
 * | pending payments that cost more to claim than they are worth | closes alone | CL-5 |
 * | a close with an older state | nothing: the engine answers it at once | CL-6 |
 * | value owed to us above what the ledger's cost and risk justify | closes cooperatively | SG-3, SG-5 |
 *
 * Authority: the engine decides what is provable, the ledger what is settled; the keeper only decides when.
 */
import {
  type Channel,
  FORCE_CLOSE_PROFILES,
  type ForceCloseAction,
  type ForceClosePolicy,
  forceCloseAction,
  type GranularityInputs,
  granularityAction,
} from '@symbolon/channels'
import { type Amount, hashKey } from '@symbolon/primitives'
import { KEEPER_INTERVAL_MS } from '../limits.ts'
import type { Agent } from './agent.ts'

export interface ChannelKeeperOptions {
  readonly agent: Pick<Agent, 'host'>
  readonly policy?: ForceClosePolicy
  /** Inputs of the settlement-granularity controller; without them value may stand unsettled without bound. */
  readonly granularity?: () => GranularityInputs
  /** Ledger fee of one claim, and of a unilateral close with its sweeps. */
  readonly fees?: () => { claim: Amount; forceClose: Amount }
  /** Monotonic milliseconds. */
  readonly now?: () => number
  readonly intervalMs?: number
  readonly onAction?: (channel: Channel, action: KeeperAction) => void
  readonly onError?: (channel: Channel, error: unknown) => void
}

export type KeeperAction =
  | Exclude<ForceCloseAction, { kind: 'wait' | 'challenge' }>
  | { readonly kind: 'settle' }

export class ChannelKeeper {
  readonly #options: ChannelKeeperOptions
  readonly #now: () => number
  /** Since when a request of ours stands unanswered, by channel. */
  readonly #silentSince = new Map<string, number>()
  readonly #acting = new Set<string>()
  readonly #watched = new WeakSet<Channel>()
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(options: ChannelKeeperOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  start(): void {
    this.#timer = setInterval(() => this.cycle(), this.#options.intervalMs ?? KEEPER_INTERVAL_MS)
    this.#timer.unref?.()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** One evaluation of every channel. */
  cycle(): void {
    for (const channel of this.#options.agent.host.channels.values()) {
      this.#watch(channel)
      if (channel.phase !== 'open' && channel.phase !== 'closing') continue
      const action = this.#decide(channel)
      if (action !== undefined) this.#act(channel, action)
    }
  }

  #watch(channel: Channel): void {
    if (this.#watched.has(channel)) return
    this.#watched.add(channel)
    const key = hashKey(channel.id)
    channel.events.on('silence', () => {
      if (!this.#silentSince.has(key)) this.#silentSince.set(key, this.#now())
    })
    channel.events.on('advanced', () => this.#silentSince.delete(key))
    channel.events.on('phase', (phase) => {
      if (phase === 'closed') this.#silentSince.delete(key)
    })
  }

  #decide(channel: Channel): KeeperAction | undefined {
    const silentSince = this.#silentSince.get(hashKey(channel.id))
    const { claim, forceClose } = this.#options.fees?.() ?? { claim: 0n, forceClose: 0n }
    const incoming = channel.signed.state.pending.filter(({ payer }) => payer !== channel.party)
    const action = forceCloseAction(
      {
        silentMs: silentSince === undefined ? undefined : this.#now() - silentSince,
        pendingPayments: incoming.map(({ amount }) => amount),
        claimFee: claim,
        staleCloseSeen: false,
        forceCloseCost: forceClose,
        // Waiting is free unless somebody says otherwise: then silence alone decides.
        waitingCost: 0n,
        stateConfirmed: channel.record !== undefined,
      },
      this.#options.policy ?? FORCE_CLOSE_PROFILES.highFrequency,
    )
    if (action.kind === 'force-close') return action
    const inputs = this.#options.granularity?.()
    if (inputs === undefined || channel.phase !== 'open') return undefined
    return granularityAction(unsettledOf(channel), inputs) === 'checkpoint' ? { kind: 'settle' } : undefined
  }

  #act(channel: Channel, action: KeeperAction): void {
    const key = hashKey(channel.id)
    if (this.#acting.has(key)) return
    this.#acting.add(key)
    this.#options.onAction?.(channel, action)
    const done = action.kind === 'settle' ? channel.closeCooperative() : channel.closeUnilateral()
    done
      .catch((error: unknown) => this.#options.onError?.(channel, error))
      .finally(() => this.#acting.delete(key))
  }
}

/** Base units that are ours in the newest state and were not when the channel opened: what a lost close would cost. */
export function unsettledOf(channel: Channel): Amount {
  const { own } = channel.balances
  const deposited = channel.terms.deposits[channel.party] ?? 0n
  return own > deposited ? own - deposited : 0n
}
