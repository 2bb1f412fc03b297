/** What the documents show must exist: commands with their flags, files that are linked to, examples that are quoted. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandReference } from '../packages/cli/src/reference.ts'

const ROOT = resolve(import.meta.dirname, '..')
const pages = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE.md', 'CHANGELOG.md'],
  ...markdownUnder('docs'),
  ...readdirSync(join(ROOT, 'packages')).map((name) => join('packages', name, 'README.md')),
].filter((page) => existsSync(join(ROOT, page)))

function markdownUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
}

const text = (page: string): string => readFileSync(join(ROOT, page), 'utf8')

describe('links', () => {
  it.each(pages)('%s leads nowhere that does not exist', (page) => {
    const prose = text(page).replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
    const missing = [...prose.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(resolve(ROOT, dirname(page), target)))
    expect(missing).toEqual([])
  })
})

describe('commands', () => {
  const reference = commandReference()
  const shown = pages.flatMap((page) =>
    [...text(page).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((block) =>
      (block[1] ?? '')
        .split('\n')
        .filter((line) => /^(npx )?symbolon /.test(line))
        .map((line) => [page, line.replace(/^npx /, '')] as const),
    ),
  )

  it('are shown at all', () => {
    expect(shown.length).toBeGreaterThan(5)
  })

  it.each(shown)('%s: %s', (_, line) => {
    const words = line.split(/\s+/).slice(1)
    const command = words.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'))[0] ?? ''
    expect(reference).toContain(`symbolon ${command}`)
    for (const flag of words.filter((word) => word.startsWith('--')))
      expect(reference).toContain(flag.replace(/=.*/, ''))
  })
})

describe('examples quoted in the README', () => {
  const quoted = [...text('README.md').matchAll(/```ts\n\/\/ (examples\/\S+)\n([\s\S]*?)```/g)].map(
    (match) => [match[1] ?? '', match[2] ?? ''] as const,
  )

  it('are both sides of a sale', () => {
    expect(quoted.map(([file]) => file)).toEqual(['examples/sell.ts', 'examples/buy.ts'])
  })

  it.each(quoted)('%s is quoted as it runs, in at most twenty lines', (file, code) => {
    const source = readFileSync(join(ROOT, file), 'utf8')
    expect(source).toContain(code.trim())
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(20)
  })
})
