/**
 * The channel on the ledger: follows its record, puts closes there, and answers a dispute by itself while the engine runs. The
 * ledger is the authority from the moment that a close is on it.
 */
import { CHANNEL_STATUS, type ChannelRecord } from '@symbolon/protocol'
import { ChannelError } from '../errors.ts'
import type { Evidence } from '../watcher/respond.ts'
import type { Core, CoreView, Purpose, Unsigned } from './core.ts'
import { bestProvable, DisputeResponder } from './dispute-responder.ts'
import { type ChannelLedger, LEDGER_OK } from './ledger.ts'
import type { Phase } from './phase.ts'

/** What closing needs from its channel. */
export interface ClosingHost {
  readonly ledger: ChannelLedger
  readonly verify: CoreView['verify']
  core(): Core
  phase(): Phase
  setPhase(phase: Phase): void
  sign(next: Unsigned, purpose: Purpose): Uint8Array | Promise<Uint8Array>
  evidence(): Evidence
}

export class Closing {
  record: ChannelRecord | undefined
  readonly #host: ClosingHost
  readonly #responder: DisputeResponder
  #unsubscribe: (() => void) | undefined
  #refreshing: Promise<void> | undefined

  constructor(host: ClosingHost) {
    this.#host = host
    this.#responder = new DisputeResponder(host.ledger)
  }

  /** Learns where the channel stands and hears of every change. */
  async follow(): Promise<void> {
    const { ledger } = this.#host
    const { channel } = this.#host.core()
    this.#unsubscribe = ledger.subscribe(channel, (record, height) => this.changed(record, height))
    await this.refresh()
  }

  /** Asks the ledger now instead of waiting to be told; callers at once share one question. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #refresh(): Promise<void> {
    const { ledger } = this.#host
    const record = await ledger.channel(this.#host.core().channel)
    if (record !== undefined) this.changed(record, ledger.height())
  }

  stop(): void {
    this.#unsubscribe?.()
  }

  changed(record: ChannelRecord, height: bigint): void {
    this.record = record
    switch (record.status) {
      case CHANNEL_STATUS.open:
        if (this.#host.phase() === 'opening')
          this.#host.setPhase(this.#host.core().signed.state.final ? 'closing' : 'open')
        return
      case CHANNEL_STATUS.disputed:
        this.#host.setPhase('disputed')
        break
      case CHANNEL_STATUS.settling:
        this.#host.setPhase('settling')
        break
      default:
        this.#host.setPhase('closed')
    }
    void this.#respond(record, height)
  }

  /** Puts the final state on the ledger. Errors: CHANNEL_NOT_SETTLED (it is not final), CHANNEL_LEDGER_REFUSED. */
  async submitFinal(): Promise<void> {
    const { channel, signed } = this.#host.core()
    if (!signed.state.final)
      throw new ChannelError('CHANNEL_NOT_SETTLED', 'The newest state is not final. Use closeCooperative.')
    await this.#submit({
      kind: 'channels.closeCooperative',
      body: { channel, state: signed.state, signatures: signed.signatures },
    })
  }

  /** Starts a dispute with the newest state that can be proven. Errors: CHANNEL_LEDGER_REFUSED. */
  async closeUnilateral(): Promise<void> {
    const { channel, party } = this.#host.core()
    const { state, signatures } = await this.#bestProvable()
    await this.#submit({ kind: 'channels.closeUnilateral', body: { channel, state, signatures, party } })
  }

  async #respond(record: ChannelRecord, height: bigint): Promise<void> {
    const signed = await this.#bestProvable()
    await this.#responder.respond(record, { ...this.#host.evidence(), signed }, height)
  }

  #bestProvable(): ReturnType<typeof bestProvable> {
    return bestProvable(this.#host.core(), async (next) => this.#host.sign(next, 'accept'), this.#host.verify)
  }

  /** A refusal because somebody else closed the channel first is no failure: what was wanted is under way. */
  async #submit(payload: Parameters<ChannelLedger['submit']>[0]): Promise<void> {
    const { ledger } = this.#host
    const { code } = await ledger.submit(payload)
    if (code === LEDGER_OK) return
    const record = await ledger.channel(this.#host.core().channel)
    if (record !== undefined && record.status !== CHANNEL_STATUS.open) return
    throw new ChannelError(
      'CHANNEL_LEDGER_REFUSED',
      `The ledger answered ${code}. Submit again, or close unilaterally.`,
      { details: { code } },
    )
  }
}
