import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { heightKey, heightOf, LevelEngine } from '../../src/engine/index.ts'
import { codeOf, describeCompliance } from './compliance.ts'

const root = mkdtempSync(join(tmpdir(), 'symbolon-engine-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let count = 0
const freshDirectory = (): string => join(root, String(count++))

describeCompliance({ name: 'LevelEngine', open: () => LevelEngine.open({ directory: freshDirectory() }) })

describe('LevelEngine on disk', () => {
  it('keeps everything over a reopen', async () => {
    const directory = freshDirectory()
    const first = await LevelEngine.open({ directory })
    await first.batch([{ type: 'put', key: heightKey(1), value: heightKey(11) }], { sync: true })
    await first.batch([{ type: 'put', key: heightKey(2), value: heightKey(22) }], { sync: false })
    await first.batch([{ type: 'delete', key: heightKey(1) }], { sync: true })
    await first.close()
    const second = await LevelEngine.open({ directory })
    expect(second.has(heightKey(1))).toBe(false)
    expect(heightOf(second.get(heightKey(2)) ?? new Uint8Array(0))).toBe(22)
    await second.close()
  })

  it('is open in one place at a time', async () => {
    const directory = freshDirectory()
    const first = await LevelEngine.open({ directory })
    expect(await codeOf(() => LevelEngine.open({ directory }))).toBe('ENGINE_LOCKED')
    await first.close()
    await (await LevelEngine.open({ directory })).close()
  })

  it('says so when its files are damaged', async () => {
    const directory = freshDirectory()
    await (await LevelEngine.open({ directory })).close()
    for (const name of readdirSync(directory))
      if (name.startsWith('MANIFEST')) writeFileSync(join(directory, name), Buffer.alloc(100, 0xee))
    expect(await codeOf(() => LevelEngine.open({ directory }))).toBe('ENGINE_CORRUPT')
  })

  it('after a kill -9 holds every acknowledged batch, and each batch whole', async () => {
    const directory = freshDirectory()
    let acknowledged = 0
    for (let kill = 0; kill < 8; kill++) {
      acknowledged = Math.max(acknowledged, await killedWriter(directory, 5 + 13 * kill))
      const engine = await LevelEngine.open({ directory })
      // Each batch puts its number under ten keys: if they differ, a batch was applied in part.
      const values = Array.from({ length: 10 }, (_, index) =>
        heightOf(engine.get(heightKey(index)) ?? heightKey(0)),
      )
      await engine.close()
      expect(new Set(values).size).toBe(1)
      expect(values[0]).toBeGreaterThanOrEqual(acknowledged)
    }
    expect(acknowledged).toBeGreaterThan(0)
  })
})

/** Runs a writer, kills it some milliseconds after its first batch; returns the last batch number it acknowledged. */
function killedWriter(directory: string, lifetime: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), directory])
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
      const lines = output.slice(0, output.lastIndexOf('\n') + 1).split('\n')
      resolve(lines.reduce((most, line) => Math.max(most, Number(line)), 0))
    })
  })
}
