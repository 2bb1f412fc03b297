/** What the store refuses, and that refusing changes nothing. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hash, sha256, utf8 } from '@symbolon/primitives'
import type { Vote } from '@symbolon/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FrameStore, LevelEngine, STORE_LIMITS } from '../../src/index.ts'
import { ACTORS, certify, genesisOf, propose, transfers } from './frame.ts'

const code = (expected: string): object => expect.objectContaining({ code: expected })
let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'frame-refusals-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function produce(store: FrameStore, blocks: number): Promise<void> {
  if (store.height < 0n) await store.append(store.ledger.genesisBlock, certify(store.ledger.genesisBlock))
  for (let i = 0; i < blocks; i++) {
    const block = await propose(store.ledger, transfers(store.ledger, 8))
    await store.append(block, certify(block))
  }
}

async function folderOf(blocks: number): Promise<void> {
  const store = await FrameStore.open({ directory, genesis: genesisOf() })
  await produce(store, blocks)
  await store.close()
}

const logFile = (): string => {
  const name = readdirSync(join(directory, 'blocks')).find((entry) => entry.endsWith('.segment'))
  return join(directory, 'blocks', name ?? '')
}

describe('opening refuses', () => {
  test('an empty folder without a genesis', async () => {
    await expect(FrameStore.open({ directory })).rejects.toEqual(code('STORE_GENESIS_MISSING'))
  })

  test('the folder of another frame', async () => {
    await folderOf(1)
    await expect(FrameStore.open({ directory, genesis: genesisOf(ACTORS, 'other') })).rejects.toEqual(
      code('STORE_FRAME_MISMATCH'),
    )
    const again = await FrameStore.open({ directory, genesis: genesisOf() })
    expect(again.height).toBe(1n)
    await again.close()
  })

  test('a folder that is open', async () => {
    const store = await FrameStore.open({ directory, genesis: genesisOf() })
    await expect(FrameStore.open({ directory })).rejects.toEqual(code('JOURNAL_LOCKED'))
    await store.close()
    await (await FrameStore.open({ directory })).close()
  })

  test('any changed byte of the genesis file', async () => {
    await folderOf(0)
    const path = join(directory, 'genesis')
    const bytes = readFileSync(path)
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] as number) ^ 1
      writeFileSync(path, damaged)
      await expect(FrameStore.open({ directory }), `byte ${at}`).rejects.toMatchObject({
        code: expect.stringMatching(/^STORE_(CORRUPT|VERSION)$/),
      })
    }
    rmSync(path)
    const again = await FrameStore.open({ directory, genesis: genesisOf() })
    expect(again.height).toBe(0n)
    await again.close()
  })

  test('a log that lost acknowledged blocks: the state is ahead of it', async () => {
    await folderOf(1)
    cpSync(join(directory, 'blocks'), join(directory, 'old'), { recursive: true })
    const store = await FrameStore.open({ directory })
    await produce(store, 2)
    await store.close()
    rmSync(join(directory, 'blocks'), { recursive: true })
    cpSync(join(directory, 'old'), join(directory, 'blocks'), { recursive: true })
    const error = await FrameStore.open({ directory }).catch((thrown: unknown) => thrown)
    expect(error).toEqual(code('STORE_AHEAD_OF_LOG'))
    expect((error as { details: object }).details).toEqual({ state: 3n, log: 1n })
    expect((error as Error).message).toMatch(/Restore the folder `blocks`/)
  })

  test('a log damaged in the middle', async () => {
    await folderOf(3)
    const path = logFile()
    const bytes = readFileSync(path)
    bytes[Math.floor(bytes.length / 3)] = (bytes[Math.floor(bytes.length / 3)] as number) ^ 1
    writeFileSync(path, bytes)
    await expect(FrameStore.open({ directory })).rejects.toEqual(code('JOURNAL_CORRUPT'))
  })

  test('a state database of another history, or with a changed balance, or of an unknown format', async () => {
    await folderOf(2)
    const change = async (key: Uint8Array, edit: (value: Uint8Array) => void): Promise<void> => {
      const engine = await LevelEngine.open({ directory: join(directory, 'state') })
      const value = engine.get(key) as Uint8Array
      edit(value)
      await engine.batch([{ type: 'put', key, value }], { sync: true })
      await engine.close()
    }
    const flip =
      (at: number) =>
      (value: Uint8Array): void => {
        value[at] = (value[at] as number) ^ 1
      }
    const marker = Uint8Array.of(1)
    await change(marker, flip(20))
    await expect(FrameStore.open({ directory })).rejects.toEqual(code('STORE_STATE_MISMATCH'))
    await change(marker, flip(20))
    const account = Uint8Array.of(0x10, 0x01, ...(ACTORS[0]?.address ?? []))
    await change(account, flip(8))
    await expect(FrameStore.open({ directory })).rejects.toEqual(code('STORE_STATE_MISMATCH'))
    await change(account, flip(8))
    await change(marker, flip(3))
    await expect(FrameStore.open({ directory })).rejects.toEqual(code('STORE_VERSION'))
    rmSync(join(directory, 'state'), { recursive: true })
    const again = await FrameStore.open({ directory })
    expect(again.recovery.replayed).toBe(2)
    await again.close()
  })
})

describe('append refuses', () => {
  test('a block out of order, a second one at once, and a checkpoint of another block', async () => {
    const store = await FrameStore.open({ directory, genesis: genesisOf() })
    const first = await propose(store.ledger, transfers(store.ledger, 8))
    await expect(store.append(first, certify(first))).rejects.toEqual(code('STORE_OUT_OF_ORDER'))
    await produce(store, 0)
    await expect(store.append(first, certify(store.ledger.genesisBlock))).rejects.toEqual(
      code('STORE_CHECKPOINT_MISMATCH'),
    )
    const other = await propose(store.ledger, [])
    const results = await Promise.allSettled([
      store.append(first, certify(first)),
      store.append(other, certify(other)),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(store.append(first, certify(first))).rejects.toEqual(code('STORE_OUT_OF_ORDER'))
    expect(store.ledger.headHash).toEqual(first.hash)
    expect(store.failure).toBeUndefined()
    await store.close()
    await expect(store.append(other, certify(other))).rejects.toEqual(code('STORE_CLOSED'))
    expect(() => store.block(1n)).toThrow(code('STORE_CLOSED') as Error)
  })
})

describe('votes', () => {
  const vote = (height: bigint, block: string, change: Partial<Vote> = {}): Vote => ({
    height,
    epoch: 0n,
    round: 0,
    phase: 'prevote',
    block: sha256(utf8(block)) as Hash,
    validRound: 0,
    ...change,
  })

  test('one per height, round and phase, whatever differs, also after a restart', async () => {
    const store = await FrameStore.open({ directory, genesis: genesisOf() })
    await store.recordVote(vote(1n, 'a'))
    await store.recordVote(vote(1n, 'a'))
    await store.recordVote(vote(1n, 'b', { round: 1 }))
    await store.recordVote(vote(1n, 'a', { phase: 'precommit' }))
    const refused = [vote(1n, 'b'), vote(1n, 'a', { validRound: 1 }), vote(1n, 'a', { epoch: 1n })]
    for (const one of refused) await expect(store.recordVote(one)).rejects.toEqual(code('VOTE_EQUIVOCATION'))
    const race = [vote(2n, 'a'), vote(2n, 'b')].map((one) => store.recordVote(one))
    expect((await Promise.allSettled(race)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await store.close()
    const again = await FrameStore.open({ directory })
    for (const one of refused) await expect(again.recordVote(one)).rejects.toEqual(code('VOTE_EQUIVOCATION'))
    await again.recordVote(vote(2n, 'a'))
    expect(again.failure).toBeUndefined()
    await again.close()
  })

  test('a malformed one is refused and the store goes on', async () => {
    const store = await FrameStore.open({ directory, genesis: genesisOf() })
    await expect(store.recordVote(vote(-1n, 'a'))).rejects.toThrow()
    await store.recordVote(vote(1n, 'a'))
    await store.close()
  })

  test('what is forgotten cannot be voted on again', async () => {
    const store = await FrameStore.open({ directory, genesis: genesisOf() })
    const newest = BigInt(STORE_LIMITS.voteHeightsMax) + 10n
    await store.recordVote(vote(9n, 'a'))
    await store.recordVote(vote(10n, 'a'))
    await store.recordVote(vote(newest, 'a'))
    await expect(store.recordVote(vote(9n, 'a'))).rejects.toEqual(code('VOTE_STALE'))
    await expect(store.recordVote(vote(10n, 'b'))).rejects.toEqual(code('VOTE_EQUIVOCATION'))
    await store.close()
    const again = await FrameStore.open({ directory })
    await expect(again.recordVote(vote(9n, 'b'))).rejects.toEqual(code('VOTE_STALE'))
    await again.close()
  })
})
