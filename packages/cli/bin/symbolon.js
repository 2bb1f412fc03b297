#!/usr/bin/env node
/**
 * The `symbolon` command. Plain JavaScript that any Node can parse: it says what to do where the program itself could not even
 * be read. In the repository the sources are run by type stripping; a published package holds `dist`.
 */
import { existsSync } from 'node:fs'

const compiled = new URL('../dist/index.js', import.meta.url)
const source = new URL('../src/index.ts', import.meta.url)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
/** Type stripping without a flag: from 22.18 and 23.6 on. */
const strips = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
const entry = existsSync(compiled) && !existsSync(source) ? compiled : source

if (major < 22 || (entry === source && !strips)) {
  const needed = entry === source ? '22.18' : '22'
  process.stderr.write(
    `symbolon: NODE_TOO_OLD: this is Node ${process.versions.node}, and symbolon needs ${needed} or later.\n` +
      '  In the repository, run it as `npx symbolon` after `npm ci`: that uses the Node 24 that the repository installs.\n',
  )
  process.exitCode = 2
} else {
  const { main } = await import(entry.href)
  await main()
}
