/**
 * Durable appends against the machine's own limit, on the same disk, in the same run.
 *
 * `node packages/journal/bench/journal.bench.ts [directory]` prints one JSON line per figure. `ratio` is the share of
 * the limit that is reached: value / ceiling for rates, ceiling / value for times. Journal and raw disk take
 * turns in short rounds and medians are compared, because a disk that others use changes by the second: measured
 * one after the other, the two once differed twenty-fold for that reason alone.
 */
import { closeSync, fdatasyncSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Journal } from '../src/index.ts'

const RECORD_BYTES = 100
const record = Buffer.alloc(RECORD_BYTES, 7)
const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'symbolon-bench-'))
const microseconds = (): number => performance.now() * 1000

/** One way of doing the work: `run` does it once and says how long it took, in microseconds. */
interface Contender {
  run: () => Promise<number> | number
  close: () => Promise<void> | void
}

async function timed(work: () => unknown): Promise<number> {
  const start = microseconds()
  await work()
  return microseconds() - start
}

/** Plain write + fdatasync. `extended`: the file already has its size, so a sync need not write the inode. */
function rawDisk(name: string, bytes: number, extended: boolean): Contender {
  const file = openSync(join(directory, name), 'w')
  const block = Buffer.alloc(bytes, 7)
  let offset = 0
  if (extended) ftruncateSync(file, 256 * 1024 * 1024)
  return {
    run: () => {
      const start = microseconds()
      writeSync(file, block, 0, bytes, offset)
      fdatasyncSync(file)
      offset += bytes
      return microseconds() - start
    },
    close: () => closeSync(file),
  }
}

function journalDisk(name: string, work: (journal: Journal) => unknown): Contender {
  const journal = Journal.open({ directory: join(directory, name) })
  return { run: () => timed(() => work(journal)), close: () => journal.close() }
}

/** Lets the contenders take turns, `rounds` times; returns the sorted times of each. */
async function takeTurns(contenders: Contender[], rounds: number): Promise<number[][]> {
  const times: number[][] = contenders.map(() => [])
  for (const contender of contenders) await contender.run()
  for (let round = 0; round < rounds; round++)
    for (const [index, contender] of contenders.entries()) times[index]?.push(await contender.run())
  for (const contender of contenders) await contender.close()
  return times.map((samples) => samples.sort((a, b) => a - b))
}

const percentile = (sorted: number[] | undefined, share: number): number =>
  sorted?.[Math.floor((sorted.length - 1) * share)] ?? Number.NaN

function print(name: string, value: number, unit: string, ceiling?: number): void {
  const round = (figure: number): number => Number(figure.toPrecision(4))
  const ratio = ceiling === undefined ? undefined : unit.endsWith('/s') ? value / ceiling : ceiling / value
  const limit =
    ceiling === undefined || ratio === undefined ? {} : { ceiling: round(ceiling), ratio: round(ratio) }
  console.log(JSON.stringify({ name, value: round(value), unit, ...limit }))
}

async function latency(): Promise<void> {
  const [growing, extended, sync, async] = await takeTurns(
    [
      rawDisk('growing', RECORD_BYTES, false),
      rawDisk('extended', RECORD_BYTES, true),
      journalDisk('sync', (journal) => journal.appendSync(record)),
      journalDisk('async', (journal) => journal.appendDurable(record)),
    ],
    2000,
  )
  for (const [label, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    print(
      `raw write + fdatasync, growing file, ${label}`,
      percentile(growing, share),
      'us',
      percentile(extended, share),
    )
    print(
      `one durable append, appendSync, ${label}`,
      percentile(sync, share),
      'us',
      percentile(extended, share),
    )
    print(
      `one durable append, appendDurable, ${label}`,
      percentile(async, share),
      'us',
      percentile(extended, share),
    )
  }
}

/** `perSync` records by callers that each await their own append, and by one producer that pipelines its flushes. */
async function rates(perSync: number, rounds: number): Promise<void> {
  let before: Promise<void> = Promise.resolve()
  const [raw, callers, pipelined] = await takeTurns(
    [
      rawDisk(`raw-${perSync}`, perSync * RECORD_BYTES, true),
      journalDisk(`callers-${perSync}`, (journal) =>
        Promise.all(Array.from({ length: perSync }, () => journal.appendDurable(record))),
      ),
      journalDisk(`pipelined-${perSync}`, async (journal) => {
        // Four flushes per turn, each overlapping the appends of the next, and all durable when the turn ends.
        for (let flush = 0; flush < 4; flush++) {
          for (let count = 0; count < perSync; count++) journal.append(record)
          const flushed = journal.flush()
          await before
          before = flushed
        }
        await before
      }),
    ],
    rounds,
  )
  const perSecond = (times: number[] | undefined, records: number): number =>
    (records * 1e6) / percentile(times, 0.5)
  const ceiling = perSecond(raw, perSync)
  print(`${perSync} callers awaiting their own append`, perSecond(callers, perSync), 'records/s', ceiling)
  print(`pipelined, ${perSync} records per flush`, perSecond(pipelined, 4 * perSync), 'records/s', ceiling)
}

async function openRate(): Promise<void> {
  const start = microseconds()
  const journal = Journal.open({ directory: join(directory, 'pipelined-1000') })
  print('records checked at open', (journal.endPosition * 1e6) / (microseconds() - start), 'records/s')
  await journal.close()
}

try {
  await latency()
  await rates(100, 300)
  await rates(1000, 300)
  await rates(10_000, 60)
  await openRate()
} finally {
  rmSync(directory, { recursive: true, force: true })
}
