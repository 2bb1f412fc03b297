import { expect, it } from 'vitest'
import { killRuns } from './kill-runs.ts'
import { seededRandom, temporaryDirectory } from './support.ts'

it('loses nothing acknowledged over 100 kill -9 at random instants', { timeout: 120_000 }, async () => {
  const report = await killRuns(100, temporaryDirectory(), seededRandom(20261121))
  expect(report.kills).toBe(100)
  expect(report.records).toBeGreaterThan(1000)
})
