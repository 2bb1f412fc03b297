/** From the granted credential to the settlement: the stream, the delivery over as many connections as it takes, the evidence. */
import type { Channel, StreamPayer } from '@symbolon/channels'
import { parseChallenge } from '@symbolon/credentials'
import { equalBytes, hashKey } from '@symbolon/primitives'
import { STREAM_TICKS_MAX } from '@symbolon/protocol'
import { SdkError } from '../errors.ts'
import { DELIVERY_STALL_MS } from '../limits.ts'
import { encodeStreamMessage } from '../wire/stream-message.ts'
import { keepConnected, whileConnected } from './connection-keeper.ts'
import type { SettledState } from './loop-state.ts'
import type { Purchase } from './purchase.ts'
import type { PurchaseEvidence, StreamEvidence } from './receipt.ts'
import { Reception } from './reception.ts'
import type { Run } from './run.ts'
import { watchForStall } from './stall-watch.ts'

export async function receiveAndSettle(run: Run, channel: Channel, verified: bigint): Promise<Purchase> {
  const { quote, order, clock } = run
  if (run.progress.streamed !== undefined && streamOf(run, channel) === undefined)
    return finish(run, channel, verified, run.progress.streamed, undefined, 0, 0)
  const payer = await clock.run('stream', () =>
    whileConnected(channel, run.progress.channelUrl, () => openStream(run, channel)),
  )
  run.advance({
    kind: 'streaming',
    stream:
      payer === undefined ? undefined : { run: payer.run, quote: payer.quote, tickValue: payer.tickValue },
  })
  const evidence = watchStream(run, channel, payer)
  const reception = new Reception({
    quote: quote.quote,
    payer,
    sink: order.sink,
    verified,
    onProgress: (units) =>
      order.onEvent?.({
        kind: 'progress',
        units,
        quantity: quote.quote.quantity,
        paid: units * quote.quote.unitPrice,
      }),
  })
  const streamBegan = performance.now()
  await clock.measure('stream', () => deliver(run, channel, payer, reception))
  const streamMs = performance.now() - streamBegan
  const firstUnitMs = clock.elapsedMs - (performance.now() - (reception.firstUnitAt ?? performance.now()))
  const stream = evidence.take()
  const streamed = payer?.paidUnits ?? 0n
  if (payer !== undefined) {
    await run.save({ streamed })
    await clock.measure('settlement', () =>
      whileConnected(channel, run.progress.channelUrl, () => payer.close()),
    )
  }
  evidence.stop()
  return finish(run, channel, reception.verified, streamed, stream, firstUnitMs, streamMs)
}

async function finish(
  run: Run,
  channel: Channel,
  units: bigint,
  streamed: bigint,
  stream: StreamEvidence | undefined,
  firstUnitMs: number,
  streamMs: number,
): Promise<Purchase> {
  const { quote } = run.quote
  if (run.state.name === 'Authenticated')
    run.advance({
      kind: 'streaming',
      stream: { run: run.progress.run ?? 0n, quote: run.quote.digest, tickValue: quote.unitPrice },
    })
  const paid = (quote.unitsMin + streamed) * quote.unitPrice
  run.advance({ kind: 'settled', units, paid, sequence: channel.signed.state.sequence })
  await run.save({ settled: units })
  return {
    settled: run.state as SettledState,
    provider: quote.provider,
    resource: run.resource,
    channel: channel.id,
    warm: run.progress.warm === 1,
    units,
    paid,
    phasesMs: { ...run.clock.took },
    totalMs: run.clock.elapsedMs,
    firstUnitMs,
    streamMs,
    evidence: evidenceOf(run, channel, stream, units),
  }
}

function streamOf(run: Run, channel: Channel): StreamPayer | undefined {
  for (const payer of channel.streams.payers.values())
    if (equalBytes(payer.quote, run.quote.digest) && !payer.isClosed) return payer
  return undefined
}

/** The stream of this purchase: opened now, or the one that an earlier life opened. */
async function openStream(run: Run, channel: Channel): Promise<StreamPayer | undefined> {
  const { quantity, unitsMin, unitPrice } = run.quote.quote
  const units = quantity - unitsMin
  if (units === 0n) return undefined
  const open = streamOf(run, channel)
  if (open !== undefined) {
    open.limitTo(units)
    if (run.progress.run === undefined) await run.save({ run: open.run })
    return open
  }
  if (run.progress.run !== undefined)
    throw new SdkError(
      'STREAM_CLOSED',
      'the seller closed the stream of this purchase before its end; what was delivered is paid, buy the rest anew',
    )
  const length = units < BigInt(STREAM_TICKS_MAX) ? Number(units) : STREAM_TICKS_MAX
  const payer = await channel.openStream({
    tickValue: unitPrice,
    quote: run.quote.digest,
    length,
    unitsMax: units,
  })
  await run.save({ run: payer.run })
  return payer
}

/** Keeps what proves the stream: the state that opened it now, its deepest preimage before it is closed. */
function watchStream(
  run: Run,
  channel: Channel,
  payer: StreamPayer | undefined,
): { take(): StreamEvidence | undefined; stop(): void } {
  run.streamState = channel.signed
  return {
    take: () => {
      const chain = payer?.chains[0]
      const state = run.streamState
      if (chain === undefined || state === undefined || chain.index === 0) return undefined
      return { state, id: chain.stream, ticks: chain.index, preimage: chain.chain.preimage(chain.index) }
    },
    stop: () => {},
  }
}

/** Delivers over as many connections as it takes; what is verified is never asked for again. */
async function deliver(
  run: Run,
  channel: Channel,
  payer: StreamPayer | undefined,
  reception: Reception,
): Promise<void> {
  const key = hashKey(run.quote.digest)
  run.buyer.receptions.set(key, { channel: channel.id, reception })
  const begin = (): void =>
    reception.restart((from) => {
      if (!channel.isOnline) return
      const body = { quote: run.quote.digest, run: payer?.run ?? 0n, from }
      channel.sendApplication(encodeStreamMessage({ kind: 'begin', body }))
    })
  const stopKeeping = keepConnected({
    channel,
    url: run.progress.channelUrl,
    progress: () => reception.verified,
    onConnected: begin,
    onFailed: (error) => reception.fail(error),
  })
  const stallMs = run.order.stallMs ?? DELIVERY_STALL_MS
  const stopWatching = watchForStall(reception, stallMs, () =>
    reception.fail(
      new SdkError('DELIVERY_STALLED', `the seller sent no unit for ${stallMs} ms; resume, or buy elsewhere`),
    ),
  )
  const aborted = (): void =>
    reception.fail(new SdkError('PURCHASE_ABORTED', 'the caller ended the purchase'))
  run.order.signal?.addEventListener('abort', aborted, { once: true })
  try {
    await Promise.race([reception.payDue(), reception.complete])
    if (!reception.isComplete) begin()
    await reception.complete
  } finally {
    stopKeeping()
    stopWatching()
    run.order.signal?.removeEventListener('abort', aborted)
    run.buyer.receptions.delete(key)
  }
}

function evidenceOf(
  run: Run,
  channel: Channel,
  stream: StreamEvidence | undefined,
  verified: bigint,
): PurchaseEvidence {
  const { progress, quote } = run
  const challenge = parseChallenge(progress.challenge ?? '')
  return {
    frame: run.buyer.agent.client.frame,
    channel: channel.id,
    descriptor: progress.descriptor,
    quote: progress.quote,
    commitment: progress.commitment,
    challenge: challenge.binding ?? { bytes: new Uint8Array(0), signature: new Uint8Array(0) },
    credential: {
      identifier: challenge.macaroon.identifier,
      caveats: challenge.macaroon.caveats.map((caveat) => caveat.identifier),
      preimage: progress.preimage ?? new Uint8Array(32),
    },
    stream,
    goods: quote.quote.goods === undefined ? undefined : { root: quote.quote.goods.root, verified },
  }
}
