/** Connections of one address, so that no stranger can hold all that the listener has. */
import type { Server } from 'node:http'
import { SELLER_CONNECTIONS_PER_ADDRESS_MAX } from '../limits.ts'

export function limitConnections(http: Server, perAddressMax = SELLER_CONNECTIONS_PER_ADDRESS_MAX): void {
  const byAddress = new Map<string, number>()
  http.on('connection', (socket) => {
    const address = socket.remoteAddress ?? ''
    const held = (byAddress.get(address) ?? 0) + 1
    if (held > perAddressMax) {
      socket.destroy()
      return
    }
    byAddress.set(address, held)
    socket.once('close', () => {
      const left = (byAddress.get(address) ?? 1) - 1
      if (left === 0) byAddress.delete(address)
      else byAddress.set(address, left)
    })
  })
}
