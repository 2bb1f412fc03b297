/**
 * Compiles every package for publication: packages/<name>/dist holds JavaScript, type declarations, a package.json that
 * points to them, the page and the licence. `--check` then packs the portable packages, installs them in an empty folder
 * without install scripts, and imports them there, which proves that they need neither native modules nor the node.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const OUT = join(ROOT, 'node_modules', '.cache', 'symbolon-build')
const PORTABLE = [
  'primitives',
  'journal',
  'protocol',
  'channels',
  'credentials',
  'mandates',
  'market',
  'reputation',
  'sdk',
  'simulator',
]
const NATIVE = ['sodium-native', '@chainsafe/blst', '@chainsafe/hashtree', 'classic-level']

interface Manifest {
  name: string
  version: string
  license: string
  private?: boolean
  exports: Record<string, string>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  scripts?: Record<string, string>
  [field: string]: unknown
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8'))
const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

function compile(): void {
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT, { recursive: true })
  const config = join(OUT, 'tsconfig.json')
  const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'))
  writeFileSync(
    config,
    JSON.stringify({
      compilerOptions: {
        ...compilerOptions,
        noEmit: false,
        allowImportingTsExtensions: false,
        rewriteRelativeImportExtensions: true,
        declaration: true,
        rootDir: join(ROOT, 'packages'),
        outDir: join(OUT, 'js'),
        typeRoots: [join(ROOT, 'node_modules', '@types')],
      },
      include: [join(ROOT, 'packages/*/src')],
    }),
  )
  try {
    run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', config], ROOT)
  } catch (error) {
    // The compiler has said what is wrong; a stack trace of this script would only hide it.
    process.stderr.write((error as { stdout?: string }).stdout ?? String(error))
    process.exit(1)
  }
}

/** `./src/x.ts` in the repository is `./x.js` in what is published. */
function published(path: string): { types: string; default: string } {
  const base = path.replace(/^\.\/src\//, './').replace(/\.ts$/, '')
  return { types: `${base}.d.ts`, default: `${base}.js` }
}

function assemble(folder: string): void {
  const manifest = manifestOf(folder)
  const target = join(ROOT, 'packages', folder, 'dist')
  rmSync(target, { recursive: true, force: true })
  cpSync(join(OUT, 'js', folder, 'src'), target, { recursive: true })
  for (const file of ['README.md'])
    if (existsSync(join(ROOT, 'packages', folder, file)))
      cpSync(join(ROOT, 'packages', folder, file), join(target, file))
  cpSync(join(ROOT, 'LICENSES', `${manifest.license}.txt`), join(target, 'LICENSE'))
  if (manifest.bin !== undefined)
    cpSync(join(ROOT, 'packages', folder, 'bin'), join(target, 'bin'), { recursive: true })
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([name, path]) => [name, published(path)]),
  )
  const { scripts: _, ...rest } = manifest
  writeFileSync(
    join(target, 'package.json'),
    `${JSON.stringify({ ...rest, exports, engines: { node: '>=22.3' } }, null, 2)}\n`,
  )
}

function check(): void {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-portable-'))
  try {
    const tarballs = PORTABLE.map((name) => {
      const [packed] = JSON.parse(
        run('npm', ['pack', '--json', '--pack-destination', folder], join(ROOT, 'packages', name, 'dist')),
      ) as { filename: string }[]
      return join(folder, packed?.filename ?? '')
    })
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'portable', private: true, type: 'module' }),
    )
    run(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs],
      folder,
    )
    const present = NATIVE.filter((name) => existsSync(join(folder, 'node_modules', name)))
    if (present.length > 0)
      throw new Error(`the portable packages install native modules: ${present.join(', ')}`)
    const imports = PORTABLE.map((name) => `import * as ${name} from '@symbolon/${name}'`).join('\n')
    const use = `
const pair = primitives.ed25519.generateKeyPair(new Uint8Array(32).fill(7))
const address = primitives.addressOf(pair.publicKey)
if (primitives.formatDid(address).length !== 75) throw new Error('no DID')
console.log('portable: ' + [${PORTABLE.map((name) => `'${name} ' + Object.keys(${name}).length`).join(', ')}].join(', ') + ' exports')`
    writeFileSync(join(folder, 'use.mjs'), imports + use)
    process.stdout.write(run(process.execPath, ['use.mjs'], folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

compile()
const folders = readdirSync(join(ROOT, 'packages')).filter((folder) => manifestOf(folder).private !== true)
for (const folder of folders) assemble(folder)
console.log(`build: ${folders.length} packages in packages/*/dist`)
if (process.argv.includes('--check')) check()
