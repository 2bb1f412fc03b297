/**
 * Counts open sockets in all and per remote address. A socket that would exceed either bound is destroyed before a byte
 * of it is read, so that a flood of connections costs the node an accept and nothing more.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export function limitConnections(
  server: Server,
  limits: { connectionsMax: number; perAddressMax: number },
  refused: (reason: string) => void,
): { readonly open: number } {
  const perAddress = new Map<string, number>()
  let open = 0
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const own = perAddress.get(address) ?? 0
    if (open >= limits.connectionsMax || own >= limits.perAddressMax) {
      refused(open >= limits.connectionsMax ? 'connections' : 'connections_per_address')
      socket.destroy()
      return
    }
    open++
    perAddress.set(address, own + 1)
    socket.once('close', () => {
      open--
      const left = (perAddress.get(address) ?? 1) - 1
      if (left === 0) perAddress.delete(address)
      else perAddress.set(address, left)
    })
  })
  return {
    get open() {
      return open
    },
  }
}
