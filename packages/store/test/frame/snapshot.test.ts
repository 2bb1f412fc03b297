/** Snapshots: when they are made, what they hold, and that a store starts from one that holds and from no other. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFileSystem } from '@symbolon/journal'
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import { Ledger } from '@symbolon/ledger'
import { encode } from '@symbolon/primitives'
import { accountRecord, type Genesis, type Namespace } from '@symbolon/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readSnapshot, type Snapshot, writeSnapshot } from '../../src/frame/snapshot/snapshot-file.ts'
import { isSnapshotDue } from '../../src/frame/snapshot/snapshots.ts'
import { FrameStore } from '../../src/index.ts'
import { ACTORS, certify, genesisOf, propose, transfers } from './frame.ts'
import { SimulatedEngineDisk } from './simulated-engine.ts'

const INTERVAL = 2n
const genesis: Genesis = {
  ...genesisOf(),
  parameters: { ...genesisOf().parameters, snapshotInterval: INTERVAL },
}
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'frame-snapshot-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const pathOf = (height: number): string =>
  join(directory, 'snapshots', `${String(height).padStart(20, '0')}.snapshot`)

async function produce(store: FrameStore, blocks: number): Promise<void> {
  if (store.height < 0n) await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
  for (let i = 0; i < blocks; i++) {
    const block = await propose(store.ledger, transfers(store.ledger, 8))
    expect(block.skipped).toEqual([])
    await store.append(block, certify(block))
    // Each snapshot gets its time: one that falls due while another is written is left out.
    if (isSnapshotDue(block.header.height, INTERVAL)) await store.settled()
  }
}

async function folderOf(blocks: number): Promise<void> {
  const store = await FrameStore.open({ directory, genesis })
  await produce(store, blocks)
  await store.close()
}

/** Opens without a state database, checks that everything is there, and says where it started. */
async function reopened(): Promise<FrameStore['recovery']> {
  rmSync(join(directory, 'state'), { recursive: true, force: true })
  const store = await FrameStore.open({ directory, genesis })
  for (let height = 1n; height <= store.height; height++)
    for (const [index, { transaction }] of (store.block(height)?.receipts ?? []).entries())
      expect(store.transaction(transaction)).toEqual({ height, index })
  const subject = ACTORS[2]?.address as never
  const { events } = store.events({ fromHeight: 0n, toHeight: store.height, subject, limit: 1_000 })
  expect(events.length).toBe(Number(store.height) * 2)
  const { supplyDelta, height } = await store.verify({ certificates: false })
  expect([supplyDelta, height]).toEqual([0n, store.height])
  await produce(store, 1)
  await store.close()
  return store.recovery
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

async function rewritten(path: string, { checkpoint, entries }: Snapshot): Promise<void> {
  rmSync(path, { force: true })
  const file = nodeFileSystem.openSync(path, 'create')
  await writeSnapshot(
    file,
    checkpoint,
    (namespace) => each(entries[namespace].map(([key, value]) => ({ key, value }))),
    () => true,
  )
  file.closeSync()
}

test('blocks 256 and 512 of an interval of 256 are due, 255 and the genesis are not', () => {
  const due = [0n, 1n, 255n, 256n, 257n, 511n, 512n].filter((height) => isSnapshotDue(height, 256n))
  expect(due).toEqual([256n, 512n])
  expect(isSnapshotDue(256n, 0n)).toBe(false)
})

describe('a frame store makes snapshots', () => {
  test('of every due block, keeps two, and each is the state that its checkpoint attests', async () => {
    const store = await FrameStore.open({ directory, genesis })
    await produce(store, 7)
    expect(store.snapshots).toEqual([4n, 6n])
    expect(store.snapshotFailure).toBeUndefined()
    for (const height of store.snapshots) {
      const { checkpoint, entries } = readSnapshot(nodeFileSystem, pathOf(Number(height)))
      expect(checkpoint).toEqual(store.checkpoint(height))
      const state = { get: () => undefined, entries: (namespace: Namespace) => entries[namespace] }
      // Throws BLOCK_MISMATCH if the tries of these entries had another root.
      expect(Ledger.create({ genesis, state, head: checkpoint.header }).height).toBe(height)
    }
    await store.close()
    expect(readdirSync(join(directory, 'snapshots')).length).toBe(2)
  })

  test('and goes on if one cannot be written', async () => {
    const files = new SimulatedFileSystem()
    const disk = new SimulatedEngineDisk()
    const store = await FrameStore.open({
      directory: '/frame',
      genesis,
      fileSystem: files,
      engine: await disk.start(),
    })
    const openSync = files.openSync.bind(files)
    files.openSync = (path, mode) => {
      if (path.includes('snapshots')) throw new Error('no space left')
      return openSync(path, mode)
    }
    await produce(store, 2)
    expect(store.snapshotFailure).toEqual(new Error('no space left'))
    files.openSync = openSync
    await produce(store, 2)
    expect([store.snapshots, store.snapshotFailure, store.failure]).toEqual([[4n], undefined, undefined])
    await store.close()
  })
})

describe('a frame store starts from a snapshot', () => {
  test('when the state database is lost', async () => {
    await folderOf(7)
    expect(await reopened()).toEqual({ replayed: 1, truncatedBytes: 0, snapshot: 6n })
  })

  test('when the state database is older', async () => {
    await folderOf(1)
    cpSync(join(directory, 'state'), join(directory, 'old'), { recursive: true })
    const store = await FrameStore.open({ directory })
    await produce(store, 4)
    await store.close()
    rmSync(join(directory, 'state'), { recursive: true })
    cpSync(join(directory, 'old'), join(directory, 'state'), { recursive: true })
    const again = await FrameStore.open({ directory })
    expect(again.recovery).toEqual({ replayed: 1, truncatedBytes: 0, snapshot: 4n })
    await again.verify({ certificates: false })
    await again.close()
  })

  test('of another block, or with a changed balance under a right digest: it is passed over', async () => {
    await folderOf(7)
    const snapshot = readSnapshot(nodeFileSystem, pathOf(6))
    const [first, ...others] = snapshot.entries.accounts
    const key = first?.[0] as Uint8Array
    const richer = encode(accountRecord, { balance: 10n ** 15n, nonce: 7n })
    const forged = { ...snapshot.entries, accounts: [[key, richer] as const, ...others] }
    await rewritten(pathOf(6), { ...snapshot, entries: forged })
    expect(await reopened()).toMatchObject({ replayed: 3, snapshot: 4n })
    const header = { ...snapshot.checkpoint.header, timestamp: 1n }
    await rewritten(pathOf(6), { ...snapshot, checkpoint: { ...snapshot.checkpoint, header } })
    rmSync(pathOf(8))
    rmSync(pathOf(4), { force: true })
    const recovery = await reopened()
    expect([recovery.snapshot, recovery.replayed]).toEqual([undefined, 8])
  })

  test('that is damaged in any place, cut or lengthened: it is passed over', async () => {
    await folderOf(3)
    const whole = readFileSync(pathOf(2))
    expect(readSnapshot(nodeFileSystem, pathOf(2)).checkpoint.header.height).toBe(2n)
    const damaged: Buffer[] = [whole.subarray(0, 0), Buffer.concat([whole, Buffer.of(0)])]
    for (let at = 0; at < whole.length; at += 13) {
      const copy = Buffer.from(whole)
      copy[at] = (copy[at] as number) ^ 1
      damaged.push(copy, whole.subarray(0, at))
    }
    for (const bytes of damaged) {
      writeFileSync(pathOf(2), bytes)
      expect(() => readSnapshot(nodeFileSystem, pathOf(2))).toThrow(
        expect.objectContaining({ code: 'STORE_CORRUPT' }),
      )
    }
    expect((await reopened()).replayed).toBe(3)
  })
})

test('entries of any size come back across the parts of a file', async () => {
  const store = await FrameStore.open({ directory, genesis })
  await produce(store, 0)
  const checkpoint = certify(store.ledger.genesisBlock)
  await store.close()
  const entriesOf = (seed: number): (readonly [Uint8Array, Uint8Array])[] =>
    Array.from({ length: 4_000 }, (_, at) => {
      const key = new Uint8Array(4 + ((at * seed) % 40))
      new DataView(key.buffer).setUint32(0, at)
      return [key, new Uint8Array(at % 500 === 0 ? 700_000 / seed : (at * 7) % 300).fill(at)] as const
    })
  const entries = {
    accounts: entriesOf(3),
    storage: [],
    identity: entriesOf(5),
    channels: [],
    reputation: entriesOf(7).slice(0, 1),
  }
  await rewritten(join(directory, 'large'), { checkpoint, entries })
  const found = readSnapshot(nodeFileSystem, join(directory, 'large'))
  expect(found.checkpoint).toEqual(checkpoint)
  for (const [namespace, list] of Object.entries(entries)) {
    const read = found.entries[namespace as Namespace]
    expect(read.length).toBe(list.length)
    for (const [at, [key, value]] of list.entries())
      expect(Buffer.compare(Buffer.concat([key, value]), Buffer.concat([...(read[at] ?? [])]))).toBe(0)
  }
})

describe('crashes with snapshots', () => {
  const trusting = {
    async verify(candidates: readonly { signaturesValid: boolean | undefined }[]): Promise<void> {
      for (const candidate of candidates) candidate.signaturesValid = true
    },
    async close(): Promise<void> {},
  }
  const open = async (files: SimulatedFileSystem, disk: SimulatedEngineDisk): Promise<FrameStore> =>
    FrameStore.open({
      directory: '/frame',
      genesis,
      verifier: trusting,
      fileSystem: files,
      engine: await disk.start(),
    })

  test('at every operation of the file system: whole files or none, and the chain goes on', async () => {
    const live = async (files: SimulatedFileSystem, disk: SimulatedEngineDisk): Promise<void> => {
      const store = await open(files, disk)
      await produce(store, 4)
      await store.close()
    }
    const calm = new SimulatedFileSystem()
    await live(calm, new SimulatedEngineDisk())
    for (let operation = 0; operation < calm.operations; operation += 2) {
      const files = new SimulatedFileSystem()
      files.arm({ operation, kind: 'crash', bytes: operation * 37 })
      await live(files, new SimulatedEngineDisk()).catch(() => {})
      files.restart('power', () => 0.5)
      // Without a state database: whatever snapshot is there must do.
      const store = await open(files, new SimulatedEngineDisk())
      for (const height of store.snapshots) expect(height % INTERVAL).toBe(0n)
      expect((await store.verify({ certificates: false })).supplyDelta).toBe(0n)
      await produce(store, 1)
      await store.close()
    }
  })

  test('before and after every batch of a restoration: it starts again', async () => {
    const files = new SimulatedFileSystem()
    const store = await open(files, new SimulatedEngineDisk())
    await produce(store, 5)
    await store.close()
    files.restart('process', () => 0)
    const calm = new SimulatedEngineDisk()
    await (await open(files, calm)).close()
    expect(calm.tried).toBeGreaterThan(3)
    for (let batch = 0; batch < calm.tried; batch++)
      for (const kind of ['before', 'after'] as const) {
        files.restart('process', () => 0)
        const disk = new SimulatedEngineDisk()
        disk.fault = { batch, kind }
        await open(files, disk)
          .then((opened) => opened.close())
          .catch(() => {})
        files.restart('process', () => 0)
        disk.crash('process', () => 0)
        const again = await open(files, disk)
        expect((await again.verify({ certificates: false })).height).toBe(5n)
        expect(again.transaction(again.block(1n)?.receipts[0]?.transaction as never)).toBeDefined()
        await again.close()
      }
  })
})
