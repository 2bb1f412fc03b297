/** errors.md: every code that a package makes an error with, or declares, and what the first such error says. */
import { sourceFiles } from './source.ts'

/** `new AnyError('CODE', 'message'`, `refuse('CODE', `message`)` and the like; the message may be in the next line. */
const RAISED = /\b\w+\(\s*'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)',\s*(?:(['"`])((?:\\.|(?!\2)[\s\S])*)\2)?/g
/** Members of `type …Code =` and of `…_CODES = [`. */
const DECLARED = /(?:type \w*Code\w* =([^\n]*(?:\n\s*(?:\||\/\*|\*|\/\/)[^\n]*)*)|_CODES = \[([^\]]*)\])/g
const CODE = /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g

export function errorsPage(packages: readonly string[]): string {
  return [
    '# Error codes',
    'Codes are stable; programs branch on them. The text is that of the first place that raises the code, with `…` for what varies; codes ' +
      'without one get their text where they are raised. Precedence and remedies are on the page of each package.',
    ...packages.map((name) => {
      const codes = codesOf(name)
      if (codes.size === 0) return ''
      return [
        `## ${name}`,
        [
          '| code | text |',
          '| --- | --- |',
          ...[...codes]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([code, text]) => `| \`${code}\` | ${text} |`),
        ].join('\n'),
      ].join('\n\n')
    }),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function codesOf(packageName: string): Map<string, string> {
  const codes = new Map<string, string>()
  for (const { text } of sourceFiles(packageName)) {
    for (const [, alias = '', list = ''] of text.matchAll(DECLARED))
      for (const [, code = ''] of (alias + list).matchAll(CODE)) if (!codes.has(code)) codes.set(code, '')
    for (const [, code = '', , message = ''] of text.matchAll(RAISED))
      if ((codes.get(code) ?? '') === '') codes.set(code, wording(message))
  }
  return codes
}

/** A template as a reader sees it. */
function wording(message: string): string {
  return message
    .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
    .replace(/\\(['"`])/g, '$1')
    .replace(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .trim()
}
