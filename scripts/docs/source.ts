/** Reads what the source says beside the code: record fields with their wire numbers, bounds with their comments. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')

export function sourceFiles(packageName: string): { path: string; text: string }[] {
  const folder = join(ROOT, 'packages', packageName, 'src')
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }))
}

/** Index of the bracket that closes the one at `open`; strings and comments are skipped. */
export function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    const char = text[at] as string
    if (char === '/' && text[at + 1] === '/') at = text.indexOf('\n', at)
    else if (char === '/' && text[at + 1] === '*') at = text.indexOf('*/', at) + 1
    else if (char === '/' && /[(,:=[]\s*$/.test(text.slice(Math.max(0, at - 8), at))) {
      for (at++; text[at] !== '/'; at++) if (text[at] === '\\') at++
    } else if (`'"\``.includes(char)) {
      for (at++; text[at] !== char; at++) if (text[at] === '\\') at++
    } else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) return at
  }
  throw new Error(`no closing bracket after ${text.slice(open, open + 60)}`)
}

export interface SourceField {
  readonly name: string
  readonly number: number
  /** The schema expression as it is written. */
  readonly schema: string
  readonly comment: string
}

/** Fields of the object literal between the braces; `...name` takes those of a constant of the same file. */
function fieldsOf(literal: string, file: string): SourceField[] {
  const fields: SourceField[] = []
  const member = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?(?:\.\.\.(\w+)|(?:'([^']+)'|(\w+))\s*:\s*(?=\[))/g
  for (let match = member.exec(literal); match !== null; match = member.exec(literal)) {
    const [, comment = '', spread, quoted, plain] = match
    if (spread !== undefined) {
      const at = file.search(new RegExp(`const ${spread}\\b[^=]*= \\{`))
      if (at < 0) continue
      const open = file.indexOf('{', at)
      fields.push(...fieldsOf(file.slice(open + 1, closing(file, open)), file))
      continue
    }
    const open = member.lastIndex
    const end = closing(literal, open)
    const [, number, schema] = /^\[\s*(\d+)\s*,\s*([\s\S]*?),?\s*$/.exec(literal.slice(open, end)) ?? []
    if (number !== undefined && schema !== undefined)
      fields.push({
        name: quoted ?? plain ?? '',
        number: Number(number),
        schema: schema.replace(/\s+/g, ' '),
        comment: proseOf(comment),
      })
    member.lastIndex = end
  }
  return fields
}

export function proseOf(comment: string): string {
  return comment
    .replace(/^\s*\*\s?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

export interface SourceRecord {
  readonly title: string
  readonly path: string
  readonly fields: readonly SourceField[]
}

/** Every `record('title', {…})` and `union('title', {…})` of the package. */
export function recordsOf(packageName: string): SourceRecord[] {
  return sourceFiles(packageName).flatMap(({ path, text }) =>
    [...text.matchAll(/\b(?:record|union)\(\s*'([^']+)',\s*(\{|\w+\))/g)].map((match) => {
      const title = match[1] ?? ''
      const argument = match[2] ?? ''
      if (argument !== '{') return { title, path, fields: fieldsOf(`...${argument.slice(0, -1)}`, text) }
      const open = match.index + match[0].length - 1
      return { title, path, fields: fieldsOf(text.slice(open + 1, closing(text, open)), text) }
    }),
  )
}
