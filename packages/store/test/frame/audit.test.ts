/** The audit must be able to fail: each thing that it claims to check is broken here with valid checksums. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Journal } from '@symbolon/journal'
import { type Address, encode, type Hash, sha256, utf8 } from '@symbolon/primitives'
import { channelOpened, event as eventSchema, receipt as receiptSchema } from '@symbolon/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BlockIndex } from '../../src/frame/block-index.ts'
import { channelsOf } from '../../src/frame/query/channels.ts'
import {
  encodeBlockRecord,
  FrameStore,
  LevelEngine,
  MemoryEngine,
  type Operation,
  type StoredBlock,
} from '../../src/index.ts'
import { ACTORS, ALLOCATION, certify, FEE, genesisOf, propose, transfers } from './frame.ts'

let directory: string
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'frame-audit-'))
  const store = await FrameStore.open({ directory, genesis: genesisOf() })
  await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
  for (let i = 0; i < 3; i++) {
    const block = await propose(store.ledger, transfers(store.ledger, 8))
    await store.append(block, certify(block))
  }
  await store.close()
})
afterEach(() => rmSync(directory, { recursive: true }))

/** Rewrites the log, the last block changed. */
async function forge(change: (block: StoredBlock) => Uint8Array): Promise<void> {
  const store = await FrameStore.open({ directory })
  const last = store.block(3n) as StoredBlock
  const record = change(last)
  await store.close()
  const journal = Journal.open({ directory: join(directory, 'blocks') })
  journal.truncateAfter(2)
  journal.appendSync(record)
  await journal.close()
}

async function audit(): Promise<unknown> {
  const store = await FrameStore.open({ directory })
  try {
    return await store.verify({ certificates: false })
  } finally {
    await store.close()
  }
}

const failure = expect.objectContaining({ code: 'STORE_AUDIT_FAILED' })

test('an honest folder passes, and the report says what was there', async () => {
  expect(await audit()).toMatchObject({
    height: 3n,
    transactions: 24,
    supplyDelta: 0n,
    supply: { issued: ALLOCATION * 8n },
  })
  expect(FEE).toBeGreaterThan(0n)
})

test('a certificate that nobody signed', async () => {
  const store = await FrameStore.open({ directory })
  await expect(store.verify()).rejects.toEqual(failure)
  await store.close()
})

test('a receipt that says something else', async () => {
  await forge((block) => {
    const receipts = block.receipts.map((one, index) =>
      index === 4 ? { ...one, feeCharged: one.feeCharged + 1n } : one,
    )
    const receiptBytes = receipts.map((one) => encode(receiptSchema, one))
    return encodeBlockRecord(
      { block: block.block, receiptBytes, eventBytes: block.eventBytes },
      block.checkpoint,
    )
  })
  await expect(audit()).rejects.toEqual(failure)
})

test('an event that moves another amount, and one that is missing', async () => {
  const changes: ((bytes: readonly Uint8Array[], block: StoredBlock) => Uint8Array[])[] = [
    (bytes) => bytes.slice(0, -1),
    (_, block) =>
      block.events.map((one, index) =>
        encode(
          eventSchema,
          index > 0 ? one : { ...one, credits: one.credits.map((leg) => ({ ...leg, amount: 9n })) },
        ),
      ),
  ]
  for (const change of changes) {
    await forge((block) =>
      encodeBlockRecord(
        { block: block.block, receiptBytes: block.receiptBytes, eventBytes: change(block.eventBytes, block) },
        block.checkpoint,
      ),
    )
    await expect(audit()).rejects.toEqual(failure)
  }
})

test('a balance of the database changed while the node runs', async () => {
  const engine = await LevelEngine.open({ directory: join(directory, 'state') })
  const store = await FrameStore.open({ directory, engine })
  const key = Uint8Array.of(0x10, 0x01, ...(ACTORS[2]?.address ?? []))
  const value = engine.get(key) as Uint8Array
  value[8] = (value[8] as number) ^ 1
  await engine.batch([{ type: 'put', key, value }], { sync: false })
  await expect(store.verify({ certificates: false })).rejects.toEqual(failure)
  await store.close()
})

test('a block that does not execute to its header stops recovery, and names the field', async () => {
  await forge((block) =>
    encodeBlockRecord(
      {
        block: { ...block.block, transactions: block.block.transactions.slice(1) },
        receiptBytes: [],
        eventBytes: [],
      },
      block.checkpoint,
    ),
  )
  rmSync(join(directory, 'state'), { recursive: true })
  await expect(FrameStore.open({ directory })).rejects.toMatchObject({ code: 'BLOCK_MISMATCH' })
})

test('channels of a party come newest first, and a page is not shifted by what is opened after it', async () => {
  const index = new BlockIndex(new MemoryEngine())
  const [a, b] = [ACTORS[0], ACTORS[1]].map((one) => one?.address as Address) as [Address, Address]
  const ids = Array.from({ length: 30 }, (_, number) => sha256(utf8(`channel ${number}`)) as Hash)
  const open = (channel: Hash, height: number): void => {
    const data = encode(channelOpened, {
      channel,
      parties: [a, b],
      deposits: [1n, 1n],
      challengePeriod: 100n,
    })
    const event = { type: 'channels.opened', subjects: [channel], data }
    index.add({ header: { height: BigInt(height) }, receipts: [], events: [event] as never })
  }
  ids.slice(0, 25).forEach(open)
  const first = channelsOf(index, b, { limit: 10 })
  expect(first.channels).toEqual(ids.slice(15, 25).reverse())
  ids.slice(25).forEach((id, at) => {
    open(id, 25 + at)
  })
  index.takeOperations([] as Operation[])
  const second = channelsOf(index, b, {
    limit: 100,
    ...(first.cursor === undefined ? {} : { cursor: first.cursor }),
  })
  expect(second).toEqual({ channels: ids.slice(0, 15).reverse() })
  expect(channelsOf(index, a, { limit: 1 }).channels).toEqual([ids[29]])
})
