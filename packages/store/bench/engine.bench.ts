/**
 * The ledger's load on the two embedded engines that could carry it: LevelDB (LevelEngine) and LMDB.
 *
 * `node packages/store/bench/engine.bench.ts [directory] [blocks]` prints one JSON line per figure; `ceiling` is the
 * other engine and `ratio` says how many times better LevelEngine does. A block is 1,000 puts of random 32-byte keys
 * with 80-byte values, durable before the next; half of the keys exist already once the state has grown.
 * The engines take turns, ten blocks at a time, so that a disk that others use treats them alike.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open as openLmdb, type RootDatabase } from 'lmdb'
import { LevelEngine, type Operation } from '../src/engine/index.ts'

const BLOCK_KEYS = 1000
const VALUE_BYTES = 80
const TURN_BLOCKS = 10
const READS_PER_BLOCK = 1000

const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'symbolon-engine-bench-'))
const blocks = Number(process.argv[3] ?? 300)

interface Contender {
  name: string
  block(operations: Operation[]): Promise<unknown>
  get(key: Uint8Array): Uint8Array | undefined
  scan(): Promise<number>
  close(): Promise<void>
  times: { block: number[]; read: number[]; mixed: number[] }
}

const noTimes = (): Contender['times'] => ({ block: [], read: [], mixed: [] })

async function level(): Promise<Contender> {
  const engine = await LevelEngine.open({ directory: join(directory, 'level') })
  return {
    name: 'level',
    block: (operations) => engine.batch(operations, { sync: true }),
    get: (key) => engine.get(key),
    scan: async () => {
      let entries = 0
      for await (const _ of engine.range()) entries += 1
      return entries
    },
    close: () => engine.close(),
    times: noTimes(),
  }
}

function lmdb(): Contender {
  const database: RootDatabase<Uint8Array, Uint8Array> = openLmdb({
    path: join(directory, 'lmdb'),
    encoding: 'binary',
    keyEncoding: 'binary',
    mapSize: 4 * 1024 * 1024 * 1024,
  })
  return {
    name: 'lmdb',
    block: async (operations) => {
      // One transaction, then one wait for the disk: the fast way (a wait for each put is a hundred times slower).
      const committed = database.transaction(() => {
        for (const { key, value } of operations) void database.put(key, value as Uint8Array)
      })
      await committed
      await database.flushed
    },
    get: (key) => database.getBinary(key),
    scan: async () => {
      let entries = 0
      for (const _ of database.getRange()) entries += 1
      return entries
    },
    close: () => database.close(),
    times: noTimes(),
  }
}

const median = (samples: number[]): number =>
  samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? Number.NaN

function print(name: string, unit: string, ours: number, other: number): void {
  const round = (figure: number): number => Number(figure.toPrecision(4))
  const ratio = unit.endsWith('/s') ? ours / other : other / ours
  console.log(JSON.stringify({ name, value: round(ours), unit, ceiling: round(other), ratio: round(ratio) }))
}

const keys: Buffer[] = []

function makeBlock(): Operation[] {
  return Array.from({ length: BLOCK_KEYS }, (_, index) => {
    const known = index % 2 === 1 ? keys[Math.floor(Math.random() * keys.length)] : undefined
    const key = known ?? randomBytes(32)
    if (known === undefined) keys.push(key)
    return { type: 'put', key, value: randomBytes(VALUE_BYTES) }
  })
}

async function turn(contender: Contender, work: Operation[][]): Promise<void> {
  for (const operations of work) {
    // A block's life: execution reads the keys that it will write, then the block becomes durable.
    const start = performance.now()
    for (let read = 0; read < READS_PER_BLOCK; read++) contender.get(operations[read]?.key as Uint8Array)
    const middle = performance.now()
    await contender.block(operations)
    const end = performance.now()
    contender.times.block.push(end - middle)
    contender.times.mixed.push(end - start)
  }
}

function readTurn(contender: Contender, wanted: Buffer[]): void {
  const start = performance.now()
  for (const key of wanted) if (contender.get(key) === undefined) throw new Error('a written key is missing')
  contender.times.read.push((performance.now() - start) / wanted.length)
}

try {
  const contenders = [await level(), lmdb()]
  const [ours, other] = contenders as [Contender, Contender]
  for (let done = 0; done < blocks; done += TURN_BLOCKS) {
    const work = Array.from({ length: TURN_BLOCKS }, makeBlock)
    for (const contender of contenders) await turn(contender, work)
  }
  for (let round = 0; round < 10; round++) {
    const wanted = Array.from(
      { length: 20_000 },
      () => keys[Math.floor(Math.random() * keys.length)] as Buffer,
    )
    for (const contender of contenders) readTurn(contender, wanted)
  }
  console.log(JSON.stringify({ name: 'keys in the state', value: keys.length, unit: 'keys' }))
  const perSecond = (milliseconds: number, count: number): number => (count * 1000) / milliseconds
  const rate = (pick: (times: Contender['times']) => number[], count: number): [number, number] => [
    perSecond(median(pick(ours.times)), count),
    perSecond(median(pick(other.times)), count),
  ]
  print('durable block of 1,000 random puts', 'puts/s', ...rate((times) => times.block, BLOCK_KEYS))
  print('random reads of present keys', 'reads/s', ...rate((times) => times.read, 1))
  print('block: 1,000 reads, then 1,000 durable puts', 'blocks/s', ...rate((times) => times.mixed, 1))
  const worst = (contender: Contender): number => Math.max(...contender.times.mixed)
  print('slowest block', 'ms', worst(ours), worst(other))
  const scans: number[] = []
  for (const contender of contenders) {
    const start = performance.now()
    const entries = await contender.scan()
    if (entries !== keys.length)
      throw new Error(`${contender.name} scanned ${entries} of ${keys.length} keys`)
    scans.push(perSecond(performance.now() - start, entries))
  }
  print('scan in key order', 'entries/s', scans[0] ?? 0, scans[1] ?? 0)
  for (const contender of contenders) await contender.close()
} finally {
  rmSync(directory, { recursive: true, force: true })
}
