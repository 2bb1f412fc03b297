import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as limits from '../src/limits.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

describe('the page of the package', () => {
  it('has an example that runs as it is printed', () => {
    const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', code], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(output).toBe('1 Oslo,4\n2 Rome,19\n3 Cairo,31\n')
  })

  it('names every error code', () => {
    const source = readFileSync(join(root, 'src/errors.ts'), 'utf8')
    const codes = [...source.matchAll(/\| '([A-Z_]+)'/g)].map((match) => match[1] ?? '')
    expect(codes.length).toBeGreaterThan(50)
    const shortened = (code: string) => code.replace(/^(NEGOTIATION|COMMITMENT)_/, '_')
    expect(
      codes.filter((code) => !readme.includes(`\`${code}\``) && !readme.includes(`\`${shortened(code)}\``)),
    ).toEqual([])
  })

  it('states the limits that the code has', () => {
    const stated = [
      limits.DESCRIPTOR_BYTES_MAX,
      limits.MARKET_RECORD_BYTES_MAX,
      limits.ROWS_MAX,
      limits.ROW_BYTES_MAX,
      limits.CHUNK_ROWS_MAX,
      limits.CANDIDATES_MAX,
    ]
    for (const value of stated) expect(readme).toContain(value.toLocaleString('en-US'))
  })
})
