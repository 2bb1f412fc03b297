/** Signed transactions, made ahead of the clock, and the way they go into a node. */
import { type SignatureVerifier, TransactionCandidate } from '@symbolon/ledger'
import { encodeTransaction, type Payload, type TransactionBody, transactionId } from '@symbolon/protocol'
import { counted } from '../harness/turns.ts'
import type { BenchFrame, Sender } from './bench-frame.ts'

const FEE_PER_GAS = 1n

/** `count` transactions of one transfer each, from all senders in turn to accounts all over the state. */
export function signTransfers(frame: BenchFrame, count: number): Uint8Array[] {
  return signEach(frame, count, 100_000n, (at) => ({
    kind: 'accounts.transfer',
    body: leg(frame, at),
  }))
}

/** `count` transactions of `size` transfers under one signature. */
export function signBatches(frame: BenchFrame, count: number, size: number): Uint8Array[] {
  return signEach(frame, count, 100_000n + 20_000n * BigInt(size), (at) => ({
    kind: 'accounts.transferBatch',
    body: { transfers: Array.from({ length: size }, (_, n) => leg(frame, at * size + n)) },
  }))
}

function leg({ senders }: BenchFrame, at: number): { to: Sender['address']; amount: bigint } {
  // A step that shares no factor with the number of senders visits all of them.
  const to = (senders[(at * 1_553 + 7) % senders.length] as Sender).address
  return { to, amount: 1_000n + BigInt(at % 1_000) }
}

function signEach(
  { frame, node, senders }: BenchFrame,
  count: number,
  gasLimit: bigint,
  payloadOf: (at: number) => Payload,
): Uint8Array[] {
  const validUntil = node.store.ledger.height + 1_000_000n
  return Array.from({ length: count }, (_, at) => {
    const sender = senders[at % senders.length] as Sender
    const body: TransactionBody = {
      frame,
      sender: sender.address,
      nonce: sender.nonce++,
      fee: gasLimit * FEE_PER_GAS,
      gasLimit,
      validUntil,
      payload: payloadOf(at),
    }
    const signature = sender.keys.sign(transactionId(body))
    return encodeTransaction({ body, signatures: [{ publicKey: sender.keys.publicKey, signature }] })
  })
}

/** Submissions of one caller that wait for each other. */
const CHUNK = 512
/** Callers at once: enough signatures under way to keep the threads busy while a block executes. */
const CALLERS = 16

/** Submits everything to the node in this process; resolves when all of it is in durable checkpoints. See `included`. */
export async function submitAll(frame: BenchFrame, transactions: readonly Uint8Array[]): Promise<void> {
  const { node } = frame
  const chunks = chunksOf(transactions, CHUNK)
  await included(frame, transactions.length, () =>
    byCallers(CALLERS, chunks, async (chunk) => {
      await Promise.all(chunk.map((bytes) => node.submit(bytes)))
    }),
  )
}

/** Signatures per second of these transactions through the pool, decoded before. Throws if one does not verify. */
export async function verificationRate(
  pool: SignatureVerifier,
  transactions: readonly Uint8Array[],
  processorTimes: number[] = [],
): Promise<number> {
  const candidates = transactions.map((bytes) => TransactionCandidate.decode(bytes))
  const rate = await counted(candidates.length, () => pool.verify(candidates), processorTimes)
  if (!candidates.every(({ signaturesValid }) => signaturesValid === true))
    throw new Error('a signature did not verify')
  return rate
}

/** Runs `once` for every item, so many at a time. */
export async function byCallers<T>(
  callers: number,
  items: readonly T[],
  once: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const call = async (): Promise<void> => {
    while (next < items.length) await once(items[next++] as T)
  }
  await Promise.all(Array.from({ length: callers }, call))
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = []
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size))
  return chunks
}

/**
 * Resolves when `submit` is done and nothing waits for a block any more. Throws unless the durable blocks have grown by exactly
 * `count` transactions: one that was refused or dropped must not count as fast.
 */
export async function included(
  { node }: BenchFrame,
  count: number,
  submit: () => Promise<void>,
): Promise<void> {
  const before = node.store.height
  await submit()
  while (node.mempool.size > 0) await new Promise((resolve) => setTimeout(resolve, 1))
  let found = 0
  for (let height = before + 1n; height <= node.store.height; height++)
    found += node.store.block(height)?.transactionCount ?? 0
  if (found !== count) throw new Error(`${count - found} of ${count} transactions were lost`)
}
