/** Sends a refusal so that it arrives: a client that is still sending would otherwise see a reset instead of the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BODY_DISCARDED_BYTES_MAX, HEADERS_TIMEOUT_MS } from '../limits.ts'
import { type Problem, toProblem } from './error.ts'

export function sendProblem(request: IncomingMessage, response: ServerResponse, error: unknown): Problem {
  const problem = toProblem(error)
  if (response.headersSent) {
    response.destroy()
    return problem
  }
  const body = Buffer.from(JSON.stringify(problem))
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': body.length,
    ...(problem.status === 429 ? { 'retry-after': '1' } : {}),
    ...(problem.status === 405 ? { allow: 'GET, POST' } : {}),
    ...(request.complete ? {} : { connection: 'close' }),
  })
  if (request.complete) {
    response.end(body)
    return problem
  }
  // The answer is complete for the client; the connection ends when what it still sends was thrown away, or is too much.
  response.write(body)
  let discarded = 0
  const finish = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(finish, HEADERS_TIMEOUT_MS)
  timer.unref()
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length
    if (discarded > BODY_DISCARDED_BYTES_MAX) request.destroy()
  })
  request.once('end', finish)
  request.once('close', finish)
  request.on('error', finish)
  request.resume()
  return problem
}
