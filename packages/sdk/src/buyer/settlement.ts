/**
 * The end of a channel and the receipts of what was bought in it. Closing anchors the head of the buyer's audit log in the
 * closing transaction; the ledger's proofs then settle the mandate's books, and complete the receipt of every purchase.
 */
import type { Channel } from '@symbolon/channels'
import {
  type AuditAnchor,
  type AuditDisclosure,
  AuditTree,
  auditAnchorDigest,
  auditEntryDigest,
  decision,
  type OpenedEntry,
  type PurchaseReceipt,
  type SignedMandate,
} from '@symbolon/mandates'
import { decode, equalBytes, type Hash, hashKey, isSymbolonError } from '@symbolon/primitives'
import {
  channelId,
  channelKey,
  channelStateDigest,
  type SignedChannelState,
  type TransactionProof,
} from '@symbolon/protocol'
import { SdkError } from '../errors.ts'
import type { Agent } from '../wallet/agent.ts'
import type { AgentTransaction } from '../wallet/channel-ledger.ts'
import type { MandatedKeys } from '../wallet/keys.ts'
import { assembleReceipt, type PurchaseEvidence } from './receipt.ts'

/** A channel that is closed, with everything that receipts take from it. */
export interface ClosedChannel {
  readonly channel: Hash
  readonly final: SignedChannelState
  readonly open: TransactionProof
  readonly close: TransactionProof
  /** What the closing transaction anchors. */
  readonly anchor: AuditAnchor
}

export class Settlement {
  readonly #keys: MandatedKeys
  readonly #frame: Hash
  /** Transactions of this agent that are final, oldest first. */
  readonly transactions: AgentTransaction[] = []
  readonly #opened = new Map<string, AgentTransaction>()
  #anchor: AuditAnchor | undefined

  constructor(keys: MandatedKeys, frame: Hash) {
    this.#keys = keys
    this.#frame = frame
  }

  /** For `AgentOptions.anchor`: the head of the durable log, as the next transaction anchors it. */
  anchor(): Hash {
    const entries = [...this.#keys.interceptor.auditEntries()]
    const tree = new AuditTree(
      this.#frame,
      entries.map(({ entry }) => entry),
    )
    this.#anchor = tree.anchor(headOf(this.#frame, entries))
    return auditAnchorDigest(this.#frame, this.#anchor)
  }

  /** For `AgentOptions.onFinal`. */
  record(transaction: AgentTransaction): void {
    this.transactions.push(transaction)
    const { payload } = transaction.body
    if (payload.kind === 'channels.open')
      this.#opened.set(hashKey(channelId(this.#frame, payload.body.terms)), transaction)
  }

  /**
   * Closes the channel cooperatively and settles the mandate's books by the ledger's proofs. Errors: those of
   * `Channel.closeCooperative`; SETTLEMENT_UNKNOWN if this agent did not open the channel in this life.
   */
  async close(agent: Agent, channel: Channel): Promise<ClosedChannel> {
    const opened = this.#opened.get(hashKey(channel.id))
    if (opened === undefined)
      throw new SdkError(
        'SETTLEMENT_UNKNOWN',
        'the opening transaction of this channel is not known here; pass its identifier to `restore`',
      )
    await channel.closeCooperative()
    const closing = this.transactions.findLast(
      ({ body: { payload } }) =>
        payload.kind === 'channels.closeCooperative' && equalBytes(payload.body.channel, channel.id),
    )
    const anchor = this.#anchor
    if (closing === undefined || anchor === undefined)
      throw new SdkError(
        'SETTLEMENT_BY_PEER',
        'the other party closed first; its transaction anchors its own log, not ours',
      )
    const { client } = agent
    const [open, close, state] = await Promise.all([
      client.proveTransaction(opened.id),
      client.proveTransaction(closing.id),
      client.proveState('channels', channelKey(channel.id)),
    ])
    const { interceptor } = this.#keys
    await interceptor.settleTransaction(opened.body, open)
    await interceptor.settleTransaction(closing.body, close)
    try {
      await interceptor.settleChannel(channel.id, state)
    } catch (error) {
      // The doubly signed final state has settled the pot already; the ledger's record says the same.
      if (!isSymbolonError(error, 'CHANNEL_UNKNOWN')) throw error
    }
    return { channel: channel.id, final: channel.signed, open, close, anchor }
  }

  /** Tells of an opening transaction of an earlier life. */
  restore(transaction: AgentTransaction): void {
    this.record(transaction)
  }

  /** The receipt of one purchase in a closed channel. Errors: RECEIPT_INCOMPLETE, SETTLEMENT_NO_DECISION. */
  receipt(
    evidence: PurchaseEvidence,
    closed: ClosedChannel,
    mandates: readonly SignedMandate[],
  ): PurchaseReceipt {
    const { open, close, final } = closed
    return assembleReceipt(evidence, {
      mandates,
      open,
      close,
      final,
      audit: this.#disclose(evidence, closed.anchor),
    })
  }

  /** The decision to sign the state that opened the stream, proven to be in the anchored log. */
  #disclose({ stream }: PurchaseEvidence, anchor: AuditAnchor): AuditDisclosure {
    const entries = [...this.#keys.interceptor.auditEntries()].slice(0, Number(anchor.size))
    const wanted = stream === undefined ? undefined : channelStateDigest(this.#frame, stream.state.state)
    const opened = entries.find((one) => wanted !== undefined && isDecisionOn(one, wanted))
    if (opened === undefined)
      throw new SdkError(
        'SETTLEMENT_NO_DECISION',
        'the log holds no decision on this stream; was it paid by another agent?',
      )
    const tree = new AuditTree(
      this.#frame,
      entries.map(({ entry }) => entry),
    )
    return { opened, anchor, inclusion: tree.prove(Number(opened.entry.index), anchor.size) }
  }
}

function isDecisionOn({ entry, body }: OpenedEntry, digest: Hash): boolean {
  if (entry.type !== 'decision') return false
  const of = decode(decision, body)
  return of.verdict === 'allow' && of.digest !== undefined && equalBytes(of.digest, digest)
}

function headOf(frame: Hash, entries: readonly OpenedEntry[]): { size: bigint; digest: Hash } {
  const last = entries.at(-1)
  return {
    size: BigInt(entries.length),
    digest: last === undefined ? (new Uint8Array(32) as Hash) : auditEntryDigest(frame, last.entry),
  }
}
