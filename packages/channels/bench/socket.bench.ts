/**
 * Ticks over a loopback WebSocket, the two ends in two threads with a journal each: the payer pays, the payee makes the preimage durable
 * (fdatasync), acknowledges, and delivers one 16-byte row per tick in the same socket; the payer pays for more only as rows
 * arrive. Counted are rows received. Bar: 300,000/s. Ceiling: one hash per tick on the payee's core.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { hashChainStep, sha256, utf8 } from '@symbolon/primitives'
import { installNativeProviders } from '../../native/src/index.ts'
import { attachChannelServer, connectWebSocket } from '../src/index.ts'
import { benchAgent, report, YesLedger } from './support.ts'

const DURATION_MS = Number(process.env['BENCH_MS'] ?? 3_000)
const ROW_BYTES = 16
const WINDOW = 16_384
const CHAIN_TICKS = 65_536

installNativeProviders()
if (isMainThread) await payer()
else await payee()

async function payee(): Promise<void> {
  const rows = new Uint8Array(WINDOW * ROW_BYTES)
  const agent = benchAgent('payee', new YesLedger(true), {
    onChannel: (channel) =>
      channel.events.on('stream', (payee) => {
        payee.onPaid = () => {
          for (let left = Number(payee.deliverableUnits); left > 0; ) {
            const units = Math.min(left, WINDOW)
            payee.deliver(units, rows.subarray(0, units * ROW_BYTES))
            left -= units
          }
        }
      }),
  })
  const server = createServer()
  attachChannelServer(server, { path: '/', accept: (transport) => agent.host.accept(transport) })
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port))
  parentPort?.once('message', () => {
    server.closeAllConnections()
    server.close()
    void agent.dispose().then(() => process.exit())
  })
}

async function payer(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url))
  const port = await new Promise<number>((resolve) => worker.once('message', resolve))
  let received = 0
  let bytesReceived = 0
  let wake = (): void => {}
  const agent = benchAgent('payer', new YesLedger(), {
    limits: { prepaidUnitsMax: WINDOW },
    application: (bytes, delivered) => {
      received += delivered?.units ?? 0
      bytesReceived += bytes.length
      wake()
    },
  })
  const channel = await agent.host.open(await connectWebSocket(`ws://127.0.0.1:${port}/`), {
    deposits: [10n ** 15n, 0n],
    reserve: 1_000n,
    challengePeriod: 100n,
    nonce: 0n,
  })
  const stream = await channel.openStream({
    tickValue: 1n,
    quote: sha256(utf8('quote')) as never,
    length: CHAIN_TICKS,
  })
  const ceiling = hashesPerSecond()
  const startMs = performance.now()
  let rollovers = 0
  channel.events.on('advanced', () => {
    rollovers += 1
  })
  while (performance.now() - startMs < DURATION_MS) {
    // Tick by tick, as many as the window and the chain allow; they leave as one message.
    let paid = 0
    const room = Math.min(Number(BigInt(WINDOW) - (stream.paidUnits - stream.receivedUnits)), stream.capacity)
    for (; paid < room; paid++) stream.pay()
    if (paid === 0) await stream.ready()
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  const elapsedMs = performance.now() - startMs
  if (bytesReceived !== received * ROW_BYTES) throw new Error('rows are missing')
  report(
    `ticks over a loopback WebSocket, each delivered against, durable (${rollovers} rollovers)`,
    (received * 1_000) / elapsedMs,
    'ticks/s',
    ceiling,
  )
  worker.postMessage('stop')
  await agent.dispose()
  process.exit()
}

function hashesPerSecond(): number {
  const value = Uint8Array.from(sha256(utf8('value')))
  const tag = sha256(utf8('tag'))
  const startMs = performance.now()
  let steps = 0
  for (; performance.now() - startMs < 300; steps += 1_000)
    for (let i = 0; i < 1_000; i++) hashChainStep(value, tag, value)
  return (steps * 1_000) / (performance.now() - startMs)
}
