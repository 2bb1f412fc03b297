/**
 * Kills a writing process at random instants, again and again on the same journal, and checks after each kill that
 * nothing acknowledged is lost. As a script: `node packages/journal/test/kill-runs.ts [kills]` for thousands.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Journal } from '../src/index.ts'
import { recordAt } from './kill-record.ts'

export interface KillReport {
  kills: number
  records: number
  /** Kills that left an unfinished write behind. */
  torn: number
}

export async function killRuns(kills: number, directory: string, random: () => number): Promise<KillReport> {
  let records = 0
  let torn = 0
  for (let kill = 0; kill < kills; kill++) {
    const acknowledged = await killedRun(directory, random() * 25)
    const journal = Journal.open({ directory, segmentBytesMax: 256 * 1024 })
    if (journal.recovery.tornBytes > 0) torn += 1
    if (journal.endPosition <= acknowledged)
      throw new Error(
        `kill ${kill}: ${acknowledged} was acknowledged, the journal ends at ${journal.endPosition}`,
      )
    let position = journal.firstPosition
    for (const entry of journal.entries()) {
      if (entry.position !== position || !entry.record.equals(recordAt(position)))
        throw new Error(`kill ${kill}: record ${position} is wrong`)
      position += 1
    }
    if (position !== journal.endPosition)
      throw new Error(`kill ${kill}: the journal has a gap at ${position}`)
    records = journal.endPosition
    // Old segments would make every check longer than the last.
    journal.deleteSegmentsBefore(records)
    await journal.close()
  }
  return { kills, records, torn }
}

/** Runs the writer for `lifetime` milliseconds after it opened; returns the last position it acknowledged, or -1. */
function killedRun(directory: string, lifetime: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let complaint = ''
    child.stdout.on('data', (data) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), lifetime)
      output += String(data)
    })
    child.stderr.on('data', (data) => {
      complaint += String(data)
    })
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the writer ended by itself: ${complaint}`))
      // The kill may have cut the last line.
      const lines = output.slice(0, output.lastIndexOf('\n') + 1).split('\n')
      resolve(
        lines.filter((line) => /^\d+$/.test(line)).reduce((most, line) => Math.max(most, Number(line)), -1),
      )
    })
  })
}

if (process.argv[1] === import.meta.filename) {
  const directory = mkdtempSync(join(tmpdir(), 'symbolon-kill-'))
  try {
    console.log(JSON.stringify(await killRuns(Number(process.argv[2] ?? 2000), directory, Math.random)))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
