/** The same load over HTTP: JSON-RPC batches, as a client that has many transactions would send them. */
import { toJson } from '@symbolon/primitives'
import { METHODS } from '@symbolon/protocol'
import type { BenchFrame } from './bench-frame.ts'
import { byCallers, chunksOf, included } from './load.ts'

/** The most that the node takes in one batch (BATCH_MAX). */
export const CALLS_PER_REQUEST = 64
const CONNECTIONS = 32

/** Bodies of requests, made ahead of the clock. */
export function requestsOf(transactions: readonly Uint8Array[]): string[] {
  return chunksOf(transactions, CALLS_PER_REQUEST).map((chunk) =>
    JSON.stringify(
      chunk.map((transaction, id) => ({
        jsonrpc: '2.0',
        id,
        method: 'transaction.submit',
        params: toJson(METHODS['transaction.submit'].params, { transaction, wait: 'accepted' }),
      })),
    ),
  )
}

/** Posts everything; resolves when all `count` transactions are in durable checkpoints. Throws if one is refused. */
export async function postAll(frame: BenchFrame, bodies: readonly string[], count: number): Promise<void> {
  await included(frame, count, () => byCallers(CONNECTIONS, bodies, (body) => post(frame.node.url, body)))
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(`${url}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const answers = (await response.json()) as { error?: unknown }[]
  const refused = Array.isArray(answers) ? answers.find(({ error }) => error !== undefined) : answers
  if (refused !== undefined) throw new Error(`the node refused: ${JSON.stringify(refused)}`)
}
