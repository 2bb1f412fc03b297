import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as mandates from '../src/index.ts'

const folder = join(import.meta.dirname, '..')
const page = readFileSync(join(folder, 'README.md'), 'utf8')

it('the example on the page runs and prints what its comments say', () => {
  const example = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const directory = mkdtempSync(join(folder, 'test', 'example-'))
  try {
    writeFileSync(join(directory, 'example.ts'), example)
    const runtime = join(folder, '../../node_modules/.bin/node')
    const printed = execFileSync(runtime, [join(directory, 'example.ts')], { encoding: 'utf8' })
    expect(printed).toContain('64\nCAP_PER_CALL\n')
    expect(printed).toContain('available: 959900n')
    expect(printed).toContain('committed: 40100n')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

it('the page states the bounds that the code has', () => {
  expect(page).toContain(`${mandates.DEPTH_MAX} mandates in a chain`)
  expect(page).toContain(`${mandates.MANDATES_MAX.toLocaleString('en')} in a tree`)
  expect(page).toContain(`${mandates.WINDOWS_MAX} windows, ${mandates.PROVIDERS_MAX} providers`)
  expect(page).toContain(`${mandates.OPEN_HOLDS_MAX.toLocaleString('en')} open holds`)
  expect(page).toContain(
    `${mandates.PREDICATES_MAX} predicates of together ${mandates.EVALUATION_MICROSECONDS_MAX.toLocaleString('en')} µs`,
  )
})
