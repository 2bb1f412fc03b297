/**
 * Checks the direction of imports between packages.
 *
 * A package may import a workspace package only if its own package.json declares it, and only through the
 * package's name (never by a path into its folder); the declared graph must follow ORDER, so that it stays
 * acyclic; and the packages in PORTABLE must reach no native module, directly or through others.
 * Exits 1 and prints each violation with the file that holds it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** A package may depend only on packages that stand before it. ARCHITECTURE.md explains each. */
const ORDER = [
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
/** Must install without native modules and without the node. */
const PORTABLE = [
  'primitives',
  'journal',
  'protocol',
  'reputation',
  'simulator',
  'channels',
  'credentials',
  'mandates',
  'market',
  'sdk',
]
const NATIVE_MODULES = ['sodium-native', '@chainsafe/blst', '@chainsafe/hashtree', 'classic-level']
/** Run in a browser: no Node built-ins in their source, except behind the files named here. */
const BROWSER_SAFE = ['primitives', 'protocol', 'reputation', 'simulator', 'credentials', 'market']

interface Manifest {
  name: string
  dependencies?: Record<string, string>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8'))
const folderByName = new Map(ORDER.map((folder) => [manifestOf(folder).name, folder]))
const violations: string[] = []

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function packageNameOf(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

/** Imports that exist at run time: `import type` and `export type` are erased. */
const IMPORT =
  /^(?:import|export)\b(?!\s+type\b)[^'"=]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|(?<!typeof )\bimport\(\s*['"]([^'"]+)['"]/gm

for (const folder of readdirSync(join(ROOT, 'packages'))) {
  if (!ORDER.includes(folder)) {
    violations.push(`packages/${folder}: not in ORDER; give it a place in scripts/check-boundaries.ts`)
    continue
  }
  const declared = Object.keys(manifestOf(folder).dependencies ?? {})
  for (const name of declared) {
    const target = folderByName.get(name)
    if (target !== undefined && ORDER.indexOf(target) >= ORDER.indexOf(folder))
      violations.push(`packages/${folder}/package.json: depends on ${name}, which stands after it in ORDER`)
    if (PORTABLE.includes(folder) && NATIVE_MODULES.includes(name))
      violations.push(`packages/${folder}/package.json: depends on the native module ${name}`)
    if (PORTABLE.includes(folder) && target !== undefined && !PORTABLE.includes(target))
      violations.push(`packages/${folder}/package.json: portable, but depends on ${name}, which is not`)
  }
  for (const file of sourceFiles(join(ROOT, 'packages', folder, 'src'))) {
    const where = relative(ROOT, file)
    for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const specifier = match[1] ?? match[2] ?? match[3] ?? ''
      if (specifier.startsWith('.')) {
        if (!relative(join(ROOT, 'packages', folder), join(file, '..', specifier)).startsWith('..')) continue
        violations.push(`${where}: imports ${specifier}, a path into another package`)
      } else if (specifier.startsWith('node:')) {
        if (BROWSER_SAFE.includes(folder)) violations.push(`${where}: browser-safe, but imports ${specifier}`)
      } else if (!declared.includes(packageNameOf(specifier))) {
        violations.push(`${where}: imports ${specifier}, which its package.json does not declare`)
      }
    }
  }
}

for (const violation of violations) console.error(violation)
console.log(
  violations.length === 0
    ? `boundaries: ${ORDER.length} packages, no violation`
    : `boundaries: ${violations.length} violation(s)`,
)
process.exitCode = violations.length === 0 ? 0 : 1
