/** Request bodies: bounded, and strictly UTF-8. */
import type { IncomingMessage } from 'node:http'
import { SymbolonError } from '@symbolon/primitives'

const DECODER_OPTIONS = { fatal: true, ignoreBOM: true } as const

/** The client went away before its request was whole: nobody is left to answer, and it is no fault of the node. */
export class RequestAborted extends Error {}

/** Throws BODY_TOO_LARGE (without reading the rest), JSON_MALFORMED for what is not UTF-8, RequestAborted. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax)
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length <= bytesMax) {
        chunks.push(chunk)
        return
      }
      request.off('data', onData)
      reject(tooLarge(bytesMax))
    }
    request.on('data', onData)
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', () => reject(new RequestAborted()))
    request.once('close', () => reject(new RequestAborted()))
  })
  try {
    return new TextDecoder('utf-8', DECODER_OPTIONS).decode(bytes)
  } catch (cause) {
    throw new SymbolonError('JSON_MALFORMED', 'the body is not UTF-8', { cause })
  }
}

function tooLarge(bytesMax: number): SymbolonError {
  return new SymbolonError(
    'BODY_TOO_LARGE',
    `the body may hold at most ${bytesMax} bytes (BODY_BYTES_MAX); split the batch`,
  )
}
