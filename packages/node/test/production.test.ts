/** Block production: the window, the heartbeat, the clock, failure, stop and restart. */
import { describe, expect, it } from 'vitest'
import { FrameNode } from '../src/index.ts'
import {
  alice,
  bob,
  call,
  carol,
  codeOf,
  configOf,
  ENDOWMENT,
  GENESIS,
  nobody,
  pay,
  post,
  rpc,
  sign,
  startNode,
  submit,
  temporaryFolder,
  until,
  VALIDATOR_KEYS,
} from './frame.ts'

/** Keeps the node inside a block until released. */
function holdAppends({ store }: FrameNode): { readonly waiting: boolean; release(): void } {
  const append = store.append.bind(store)
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let waiting = false
  store.append = async (...block) => {
    waiting = true
    await held
    return append(...block)
  }
  return {
    get waiting() {
      return waiting
    },
    release,
  }
}

describe('the batching window', () => {
  it('holds the first transaction back for company', async () => {
    const node = await startNode({ batchWindowMs: 3_600_000 })
    for (const payer of [alice, bob]) await submit(node, sign(payer, 0n, pay(nobody, 1n)), 'accepted')
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(node.store.ledger.height).toBe(0n)
    expect(node.mempool.size).toBe(2)
  })

  it('makes one block of what gathered', async () => {
    const node = await startNode()
    const hold = holdAppends(node)
    const first = submit(node, sign(alice, 0n, pay(nobody, 1n)))
    await until(() => hold.waiting)
    const payers = [alice, bob, carol]
    const others = payers.map((payer, at) => submit(node, sign(payer, at === 0 ? 1n : 0n, pay(nobody, 1n))))
    await until(() => node.mempool.size === 4)
    hold.release()
    expect((await first).height).toBe(1n)
    expect((await Promise.all(others)).map(({ height }) => height)).toEqual([2n, 2n, 2n])
  })

  it('takes what came during a block into the next ones, in nonce order', async () => {
    const node = await startNode({ batchWindowMs: 0 })
    const sent = Array.from({ length: 60 }, (_, nonce) => sign(alice, BigInt(nonce), pay(nobody, 1n)))
    const heights = await Promise.all(sent.map(async (one) => (await submit(node, one)).height ?? -1n))
    expect(heights).toEqual([...heights].sort((a, b) => Number(a - b)))
    expect((await call(node, 'account.get', { address: nobody.address })).balance).toBe(60n)
  })
})

describe('the heartbeat', () => {
  it('makes empty checkpoints while nothing happens', async () => {
    const node = await startNode({ heartbeatMs: 20 })
    await until(() => node.store.ledger.height >= 3n)
    const { transactions } = await call(node, 'block.get', { height: 2n })
    expect(transactions).toEqual([])
  })

  it('is silent when it is off', async () => {
    const node = await startNode({ heartbeatMs: 0 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(node.store.ledger.height).toBe(0n)
  })

  it('goes on while a transaction waits that cannot be executed', async () => {
    const node = await startNode({ heartbeatMs: 30, batchWindowMs: 1 })
    await submit(node, sign(alice, 5n, pay(bob, 1n)), 'accepted')
    await until(() => node.store.ledger.height >= 3n)
    expect(node.mempool.size).toBe(1)
  })
})

it('a transaction that expires while it waits is dropped, and its submitter told', async () => {
  const node = await startNode({ heartbeatMs: 10 })
  const { height } = node.store.ledger
  const doomed = sign(alice, 1n, pay(bob, 1n), { validUntil: height + 30n })
  expect(await codeOf(submit(node, doomed))).toBe('TRANSACTION_DROPPED')
  expect(node.store.ledger.height).toBeGreaterThanOrEqual(height + 30n)
  expect(node.mempool.size).toBe(0)
})

describe('the clock', () => {
  it('set back makes no timestamp go back, and stops nothing', async () => {
    let now = 1_900_000_000_000
    const node = await startNode({}, { clock: () => now })
    const timestamps: bigint[] = []
    for (const [nonce, next] of [now, now - 86_400_000, 0, -5, 1.5, now + 1].entries()) {
      now = next
      const { height } = await submit(node, sign(alice, BigInt(nonce), pay(bob, 1n)))
      timestamps.push((await call(node, 'block.get', { height: height ?? 0n })).checkpoint.header.timestamp)
    }
    const start = 1_900_000_000_000n
    expect(timestamps).toEqual([start, start, start, start, start, start + 1n])
  })
})

describe('a disk that fails', () => {
  it('stops production: waiting and new submitters are told, readiness says so, reads go on', async () => {
    const node = await startNode()
    await submit(node, sign(alice, 0n, pay(bob, 1n)))
    node.store.append = () => Promise.reject(new Error('no space left on device'))
    expect(await codeOf(submit(node, sign(alice, 1n, pay(bob, 1n))))).toBe('NODE_FAILED')
    expect(await codeOf(submit(node, sign(bob, 0n, pay(alice, 1n))))).toBe('NODE_FAILED')
    expect((await fetch(`${node.url}/ready`)).status).toBe(503)
    expect((await fetch(`${node.url}/health`)).status).toBe(200)
    expect((await call(node, 'account.get', { address: alice.address })).nonce).toBe(1n)
    expect(await (await fetch(`${node.url}/metrics`)).text()).toContain('symbolon_producing 0')
  })
})

describe('a transaction in the block under way', () => {
  it('is neither replaced nor reported as dropped: it becomes final', async () => {
    const node = await startNode()
    const hold = holdAppends(node)
    const original = submit(node, sign(alice, 0n, pay(nobody, 1n)))
    await until(() => hold.waiting)
    const better = sign(alice, 0n, pay(nobody, 2n), { fee: 10n ** 9n })
    expect(await codeOf(submit(node, better))).toBe('REPLACEMENT_TOO_LATE')
    hold.release()
    expect((await original).receipt?.code).toBe('OK')
    expect(await codeOf(submit(node, better))).toBe('NONCE_TOO_LOW')
  })
})

describe('stopping', () => {
  it('finishes the block under way and answers its submitter', async () => {
    const node = await startNode()
    const hold = holdAppends(node)
    const underWay = submit(node, sign(alice, 0n, pay(nobody, 5n)))
    await until(() => hold.waiting)
    const waiting = codeOf(submit(node, sign(bob, 0n, pay(nobody, 5n))))
    await until(() => node.mempool.size === 2)
    const stopped = node.stop()
    expect((await fetch(`${node.url}/ready`)).status).toBe(503)
    const late = await post(node, '{"jsonrpc":"2.0","id":1,"method":"frame.info"}')
    expect(late.status).toBe(503)
    expect(await late.json()).toMatchObject({ code: 'NODE_STOPPING' })
    hold.release()
    expect((await underWay).receipt?.code).toBe('OK')
    expect(await waiting).toBe('NODE_STOPPING')
    await stopped
    await expect(rpc(node, 'frame.info', {})).rejects.toThrow()
  })

  it('twice is stopping once', async () => {
    const node = await startNode()
    await Promise.all([node.stop(), node.stop()])
    await node.stop()
  })
})

describe('restarting', () => {
  it('loses nothing', async () => {
    const directory = temporaryFolder()
    const first = await startNode({ directory })
    const sent = Array.from({ length: 20 }, (_, nonce) => sign(alice, BigInt(nonce), pay(nobody, 3n)))
    const outcomes = await Promise.all(sent.map((one) => submit(first, one)))
    const head = await call(first, 'checkpoint.latest', {})
    await first.stop()
    const second = await startNode({ directory })
    expect(await call(second, 'checkpoint.latest', {})).toEqual(head)
    expect((await call(second, 'account.get', { address: nobody.address })).balance).toBe(60n)
    for (const [at, { id }] of sent.entries()) {
      const { receipt, height } = await call(second, 'transaction.get', { id })
      expect({ id, receipt, height }).toEqual(outcomes[at])
    }
    await submit(second, sign(alice, 20n, pay(nobody, 3n)))
    expect((await second.store.verify()).supplyDelta).toBe(0n)
  })

  it('needs the keys of the frame, and gives the folder back when refused', async () => {
    const directory = temporaryFolder()
    const first = await startNode({ directory })
    await first.stop()
    const wrong = { ...VALIDATOR_KEYS, address: alice.address }
    await expect(FrameNode.open(configOf(directory), { keys: wrong })).rejects.toMatchObject({
      code: 'NODE_NOT_VALIDATOR',
    })
    const other = { ...GENESIS, name: 'other' }
    await expect(
      FrameNode.open(configOf(directory, { genesis: other }), { keys: VALIDATOR_KEYS }),
    ).rejects.toMatchObject({ code: 'STORE_FRAME_MISMATCH' })
    const again = await startNode({ directory })
    expect((await call(again, 'account.get', { address: alice.address })).balance).toBe(ENDOWMENT)
  })

  it('on a port that is taken fails and gives the folder back', async () => {
    const running = await startNode()
    const directory = temporaryFolder()
    const port = Number(new URL(running.url).port)
    const blocked = await FrameNode.open(configOf(directory, { port }), { keys: VALIDATOR_KEYS })
    await expect(blocked.start()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await startNode({ directory })
  })
})
