/** limits.md: every bound of every limits.ts with its value, as the program has it, and its comment. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { proseOf, ROOT } from './source.ts'

interface Bound {
  readonly name: string
  readonly value: string
  readonly comment: string
}

export async function limitsPage(packages: readonly string[]): Promise<string> {
  const parts: string[] = []
  for (const name of packages) {
    const files = globSync(`packages/${name}/src/**/limits.ts`, { cwd: ROOT }).sort()
    for (const file of files) {
      const path = join(ROOT, file)
      if (!existsSync(path)) continue
      const bounds = boundsOf(readFileSync(path, 'utf8'), (await import(path)) as Record<string, unknown>)
      if (bounds.length === 0) continue
      parts.push(
        [
          `## ${file
            .replace(/^packages\//, '')
            .replace(/\/?src\//, ': ')
            .replace(/\/?limits\.ts$/, '')
            .replace(/: $/, '')}`,
          [
            '| bound | default | |',
            '| --- | --- | --- |',
            ...bounds.map(({ name, value, comment }) => `| \`${name}\` | ${value} | ${comment} |`),
          ].join('\n'),
        ].join('\n\n'),
      )
    }
  }
  return [
    '# Limits',
    'Every input has a bound. Over it there is a typed error that names the bound, and nothing changes. The bounds of records are in [wire.md](wire.md).',
    ...parts,
  ].join('\n\n')
}

function boundsOf(source: string, module: Record<string, unknown>): Bound[] {
  const bounds: Bound[] = []
  // A comment holds for the bound below it and for those that follow without an empty line.
  let comment = ''
  let owner = ''
  let open = ''
  for (const line of source.split('\n')) {
    const text = line.trim()
    if (open !== '' || text.startsWith('/**')) {
      open += `${text}\n`
      if (!text.includes('*/')) continue
      comment = proseOf(open.replace('/**', '').replace('*/', ''))
      open = ''
      continue
    }
    if (text === '') comment = ''
    const constant = /^export const (\w+)/.exec(text)?.[1]
    if (constant !== undefined) {
      const value = module[constant]
      owner = typeof value === 'object' && value !== null ? constant : ''
      if (owner === '' && value !== undefined && typeof value !== 'function')
        bounds.push({ name: constant, value: written(value), comment })
      if (owner !== '') comment = ''
      continue
    }
    const member = /^'?([\w.]+)'?:/.exec(text)?.[1]
    const values = module[owner] as Record<string, unknown> | undefined
    if (member !== undefined && values !== undefined && Object.hasOwn(values, member))
      bounds.push({ name: `${owner}.${member}`, value: written(values[member]), comment })
    if (/^\}/.test(text)) owner = ''
  }
  return bounds
}

function written(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return value.toLocaleString('en-US')
  return `\`${JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))}\``
}
