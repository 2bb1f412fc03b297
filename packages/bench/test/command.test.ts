import { describe, expect, it } from 'vitest'
import { BENCHMARK_NAMES, BENCHMARKS } from '../src/benchmarks.ts'
import { renderJson, runCommand, USAGE } from '../src/command.ts'
import { rateRow, skippedRow } from '../src/harness/row.ts'
import { runBenchmarks } from '../src/index.ts'

describe('the command line', () => {
  it('explains itself and names every row', async () => {
    const { exitCode, output } = await runCommand(['--help'], () => {})
    expect(exitCode).toBe(0)
    for (const name of BENCHMARK_NAMES) expect(output).toContain(name)
  })

  it.each([
    [['--only', 'nothing-like-this'], 'there is no benchmark nothing-like-this'],
    [['--fast'], "Unknown option '--fast'"],
    [['ledger'], "Unexpected argument 'ledger'"],
    [['--only'], "'--only <value>' argument missing"],
  ])('%j: exit code 2, the reason and the usage, and nothing measured', async (args, reason) => {
    const started: string[] = []
    const { exitCode, output } = await runCommand(args, (line) => started.push(line))
    expect(exitCode).toBe(2)
    expect(output).toContain(reason)
    expect(output).toContain(USAGE)
    expect(started).toEqual([])
  })

  it('measures one row on request', async () => {
    const { exitCode, output } = await runCommand(
      ['--smoke', '--json', '--only', 'credential-chain'],
      () => {},
    )
    expect(exitCode).toBe(0)
    const rows = JSON.parse(output)
    expect(rows.map(({ name }: { name: string }) => name)).toEqual(['credential-chain'])
    expect(rows[0].value).toBeGreaterThan(0)
    expect(rows[0].bar).toBe(2)
    expect(typeof rows[0].met).toBe('boolean')
  })
})

describe('the suite', () => {
  it('has no two rows of one name', () => {
    expect(new Set(BENCHMARK_NAMES).size).toBe(BENCHMARK_NAMES.length)
    expect(BENCHMARKS.every(({ names }) => names.length > 0)).toBe(true)
  })

  it('refuses a name that it does not have before it starts anything', async () => {
    await expect(runBenchmarks({ only: '' })).rejects.toMatchObject({ code: 'BENCHMARK_UNKNOWN' })
  })
})

it('JSON keeps every field, numbers as numbers, null for what there is not', () => {
  const rows = [
    rateRow({ name: 'a', title: 'A', rates: [1.5], ceiling: [3], bar: 0.5 }),
    skippedRow('b', 'B', 'because'),
  ]
  expect(JSON.parse(renderJson(rows))).toEqual(rows)
  expect(JSON.parse(renderJson(rows))[0]).toMatchObject({
    name: 'a',
    value: 1.5,
    unit: '1/s',
    ceiling: 3,
    peer: null,
    ratio: 0.5,
    bar: 0.5,
    met: true,
  })
})
