/** The example on the package's page runs and prints what it says. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { INCLUSION_CODES } from '../src/index.ts'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'README.md'), 'utf8')

it('the example prints the values in its comments', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const expected = [...code.matchAll(/\) \/\/ (.*)$/gm)].map((match) => match[1])
  expect(expected).toHaveLength(2)
  const printed = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(printed.trim().split('\n')).toEqual(expected)
})

it('the page lists the inclusion codes in their order', () => {
  const listed = [
    ...(/in order of precedence: ([\s\S]*?)\. The mempool/.exec(page)?.[1] ?? '').matchAll(/`([A-Z_]+)`/g),
  ].map((match) => match[1])
  expect(listed).toEqual([...INCLUSION_CODES])
})
