/** The example of the page prints what it says, and the page names what the code has. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { METHODS, type MethodName } from '@symbolon/protocol'
import { expect, it } from 'vitest'
import { methodErrors, openApiDocument, REST_ALIASES, VERSION } from '../src/index.ts'
import { NodeMetrics } from '../src/metrics/metrics.ts'

const FOLDER = join(import.meta.dirname, '..')
const page = readFileSync(join(FOLDER, 'README.md'), 'utf8')

it('has an example that prints the values in its comments', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const expected = [...code.matchAll(/^console\.log.*\) \/\/ (.*)$/gm)].map((match) => match[1])
  expect(expected).toHaveLength(2)
  const printed = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: FOLDER,
    encoding: 'utf8',
  })
  expect(printed.trim().split('\n')).toEqual(expected)
})

it('names every metric of the node', async () => {
  const own = (await new NodeMetrics().registry.getMetricsAsJSON())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('symbolon_'))
  expect(own.length).toBeGreaterThan(10)
  for (const name of own) expect(page).toContain(name)
})

it('names every code that a method answers with', () => {
  for (const name of Object.keys(METHODS) as MethodName[]) {
    for (const code of methodErrors(name)) expect(page).toContain(code)
    // The protocol's own list is never contradicted, only completed.
    for (const code of METHODS[name].errors) expect(methodErrors(name)).toContain(code)
  }
})

it('documents every alias', () => {
  const { paths } = openApiDocument(VERSION, REST_ALIASES) as { paths: Record<string, unknown> }
  for (const { path } of REST_ALIASES) expect(paths).toHaveProperty([path.replace(/:(\w+)/g, '{$1}')])
})
