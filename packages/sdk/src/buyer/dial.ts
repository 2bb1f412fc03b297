/** Opens a connection to a seller's channel endpoint. */
import { type Transport, WebSocketTransport } from '@symbolon/channels'
import { WebSocket } from 'ws'
import { SdkError } from '../errors.ts'
import { SELLER_TIMEOUT_MS } from '../limits.ts'

/** Errors: SELLER_UNREACHABLE. */
export function dial(url: string): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: SELLER_TIMEOUT_MS })
    socket.once('open', () => resolve(new WebSocketTransport(socket)))
    socket.once('error', (cause) =>
      reject(
        new SdkError('SELLER_UNREACHABLE', `no channel endpoint at ${url}; try the next provider`, { cause }),
      ),
    )
  })
}
