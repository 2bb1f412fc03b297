/** What the streams of a channel need from it. */
import type { Amount, Hash } from '@symbolon/primitives'
import type { ChannelState, Party } from '@symbolon/protocol'
import type { ChannelEnvironment } from '../engine/environment.ts'
import type { ChannelLimits } from '../limits.ts'
import type { Link, Message, MessageOf } from '../message/message.ts'
import type { Operation } from '../operation/operation.ts'
import type { EntryBody } from '../storage/entry.ts'
import type { StreamPayee } from './payee.ts'

export interface StreamHost {
  readonly frame: Hash
  readonly channel: Hash
  readonly party: Party
  readonly reserve: Amount
  /** 32 bytes, of this channel alone. */
  readonly secret: Uint8Array
  readonly limits: ChannelLimits
  readonly environment: ChannelEnvironment
  state(): ChannelState
  links(): readonly Link[]
  /** Above every sequence that I have signed. */
  nextSequence(): bigint
  send(message: Message): void
  sendApplication(body: MessageOf<'data'>): void
  update(operations: readonly Operation[]): Promise<unknown>
  append(body: EntryBody): void
  flush(): Promise<void>
  opened(payee: StreamPayee): void
  /** Ticks have become durable. */
  ticksDurable(): void
  failed(error: unknown): void
}

/** Ticks of a chain that are already in the balances: how much shorter its stream is than when it was opened. */
export function foldedTicks(host: StreamHost, stream: bigint): number {
  const link = host.links().find((at) => at.stream === stream)
  const run = host.state().streams.find(({ id }) => id === stream)
  return link === undefined || run === undefined ? 0 : link.length - run.length
}
