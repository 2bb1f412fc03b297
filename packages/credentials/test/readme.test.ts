import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as api from '../src/index.ts'

const packageFolder = join(import.meta.dirname, '..')
const page = readFileSync(join(packageFolder, 'README.md'), 'utf8')

describe('the package page', () => {
  test('its example runs and prints what it says', () => {
    const [, example] = /```ts\n([\s\S]*?)```/.exec(page)!
    const printed = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', example!], {
      cwd: packageFolder,
      encoding: 'utf8',
    })
    expect(printed.trim().split('\n')).toEqual(['1 accepted', '2 accepted', '3 CAVEAT_USES_EXHAUSTED'])
  })

  test('lists every caveat of the catalogue', () => {
    for (const name of api.CATALOGUE.keys()) expect(page, name).toContain(`\`${name}`)
  })

  test('lists every error code that the source can give', () => {
    const source = readFileSync(join(packageFolder, 'src/errors.ts'), 'utf8')
    const codes = source.match(
      /'(?:MACAROON|L402|BINDING|MASTER|COUNTER|MINT|ROOT|CAVEAT|LIFECYCLE)_[A-Z0-9_]+'/g,
    )!
    // The page writes families as PREFIX_{A,B}_MISMATCH.
    const families = [...page.matchAll(/`([A-Z]+_)\{([A-Z_,]+)\}(_MISMATCH)`/g)].flatMap(
      ([, prefix, middles, suffix]) => middles!.split(',').map((middle) => `${prefix}${middle}${suffix}`),
    )
    expect(codes.length).toBeGreaterThan(40)
    for (const quoted of codes) {
      const code = quoted.slice(1, -1)
      expect(page.includes(`\`${code}\``) || families.includes(code), code).toBe(true)
    }
  })

  test('states the limits that hold', () => {
    const digits = page.replace(/,(?=\d{3})/g, '')
    for (const [name, value] of Object.entries(api))
      if (/_MAX$/.test(name) && typeof value === 'number' && name !== 'KEY_VERSION_MAX')
        expect(digits, name).toMatch(new RegExp(`\\b${value}\\b`))
  })
})
