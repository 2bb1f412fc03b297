/**
 * Stream ticks per second over a loopback WebSocket between two processes. The buyer pays tick by tick, 16,384 ahead of what has
 * arrived at most; the seller verifies, makes the newest preimage durable (fdatasync), and delivers one 16-byte row per durable tick
 * in the same socket. Counted are rows that have arrived, over chains of 65,536 ticks that roll over while they are in use.
 *
 * Ceiling: the same rows over the same kind of socket between the same processes in messages of half a window, nothing
 * paid and nothing stored.
 * Not measured: a network with latency, TLS, many channels.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { type Channel, connectWebSocket, type StreamPayer } from '@symbolon/channels'
import { installNativeProviders } from '@symbolon/native'
import { asHash, sha256, utf8 } from '@symbolon/primitives'
import { STREAM_TICKS_MAX } from '@symbolon/protocol'
import { openBenchAgent, openRequest } from './channel/bench-agent.ts'
import { LocalLedger } from './channel/local-ledger.ts'
import { ROW_BYTES, WINDOW_UNITS } from './channel/row-stream.ts'
import type { Benchmark, BenchmarkContext, Row } from './harness/benchmark.ts'
import { rateRow } from './harness/row.ts'
import { takeTurns } from './harness/turns.ts'

export const streamSocket: Benchmark = { names: ['stream-socket'], run }

async function run({ effort: { rounds, turnMs }, directory }: BenchmarkContext): Promise<Row[]> {
  installNativeProviders()
  const module = new URL(`./channel/payee-process${import.meta.url.slice(-3)}`, import.meta.url)
  const seller = fork(module, [directory], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  try {
    const [port] = (await once(seller, 'message')) as [number]
    const paid = await connectPaid(directory, `ws://127.0.0.1:${port}/paid`)
    const raw = await connectRaw(`ws://127.0.0.1:${port}/raw`)
    try {
      const rates = await takeTurns({ paid: () => paid.turn(turnMs), raw: () => raw.turn(turnMs) }, rounds)
      return [
        rateRow({
          name: 'stream-socket',
          title: 'ticks over a loopback WebSocket, two processes, each durable and delivered against',
          rates: rates.paid,
          ceiling: rates.raw,
          against: 'the same rows unpaid over the same kind of socket',
          bar: 300_000,
          barOn: 'value',
          note: `${ROW_BYTES}-byte rows`,
        }),
      ]
    } finally {
      await paid.close()
      await raw.close()
    }
  } finally {
    const exited = once(seller, 'exit')
    seller.disconnect()
    await exited
  }
}

interface Buyer {
  /** Rows per second over `turnMs`. */
  turn(turnMs: number): Promise<number>
  close(): Promise<void>
}

async function connectPaid(directory: string, url: string): Promise<Buyer> {
  const arrivals = new Arrivals()
  const buyer = openBenchAgent(directory, 'payer', new LocalLedger(), {
    limits: { prepaidUnitsMax: WINDOW_UNITS },
    application: (bytes, delivered) => arrivals.add(delivered?.units ?? 0, bytes.length),
  })
  const channel: Channel = await buyer.host.open(await connectWebSocket(url), openRequest(0))
  const quote = asHash(sha256(utf8('quote')))
  const stream: StreamPayer = await channel.openStream({ tickValue: 1n, quote, length: STREAM_TICKS_MAX })
  return {
    turn: (turnMs) =>
      arrivals.rate(turnMs, async () => {
        const exposed = Number(stream.paidUnits - stream.receivedUnits)
        const room = Math.min(WINDOW_UNITS - exposed, stream.capacity)
        for (let tick = 0; tick < room; tick++) stream.pay()
        if (room === 0) await stream.ready()
        else await arrivals.next()
      }),
    close: () => buyer.close(),
  }
}

async function connectRaw(url: string): Promise<Buyer> {
  const arrivals = new Arrivals()
  const transport = await connectWebSocket(url)
  transport.attach({
    message: (bytes) => arrivals.add(bytes.length / ROW_BYTES, bytes.length),
    drain: () => {},
    close: () => {},
  })
  const units = WINDOW_UNITS / 2
  const request = new Uint8Array(4)
  new DataView(request.buffer).setUint32(0, units)
  let asked = 0
  return {
    turn: (turnMs) =>
      arrivals.rate(turnMs, async () => {
        for (; asked + units - arrivals.units <= WINDOW_UNITS; asked += units) transport.send(request)
        await arrivals.next()
      }),
    close: async () => transport.close(),
  }
}

/** Counts rows, and wakes whoever waits for more. */
class Arrivals {
  units = 0
  #bytes = 0
  #wake: () => void = () => {}

  add(units: number, bytes: number): void {
    this.units += units
    this.#bytes += bytes
    this.#wake()
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  async rate(turnMs: number, step: () => Promise<void>): Promise<number> {
    const before = this.units
    const started = performance.now()
    while (performance.now() - started < turnMs) await step()
    const rate = ((this.units - before) * 1_000) / (performance.now() - started)
    if (this.#bytes !== this.units * ROW_BYTES) throw new Error('rows were counted that did not arrive')
    return rate
  }
}
