/** The package's page: its example runs and prints what it says, and it names every error code in its order. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'README.md'), 'utf8')

it('has an example that prints what it says', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const expected = [...code.matchAll(/\) \/\/ (.*)$/gm)].map(([, said]) => said)
  expect(expected).toHaveLength(2)
  const printed = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(printed.trim().split('\n')).toEqual(expected)
})

it('names every error code, in the order of precedence of its group', () => {
  const source = readFileSync(join(root, 'src/errors.ts'), 'utf8')
  const groups = source.split(/export type \w+ErrorCode =/).slice(1, -1)
  const rows = page.split('\n').filter((line) => /^\| \w+ +\| `[A-Z_]+`/.test(line))
  const listed = rows.map((row) => [...row.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code).join(' '))
  expect(groups).toHaveLength(listed.length)
  for (const group of groups)
    expect(listed).toContain([...group.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code).join(' '))
})
