/**
 * The selling process of stream-socket. Takes `[directory]`, tells its parent the port that it listens on, and ends when the
 * parent hangs up. `/paid` speaks channels: rows against durable ticks. `/raw` gives the rows that a message asks for, unpaid.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attachChannelServer, type Channel } from '@symbolon/channels'
import { installNativeProviders } from '@symbolon/native'
import { openBenchAgent } from './bench-agent.ts'
import { LocalLedger } from './local-ledger.ts'
import { ROW_BYTES, WINDOW_UNITS } from './row-stream.ts'

installNativeProviders()
const [directory = '.'] = process.argv.slice(2)
const rows = new Uint8Array(WINDOW_UNITS * ROW_BYTES)
const ledger = new LocalLedger()
const agent = openBenchAgent(directory, 'payee', ledger, { onChannel: sell })

function sell(channel: Channel): void {
  // The opening was submitted in the other process.
  ledger.record(channel.terms)
  channel.events.on('stream', (payee) => {
    payee.onPaid = () => {
      for (let left = Number(payee.deliverableUnits); left > 0; ) {
        const units = Math.min(left, WINDOW_UNITS)
        payee.deliver(units, rows.subarray(0, units * ROW_BYTES))
        left -= units
      }
    }
  })
}

const server = createServer()
attachChannelServer(server, { path: '/paid', accept: (transport) => agent.host.accept(transport) })
attachChannelServer(server, {
  path: '/raw',
  accept: (transport) =>
    transport.attach({
      message: (bytes) => {
        const units = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0)
        transport.send(rows.subarray(0, Math.min(units, WINDOW_UNITS) * ROW_BYTES))
      },
      drain: () => {},
      close: () => {},
    }),
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => {
  server.closeAllConnections()
  server.close()
  void agent.close().finally(() => process.exit())
})
