/** What is counted must have happened. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inlineSignatureVerifier } from '@symbolon/ledger'
import { decode } from '@symbolon/primitives'
import { accountKey, accountRecord } from '@symbolon/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type BenchFrame, openBenchFrame } from '../src/frame/bench-frame.ts'
import { postAll, requestsOf } from '../src/frame/http-load.ts'
import {
  chunksOf,
  included,
  signBatches,
  signTransfers,
  submitAll,
  verificationRate,
} from '../src/frame/load.ts'

const TIMEOUT_MS = 300_000
const directory = mkdtempSync(join(tmpdir(), 'bench-load-'))
let frame: BenchFrame

beforeAll(async () => {
  frame = await openBenchFrame(directory)
}, TIMEOUT_MS)
afterAll(async () => {
  await frame.close()
  rmSync(directory, { recursive: true, force: true })
}, TIMEOUT_MS)

const nonceOf = (at: number): bigint => {
  const stored = frame.node.store.ledger.get('accounts', accountKey(frame.senders[at]?.address as never))
  return stored === undefined ? -1n : decode(accountRecord, stored).nonce
}

it('submits transfers and batches, which are in durable blocks afterwards', async () => {
  const before = frame.node.store.height
  await submitAll(frame, signTransfers(frame, 100))
  await submitAll(frame, signBatches(frame, 2, 10))
  expect(frame.node.store.height).toBeGreaterThan(before)
  expect([nonceOf(0), nonceOf(1), nonceOf(2), nonceOf(99), nonceOf(100)]).toEqual([2n, 2n, 1n, 1n, 0n])
})

it('submits over HTTP', async () => {
  const before = nonceOf(5)
  const transactions = signTransfers(frame, 70)
  const requests = requestsOf(transactions)
  expect(requests.map((body) => JSON.parse(body).length)).toEqual([64, 6])
  await postAll(frame, requests, 70)
  expect(nonceOf(5)).toBe(before + 1n)
})

it('fails when less is included than was sent', async () => {
  const [only] = signTransfers(frame, 1)
  await expect(
    included(frame, 2, async () => void (await frame.node.submit(only as Uint8Array))),
  ).rejects.toThrow('1 of 2 transactions were lost')
})

it('fails when a signature that is timed does not verify', async () => {
  const [bytes] = signTransfers(frame, 1)
  const forged = (bytes as Uint8Array).slice()
  const last = forged.length - 1
  forged[last] = (forged[last] as number) ^ 1
  await expect(verificationRate(inlineSignatureVerifier, [forged])).rejects.toThrow('did not verify')
  await submitAll(frame, [bytes as Uint8Array])
})

it('cuts a list into pieces without losing any', () => {
  expect(chunksOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(chunksOf([], 2)).toEqual([])
})
