/** The command reference, from the same declarations that parse the arguments: it cannot drift from them. */
import type { Command } from 'commander'
import { type Bind, CliCommand } from './command.ts'
import { EXIT_CODES } from './exit-code.ts'
import { SETTING_NAMES, SETTINGS } from './home/settings.ts'
import { createProgram, eachCommand } from './program.ts'

const nothing: Bind = () => async () => {}
const HIDDEN = new Set(['help', 'exit-codes'])

/** Markdown. Deterministic: the same sources give the same bytes. */
export function commandReference(): string {
  const program = createProgram('', nothing)
  const sections: string[] = []
  eachCommand(program, (command) => {
    if (command !== program && !HIDDEN.has(command.name())) sections.push(sectionOf(command))
  })
  return [
    '# The command line',
    'Generated from the declarations of the commands; `symbolon <command> --help` shows the same.',
    '## Options of every command',
    ...optionTable(program),
    '## Settings',
    'Flags win over the environment, the environment over `config.json` of the home, that over the default.',
    markdownTable(
      ['member of config.json', 'environment', 'default'],
      SETTING_NAMES.map((name) => [
        `\`${name}\``,
        `\`${SETTINGS[name].variable}\``,
        `\`${SETTINGS[name].standard}\``,
      ]),
    ),
    'Besides: `SYMBOLON_HOME` (the home), `SYMBOLON_PASSWORD` (of the keys), `SYMBOLON_DEBUG=1` (stacks of errors).',
    '## Exit codes',
    markdownTable(['code', 'meaning'], Object.entries(EXIT_CODES)),
    ...sections,
  ].join('\n\n')
}

function sectionOf(command: Command): string {
  const path = pathOf(command)
  const hashes = '#'.repeat(path.split(' ').length)
  const examples = command instanceof CliCommand ? command.examples : []
  return [
    `${hashes} ${path}`,
    command.description().replaceAll('\n', '\n\n'),
    `\`\`\`\n${`${path} ${command.usage()}`.trim()}\n\`\`\``,
    ...argumentTable(command),
    ...optionTable(command),
    ...(examples.length === 0 ? [] : [`\`\`\`sh\n${examples.join('\n')}\n\`\`\``]),
  ].join('\n\n')
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

function argumentTable({ registeredArguments }: Command): string[] {
  const described = registeredArguments.filter(({ description }) => description !== '')
  if (described.length === 0) return []
  return [
    markdownTable(
      ['argument', 'what it is'],
      described.map((argument) => [`\`${argument.name()}\``, argument.description]),
    ),
  ]
}

function optionTable(command: Command): string[] {
  const options = command.options.filter(({ hidden }) => !hidden)
  if (options.length === 0) return []
  return [
    markdownTable(
      ['option', 'what it does'],
      options.map(({ flags, description, defaultValue, mandatory }) => {
        const notes = [
          ...(mandatory ? ['required'] : []),
          ...(typeof defaultValue === 'string' ? [`default: ${defaultValue}`] : []),
        ]
        return [`\`${flags}\``, `${description}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`]
      }),
    ),
  ]
}

/** Aligned, as the formatter of the repository leaves it: the generated page needs no second pass. */
function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heading, ...rows].map((row) => row.map(cell))
  const widths = heading.map((_, i) => cells.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 3))
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

/** What would end the cell, or be taken for markup: `* /*` is a route and no emphasis. */
function cell(text: string): string {
  const line = text.replaceAll('|', '\\|').replaceAll('\n', ' ')
  return line.startsWith('`') ? line : line.replaceAll('*', '\\*')
}
