/**
 * Crashes and failures at every operation of a life: creation, genesis block, votes, blocks, state batches, close. After each:
 * nothing acknowledged is lost, nothing contradicts a recorded vote, the folder passes its audit, the chain continues.
 */
import { SimulatedFileSystem } from '@symbolon/journal/simulation'
import type { TransactionCandidate } from '@symbolon/ledger'
import { equalBytes, type Hash, sha256, utf8 } from '@symbolon/primitives'
import { frameId, type Vote } from '@symbolon/protocol'
import { describe, expect, test } from 'vitest'
import { FrameStore } from '../../src/index.ts'
import { ACTORS, type Actor, certify, genesisOf, pay, propose } from './frame.ts'
import { SimulatedEngineDisk } from './simulated-engine.ts'

const BLOCKS = 4
const genesis = genesisOf()
const frame = frameId(genesis)
/** Of every block, by height: one transfer between each neighbouring pair. Signed once for all runs. */
const SIGNED: TransactionCandidate[][] = Array.from({ length: BLOCKS + 3 }, (_, height) =>
  [0, 1].map((from) =>
    pay(frame, ACTORS[from] as Actor, BigInt(Math.max(0, height - 1)), ACTORS[from + 1] as Actor, 5n),
  ),
)
const trusting = {
  async verify(candidates: readonly TransactionCandidate[]): Promise<void> {
    for (const candidate of candidates) candidate.signaturesValid = true
  },
  async close(): Promise<void> {},
}

class World {
  readonly files = new SimulatedFileSystem()
  readonly disk = new SimulatedEngineDisk()
  /** Hash by height of what append resolved for. */
  readonly acknowledged: Hash[] = []
  readonly votes: Vote[] = []
  readonly #batchBlocks: number

  /** @param batchBlocks blocks per state batch: by default each has its own, so that there are many places to crash */
  constructor(batchBlocks = 1) {
    this.#batchBlocks = batchBlocks
  }

  async open(): Promise<FrameStore> {
    return FrameStore.open({
      directory: '/frame',
      genesis,
      verifier: trusting,
      fileSystem: this.files,
      engine: await this.disk.start(),
      segmentBytesMax: 16_384,
      stateBatch: { blocks: this.#batchBlocks, milliseconds: 250 },
    })
  }

  async live(): Promise<void> {
    const store = await this.open()
    await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
    this.acknowledged.push(store.ledger.headHash)
    while (store.ledger.height < BLOCKS) await this.produce(store)
    await store.close()
  }

  async produce(store: FrameStore): Promise<void> {
    const block = await propose(store.ledger, SIGNED[Number(store.ledger.height) + 1] ?? [])
    expect(block.skipped).toEqual([])
    const votes = (['prevote', 'precommit'] as const).map(
      (phase): Vote => ({
        height: block.header.height,
        epoch: 0n,
        round: 0,
        phase,
        block: block.hash,
        validRound: 0,
      }),
    )
    await Promise.all(votes.map((vote) => store.recordVote(vote)))
    this.votes.push(...votes)
    await store.append(block, certify(block))
    this.acknowledged[Number(block.header.height)] = block.hash
    expect(store.ledger.headHash).toEqual(block.hash)
  }

  crash(kind: 'process' | 'power', random: () => number): void {
    this.files.restart(kind, random)
    this.disk.crash(kind, random)
  }

  /** Everything that must hold after any crash. */
  async check(): Promise<void> {
    const store = await this.open()
    expect(store.height).toBeGreaterThanOrEqual(this.acknowledged.length - 1)
    for (const [height, hash] of this.acknowledged.entries())
      if (height > 0) {
        const stored = store.block(BigInt(height))
        const next = store.block(BigInt(height) + 1n)?.checkpoint.header.parent ?? store.ledger.headHash
        expect(equalBytes(next, hash), `block ${height}`).toBe(true)
        for (const [index, receipt] of (stored?.receipts ?? []).entries())
          expect(store.transaction(receipt.transaction)).toEqual({ height: BigInt(height), index })
      }
    for (const vote of this.votes) {
      // The contradiction first: recording the vote again would hide that it was lost.
      const other = { ...vote, block: sha256(utf8('another block')) as Hash }
      await expect(store.recordVote(other)).rejects.toMatchObject({ code: 'VOTE_EQUIVOCATION' })
      await store.recordVote(vote)
    }
    if (store.height < 0n) await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
    const before = await store.verify({ certificates: false })
    expect(before.supplyDelta).toBe(0n)
    expect(before.height).toBe(store.ledger.height)
    // The same block again, if the votes for it outlived it: they allow no other.
    await this.produce(store)
    expect((await store.verify({ certificates: false })).height).toBe(before.height + 1n)
    await store.close()
  }
}

/** Park-Miller: a run is named by its seed. */
function seeded(seed: number): () => number {
  let state = seed * 48_271 + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

async function operationsOfOneLife(): Promise<{ files: number; batches: number }> {
  const world = new World()
  await world.live()
  return { files: world.files.operations, batches: world.disk.tried }
}

describe('crashes of a frame store', async () => {
  const { files, batches } = await operationsOfOneLife()

  test('a life has writes of every kind', () => {
    expect(files).toBeGreaterThan(30)
    expect(batches).toBeGreaterThan(BLOCKS)
  })

  for (const kind of ['process', 'power'] as const) {
    test(`${kind}: a crash at each of ${files} operations of the file system`, {
      timeout: 120_000,
    }, async () => {
      for (let operation = 0; operation < files; operation++) {
        const random = seeded(operation)
        const world = new World()
        world.files.arm({ operation, kind: 'crash', bytes: Math.floor(random() * 400) })
        await expect(world.live(), `operation ${operation}`).rejects.toThrow()
        world.crash(kind, random)
        await world.check()
      }
    })

    test(`${kind}: a crash before and after each of ${batches} batches`, { timeout: 120_000 }, async () => {
      for (let batch = 0; batch < batches; batch++)
        for (const where of ['before', 'after'] as const) {
          const random = seeded(batch)
          const world = new World()
          world.disk.fault = { batch, kind: where }
          await expect(world.live(), `batch ${batch}`).rejects.toThrow()
          world.crash(kind, random)
          await world.check()
        }
    })
  }

  test('power cut after a life without a crash, the state database losing any part that was not synced', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const world = new World()
      await world.live()
      world.crash('power', seeded(seed))
      await world.check()
    }
  })

  test('blocks that had gathered for a batch are executed again', { timeout: 120_000 }, async () => {
    for (let operation = 0; operation < files; operation++) {
      const random = seeded(operation)
      const world = new World(3)
      world.files.arm({ operation, kind: 'crash', bytes: Math.floor(random() * 400) })
      await world.live().catch(() => {})
      world.crash('process', random)
      await world.check()
    }
  })

  test('an operation that fails makes the store refuse everything but reading', {
    timeout: 120_000,
  }, async () => {
    for (let operation = 0; operation < files; operation++) {
      const world = new World()
      world.files.arm({ operation, kind: 'error' })
      await world.live().catch(() => {})
      world.crash('power', seeded(operation))
      await world.check()
    }
  })
})

describe('a failed store', () => {
  test('keeps answering for what is durable and takes nothing more', async () => {
    const world = new World()
    const store = await world.open()
    await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
    await world.produce(store)
    const { headHash } = store.ledger
    const block = await propose(store.ledger, SIGNED[2] ?? [])
    world.files.arm({ operation: world.files.operations, kind: 'error' })
    await expect(store.append(block, certify(block))).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(store.failure?.code).toBe('STORE_FAILED')
    expect(store.ledger.headHash).toEqual(headHash)
    expect(store.block(2n)).toBeUndefined()
    expect(store.block(1n)?.receipts.length).toBe(2)
    await expect(store.append(block, certify(block))).rejects.toMatchObject({ code: 'STORE_FAILED' })
    const vote: Vote = { height: 2n, epoch: 0n, round: 0, phase: 'prevote', block: block.hash, validRound: 0 }
    await expect(store.recordVote(vote)).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(store.close()).rejects.toMatchObject({ code: 'STORE_FAILED' })
    world.crash('process', Math.random)
    await world.check()
  })

  test('a state batch that fails stops the store, and the block that it belonged to stays', async () => {
    const world = new World()
    const store = await world.open()
    await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
    world.disk.fault = { batch: world.disk.tried, kind: 'error' }
    await world.produce(store)
    await expect(store.settled()).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
    const block = await propose(store.ledger, SIGNED[2] ?? [])
    await expect(store.append(block, certify(block))).rejects.toMatchObject({ code: 'STORE_FAILED' })
    expect(store.ledger.height).toBe(1n)
    await expect(store.close()).rejects.toMatchObject({ code: 'STORE_FAILED' })
    world.crash('process', Math.random)
    await world.check()
  })

  test('closes also when the state batch failed while a block was on its way to the log', async () => {
    const world = new World()
    const store = await world.open()
    await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
    await world.produce(store)
    world.disk.fault = { batch: world.disk.tried, kind: 'error' }
    const block = await propose(store.ledger, SIGNED[2] ?? [])
    // The batch of block 1 fails while this waits for the disk; the block is durable all the same.
    await store.append(block, certify(block))
    expect(store.ledger.height).toBe(2n)
    await expect(store.close()).rejects.toMatchObject({ code: 'STORE_FAILED' })
    world.crash('process', Math.random)
    await world.check()
  })
})
