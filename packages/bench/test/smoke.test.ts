/** The suite as a user runs it, for a moment: every row is there, and nothing is left behind. Speed is not judged. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BENCHMARK_NAMES } from '../src/benchmarks.ts'
import type { Row } from '../src/index.ts'

const MAIN = new URL('../src/main.ts', import.meta.url).pathname
/** Far beyond what it takes: a slow machine must not fail it. */
const TIMEOUT_MS = 600_000

let directory: string
let run: { code: number | null; output: string; progress: string }

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bench-smoke-'))
  const child = spawn(process.execPath, [MAIN, '--smoke', '--json', '--directory', directory])
  run = { code: null, output: '', progress: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    run.output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    run.progress += text
  })
  run.code = await new Promise((resolve) => child.once('close', resolve))
}, TIMEOUT_MS)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('a smoke run', () => {
  it('succeeds and reports every row in order', () => {
    expect(run.code, run.progress).toBe(0)
    const rows: Row[] = JSON.parse(run.output)
    expect(rows.map(({ name }) => name)).toEqual(BENCHMARK_NAMES)
  })

  it('measures something in every row that is not skipped, and consistently', () => {
    for (const row of JSON.parse(run.output) as Row[]) {
      if (row.skipped !== undefined) {
        expect(row.value).toBeNull()
        continue
      }
      expect(row.value, row.name).toBeGreaterThan(0)
      expect(row.samples, row.name).toBeGreaterThan(0)
      const reference = row.peer ?? row.ceiling
      if (reference === null) expect(row.ratio, row.name).toBeNull()
      else expect(row.ratio, row.name).toBeGreaterThan(0)
      expect(row.met === null, row.name).toBe(row.bar === null)
    }
  })

  it('keeps standard output for the figures, and leaves no file behind', () => {
    expect(run.progress).toContain('measuring')
    expect(readdirSync(directory)).toEqual([])
  })
})
