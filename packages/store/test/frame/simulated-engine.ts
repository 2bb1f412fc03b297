/**
 * An engine that crashes and fails as LevelDB may: a batch is whole or absent, a later one never survives an earlier one, a
 * synced one always survives, and of the rest a power cut keeps any number of the first.
 */
import { SimulatedCrash } from '@symbolon/journal/simulation'
import {
  EngineError,
  type KeyValueEngine,
  type KeyValueEntry,
  type KeyValueSnapshot,
  MemoryEngine,
  type Operation,
  type RangeOptions,
} from '../../src/index.ts'

export interface BatchFault {
  /** Which batch, counted over the life of the disk. */
  batch: number
  /** `before`: dies and the batch is lost; `after`: dies and it is there; `error`: it fails and the process lives. */
  kind: 'before' | 'after' | 'error'
}

/** What survives the process. */
export class SimulatedEngineDisk {
  batches: { operations: readonly Operation[]; sync: boolean }[] = []
  /** Batches tried so far; the range for `BatchFault.batch`. */
  tried = 0
  fault: BatchFault | undefined
  #open: SimulatedEngine | undefined

  /** A new process on what is there. */
  async start(): Promise<SimulatedEngine> {
    const engine = new SimulatedEngine(this)
    for (const { operations } of this.batches) await engine.memory.batch(operations, { sync: true })
    this.#open = engine
    return engine
  }

  /** Ends the process: nothing that it still does has an effect. */
  crash(kind: 'process' | 'power', random: () => number): void {
    if (this.#open !== undefined) this.#open.isDead = true
    this.fault = undefined
    if (kind === 'process') return
    const synced = this.batches.findLastIndex(({ sync }) => sync) + 1
    this.batches.length = synced + Math.floor(random() * (this.batches.length - synced + 1))
  }
}

export class SimulatedEngine implements KeyValueEngine {
  readonly memory = new MemoryEngine()
  isDead = false
  readonly #disk: SimulatedEngineDisk

  constructor(disk: SimulatedEngineDisk) {
    this.#disk = disk
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.memory.get(key)
  }

  has(key: Uint8Array): boolean {
    return this.memory.has(key)
  }

  range(options?: RangeOptions): AsyncGenerator<KeyValueEntry, void, undefined> {
    return this.memory.range(options)
  }

  snapshot(): KeyValueSnapshot {
    return this.memory.snapshot()
  }

  async batch(operations: readonly Operation[], { sync }: { sync: boolean }): Promise<void> {
    if (this.isDead) throw new SimulatedCrash('the simulated machine is down')
    const fault = this.#disk.fault
    const strikes = fault?.batch === this.#disk.tried
    this.#disk.tried += 1
    if (strikes && fault?.kind === 'error') throw new EngineError('ENGINE_FAILED', 'simulated')
    if (!strikes || fault?.kind === 'after') this.#disk.batches.push({ operations, sync })
    if (strikes) {
      this.isDead = true
      throw new SimulatedCrash('simulated crash')
    }
    await this.memory.batch(operations, { sync })
  }

  async close(): Promise<void> {
    await this.memory.close()
  }
}
