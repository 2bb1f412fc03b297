/**
 * Counts open sockets in all and per client (remote-address.ts). A socket that would exceed either bound is destroyed before a byte
 * of it is read, so that a flood of connections costs the node an accept and nothing more.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { clientOf } from './remote-address.ts'

export function limitConnections(
  server: Server,
  limits: { connectionsMax: number; perAddressMax: number },
  refused: (reason: string) => void,
): { readonly open: number } {
  const perClient = new Map<string, number>()
  let open = 0
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress)
    const own = perClient.get(client) ?? 0
    if (open >= limits.connectionsMax || own >= limits.perAddressMax) {
      refused(open >= limits.connectionsMax ? 'connections' : 'connections_per_address')
      socket.destroy()
      return
    }
    open++
    perClient.set(client, own + 1)
    socket.once('close', () => {
      open--
      const left = (perClient.get(client) ?? 1) - 1
      if (left === 0) perClient.delete(client)
      else perClient.set(client, left)
    })
  })
  return {
    get open() {
      return open
    },
  }
}
