/**
 * Kills a process that produces blocks at random instants, again and again on the same folder, and checks after each kill that
 * nothing acknowledged is lost, the roots are right, the supply adds up and the chain goes on.
 * As a script: `node packages/store/test/frame/kill-runs.ts [kills]`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '@symbolon/primitives'
import { blockHash } from '@symbolon/protocol'
import { FrameStore } from '../../src/index.ts'
import { genesisOf } from './frame.ts'

export interface KillReport {
  kills: number
  /** Over all folders. */
  blocks: number
  /** Kills while the folder was still being created or recovered. */
  beforeFirstBlock: number
  /** Kills after which blocks had to be executed again, and those that left an unfinished write. */
  replayed: number
  torn: number
}

/** A folder serves for so many kills: its audit takes longer with every block. */
const KILLS_PER_FOLDER = 20

export async function killRuns(kills: number, directory: string, random: () => number): Promise<KillReport> {
  const report: KillReport = { kills, blocks: 0, beforeFirstBlock: 0, replayed: 0, torn: 0 }
  /** What the children of this folder have been told to be final, by height. */
  let final = new Map<bigint, string>()
  for (let kill = 0; kill < kills; kill++) {
    if (kill % KILLS_PER_FOLDER === 0) final = new Map()
    const folder = join(directory, String(Math.floor(kill / KILLS_PER_FOLDER)))
    const before = final.size
    const lines = await killedRun(folder, kill % 2 === 0 ? 1 : 3, random() * 80)
    for (const [height, hash] of lines) {
      const known = final.get(height)
      if (known !== undefined && known !== hash) throw new Error(`kill ${kill}: block ${height} changed`)
      final.set(height, hash)
    }
    if (lines.length <= 1) report.beforeFirstBlock += 1
    report.blocks += final.size - before

    const store = await FrameStore.open({ directory: folder, genesis: genesisOf() })
    if (store.recovery.replayed > 0) report.replayed += 1
    if (store.recovery.truncatedBytes > 0) report.torn += 1
    for (const [height, hash] of final) {
      const header = store.checkpoint(height)?.header
      if (header === undefined || toHex(blockHash(header)) !== hash)
        throw new Error(`kill ${kill}: block ${height} was acknowledged and is not there`)
    }
    const isLast = kill % KILLS_PER_FOLDER === KILLS_PER_FOLDER - 1 || kill === kills - 1
    if (isLast || kill % 5 === 0) {
      const audit = await store.verify({ certificates: false })
      if (audit.supplyDelta !== 0n) throw new Error(`kill ${kill}: the supply is off by ${audit.supplyDelta}`)
    }
    await store.close()
  }
  return report
}

/**
 * Kills the child `delay` milliseconds after its line number `from`: 1 says that it opens the folder, 2 that it did, 3 that a
 * block is final. However slow the machine, every second kill comes while blocks are produced. Returns what was acknowledged.
 */
function killedRun(folder: string, from: number, delay: number): Promise<(readonly [bigint, string])[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let complaint = ''
    let isArmed = false
    child.stdout.on('data', (data) => {
      output += String(data)
      if (isArmed || output.split('\n').length <= from) return
      isArmed = true
      setTimeout(() => child.kill('SIGKILL'), delay)
    })
    child.stderr.on('data', (data) => {
      complaint += String(data)
    })
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the child ended by itself: ${complaint}`))
      // The kill may have cut the last line.
      const lines = output.slice(0, output.lastIndexOf('\n') + 1).match(/^\d+ [0-9a-f]{64}$/gm) ?? []
      resolve(
        lines.map((line) => {
          const [height = '', hash = ''] = line.split(' ')
          return [BigInt(height), hash] as const
        }),
      )
    })
  })
}

if (process.argv[1] === import.meta.filename) {
  const directory = mkdtempSync(join(tmpdir(), 'symbolon-kill-'))
  try {
    console.log(JSON.stringify(await killRuns(Number(process.argv[2] ?? 400), directory, Math.random)))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
