/**
 * Writes docs/reference from the schemas, bounds and errors of the packages, so that the reference says what the code does.
 *
 *   node scripts/generate-docs.ts           writes the files
 *   node scripts/generate-docs.ts --check   exits 1 and names the files that are not current
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApiDocument, openRpcDocument, REST_ALIASES, VERSION } from '@symbolon/node'
import { commandReference } from '../packages/cli/src/reference.ts'
import { errorsPage } from './docs/errors.ts'
import { limitsPage } from './docs/limits.ts'
import { rpcPage } from './docs/rpc.ts'
import { ROOT } from './docs/source.ts'
import { wirePage } from './docs/wire.ts'

/** In the order of ARCHITECTURE.md. */
const PACKAGES = [
  'primitives',
  'native',
  'journal',
  'protocol',
  'reputation',
  'ledger',
  'store',
  'channels',
  'credentials',
  'mandates',
  'market',
  'node',
  'sdk',
  'simulator',
  'bench',
  'cli',
]
const FOLDER = join(ROOT, 'docs')

const json = (document: object): string => `${JSON.stringify(document, null, 2)}\n`
const page = (markdown: string): string =>
  `<!-- Written by scripts/generate-docs.ts; change the code, then run npm run docs. -->\n\n${markdown}\n`

const documents: Readonly<Record<string, string>> = {
  'cli.md': `${commandReference().trimEnd()}\n`,
  'reference/openrpc.json': json(openRpcDocument(VERSION)),
  'reference/openapi.json': json(openApiDocument(VERSION, REST_ALIASES)),
  'reference/rpc.md': page(rpcPage()),
  'reference/wire.md': page(wirePage()),
  'reference/errors.md': page(errorsPage(PACKAGES)),
  'reference/limits.md': page(await limitsPage(PACKAGES)),
}

function current(name: string): string | undefined {
  try {
    return readFileSync(join(FOLDER, name), 'utf8')
  } catch {
    return undefined
  }
}

const stale = Object.entries(documents).filter(([name, text]) => current(name) !== text)
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`docs/${name} is not current: run npm run docs`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, text] of stale) writeFileSync(join(FOLDER, name), text)
  console.log(`docs: ${Object.keys(documents).length} files, ${stale.length} changed`)
}
