import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { finishRows, RowFile } from '../../src/purchase/row-file.ts'

let directory: string
let part: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'symbolon-rows-'))
  part = join(directory, 'rows.part')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const units = (texts: readonly string[]): Uint8Array[] => texts.map((text) => new TextEncoder().encode(text))
const ROWS = ['a,1', 'bb,22', '', 'ccc,333', 'ü,4']

describe('a file of bought rows', () => {
  it('goes on at the first missing row, wherever a crash has cut it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: ROWS.join('\n').length + 8 }), async (cut) => {
        rmSync(part, { force: true })
        const first = await RowFile.create(part)
        await first.write(units(ROWS), 0n)
        await first.close()
        const whole = readFileSync(part)
        truncateSync(part, Math.min(cut, whole.length))
        const complete = whole.subarray(0, cut).filter((byte) => byte === 0x0a).length
        const again = await RowFile.reopen(part)
        expect(again.rows).toBe(BigInt(complete))
        await again.write(units(ROWS.slice(complete)), BigInt(complete))
        await again.close()
        expect(readFileSync(part)).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  it('takes a row that comes again only once', async () => {
    const file = await RowFile.create(part)
    await file.write(units(ROWS.slice(0, 3)), 0n)
    await file.write(units(ROWS.slice(1)), 1n)
    await file.close()
    expect(readFileSync(part, 'utf8')).toBe(`${ROWS.join('\n')}\n`)
  })

  it('is finished under its name with the columns as RFC 4180 writes them, and never over another file', async () => {
    writeFileSync(part, '1,2,3\n')
    const out = join(directory, 'rows.csv')
    finishRows(part, out, ['plain', 'with, comma', 'say "hi"'])
    expect(readFileSync(out, 'utf8')).toBe('plain,"with, comma","say ""hi"""\n1,2,3\n')
    expect(existsSync(part)).toBe(false)
    writeFileSync(part, '4\n')
    expect(() => finishRows(part, out, undefined)).toThrow(expect.objectContaining({ code: 'FILE_EXISTS' }))
    expect(readFileSync(part, 'utf8')).toBe('4\n')
    finishRows(part, join(directory, 'rows.ndjson'), undefined)
    expect(readFileSync(join(directory, 'rows.ndjson'), 'utf8')).toBe('4\n')
  })

  it('is not begun over an interrupted one', async () => {
    writeFileSync(part, 'a\n')
    await expect(RowFile.create(part)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await expect(RowFile.create(join(directory, 'no', 'folder'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    })
  })
})
