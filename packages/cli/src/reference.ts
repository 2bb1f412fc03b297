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
    '',
    'Generated from the declarations of the commands; `symbolon <command> --help` shows the same.',
    '',
    '## Options of every command',
    '',
    ...optionTable(program),
    '',
    '## Settings',
    '',
    'Flags win over the environment, the environment over `config.json` of the home, that over the default.',
    '',
    '| member of config.json | environment | default |',
    '| --- | --- | --- |',
    ...SETTING_NAMES.map(
      (name) => `| \`${name}\` | \`${SETTINGS[name].variable}\` | \`${SETTINGS[name].standard}\` |`,
    ),
    '',
    'Besides: `SYMBOLON_HOME` (the home), `SYMBOLON_PASSWORD` (of the keys), `SYMBOLON_DEBUG=1` (stacks of errors).',
    '',
    '## Exit codes',
    '',
    '| code | meaning |',
    '| ---: | --- |',
    ...Object.entries(EXIT_CODES).map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`),
    '',
    ...sections,
  ].join('\n')
}

function sectionOf(command: Command): string {
  const path = pathOf(command)
  const hashes = '#'.repeat(path.split(' ').length)
  const usage = `${path} ${command.usage()}`.trim()
  const examples = command instanceof CliCommand ? command.examples : []
  return [
    `${hashes} ${path}`,
    '',
    command.description(),
    '',
    '```',
    usage,
    '```',
    '',
    ...argumentTable(command),
    ...optionTable(command),
    ...(examples.length === 0 ? [] : ['```sh', ...examples, '```', '']),
  ].join('\n')
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

function argumentTable({ registeredArguments }: Command): string[] {
  const described = registeredArguments.filter(({ description }) => description !== '')
  if (described.length === 0) return []
  return [
    '| argument | |',
    '| --- | --- |',
    ...described.map((argument) => `| \`${argument.name()}\` | ${cell(argument.description)} |`),
    '',
  ]
}

function optionTable(command: Command): string[] {
  const options = command.options.filter(({ hidden }) => !hidden)
  if (options.length === 0) return []
  return [
    '| option | |',
    '| --- | --- |',
    ...options.map(({ flags, description, defaultValue, mandatory }) => {
      const notes = [
        ...(mandatory ? ['required'] : []),
        ...(typeof defaultValue === 'string' ? [`default: ${defaultValue}`] : []),
      ]
      return `| \`${cell(flags)}\` | ${cell(description)}${notes.length === 0 ? '' : ` (${notes.join('; ')})`} |`
    }),
    '',
  ]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
