/** The producer alone, in virtual time: when it makes a block, and when it must not. */
import type { Ledger, ProposedBlock, TransactionCandidate } from '@symbolon/ledger'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Mempool } from '../src/index.ts'
import { NodeMetrics } from '../src/metrics/metrics.ts'
import { BlockProducer, type ProducerOptions } from '../src/production/producer.ts'
import type { SoleValidator } from '../src/production/validator.ts'

const candidate = (name: string): TransactionCandidate =>
  ({ id: Buffer.from(name) }) as unknown as TransactionCandidate

/** A ledger, a pool and a validator that do nothing but count. */
class Stage {
  /** What the pool gives out next, one list per block; beyond them nothing is executable. */
  executable: TransactionCandidate[][] = []
  /** What else waits in the pool. */
  stuck = 0
  /** Transactions of each block made. */
  readonly blocks: { at: number; transactions: number; timestamp: bigint }[] = []
  released = 0
  readonly dropped: string[] = []
  readonly failures: unknown[] = []
  refused: { code: string }[] = []
  appendMs = 1
  proposeError: Error | undefined
  clock = 1_000
  readonly producer: BlockProducer
  readonly started = Date.now()

  constructor(options: Partial<ProducerOptions> = {}) {
    const stage = this
    const mempool = {
      get size() {
        return stage.stuck + stage.executable.reduce((sum, one) => sum + one.length, 0)
      },
      take: () => stage.executable[0] ?? [],
      settle: () => {
        stage.executable.shift()
        return []
      },
      release: () => {
        stage.released++
      },
      discard: () => {
        stage.executable.shift()
      },
    }
    const ledger = {
      genesis: { parameters: { blockGasLimit: 1n } },
      height: 0n,
      head: {},
      frame: new Uint8Array(32),
      propose: async ({
        transactions,
        timestamp,
      }: {
        transactions: TransactionCandidate[]
        timestamp: bigint
      }) => {
        if (stage.proposeError !== undefined) throw stage.proposeError
        const skipped = stage.refused.map(({ code }) => ({ candidate: transactions[0], code, message: '' }))
        stage.refused = []
        return {
          header: { height: 1n, timestamp },
          transactions: skipped.length > 0 ? [] : transactions,
          skipped,
        }
      },
      discard: () => undefined,
    }
    const validator = { address: new Uint8Array(32), elect: () => ({}), certify: () => ({}) }
    this.producer = new BlockProducer({
      ledger: ledger as unknown as Ledger,
      mempool: mempool as unknown as Mempool<TransactionCandidate>,
      validator: validator as unknown as SoleValidator,
      append: () => new Promise((resolve) => setTimeout(resolve, stage.appendMs)),
      onFinal: ({ transactions, header }: ProposedBlock) =>
        stage.blocks.push({
          at: Date.now() - stage.started,
          transactions: transactions.length,
          timestamp: header.timestamp,
        }),
      onDropped: (_, code) => stage.dropped.push(code),
      onFailed: (error) => stage.failures.push(error),
      batchWindowMs: 10,
      heartbeatMs: 100,
      clock: () => stage.clock,
      metrics: new NodeMetrics(),
      log: pino({ level: 'silent' }),
      ...options,
    })
    this.producer.start()
  }

  arrive(...names: string[]): void {
    this.executable.push(names.map(candidate))
    this.producer.wake()
  }

  times(): number[] {
    return this.blocks.map(({ at }) => at)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the window', () => {
  it('opens with the first transaction and closes once, however many come', async () => {
    const stage = new Stage()
    stage.arrive('a')
    await vi.advanceTimersByTimeAsync(5)
    stage.producer.wake()
    expect(stage.blocks).toEqual([])
    await vi.advanceTimersByTimeAsync(6)
    expect(stage.times()).toEqual([11])
  })

  it('is skipped by what a full block left behind', async () => {
    const stage = new Stage()
    stage.executable.push([candidate('a')], [candidate('b')])
    stage.producer.wake()
    await vi.advanceTimersByTimeAsync(20)
    expect(stage.times()).toEqual([11, 12])
  })

  it('opens again for what came during a block', async () => {
    const stage = new Stage()
    stage.appendMs = 5
    stage.arrive('a')
    await vi.advanceTimersByTimeAsync(12)
    stage.arrive('b')
    await vi.advanceTimersByTimeAsync(30)
    expect(stage.times()).toEqual([15, 30])
  })
})

describe('the heartbeat', () => {
  it('counts from the last block', async () => {
    const stage = new Stage()
    await vi.advanceTimersByTimeAsync(101)
    expect(stage.times()).toEqual([101])
    await vi.advanceTimersByTimeAsync(50)
    stage.arrive('a')
    await vi.advanceTimersByTimeAsync(200)
    expect(stage.blocks.map(({ at, transactions }) => [at, transactions])).toEqual([
      [101, 0],
      [162, 1],
      [263, 0],
    ])
  })

  it('is not put off by transactions that cannot be executed, and these do not keep the node busy', async () => {
    const stage = new Stage()
    stage.stuck = 5
    const taken = vi.fn()
    for (let at = 0; at < 50; at++) {
      stage.producer.wake()
      taken()
      await vi.advanceTimersByTimeAsync(10)
    }
    expect(stage.blocks.length).toBeGreaterThanOrEqual(4)
    expect(vi.getTimerCount()).toBeLessThanOrEqual(2)
  })
})

describe('refused candidates', () => {
  it('are dropped if they never can be included, and released otherwise; no block is made of nothing', async () => {
    const stage = new Stage({ heartbeatMs: 0 })
    stage.refused = [{ code: 'SENDER_KEY' }]
    stage.arrive('a')
    await vi.advanceTimersByTimeAsync(50)
    expect(stage.dropped).toEqual(['SENDER_KEY'])
    stage.refused = [{ code: 'NONCE_GAP' }]
    stage.arrive('b')
    await vi.advanceTimersByTimeAsync(50)
    expect(stage.dropped).toEqual(['SENDER_KEY'])
    expect(stage.released).toBe(2)
    expect(stage.blocks).toEqual([])
  })
})

describe('failure and stop', () => {
  it('a failure is reported once and ends production', async () => {
    const stage = new Stage()
    stage.proposeError = new Error('broken invariant')
    stage.arrive('a')
    await vi.advanceTimersByTimeAsync(500)
    expect(stage.failures).toEqual([stage.proposeError])
    expect(stage.producer.failure).toBe(stage.proposeError)
    stage.proposeError = undefined
    stage.producer.wake()
    await vi.advanceTimersByTimeAsync(500)
    expect(stage.blocks).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a stop waits for the block under way and leaves no timer', async () => {
    const stage = new Stage()
    stage.appendMs = 40
    stage.arrive('a')
    await vi.advanceTimersByTimeAsync(15)
    const stopped = stage.producer.stop()
    await vi.advanceTimersByTimeAsync(100)
    await stopped
    expect(stage.times()).toEqual([50])
    stage.producer.wake()
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('takes the clock for what it is: a number that may be fractional or negative', async () => {
  const stage = new Stage()
  for (const reading of [1_000.9, -7, 0]) {
    stage.clock = reading
    await vi.advanceTimersByTimeAsync(101)
  }
  expect(stage.blocks.map(({ timestamp }) => timestamp)).toEqual([1_000n, 0n, 0n])
})
