import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killRuns } from './kill-runs.ts'

const KILLS = 16

test(`${KILLS} kills of a producing process lose nothing that was acknowledged`, {
  timeout: 300_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'symbolon-kill-'))
  try {
    const report = await killRuns(KILLS, directory, Math.random)
    expect(report.kills).toBe(KILLS)
    // Every second kill waits for a block.
    expect(report.beforeFirstBlock).toBeLessThanOrEqual(KILLS / 2)
    expect(report.blocks).toBeGreaterThanOrEqual(KILLS / 2)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
