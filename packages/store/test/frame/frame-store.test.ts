import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FrameStore } from '../../src/index.ts'
import { ACTORS, ALLOCATION, certify, genesisOf, propose, transfers } from './frame.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'frame-store-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

async function withBlocks(blocks: number): Promise<FrameStore> {
  const store = await FrameStore.open({ directory, genesis: genesisOf() })
  await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
  for (let i = 0; i < blocks; i++) {
    const block = await propose(store.ledger, transfers(store.ledger, 8))
    expect(block.skipped).toEqual([])
    await store.append(block, certify(block))
  }
  return store
}

describe('a frame store', () => {
  test('shows a block when append resolves, and again after it is reopened', async () => {
    const store = await withBlocks(3)
    const { head, headHash } = store.ledger
    const stored = store.block(3n)
    expect(stored?.checkpoint.header).toEqual(head)
    expect(stored?.receipts.map((receipt) => receipt.code)).toEqual(new Array(8).fill('OK'))
    const id = stored?.receipts[5]?.transaction
    expect(id && store.transaction(id)).toEqual({ height: 3n, index: 5 })
    await store.close()

    const again = await FrameStore.open({ directory })
    expect(again.recovery).toEqual({ replayed: 0, truncatedBytes: 0 })
    expect(again.ledger.height).toBe(3n)
    expect(again.ledger.headHash).toEqual(headHash)
    expect(id && again.transaction(id)).toEqual({ height: 3n, index: 5 })
    expect(again.block(3n)?.block.transactions.length).toBe(8)
    expect(
      again.events({ fromHeight: 1n, toHeight: 3n, type: 'accounts.transferred', limit: 100 }).events.length,
    ).toBe(24)
    const [first] = ACTORS
    const mine = again.events({ fromHeight: 2n, toHeight: 9n, subject: first?.address as never, limit: 100 })
    expect(mine.events.map((event) => event.height)).toEqual([2n, 2n, 3n, 3n])
    expect(again.ledger.supply.issued).toBe(ALLOCATION * 8n)
    await again.close()
  })

  test('executes the log again when the state database is lost', async () => {
    const store = await withBlocks(3)
    const { headHash } = store.ledger
    await store.close()
    rmSync(join(directory, 'state'), { recursive: true })
    const again = await FrameStore.open({ directory })
    expect(again.recovery.replayed).toBe(3)
    expect(again.ledger.headHash).toEqual(headHash)
    await again.close()
  })
})
