/** The example of README.md, run as it stands there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addressOf } from '@symbolon/primitives'
import { afterAll, expect, test } from 'vitest'
import { SimulatedLedger } from './simulated-ledger.ts'
import { QUOTE, seedOf, TestSigner } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'symbolon-readme-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const IMPORT = /^import \{ (.+) \} from '(.+)'$/gm

test('the example runs, and prints what its last comment says', async () => {
  const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const code = /## Example[\s\S]*?```ts\n([\s\S]*?)```/.exec(page)?.[1]
  if (code === undefined) throw new Error('the page has no example')
  const names = new Map<string, unknown>()
  for (const [, imported = '', from = ''] of code.matchAll(IMPORT)) {
    const module =
      from === '@symbolon/channels'
        ? await import('../src/index.ts')
        : ((await import(from)) as Record<string, unknown>)
    for (const name of imported.split(', ')) {
      expect(module, `${from} exports ${name}`).toHaveProperty(name)
      names.set(name, (module as Record<string, unknown>)[name])
    }
  }
  const party = (name: string): object => ({
    signer: new TestSigner(name),
    address: addressOf(seedOf(`${name} account`)),
    secret: seedOf(`${name} secret`),
  })
  const printed: unknown[] = []
  names.set('ledger', new SimulatedLedger())
  names.set('directory', directory)
  names.set('quote', QUOTE)
  names.set('alice', party('alice'))
  names.set('bob', party('bob'))
  names.set('console', { log: (value: unknown) => printed.push(value) })
  const AsyncFunction = (async () => {}).constructor as new (
    ...text: string[]
  ) => (...given: unknown[]) => Promise<void>
  await new AsyncFunction(...names.keys(), code.replace(IMPORT, ''))(...names.values())
  expect(code).toContain('// [ 995000n, 5000n ]')
  expect(printed).toEqual([[995_000n, 5_000n]])
})
