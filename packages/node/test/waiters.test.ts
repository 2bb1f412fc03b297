/** Who waits for a transaction, in virtual time: each is answered once, whatever becomes of the others. */
import type { Ledger } from '@symbolon/ledger'
import { asHash, type Hash, SymbolonError } from '@symbolon/primitives'
import type { Receipt } from '@symbolon/protocol'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FINAL_WAIT_MS, type Mempool } from '../src/index.ts'
import { Submission } from '../src/submission.ts'

const id = (name: string): Hash => asHash(Buffer.alloc(32, name))
const receipt = (of: Hash): Receipt => ({ transaction: of, code: 'OK' }) as unknown as Receipt

let final: Map<string, { height: bigint; receipt: Receipt }>
let submission: Submission
beforeEach(() => {
  vi.useFakeTimers()
  final = new Map()
  submission = new Submission({
    ledger: {} as Ledger,
    mempool: {} as Mempool<never>,
    find: (of) => final.get(of.toString()),
    wake: () => undefined,
  })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a known outcome is answered at once', async () => {
  final.set(id('a').toString(), { height: 3n, receipt: receipt(id('a')) })
  expect(await submission.final(id('a'))).toMatchObject({ height: 3n })
  expect(vi.getTimerCount()).toBe(0)
})

it('one that gave up does not take the others of the same transaction with it', async () => {
  const early = submission.final(id('a'))
  await vi.advanceTimersByTimeAsync(FINAL_WAIT_MS - 1_000)
  const late = submission.final(id('a'))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await early).toBeUndefined()
  submission.included([receipt(id('b')), receipt(id('a'))], 7n)
  expect(await late).toMatchObject({ height: 7n, receipt: { code: 'OK' } })
  expect(vi.getTimerCount()).toBe(0)
})

it('all of one transaction are answered by its block, and only they', async () => {
  const waiting = Array.from({ length: 100 }, () => submission.final(id('a')))
  const other = submission.final(id('b'))
  submission.included([receipt(id('a'))], 7n)
  for (const outcome of await Promise.all(waiting)) expect(outcome).toMatchObject({ height: 7n })
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(FINAL_WAIT_MS)
  expect(await other).toBeUndefined()
})

it('a closed node answers with its reason, at once and for ever', async () => {
  const waiting = submission.final(id('a'))
  const refused = expect(waiting).rejects.toMatchObject({ code: 'NODE_STOPPING' })
  submission.close(new SymbolonError('NODE_STOPPING', ''))
  submission.close(new SymbolonError('NODE_FAILED', ''))
  await refused
  await expect(submission.final(id('b'))).rejects.toMatchObject({ code: 'NODE_STOPPING' })
  await expect(submission.accept(new Uint8Array(1))).rejects.toMatchObject({ code: 'NODE_STOPPING' })
  expect(vi.getTimerCount()).toBe(0)
})
