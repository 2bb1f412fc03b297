/** The examples on the modules' pages run and print what they say. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const MODULES = join(import.meta.dirname, '../../src/modules')

describe.each(['channels', 'identity', 'reputation'])('the page of %s', (name) => {
  it('has an example that prints the values in its comments', () => {
    const page = readFileSync(join(MODULES, name, 'README.md'), 'utf8')
    const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    const expected = [...code.matchAll(/\) \/\/ (.*)$/gm)].map((match) => match[1])
    expect(expected.length).toBeGreaterThan(0)
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: join(MODULES, name),
      encoding: 'utf8',
    })
    expect(printed.trim().split('\n')).toEqual(expected)
  })
})
