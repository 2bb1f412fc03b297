/** TCP as an attacker uses it. */
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface RawSocket {
  readonly socket: Socket
  /** Resolves with everything received, when the node has closed the connection. */
  readonly closed: Promise<string>
}

export async function openSocket({ url }: { url: string }): Promise<RawSocket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => {
    socket.destroy()
  })
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString()
  })
  const closed = new Promise<string>((resolve) => {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(received))
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return { socket, closed }
}
